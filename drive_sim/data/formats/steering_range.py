"""Whether numbers that are called a steering are one from -1 to 1."""

from collections.abc import Sequence

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.udacity_log import MAX_STEERING
from drive_sim.errors import InputError

_MOST_OUTSIDE = 0.02


def checked_steering(steering: PerCar, where: str) -> Sequence[str]:
    """What is wrong with each of the rows (n,), empty where nothing.

    Raises InputError where so many lie outside of -1 to 1 that another unit must be meant.
    """
    known = np.isfinite(steering)
    outside = known & (np.abs(steering) > MAX_STEERING)
    if outside.sum() > _MOST_OUTSIDE * max(1, known.sum()):
        widest = float(np.max(np.abs(steering[known])))
        raise InputError(
            f"{where}: its steering goes to {widest:g} and not from -1 to 1; is it an angle? divide it by its widest"
        )
    said = np.where(outside, "its steering is not from -1 to 1", "")
    return np.where(known, said, "its steering is not a number").tolist()
