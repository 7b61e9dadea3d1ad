"""What a driver is."""

from typing import Protocol

import numpy as np

from drive_sim.sim.env import Observation
from drive_sim.sim.vehicle import Command


class Policy(Protocol):
    """Anything that drives a batch of cars."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Commands (n,) for what is seen; `rng` is for policies that draw."""
        ...
