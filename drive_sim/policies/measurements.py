"""What a conditional network is told beside the picture, as numbers of order one that are 0 where nothing is said."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar

CRUISE_MPS = 12.0
"""The speed that reads 0."""
SPEED_SPREAD_MPS = 6.0

Measurements = Annotated[npt.NDArray[np.float32], "n 3"]
"""The wanted lateral place, whether there is one, and the speed."""


def measurements_of(speed_mps: PerCar, lateral_goal: PerCar | None) -> Measurements:
    """Measurements (n, 3) of speeds (n,) and wanted places (n,); a place that is NaN, or None: by sight.

    A speed that is not known (NaN) is taken for cruising speed.
    """
    goal = np.full(len(speed_mps), np.nan) if lateral_goal is None else lateral_goal
    is_told = np.isfinite(goal)
    speed = np.nan_to_num((speed_mps - CRUISE_MPS) / SPEED_SPREAD_MPS, nan=0.0)
    return np.column_stack([np.where(is_told, goal, 0.0), is_told, speed]).astype(np.float32)
