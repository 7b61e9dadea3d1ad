"""Apprenticeship learning by inverse reinforcement learning (Abbeel and Ng 2004): maximum margin, and projection.

Where the reward is linear in features, r = features @ w, a policy is worth w . mu, with mu its expected features. Each
iteration looks for weights by which the expert is better than all policies so far, and adds the policy that is best by
these weights (section 3). The margin

    t = max over |w| <= 1 of min over j of w . (mu_E - mu_j)    (eq. 11)

is the distance of mu_E from the convex hull of the mu_j: the best w points to mu_E from the hull's nearest point, and
that point is what the final mixture expects, which draws one of the policies at the start of a path. So margin, weights
and mixture are one problem, least squares over shares that are not negative, and need no quadratic program. Weights
may be negative: else they could not say that something is to be avoided. Projection (section 3.1) does without the
problem: it moves one point towards each new mu_j as far as that brings it nearer to mu_E.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from drive_sim.errors import InputError, one_of
from drive_sim.irl.arguments import numbers, whole_number
from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.irl.path_likelihood import Weights
from drive_sim.irl.planning import policy_iteration

Expectations = Annotated[npt.NDArray[np.float64], "f"]
"""The expected features of a policy, summed over a path and discounted, from the distribution of first states."""
PolicyT = TypeVar("PolicyT")
_INSIDE = 1e-9
"""Who is so near to the hull, of what the policies lie apart, is in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned(Generic[PolicyT]):
    """A policy, in whatever form its world has, and its expected features (f,)."""

    policy: PolicyT
    expectations: Expectations


Planner: TypeAlias = Callable[[Weights], Planned[PolicyT]]
"""Gives the policy that is best by some weights (f,); by weights of 0 any policy, with which the search begins."""


@dataclass(frozen=True, slots=True)
class Config:
    """How weights are sought, how many policies are planned, and when that is enough.

    `tolerance`: by how much the margin may exceed what all policies there are could reach. `non_negative`: weights
    are held at 0 or above, a fault of popular copies.
    """

    method: Literal["max-margin", "projection"] = "max-margin"
    num_iterations: int = 30
    tolerance: float = 0.0
    non_negative: bool = False

    def __post_init__(self) -> None:
        one_of("method of maximum margin", self.method, ("max-margin", "projection"))
        whole_number(self.num_iterations, "max-margin: the number of iterations", 0)
        if numbers(self.tolerance, "max-margin: the tolerance") < 0.0:
            raise InputError(f"max-margin: the tolerance must not be negative, got {self.tolerance}")


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """How a hull of policies lies to the expert.

    `shares` (j,): of each policy in the mixture that is nearest, summing to 1; `expectations` (f,): the mixture's.
    `weights` (f,): by these the expert is better than every policy by the `margin` at least, the most that weights of
    length 1 can reach; 0 where the expert is inside.
    """

    shares: npt.NDArray[np.float64]
    expectations: Expectations
    weights: Weights
    margin: float


@dataclass(frozen=True, slots=True, eq=False)
class Search(Generic[PolicyT]):
    """Where the search stands: the policies so far, their hull, and the weights that are planned for next.

    `point` (f,): projection's own. `bound`: no mixture of whatever policies is nearer to the expert than this, if those
    planned were the best.
    """

    planned: tuple[Planned[PolicyT], ...]
    hull: Hull
    weights: Weights
    point: Expectations
    bound: float = 0.0


def nearest(expert: Expectations, policies: Sequence[Expectations], *, non_negative: bool = False) -> Hull:
    """The mixture of policies whose expectations (j of f) are nearest to the expert's (f,).

    Least squares of |differences @ x|^2 + c^2 (sum x - 1)^2 over x >= 0: whatever the sum and c, x / sum x is nearest.
    With weights that are not negative only what the expert has more of counts; the rest is taken up by a slack.
    """
    differences = np.stack(policies, axis=1) - expert[:, None]
    scale = float(np.abs(differences).max()) or 1.0
    columns = np.vstack((differences / scale, np.ones(len(policies))))
    if non_negative:
        columns = np.hstack((columns, -np.eye(len(columns), len(expert))))
    found = nnls(columns, np.eye(len(columns))[-1], maxiter=100 * columns.shape[1])[0][: len(policies)]
    shares = found / found.sum()
    apart = -(differences @ shares)
    towards = np.maximum(apart, 0.0) if non_negative else apart
    margin = float(np.linalg.norm(towards))
    weights = np.zeros_like(towards) if margin <= _INSIDE * scale else towards / margin
    return Hull(shares, expert - apart, weights, margin)


