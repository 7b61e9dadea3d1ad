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
from drive_sim.policies.measurements import Measurements, measurements_of
from drive_sim.policies.networks import ConditionalNet, ConvNet
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

CURVATURE_UNIT_PER_M = 0.02
"""The curvature for which a network puts out 1: the spread of what is driven, so that targets vary by about 1."""
ACCELERATION_UNIT_MPS2 = 3.0
"""The acceleration for which a conditional network's second output is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class NeuralPolicy:
    """A network with all that its numbers mean: its camera and the curvature (1/m, left positive) of an output of 1.

    A conditional network is told the wanted place and the speed as well, and gives an acceleration beside, in units of
    `ACCELERATION_UNIT_MPS2`. One of two frames sees the picture of the tick before, too. `precision` is one of
    PRECISIONS: `auto` computes in bfloat16 where the hardware has it.
    """

    network: ConvNet
    network_name: str
    camera: Camera
    curvature_unit_per_m: float = CURVATURE_UNIT_PER_M
    precision: str = "auto"

    @property
    def is_conditional(self) -> bool:
        """Whether it is told the wanted place and its speed, and drives its speed, too."""
        return isinstance(self.network, ConditionalNet)

    @property
    def num_frames(self) -> int:
        """How many pictures on end it sees: that of now, or that of the tick before and that of now."""
        return self.network.num_frames

    @property
    def gives_acceleration(self) -> bool:
        """Whether it drives at its own speed."""
        return self.is_conditional

    @property
    def device(self) -> torch.device:
        """Where its network lies, and computes."""
        return next(self.network.parameters()).device

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """Steer by the pictures (n, h, w, 3), a conditional network by what it is told as well; nothing privileged."""
        if observation.images is None:
            raise InputError("a network drives by pictures, and the environment has no camera; give EnvConfig one")
        if not self.is_conditional:
            previous_images = None if self.num_frames == 1 else observation.previous_images
            return Command.steer(self.predict(observation.images, previous_images))
        measurements = measurements_of(observation.speed_mps, observation.lateral_goal)
        curvature_per_m, acceleration_mps2 = self.predict_both(observation.images, measurements)
        return Command(curvature_per_m, acceleration_mps2)

    def predict(self, images: Images, previous_images: Images | None = None) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3) of the policy's own camera; InputError for another size.

        A conditional network goes by sight, at cruising speed; to one of two frames nothing has moved since the tick
        before, unless that one's pictures are given.
        """
        with torch.inference_mode():
            return (
                self.outputs(self.stacked(images, previous_images)).double().cpu().numpy() * self.curvature_unit_per_m
            )

    def predict_both(self, images: Images, measurements: Measurements) -> tuple[PerCar, PerCar]:
        """Curvatures and accelerations (n,) of a conditional network for pictures and `measurements_of` (n, m)."""
        self._check_size(images)
        with torch.inference_mode():
            found = self.both_outputs(images, measurements).double().cpu().numpy()
        return found[:, 0] * self.curvature_unit_per_m, found[:, 1] * ACCELERATION_UNIT_MPS2

    def stacked(self, images: Images, previous_images: Images | None = None) -> Images:
        """What the network is given (n, h, w, 3 k): of two frames the earlier first, which by default is the same."""
        self._check_size(images)
        if self.num_frames == 1:
            return images
        previous_images = images if previous_images is None else previous_images
        self._check_size(previous_images)
        return np.concatenate([previous_images, images], axis=-1)

    def _check_size(self, images: Images) -> None:
        size = (self.camera.height_px, self.camera.width_px, 3)
        if images.shape[1:] != size:
            raise InputError(
                f"the network was trained on {size[1]}x{size[0]} pictures and got an array of {images.shape}; "
                "use the camera that is stored with the model"
            )

    def means(self, observation: Observations) -> Tensor:
        """Curvatures (n, 1) in 1/m for pictures; gradients flow through it."""
        return self.curvature_unit_per_m * self.outputs(observation).double()[:, None]

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's weights."""
        return self.network.parameters()

    def outputs(self, images: Observations) -> Tensor:
        """What the network puts out (n,) for pictures, or for stacks of two; gradients flow through it."""
        with self._arithmetic():
            found = self.network(torch.tensor(images, device=self.device))
        return found[:, 0] if self.is_conditional else found

    def both_outputs(self, images: Observations, measurements: Measurements) -> Tensor:
        """What a conditional network puts out (n, 2): curvature and acceleration in their units; gradients flow."""
        told = torch.tensor(measurements, device=self.device, dtype=torch.float32)
        with self._arithmetic():
            return self.network(torch.tensor(images, device=self.device), told)

    def _arithmetic(self) -> torch.autocast:
        return autocast(self.device, bf16=uses_bf16(self.precision, self.device))
