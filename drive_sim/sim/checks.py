"""What kernels are given, looked over before they read it: compiled, since each tick of each car asks."""

import math

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex
from drive_sim.errors import InputError
from drive_sim.sim.compiled import njit


def checked_index(index: npt.ArrayLike, count: int, name: str) -> CarIndex:
    """An index (n,) into `count` tracks or scenes, in one layout; kernels read whatever lies where it points.

    Raises InputError where that is nothing.
    """
    checked = np.ascontiguousarray(index, dtype=np.int64)
    if checked.ndim != 1:
        raise InputError(f"{name} must be (n,), got {checked.shape}")
    if not _is_within(checked, count):
        raise InputError(f"{name} must lie in 0..{count - 1}, got {checked.min()}..{checked.max()}")
    return checked


def is_finite(numbers: npt.ArrayLike) -> bool:
    """Whether an array of any shape holds neither NaN nor infinity."""
    return bool(_is_finite(np.ascontiguousarray(numbers, dtype=np.float64).ravel()))


@njit(nogil=True, error_model="numpy")
def _is_within(index, count):
    num_outside = 0
    for value in index:
        num_outside += value < 0 or value >= count
    return num_outside == 0


@njit(nogil=True, error_model="numpy")
def _is_finite(numbers):
    num_wrong = 0
    for number in numbers:
        num_wrong += not math.isfinite(number)
    return num_wrong == 0
