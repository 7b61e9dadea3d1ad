"""What of a recorded track is no part of the way: a receiver's leap aside and back, and a segment somewhere else."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint

MOST_BRIDGED_M = 500.0
"""Segments whose ends are farther apart are not one way."""
_LEAST_LEAP_M, _LEAP = 20.0, 4.0
_FEWEST = 20

Points = Annotated[npt.NDArray[np.float64], "k 2"]
Kept = Annotated[npt.NDArray[np.int64], "j"]


def unbroken(points_m: Points, segments: Sequence[int]) -> tuple[Kept, str]:
    """Which points (k, 2) are the way, in order, and what was left out in words; `segments` begin at those points.

    A point is left out to which the track leaps, and back: both steps are 20 m and four usual ones at least, and its
    neighbours lie as near to each other as half of that. Of segments farther apart than `MOST_BRIDGED_M` those count
    that have the most points in a row.
    """
    starts = sorted({start for start in segments if 0 < start < len(points_m)})
    ends_m = np.hypot(*(points_m[starts] - points_m[np.array(starts, dtype=np.int64) - 1]).T)
    pieces = np.split(
        np.arange(len(points_m)), [start for start, gap in zip(starts, ends_m, strict=True) if gap > MOST_BRIDGED_M]
    )
    longest = max(pieces, key=len)
    leaps = _leaps(points_m[longest])
    return longest[~leaps], _told(len(points_m) - len(longest), int(leaps.sum()))


def _told(num_elsewhere: int, num_leaps: int) -> str:
    elsewhere = f"{num_elsewhere} points of segments more than {MOST_BRIDGED_M:g} m away are left out; "
    leaps = f"{num_leaps} point{'s' if num_leaps > 1 else ''} to which it leaps, and back, left out; "
    return (elsewhere if num_elsewhere else "") + (leaps if num_leaps else "")


def _leaps(points_m: Points) -> npt.NDArray[np.bool_]:
    """To which of the points (k, 2) the track leaps, and back."""
    leaps = np.zeros(len(points_m), dtype=np.bool_)
    if len(points_m) >= _FEWEST:
        step_m = _lengths(np.diff(points_m, axis=0))
        nearer_m = np.minimum(step_m[:-1], step_m[1:])
        far = nearer_m > max(_LEAST_LEAP_M, _LEAP * float(np.median(step_m)))
        leaps[1:-1] = far & (_lengths(points_m[2:] - points_m[:-2]) < 0.5 * nearer_m)
    return leaps


def _lengths(steps_m: Points) -> PerPoint:
    return np.hypot(steps_m[:, 0], steps_m[:, 1])
