"""Maximum margin planning (Ratliff, Bagnell and Zinkevich 2006): the smallest weights by which demonstrations win.

Of all linear rewards r = features @ w by which every demonstration i is as good as every other behaviour, *even when
that is paid a loss l for what demonstrations don't do*, take the smallest (their eq. 3 and 6, with squared slack):

    min |w|^2 + penalty sum_i slack_i^2   such that   w . f_i + slack_i >= max over mu of (w . f(mu) + l . mu) .

The maximum is loss-augmented planning. Its solution, where it violates a constraint, is a constraint of its own, linear
in w; so constraints are gathered one by one, until none is violated. There are as many as policies, so that comes to an
end. The smallest w with G w >= h is a problem of non-negative least squares (Lawson and Hanson 1974, chapter 23), and
as it is strictly convex, w is unique.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from drive_sim.errors import InputError
from drive_sim.irl.horizon import Plan
from drive_sim.irl.mdp import Mdp, PairIndex, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.irl.planning import policy_iteration
from drive_sim.irl.shortest_paths import cheapest_path

Weights = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Config:
    """What slack costs, None where there must be none; how far constraints may be missed; and when to give up."""

    penalty: float | None = None
    tolerance: float = 1e-9
    most_rounds: int = 1000

    def __post_init__(self) -> None:
        if (self.penalty is not None and not self.penalty > 0.0) or not self.tolerance > 0.0:
            raise InputError("max-margin planning: penalty and tolerance must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The weights (f,), each demonstration's slack (n,), the plan without the loss, and how many constraints it took.

    `multipliers` (constraints,): what each constraint weighs; weights are the sum of multiplier x its row of features.
    """

    weights: Weights
    slack: Weights
    plan: Plan
    multipliers: Weights

    @property
    def num_constraints(self) -> int:
        """How many policies had to be ruled out."""
        return len(self.multipliers)


def loss_of_others(mdp: Mdp, demonstrations: Demonstrations) -> PerPair:
    """1 for each pair (k,) that no demonstration takes: what is done in other states adds up, as in the paper."""
    return (~np.isin(np.arange(mdp.num_pairs), np.concatenate(demonstrations.paths))).astype(np.float64)


def loss_of_gaps(mdp: Mdp, demonstrations: Demonstrations) -> PerPair:
    """1 for such a pair in a demonstration's state, else 0: taken actions are better by gaps of 1 than the others."""
    visited = mdp.state[np.concatenate(demonstrations.paths)]
    return loss_of_others(mdp, demonstrations) * np.isin(mdp.state, visited)


def fit(
    mdp: Mdp, features: npt.ArrayLike, demonstrations: Demonstrations, loss: PerPair, config: Config | None = None
) -> Fit:
    """The weights for features of states (s, f) or pairs (k, f), and a loss a pair (k,).

    Raises InputError for demonstrations that stop short of an end, and, without slack, where no weights are enough.
    """
    config, by_pair = config or Config(), mdp.features_of_pairs(features)
    demonstrations.checked_to_ends(mdp)
    loss = mdp.reward_of_pairs(loss, "the loss", num_axes=1)
    shown = demonstrations.features(mdp, by_pair)
    starts = np.array([mdp.state[path[0]] for path in demonstrations.paths])
    slack_unit = np.zeros(len(shown)) if config.penalty is None else np.full(len(shown), config.penalty**-0.5)
    rows, gaps = np.empty((0, by_pair.shape[1] + len(shown))), np.empty(0)
    for _ in range(config.most_rounds):
        found, multipliers = smallest(rows, gaps)
        weights, slack = found[: by_pair.shape[1]], slack_unit * found[by_pair.shape[1] :]
        augmented = policy_iteration(mdp, by_pair @ weights + loss)
        missed = augmented.values[starts] - shown @ weights - slack > config.tolerance * (1.0 + np.abs(shown @ weights))
        if not missed.any():
            return Fit(weights, slack, policy_iteration(mdp, by_pair @ weights), multipliers)
        for number in np.flatnonzero(missed):
            taken = occupancy(mdp, _one_of_the_best(mdp, augmented), _at(mdp, starts[number]))
            own = slack_unit * (np.arange(len(shown)) == number)
            rows = np.vstack((rows, np.concatenate((shown[number] - taken @ by_pair, own))))
            gaps = np.append(gaps, taken @ loss)
    raise InputError(f"max-margin planning: {config.most_rounds} rounds are not enough; raise most_rounds")


