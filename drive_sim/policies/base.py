"""What a driver is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

if TYPE_CHECKING:
    from torch import Tensor, nn

ObsT_contra = TypeVar("ObsT_contra", contravariant=True)
ActT_co = TypeVar("ActT_co", covariant=True)
Observations = Annotated[npt.NDArray[np.float32 | np.uint8], "n ..."]
"""n rows of numbers (n, f), or n pictures (n, h, w, 3)."""
Actions = Annotated[npt.NDArray[np.float64], "n a"]
PerAction = Annotated[npt.NDArray[np.float64], "a"]


class Actor(Protocol[ObsT_contra, ActT_co]):
    """Anything that acts in some world; what is seen and done there are records of arrays whose first axis is n."""

    def act(self, observation: ObsT_contra, rng: np.random.Generator, /) -> ActT_co:
        """What to do (n,) in view of what is seen (n,); `rng` is for actors that draw."""
        ...


class Policy(Protocol):
    """Anything that drives a batch of cars: an `Actor` of our world."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Commands (n,) for what is seen; `rng` is for policies that draw."""
        ...


class StochasticPolicy(Protocol):
    """A policy pi(a | o) that draws what it does and is trained by gradients (`TrainableGaussian` is one).

    Observations (n, ...) and actions (n, a) are arrays, as in `Transitions`.
    """

    def sample(self, observation: Observations, rng: np.random.Generator) -> Actions:
        """An action (n, a) for each row, drawn."""
        ...

    def log_probability(self, observation: Observations, action: Actions) -> Tensor:
        """Log pi(a | o) (n,), in nats; gradients flow through it to `parameters`."""
        ...

    def entropy(self, observation: Observations) -> Tensor:
        """The entropy (n,) of pi(. | o), in nats; gradients flow through it."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """All that is trained."""
        ...


class StochasticActor(StochasticPolicy, Actor[Any, Any], Protocol):
    """A stochastic policy that acts in a world, by drawing: what a learner from reward begins with and yields."""
