"""Maximum entropy inverse reinforcement learning, exact (Ziebart and others 2008; with chance, 2010 and 2013).

Of all policies whose expected features are the demonstrations', the one of the greatest causal entropy is the soft
policy of a linear reward r = features @ weights, and the weights maximise

    L(w) = mean over demonstrations of (reward of the path - V_w(its start)) - l1 |w| - l2 / 2 |w|^2 ,

where V_w are soft values. Without chance the first term is the mean log-likelihood of a demonstration, log P(path) =
R(path) - log Z; with chance it is the dual of maximum causal entropy, which differs from it by terms of mean zero. It
is concave, and its gradient is the demonstrations' features less those that the soft policy expects (2008, eq. 6): one
backward and one forward pass. Paths of any length: each demonstration has its own length as its horizon, or goes on
until an end (Snoswell and others 2020). Several worlds, such as trips that have ends of their own, share weights by
the mean over the demonstrations of all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, whole_number
from drive_sim.irl.horizon import Plan
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.path_likelihood import Weights, World, mean_value_and_gradient, num_features
from drive_sim.irl.planning import UnboundedError
from drive_sim.irl.rising_direction import rising_direction

_LOOK = 300
"""After so many iterations without an end it is asked whether there is a maximum at all."""
_EVALUATIONS = 3
"""An iteration takes hardly more than one; where each takes many, the objective falls away along a straight line."""
_LARGEST = 1e9
"""With larger features a search's first steps lead nowhere."""
_RARE = 1e-3
"""Where an objective rises for ever, some action becomes ever rarer; if none is so rare, there is a maximum."""


