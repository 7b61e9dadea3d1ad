"""A policy of another world than our road, with what is seen and done there."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.policies.base import Actions, Actor
from drive_sim.policies.regressor import FlatObservation
from drive_sim.records import Json


@dataclass(frozen=True, slots=True, eq=False)
class WorldPolicy:
    """A policy, the name of its world, and the spaces that it sees and acts in, as `gym.space_json` has them."""

    policy: Actor[Any, Any]
    world: str
    observation_space: Json
    action_space: Json

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:
        """Actions (n, a) for what is seen."""
        return self.policy.act(observation, rng)
