"""A policy that draws its command around another's, where that other one acts by the mean."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Policy
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.stochastic import TrainableGaussian, likeliest_std, trainable_gaussian
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

_ROWS_AT_ONCE = 1024
"""A network's layers take a few hundred megabytes for so many pictures."""


class Predicts(Policy, Protocol):
    """A policy that steers by pictures alone, such as a network's or a linear one."""

    @property
    def predict(self) -> Callable[..., PerCar]:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3); of two frames for those of the tick before, too."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class GaussianPolicy:
    """Commands drawn from N(what `mean` commands, `width_per_m`^2), anew at every step; `mean` alone acts by the mean.

    The width may be chosen, or learned from demonstrations (`likeliest_around`).
    """

    mean: Policy
    width_per_m: float

    def __post_init__(self) -> None:
        if not self.width_per_m >= 0.0:
            raise InputError(f"gaussian policy: width_per_m must not be negative, got {self.width_per_m}")

    @property
    def camera(self) -> Camera | None:
        """The camera that it drives by; None where the mean reads no pictures."""
        return getattr(self.mean, "camera", None)

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """A draw for each car; the acceleration is the mean's."""
        command = self.mean.act(observation, rng)
        noise = rng.standard_normal(len(command.curvature_per_m))
        return replace(command, curvature_per_m=command.curvature_per_m + self.width_per_m * noise)

    def trainable(self) -> TrainableGaussian:
        """The same policy for training by gradients, its network copied.

        Raises InputError where the mean is no network of one frame, or where nothing is drawn.
        """
        if not (isinstance(self.mean, NeuralPolicy) and self.mean.num_frames == 1 and self.width_per_m > 0.0):
            raise InputError(
                "gaussian policy: only a network of one frame with a positive width can be trained by gradients"
            )
        return trainable_gaussian(copy.deepcopy(self.mean), np.array([self.width_per_m]))

    @classmethod
    def of(cls, trained: TrainableGaussian) -> "GaussianPolicy":
        """What was trained by gradients, to drive with and to save; it shares the network."""
        assert isinstance(trained.mean, NeuralPolicy), "a policy of our road"
        return cls(trained.mean, float(trained.log_std.detach().exp()))


def likeliest_around(
    mean: Predicts, images: Images, curvature_per_m: PerCar, previous_images: Images | None = None
) -> GaussianPolicy:
    """The width under which demonstrated commands (n,) are most likely: their root mean square distance from `mean`.

    `previous_images` are for a mean that sees two frames.
    """
    seen = (images,) if previous_images is None else (images, previous_images)
    parts = [slice(first, first + _ROWS_AT_ONCE) for first in range(0, len(images), _ROWS_AT_ONCE)]
    commands_per_m = np.concatenate([mean.predict(*(of[part] for of in seen)) for part in parts])
    return GaussianPolicy(mean, float(likeliest_std(commands_per_m, curvature_per_m)))
