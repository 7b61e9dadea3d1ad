"""A policy that learned by trying drives our road: it chooses one of a row of steering units, or draws a curvature."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Actions, Observations
from drive_sim.policies.road_input import LANE_ROWS, reader, rows_of
from drive_sim.policies.stochastic import Greedy, TrainableCategorical, TrainableGaussian
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

Units = Annotated[npt.NDArray[np.float64], "k"]
"""The curvature (1/m, left positive) that each action stands for."""


@dataclass(frozen=True, slots=True, eq=False)
class SteeringPolicy:
    """A policy of rows or small pictures, what it reads (`road_input`), and what its actions mean.

    `units_per_m`: the curvature of each action that can be chosen; None where an action is a curvature itself.
    `draws`: it draws, as it did when it learned; else it steers by the mean of its distribution. A `Greedy` one does
    what is likeliest. `camera`: of the pictures that it is given; None where it reads the lane pose, which is
    privileged. Raises InputError where these do not fit.
    """

    policy: TrainableCategorical | TrainableGaussian | Greedy
    input: str
    units_per_m: Units | None = None
    camera: Camera | None = None
    draws: bool = False

    def __post_init__(self) -> None:
        reader(self.input)
        if (self.camera is None) != (self.input in LANE_ROWS):
            raise InputError(f"steering policy: it reads {self.input}, so its camera cannot be {self.camera}")
        if self.units_per_m is not None and not (np.diff(self.units_per_m) < 0.0).all():
            raise InputError("steering policy: units_per_m must fall, from the leftmost curvature to the rightmost")

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """A curvature for each car; the speed is kept. Raises InputError where its input is not there."""
        rows = rows_of(self.input, observation.lane, observation.images, self.camera)
        if self.draws or isinstance(self.policy, Greedy):
            return Command.steer(steered_per_m(self.policy.sample(rows, rng), self.units_per_m))
        return Command.steer(_mean_per_m(self.policy, rows, self.units_per_m))


def steered_per_m(action: Actions, units_per_m: Units | None) -> PerCar:
    """The curvatures (n,) that actions (n, 1) stand for."""
    return action[:, 0] if units_per_m is None else units_per_m[action[:, 0].astype(np.int64)]


def _mean_per_m(
    policy: TrainableCategorical | TrainableGaussian, rows: Observations, units_per_m: Units | None
) -> PerCar:
    if units_per_m is None or isinstance(policy, TrainableGaussian):
        return policy.likeliest(rows)[:, 0]
    return policy.probabilities(rows) @ units_per_m
