"""A policy that draws its command around another's, where that other one acts by the mean."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Policy
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

_ROWS_AT_ONCE = 1024
"""A network's layers take a few hundred megabytes for so many pictures."""


class Predicts(Policy, Protocol):
    """A policy that steers by pictures alone, such as a network's or a linear one."""

    def predict(self, images: Images) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3)."""
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


def likeliest_around(mean: Predicts, images: Images, curvature_per_m: PerCar) -> GaussianPolicy:
    """The width under which demonstrated commands (n,) are most likely: their root mean square distance from `mean`."""
    parts = range(0, len(images), _ROWS_AT_ONCE)
    commands_per_m = np.concatenate([mean.predict(images[first : first + _ROWS_AT_ONCE]) for first in parts])
    error_per_m = commands_per_m - curvature_per_m
    return GaussianPolicy(mean, float(np.sqrt(np.mean(error_per_m**2))))
