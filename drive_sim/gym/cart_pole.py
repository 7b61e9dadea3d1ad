"""CartPole with a limit of 200 steps in two worlds: a fall ends the episode, as Ho and Ermon had it, or it does not."""

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from drive_sim.gym.absorbing import AbsorbingVector
from drive_sim.gym.vector_world import episode_returns
from drive_sim.policies.base import Actions, Actor
from drive_sim.policies.regressor import FlatObservation

LIMIT = 200
NUM_EPISODES = 50
"""Of which a score is the mean."""


def poles(num: int, *, fixed: bool) -> Any:
    """So many at once. `fixed`: who falls stays down, flagged, until step 200 (`gym.absorbing`)."""
    limit = 2 * LIMIT if fixed else LIMIT
    env = gymnasium.make_vec("CartPole-v1", num, vectorization_mode="vector_entry_point", max_episode_steps=limit)
    return AbsorbingVector(env, LIMIT) if fixed else env


def scores(policy: Actor[FlatObservation, Actions], rng: np.random.Generator, *, fixed: bool) -> npt.NDArray[np.int64]:
    """The steps before the fall in fresh episodes (50,), at most 200 each; the same starts for the same generator."""
    return episode_returns(poles(NUM_EPISODES, fixed=fixed), policy, NUM_EPISODES, rng).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class FlagUnread:
    """A policy of the world in which a fall ends an episode, in the other: it does not read the flag."""

    policy: Actor[FlatObservation, Actions]

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:
        """What it does by the numbers before the flag."""
        return self.policy.act(FlatObservation(observation.inputs[:, :-1]), rng)