@dataclass(frozen=True, slots=True)
class Config:
    """How weights are kept small, how exactly the optimum is sought, and how long paths are.

    `tolerance`: the largest slope that may be left. `horizon`: each path has as many steps as its demonstration, or,
    where False, goes on until an end, or for ever at a discount below 1.
    """

    l1: float = 0.0
    l2: float = 0.0
    tolerance: float = 1e-6
    horizon: bool = True
    most_iterations: int = 5000

    def __post_init__(self) -> None:
        l1, l2, tolerance = numbers([self.l1, self.l2, self.tolerance], "maxent: l1, l2 and the tolerance")
        whole_number(self.most_iterations, "maxent: the most iterations", 1)
        if not (l1 >= 0.0 and l2 >= 0.0 and tolerance > 0.0):
            raise InputError("maxent: l1 and l2 must not be negative, and the tolerance must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The weights (f,), the objective there, the largest slope left, and the soft plan of the learned reward."""

    weights: Weights
    objective: float
    slope: float
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class SharedFit:
    """The weights (f,) that worlds share, the objective there, the largest slope left, and each world's soft plan."""

    weights: Weights
    objective: float
    slope: float
    plans: tuple[Plan, ...]


def fit(
    mdp: Mdp,
    features: npt.ArrayLike,
    demonstrations: Demonstrations,
    config: Config | None = None,
    first: npt.ArrayLike | None = None,
) -> Fit:
    """The weights of the maximum entropy reward for features of states (s, f) or pairs (k, f), sought from `first` on.

    Raises InputError for demonstrations or features that don't fit the MDP, and where no weights are best, since the
    objective rises for ever in some direction: the feature that has most of it is named.
    """
    config = config or Config()
    found = fit_shared([World.make(mdp, features, demonstrations, horizon=config.horizon)], config, first)
    return Fit(found.weights, found.objective, found.slope, found.plans[0])


def fit_shared(worlds: Sequence[World], config: Config | None = None, first: npt.ArrayLike | None = None) -> SharedFit:
    """The weights that the demonstrations of several worlds share.

    `first` (f,): where the search begins, by default at 0; without a discount and a horizon paths go on until an end,
    and steps must cost so much there that all paths together are finitely many. Raises InputError as `fit` does.
    """
    config, num = config or Config(), num_features(worlds)
    begin = np.zeros(num) if first is None else numbers(first, "maxent: the first weights")
    if begin.shape != (num,):
        raise InputError(f"maxent: the first weights must be ({num},), one a feature, got {begin.shape}")
    _check_scale(worlds, config)
    look = config.most_iterations if config.l2 > 0.0 else min(_LOOK, config.most_iterations)
    found = _maximise(worlds, config, begin, look)
    if look < config.most_iterations and np.any(np.abs(_slope(worlds, found, config)) > config.tolerance):
        _check_maximum(worlds, config)
        found = _maximise(worlds, config, found, config.most_iterations - look)
    slope = float(np.max(np.abs(_slope(worlds, found, config)), initial=0.0))
    plans = tuple(world.likelihood.plan(world.features @ found) for world in worlds)
    if config.l2 == 0.0 and (slope > config.tolerance or min(map(_rarest, worlds, plans)) < _RARE):
        _check_maximum(worlds, config)
    return SharedFit(found, mean_value_and_gradient(worlds, found)[0] - _penalty(found, config), slope, plans)


def _maximise(worlds: Sequence[World], config: Config, first: Weights, most_iterations: int) -> Weights:
    """By L-BFGS-B; with l1 the weights are the difference of two that are not negative."""
    signs = np.array([1.0, -1.0]) if config.l1 else np.array([1.0])

    def objective(halves: Weights) -> tuple[float, Weights]:
        weights = signs @ halves.reshape(len(signs), -1)
        value, by_weight = mean_value_and_gradient(worlds, weights)
        gradient = by_weight - config.l2 * weights
        total = value - 0.5 * config.l2 * weights @ weights - config.l1 * halves.sum()
        return -total, config.l1 - np.outer(signs, gradient).ravel()

    begin = np.outer(signs, first).ravel()
    found = optimize.minimize(
        _Bounded(objective),
        np.maximum(begin, 0.0) if config.l1 else begin,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(begin) if config.l1 else None,
        options={
            "gtol": 0.5 * config.tolerance,
            "ftol": 0.0,
            "maxiter": most_iterations,
            "maxfun": _EVALUATIONS * most_iterations,
            "maxcor": 20,
        },
    )
    return signs @ found.x.reshape(len(signs), -1)


class _Bounded:
    """An objective to minimise that rises beyond where it has a value, as steeply as it fell there, so that a search
    along a line turns back; the first point must have one."""

    def __init__(self, objective: Callable[[Weights], tuple[float, Weights]]) -> None:
        self._objective = objective
        self._last: tuple[Weights, float, Weights] | None = None

    def __call__(self, point: Weights) -> tuple[float, Weights]:
        try:
            value, gradient = self._objective(point)
        except UnboundedError:
            if self._last is None:
                raise
            at, value, gradient = self._last
            return value + abs(float(gradient @ (point - at))), -gradient
        if self._last is None or value < self._last[1]:
            self._last = point.copy(), value, gradient
        return value, gradient


def _slope(worlds: Sequence[World], weights: Weights, config: Config) -> Weights:
    """The gradient of L; where an l1 holds a weight at 0, what of it the l1 doesn't hold."""
    gradient = mean_value_and_gradient(worlds, weights)[1] - config.l2 * weights
    held = np.sign(gradient) * np.maximum(np.abs(gradient) - config.l1, 0.0)
    return np.where(weights == 0.0, held, gradient - config.l1 * np.sign(weights))


def _penalty(weights: Weights, config: Config) -> float:
    return config.l1 * float(np.abs(weights).sum()) + 0.5 * config.l2 * float(weights @ weights)


def _rarest(world: World, plan: Plan) -> float:
    """How often the soft policy takes the pair that it avoids most, of the times that the uniform policy takes it."""
    likelihood = world.likelihood
    anyhow = likelihood.occupancy(np.broadcast_to(likelihood.mdp.uniform_policy(), plan.policy.shape))
    return float(np.min(likelihood.occupancy(plan.policy)[anyhow > 0.0] / anyhow[anyhow > 0.0]))


def _check_scale(worlds: Sequence[World], config: Config) -> None:
    """Where features are far from 1 a search ends where it began, and its slope is no measure."""
    largest = np.max([np.abs(world.features).max(axis=0, initial=0.0) for world in worlds], axis=0)
    most = float(largest.max(initial=0.0))
    if not (most == 0.0 or config.tolerance < most <= _LARGEST):
        raise InputError(
            f"maxent: features must be about 1, above the tolerance ({config.tolerance:g}) and at most {_LARGEST:g}: "
            f"of feature {np.argmax(largest)} the largest is {most:g}; scale it"
        )


def _check_maximum(worlds: Sequence[World], config: Config) -> None:
    direction = rising_direction(worlds, config.l1)
    if direction is not None:
        most = int(np.argmax(np.abs(direction)))
        way = "up" if direction[most] > 0.0 else "down"
        raise InputError(
            f"maxent: no weights are best: the more the weight of feature {most} goes {way}, the likelier are the "
            f"demonstrations (no path has more of what they have); set l2 above 0, or give more demonstrations"
        )
