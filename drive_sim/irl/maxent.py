"""Maximum entropy inverse reinforcement learning, exact (Ziebart and others 2008; with chance, 2010 and 2013).

Of all policies whose expected features are the demonstrations', the one of the greatest causal entropy is the soft
policy of a linear reward r = features @ weights, and the weights maximise

    L(w) = mean over demonstrations of (reward of the path - V_w(its start)) - l1 |w| - l2 / 2 |w|^2 ,

where V_w are soft values. Without chance the first term is the mean log-likelihood of a demonstration, log P(path) =
R(path) - log Z; with chance it is the dual of maximum causal entropy, which differs from it by terms of mean zero. It
is concave, and its gradient is the demonstrations' features less those that the soft policy expects (2008, eq. 6): one
backward and one forward pass. Paths of any length: each demonstration has its own length as its horizon, or goes on
until an end (Snoswell and others 2020).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.mdp import Features, Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy, occupancy_horizon
from drive_sim.irl.planning import Plan, plan_horizon, policy_iteration
from drive_sim.irl.rising_direction import rising_direction

Weights = npt.NDArray[np.float64]
"""A number a feature."""
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
        if not (self.l1 >= 0.0 and self.l2 >= 0.0 and self.tolerance > 0.0):
            raise InputError("maxent: l1 and l2 must not be negative, and the tolerance must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The weights (f,), the objective there, the largest slope left, and the soft plan of the learned reward."""

    weights: Weights
    objective: float
    slope: float
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class PathLikelihood:
    """L without its penalties, of a reward of pairs (k,).

    `demonstrated` (k,): how often a demonstration takes each pair. `start`: the share of demonstrations that begin in
    each state (s,), or with a horizon by their steps to go (horizon + 1, s).
    """

    mdp: Mdp
    demonstrated: PerPair
    start: PerState
    horizon: int | None

    @classmethod
    def make(cls, mdp: Mdp, demonstrations: Demonstrations, *, horizon: bool = True) -> Self:
        """From demonstrations. Raises InputError where the dynamics cannot produce them."""
        steps = int(demonstrations.checked(mdp).lengths().max()) if horizon else None
        return cls(mdp, demonstrations.counts(mdp), demonstrations.starts(mdp, steps), steps)

    def plan(self, reward: PerPair) -> Plan:
        """The soft values and policy of a reward."""
        if self.horizon is None:
            return policy_iteration(self.mdp, reward, 1.0)
        return plan_horizon(self.mdp, reward, self.horizon, 1.0)

    def occupancy(self, policy: PerPair) -> PerPair:
        """How often a policy takes each pair from the demonstrations' starts."""
        if self.horizon is None:
            return occupancy(self.mdp, policy, self.start)
        return occupancy_horizon(self.mdp, policy, self.start)

    def value_and_gradient(self, reward: PerPair) -> tuple[float, PerPair]:
        """L, and its gradient: how often demonstrations take each pair, less how often the soft policy does."""
        plan = self.plan(reward)
        return self.value(reward, plan), self.demonstrated - self.occupancy(plan.policy)

    def value(self, reward: PerPair, plan: Plan) -> float:
        """L of a reward whose soft plan is known."""
        return float(self.demonstrated @ reward - np.sum(self.start * plan.values))


def fit(mdp: Mdp, features: npt.ArrayLike, demonstrations: Demonstrations, config: Config | None = None) -> Fit:
    """The weights of the maximum entropy reward for features of states (s, f) or pairs (k, f).

    Raises InputError for demonstrations or features that don't fit the MDP, and where no weights are best, since the
    objective rises for ever in some direction: the feature that has most of it is named.
    """
    config, by_pair = config or Config(), mdp.features_of_pairs(features)
    likelihood = PathLikelihood.make(mdp, demonstrations, horizon=config.horizon)
    found = _maximise(likelihood, by_pair, config)
    slope = float(np.max(np.abs(_slope(likelihood, by_pair, found, config)), initial=0.0))
    plan = likelihood.plan(by_pair @ found)
    if config.l2 == 0.0 and (slope > config.tolerance or _rarest(likelihood, plan) < _RARE):
        _check_maximum(likelihood, by_pair, config)
    return Fit(found, likelihood.value(by_pair @ found, plan) - _penalty(found, config), slope, plan)


def _maximise(likelihood: PathLikelihood, by_pair: Features, config: Config) -> Weights:
    """By L-BFGS-B; with l1 the weights are the difference of two that are not negative."""
    num, signs = by_pair.shape[1], np.array([1.0, -1.0]) if config.l1 else np.array([1.0])

    def objective(halves: Weights) -> tuple[float, Weights]:
        weights = signs @ halves.reshape(len(signs), num)
        value, by_reward = likelihood.value_and_gradient(by_pair @ weights)
        gradient = by_reward @ by_pair - config.l2 * weights
        total = value - 0.5 * config.l2 * weights @ weights - config.l1 * halves.sum()
        return -total, config.l1 - np.outer(signs, gradient).ravel()

    found = optimize.minimize(
        objective,
        np.zeros(len(signs) * num),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * (2 * num) if config.l1 else None,
        options={"gtol": 0.5 * config.tolerance, "ftol": 0.0, "maxiter": config.most_iterations, "maxcor": 20},
    )
    return signs @ found.x.reshape(len(signs), num)


def _slope(likelihood: PathLikelihood, by_pair: Features, weights: Weights, config: Config) -> Weights:
    """The gradient of L; where an l1 holds a weight at 0, what of it the l1 doesn't hold."""
    gradient = likelihood.value_and_gradient(by_pair @ weights)[1] @ by_pair - config.l2 * weights
    held = np.sign(gradient) * np.maximum(np.abs(gradient) - config.l1, 0.0)
    return np.where(weights == 0.0, held, gradient - config.l1 * np.sign(weights))


def _penalty(weights: Weights, config: Config) -> float:
    return config.l1 * float(np.abs(weights).sum()) + 0.5 * config.l2 * float(weights @ weights)


def _rarest(likelihood: PathLikelihood, plan: Plan) -> float:
    """How often the soft policy takes the pair that it avoids most, of the times that the uniform policy takes it."""
    anyhow = likelihood.occupancy(np.broadcast_to(likelihood.mdp.uniform_policy(), plan.policy.shape))
    return float(np.min(likelihood.occupancy(plan.policy)[anyhow > 0.0] / anyhow[anyhow > 0.0]))


def _check_maximum(likelihood: PathLikelihood, by_pair: Features, config: Config) -> None:
    direction = rising_direction(
        likelihood.mdp, by_pair, likelihood.demonstrated, likelihood.start, likelihood.horizon, config.l1
    )
    if direction is not None:
        most = int(np.argmax(np.abs(direction)))
        way = "up" if direction[most] > 0.0 else "down"
        raise InputError(
            f"maxent: no weights are best: the more the weight of feature {most} goes {way}, the likelier are the "
            f"demonstrations (no path has more of what they have); set l2 above 0, or give more demonstrations"
        )
