"""What a driver is."""

from typing import Protocol, TypeVar

import numpy as np

from drive_sim.sim.env import Observation
from drive_sim.sim.vehicle import Command

SeenT_contra = TypeVar("SeenT_contra", contravariant=True)
DoneT_co = TypeVar("DoneT_co", covariant=True)


class Actor(Protocol[SeenT_contra, DoneT_co]):
    """Anything that acts in some world; what is seen and done there are records of arrays whose first axis is n."""

    def act(self, observation: SeenT_contra, rng: np.random.Generator, /) -> DoneT_co:
        """What to do (n,) in view of what is seen (n,); `rng` is for actors that draw."""
        ...


class Policy(Protocol):
    """Anything that drives a batch of cars: an `Actor` of our world."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Commands (n,) for what is seen; `rng` is for policies that draw."""
        ...
