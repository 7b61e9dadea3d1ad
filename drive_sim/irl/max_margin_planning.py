"""Maximum margin planning (Ratliff, Bagnell and Zinkevich 2006): the smallest weights by which demonstrations win.

Of all linear rewards r = features @ w by which every demonstration i is as good as every other behaviour, *even when
that is paid a loss l for what demonstrations don't do*, take the smallest (their eq. 3 and 6, with squared slack):

    min |w|^2 + penalty sum_i slack_i^2   such that   w . f_i + slack_i >= max over mu of (w . f(mu) + l . mu) .

The maximum is loss-augmented planning. Its solution, where it violates a constraint, is a constraint of its own, linear
in w; so constraints are gathered one by one, until none is violated. There are as many as policies, so that comes to an
end. The smallest w with G w >= h is a problem of non-negative least squares (Lawson and Hanson 1974, chapter 23), and
as it is strictly convex, w is unique.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from drive_sim.errors import InputError
from drive_sim.irl.mdp import Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.irl.planning import Plan, policy_iteration

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
    _check_ends(mdp, demonstrations)
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


def _check_ends(mdp: Mdp, demonstrations: Demonstrations) -> None:
    for number, path in enumerate(demonstrations.checked(mdp).paths):
        if not mdp.is_end[mdp.state[path[-1]]]:
            raise InputError(
                f"demonstration {number} stops in state {mdp.state[path[-1]]}, which is no end, so what it is worth "
                f"isn't known; let it go on to an end"
            )
