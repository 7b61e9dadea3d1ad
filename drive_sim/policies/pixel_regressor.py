"""A policy for worlds that are seen in pictures: a convolutional network from pixels to numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.policies.base import Actions, Observations, PerAction
from drive_sim.policies.pixel_network import PixelNetwork
from drive_sim.policies.regressor import FlatObservation


@dataclass(frozen=True, slots=True, eq=False)
class PixelRegressor:
    """A network of pictures, what its outputs mean, and the bounds (a,) of actions, beyond which it is cut off."""

    network: PixelNetwork
    action_mean: PerAction
    action_spread: PerAction
    low: PerAction
    high: PerAction

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - it draws nothing
        """Actions (n, a) for what is seen; the expert's answers are not read."""
        return self.predict(observation.inputs)

    def predict(self, inputs: Observations) -> Actions:
        """Actions (n, a), within the bounds, for pictures (n, ...)."""
        with torch.inference_mode():
            return np.clip(self.means(inputs).numpy(), self.low, self.high)

    def means(self, observation: Observations) -> Tensor:
        """Actions (n, a) for pictures, whatever the bounds; gradients flow through it."""
        outputs = self.network.outputs(observation)
        return torch.from_numpy(self.action_mean) + torch.from_numpy(self.action_spread) * outputs.double()

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's weights."""
        return self.network.parameters()
