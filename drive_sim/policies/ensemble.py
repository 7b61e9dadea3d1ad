"""An ensemble: networks that learned the same from other first weights, and in another order, steer by their mean.

Errors that they don't share average out: the mean's squared error is never above the mean of theirs (Krogh and Vedelsby
1995, eq. 6), and of what none of them is sure the mean steers less (Lakshminarayanan et al. 2017, arXiv 1612.01474).
"""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Networks that see through one camera, two at least. Raises InputError for others."""

    policies: tuple[NeuralPolicy, ...]

    def __post_init__(self) -> None:
        if len(self.policies) < 2 or any(policy.camera != self.camera for policy in self.policies):
            raise InputError("ensemble: it takes two networks at least, which see through one camera")

    @property
    def camera(self) -> Camera:
        """The camera that all of them drive by."""
        return self.policies[0].camera

    @property
    def gives_acceleration(self) -> bool:
        """Whether it drives at its own speed: where all of them do."""
        return all(policy.gives_acceleration for policy in self.policies)

    @property
    def is_conditional(self) -> bool:
        """Whether it is told the wanted place and the speed: where one of them is."""
        return any(policy.is_conditional for policy in self.policies)

    @property
    def num_frames(self) -> int:
        """How many pictures on end it sees: as many as one of them."""
        return max(policy.num_frames for policy in self.policies)

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """The mean of what they would do."""
        commands = [policy.act(observation, rng) for policy in self.policies]
        return Command(
            np.mean([command.curvature_per_m for command in commands], axis=0),
            np.mean([command.acceleration_mps2 for command in commands], axis=0),
        )

    def predict(self, images: Images, previous_images: Images | None = None) -> PerCar:
        """The mean of their curvatures (n,) in 1/m for pictures (n, h, w, 3), and those of the tick before."""
        return np.mean([policy.predict(images, previous_images) for policy in self.policies], axis=0)