def smallest(rows: Matrix, gaps: Weights) -> tuple[Weights, Weights]:
    """The smallest x with rows @ x >= gaps, and the multipliers u >= 0 with x = u @ rows.

    Raises InputError where there is no such x.
    """
    if len(gaps) == 0:
        return np.zeros(rows.shape[1]), np.zeros(0)
    system = np.vstack((rows.T, gaps))
    multipliers, _ = nnls(system, np.append(np.zeros(rows.shape[1]), 1.0), maxiter=100 * system.shape[1])
    left = 1.0 - gaps @ multipliers
    if left <= 1e-12:
        raise InputError(
            "max-margin planning: no weights make every demonstration better than all else by the loss; "
            "give a penalty, so that there is slack, or other features"
        )
    return multipliers @ rows / left, multipliers / left


def _one_of_the_best(mdp: Mdp, plan: Plan) -> PerPair:
    """A policy without ties: of those there are finitely many."""
    best = np.flatnonzero(plan.action_values >= plan.values[mdp.state])
    chosen = best[np.searchsorted(mdp.state[best], np.arange(mdp.num_states))]
    return np.isin(np.arange(mdp.num_pairs), chosen).astype(np.float64)


def _at(mdp: Mdp, state: int) -> PerState:
    return np.eye(mdp.num_states)[state]


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """One demonstration with an MDP of its own, such as an own end, and features of pairs (k, f).

    `path`: its pairs. `loss` (k,): what each pair is paid beside its reward, and `at_most` before the first step: the
    loss of a whole path is their sum, and of the demonstration itself it is 0.
    """

    mdp: Mdp
    features: npt.NDArray[np.float64]
    path: PairIndex
    loss: PerPair
    at_most: float

    @classmethod
    def missed(cls, mdp: Mdp, features: npt.NDArray[np.float64], path: PairIndex, lengths: PerPair) -> Self:
        """With the share of the demonstrated length (of each pair) that a path misses as its loss."""
        shares = np.bincount(path, lengths[path], mdp.num_pairs)
        return cls(mdp, features, path, -shares / shares.sum(), 1.0)

    def best(self, weights: Weights) -> tuple[Weights, float]:
        """The features of the path that is best when paid its loss, less the demonstration's, and that loss."""
        planned = cheapest_path(self.mdp, -(self.features @ weights + self.loss), int(self.mdp.state[self.path[0]]))
        apart = self.features[planned].sum(axis=0) - self.features[self.path].sum(axis=0)
        return apart, self.at_most + float(self.loss[planned].sum())


def fit_trips(trips: Sequence[Trip], config: Config, least_cost: float = 1e-3) -> Weights:
    """The weights (f,) of trips without chance and discount that share them, with one slack for their mean.

    Features are costs: each weight is at most -`least_cost`, so that driving in circles never pays. A round plans for
    every trip; its mean gap is one constraint more (the cutting planes of Joachims and others 2009). Raises InputError
    where there is no trip, or no penalty.
    """
    if not trips or config.penalty is None:
        raise InputError("max-margin planning: there are no trips, or no penalty for the slack they share")
    num = trips[0].features.shape[1]
    rows, gaps = np.hstack((-np.eye(num), np.zeros((num, 1)))), np.full(num, least_cost)
    for _ in range(config.most_rounds):
        found, _ = smallest(rows, gaps)
        apart, loss = (np.mean(of, axis=0) for of in zip(*(trip.best(found[:num]) for trip in trips), strict=True))
        slack_unit = config.penalty**-0.5
        if loss + apart @ found[:num] - slack_unit * found[num] <= config.tolerance:
            return found[:num]
        rows, gaps = np.vstack((rows, np.append(-apart, slack_unit))), np.append(gaps, loss)
    raise InputError(f"max-margin planning: {config.most_rounds} rounds are not enough; raise most_rounds")
