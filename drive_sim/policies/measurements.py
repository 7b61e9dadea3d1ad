"""What a conditional network is told beside the picture, as numbers of order one that are 0 where nothing is said."""

from typing import Annotated, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.policies.base import Policy
from drive_sim.sim.camera import Camera

CRUISE_MPS = 12.0
"""The speed that reads 0."""
SPEED_SPREAD_MPS = 6.0

Measurements = Annotated[npt.NDArray[np.float32], "n 3"]
"""The wanted lateral place, whether there is one, and the speed."""


@runtime_checkable
class MayBeTold(Protocol):
    """A policy that may be told measurements, and says whether it is."""

    @property
    def is_conditional(self) -> bool:
        """Whether it reads measurements beside the picture."""
        ...


def goes_by_sight(policy: Policy, camera: Camera | None) -> bool:
    """Whether a policy that sees through a camera (None: it reads the lane pose) can be told no place."""
    return camera is not None and not (isinstance(policy, MayBeTold) and policy.is_conditional)


def measurements_of(speed_mps: PerCar, lateral_goal: PerCar | None) -> Measurements:
    """Measurements (n, 3) of speeds (n,) and wanted places (n,); a place that is NaN or infinite, or None: by sight.

    A speed that is not known (NaN or infinite) is taken for cruising speed.
    """
    goal = np.full(len(speed_mps), np.nan) if lateral_goal is None else lateral_goal
    is_told = np.isfinite(goal)
    speed = (np.where(np.isfinite(speed_mps), speed_mps, CRUISE_MPS) - CRUISE_MPS) / SPEED_SPREAD_MPS
    return np.column_stack([np.where(is_told, goal, 0.0), is_told, speed]).astype(np.float32)
