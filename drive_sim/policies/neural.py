"""A policy that drives by what a network sees, and by nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Observations
from drive_sim.policies.compute import autocast, uses_bf16
from drive_sim.policies.networks import ConvNet
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

CURVATURE_UNIT_PER_M = 0.02
"""The curvature for which a network puts out 1: the spread of what is driven, so that targets vary by about 1."""


@dataclass(frozen=True, slots=True, eq=False)
class NeuralPolicy:
    """A network with all that its numbers mean: its camera and the curvature (1/m, left positive) of an output of 1.

    `precision` is one of PRECISIONS: `auto` computes in bfloat16 where the hardware has it.
    """

    network: ConvNet
    network_name: str
    camera: Camera
    curvature_unit_per_m: float = CURVATURE_UNIT_PER_M
    precision: str = "auto"

    @property
    def device(self) -> torch.device:
        """Where its network lies, and computes."""
        return next(self.network.parameters()).device

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """Steer by the pictures (n, h, w, 3); speed and the privileged fields are not read."""
        if observation.images is None:
            raise InputError("a network drives by pictures, and the environment has no camera; give EnvConfig one")
        return Command.steer(self.predict(observation.images))

    def predict(self, images: Images) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3) of the policy's own camera; InputError for another size."""
        size = (self.camera.height_px, self.camera.width_px, 3)
        if images.shape[1:] != size:
            raise InputError(
                f"the network was trained on {size[1]}x{size[0]} pictures and got an array of {images.shape}; "
                "use the camera that is stored with the model"
            )
        with torch.inference_mode():
            return self.outputs(images).double().cpu().numpy() * self.curvature_unit_per_m

    def means(self, observation: Observations) -> Tensor:
        """Curvatures (n, 1) in 1/m for pictures; gradients flow through it."""
        return self.curvature_unit_per_m * self.outputs(observation).double()[:, None]

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's weights."""
        return self.network.parameters()

    def outputs(self, images: Observations) -> Tensor:
        """What the network puts out (n,) for pictures, in curvature units; gradients flow through it."""
        with autocast(self.device, bf16=uses_bf16(self.precision, self.device)):
            return self.network(torch.tensor(images, device=self.device))