def search(planner: Planner[PolicyT], expert: npt.ArrayLike, config: Config | None = None) -> Iterator[Search[PolicyT]]:
    """The search after none, one, two ... planned policies; the margin after i - 1 of them is the paper's t(i).

    It ends with `num_iterations` policies, or where no policy could bring the margin down by more than the tolerance.
    Raises InputError where the expert's expectations (f,) are not finite or have another length than the planner's.
    """
    config, target = config or Config(), _checked(expert)
    first = _plan(planner, np.zeros_like(target))
    now = _next((first,), target, first.expectations, 0.0, config)
    yield now
    for _ in range(config.num_iterations):
        if not now.weights.any() or now.hull.margin - now.bound <= config.tolerance:
            return
        new = _plan(planner, now.weights)
        bound = max(now.bound, float(now.weights @ (target - new.expectations)))
        now = _next((*now.planned, new), target, _projected(target, now.point, new.expectations), bound, config)
        yield now


def fit(planner: Planner[PolicyT], expert: npt.ArrayLike, config: Config | None = None) -> Search[PolicyT]:
    """The end of a search: its policies, and in `hull.shares` how often the final mixture draws each."""
    *_, last = search(planner, expert, config)
    return last


def mdp_planner(mdp: Mdp, features: npt.ArrayLike) -> Planner[PerPair]:
    """Plans exactly in a finite MDP without a horizon, with features of states (s, f) or pairs (k, f)."""
    by_pair = mdp.features_of_pairs(features)

    def plan(weights: Weights) -> Planned[PerPair]:
        if len(weights) != by_pair.shape[1]:
            raise _other_features(len(weights), by_pair.shape[1])
        policy = policy_iteration(mdp, by_pair @ weights).policy
        return Planned(policy, occupancy(mdp, policy) @ by_pair)

    return plan


def demonstrated(mdp: Mdp, features: npt.ArrayLike, demonstrations: Demonstrations) -> Expectations:
    """The expert's expectations as the mean of demonstrations (eq. 5), discounted from each one's start.

    Raises InputError where there are none, or where the dynamics cannot produce them.
    """
    return demonstrations.checked(mdp).counts(mdp) @ mdp.features_of_pairs(features)


def _next(
    planned: tuple[Planned[PolicyT], ...], expert: Expectations, point: Expectations, bound: float, config: Config
) -> Search[PolicyT]:
    hull = nearest(expert, [of.expectations for of in planned], non_negative=config.non_negative)
    if config.method == "max-margin" or not hull.weights.any():
        return Search(planned, hull, hull.weights, point, bound)
    towards = np.maximum(expert - point, 0.0) if config.non_negative else expert - point
    return Search(planned, hull, towards / (np.linalg.norm(towards) or 1.0), point, bound)


def _projected(expert: Expectations, point: Expectations, new: Expectations) -> Expectations:
    """What of the way from the point to a new policy's expectations is nearest to the expert."""
    way = new - point
    length = float(way @ way)
    return point + way * np.clip(way @ (expert - point) / length, 0.0, 1.0) if length > 0.0 else point


def _plan(planner: Planner[PolicyT], weights: Weights) -> Planned[PolicyT]:
    new = planner(weights)
    if np.shape(new.expectations) != weights.shape:
        raise _other_features(len(weights), np.size(new.expectations))
    return new


def _other_features(expert: int, policy: int) -> InputError:
    return InputError(
        f"max-margin: the expert's expectations have {expert} features, a policy's {policy}; both must be of the same "
        f"features"
    )


def _checked(expert: npt.ArrayLike) -> Expectations:
    target = numbers(expert, "max-margin: the expert's expectations")
    if target.ndim != 1 or len(target) == 0:
        raise InputError(f"max-margin: the expert's expectations must be a number a feature, got {target.shape}")
    return target
