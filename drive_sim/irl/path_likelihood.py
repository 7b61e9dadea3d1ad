"""The likelihood of demonstrations under a soft policy, as a function of a reward, and worlds that share weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers
from drive_sim.irl.horizon import Plan, occupancy_horizon, plan_horizon, value_and_gradient
from drive_sim.irl.mdp import Features, Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.irl.planning import policy_iteration

Weights = npt.NDArray[np.float64]
"""A number a feature."""


@dataclass(frozen=True, slots=True, eq=False)
class PathLikelihood:
    """L without its penalties (see `maxent`), of a reward of pairs (k,).

    `demonstrated` (k,): how often a demonstration takes each pair. `start`: the share of demonstrations that begin in
    each state (s,), or with a horizon by their steps to go (horizon + 1, s). What is L differs by `make`, for whole
    paths, and `of_actions`, for excerpts.
    """

    mdp: Mdp
    demonstrated: PerPair
    start: PerState
    horizon: int | None

    @classmethod
    def make(cls, mdp: Mdp, demonstrations: Demonstrations, *, horizon: bool = True) -> Self:
        """From demonstrations. Raises InputError where the dynamics cannot produce them.

        So it does for one that stops short of an end where neither a horizon nor a discount bounds what would follow.
        """
        if not horizon and mdp.discount == 1.0:
            demonstrations.checked_to_ends(mdp)
        steps = int(demonstrations.checked(mdp).lengths().max()) if horizon else None
        return cls(mdp, demonstrations.counts(mdp), demonstrations.starts(mdp, steps), steps)

    @classmethod
    def of_actions(cls, mdp: Mdp, demonstrations: Demonstrations) -> Self:
        """Of excerpts from behaviour that goes on for ever: the log-likelihood of what was done where it was done.

        log pi(a|s) = r(s, a) + g E V(s') - V(s), summed over a demonstration (Levine and others 2011). So `start` holds
        the visits less what the dynamics are expected to bring back of them, and may be negative. Luck between two
        actions counts for nothing, no demonstration is ever likelier than 1, and where an excerpt stops its driver
        looks ahead as before; but L need not be concave. Raises InputError where the dynamics cannot produce them.
        """
        pairs = np.concatenate(demonstrations.checked(mdp).paths)
        taken = np.bincount(pairs, minlength=mdp.num_pairs) / len(demonstrations.paths)
        brought_back = mdp.discount * (mdp.transition.T @ taken)
        return cls(mdp, taken, np.add.reduceat(taken, mdp.first) - brought_back, None)

    def plan(self, reward: PerPair, near: PerPair | None = None) -> Plan:
        """The soft values and policy of a reward; `near`, the policy of a reward nearby, makes it quicker."""
        if self.horizon is None:
            return policy_iteration(self.mdp, reward, 1.0, policy=near)
        return plan_horizon(self.mdp, reward, self.horizon, 1.0)

    def occupancy(self, policy: PerPair) -> PerPair:
        """How often a policy takes each pair from the demonstrations' starts."""
        if self.horizon is None:
            return occupancy(self.mdp, policy, self.start)
        return occupancy_horizon(self.mdp, policy, self.start)

    def value_and_gradient(self, reward: PerPair) -> tuple[float, PerPair]:
        """L, and its gradient: how often demonstrations take each pair, less how often the soft policy does."""
        if self.horizon is not None:
            return value_and_gradient(self.mdp, reward, self.demonstrated, self.start)
        plan = self.plan(reward)
        return self.value(reward, plan), self.demonstrated - self.occupancy(plan.policy)

    def value(self, reward: PerPair, plan: Plan) -> float:
        """L of a reward whose soft plan is known."""
        return float(self.demonstrated @ reward - np.sum(self.start * plan.values))


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What was demonstrated in one MDP, and its features of pairs (k, f); several may share one reward's weights.

    Trips with ends of their own are such worlds, and so are recordings of several drivers. `num`: how many
    demonstrations it speaks for.
    """

    likelihood: PathLikelihood
    features: Features
    num: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", self.likelihood.mdp.features_of_pairs(self.features))
        if not numbers(self.num, "the number of demonstrations") > 0.0:
            raise InputError(f"a world must speak for some demonstrations, got {self.num}")

    @classmethod
    def make(cls, mdp: Mdp, features: npt.ArrayLike, demonstrations: Demonstrations, *, horizon: bool = True) -> Self:
        """From demonstrations, and features of states (s, f) or pairs (k, f).

        Raises InputError for demonstrations or features that don't fit the MDP.
        """
        by_pair = mdp.features_of_pairs(features)  # before the dearer check of paths
        return cls(PathLikelihood.make(mdp, demonstrations, horizon=horizon), by_pair, len(demonstrations.paths))


def mean_value_and_gradient(worlds: Sequence[World], weights: Weights) -> tuple[float, Weights]:
    """L of shared weights (f,), the mean over the demonstrations of all worlds, and its gradient (f,)."""
    total, slope = 0.0, np.zeros(len(weights))
    for world in worlds:
        value, by_pair = world.likelihood.value_and_gradient(world.features @ weights)
        total += world.num * value
        slope += world.num * (by_pair @ world.features)
    num = sum(world.num for world in worlds)
    return total / num, slope / num


def num_features(worlds: Sequence[World]) -> int:
    """How many features all worlds have. Raises InputError where there is none, or one has another number."""
    if not worlds:
        raise InputError("there are no demonstrations: give at least one world with some")
    num = worlds[0].features.shape[1]
    for row, world in enumerate(worlds):
        if world.features.shape[1] != num:
            raise InputError(f"world {row} has {world.features.shape[1]} features, but world 0 has {num}")
    return num
