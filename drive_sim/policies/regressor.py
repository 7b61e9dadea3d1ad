"""A policy for worlds that are not ours: a network from a row of numbers to a row of numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.base import Actions, Observations, PerAction

Inputs = Annotated[npt.NDArray[np.float32], "n f"]
PerInput = Annotated[npt.NDArray[np.float32], "f"]


@dataclass(frozen=True, slots=True, eq=False)
class FlatObservation:
    """What there is to see, n rows of f numbers, or n pictures. `expert_action` (n, a) is privileged: the expert's
    answer there."""

    inputs: Observations
    expert_action: Actions | None = None


class ExpertReader:
    """The expert as a policy: it was asked where the world stood, and here its answer is read."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - it draws nothing
        """The expert's actions (n, a). Raises InputError where it was not asked."""
        if observation.expert_action is None:
            raise InputError("no expert was asked what to do here; give the task one")
        return observation.expert_action


@dataclass(frozen=True, slots=True, eq=False)
class Regressor:
    """A network between standardised numbers, and the bounds (a,) of the actions, beyond which it is cut off."""

    network: nn.Sequential
    input_mean: PerInput
    input_spread: PerInput
    action_mean: PerAction
    action_spread: PerAction
    low: PerAction
    high: PerAction

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - it draws nothing
        """Actions (n, a) for what is seen; the expert's answers are not read."""
        return self.predict(observation.inputs)

    def predict(self, inputs: Observations) -> Actions:
        """Actions (n, a), within the bounds, for rows of numbers (n, f)."""
        with torch.inference_mode():
            return np.clip(self.means(inputs).numpy(), self.low, self.high)

    def means(self, observation: Observations) -> Tensor:
        """Actions (n, a) for rows of numbers, whatever the bounds; gradients flow through it."""
        outputs = self.network(torch.from_numpy((observation - self.input_mean) / self.input_spread))
        return torch.from_numpy(self.action_mean) + torch.from_numpy(self.action_spread) * outputs.double()

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's weights."""
        return self.network.parameters()
