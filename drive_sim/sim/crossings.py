"""Where a road crosses itself at grade, as Suzuka drawn flat and a figure of eight do."""

from typing import Annotated
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from drive_sim.sim.track import Track

_OTHER_STRETCH_M = 20.0
"""Nearer along the road two samples are of one stretch."""

Places = Annotated[npt.NDArray[np.float64], "c"]

_FOUND: WeakKeyDictionary[Track, Places] = WeakKeyDictionary()
"""Of the roads that somebody still has."""


def crossings_m(track: Track) -> Places:
    """The arc lengths at which the centre line crosses itself, in order, two a crossing; found once a road."""
    places = _FOUND.get(track)
    if places is None:
        places = _FOUND[track] = _find(track)
    return places


def _find(track: Track) -> Places:
    from scipy.spatial import KDTree  # noqa: PLC0415 - half a second to import

    place = track.x_m + 1j * track.y_m
    count = len(place) if track.closed else len(place) - 1
    step = (np.roll(place, -1) - place)[:count]
    middle = place[:count] + 0.5 * step
    pairs = KDTree(np.stack([middle.real, middle.imag], axis=-1)).query_pairs(
        1.01 * track.spacing_m, output_type="ndarray"
    )
    first, second = pairs.T
    apart_m = np.abs(second - first) * track.spacing_m
    if track.closed:
        apart_m = np.minimum(apart_m, track.length_m - apart_m)
    first, second = (side[apart_m > _OTHER_STRETCH_M] for side in (first, second))
    along, across = _meeting(place[first], step[first], place[second], step[second])
    meets = (along >= 0.0) & (along < 1.0) & (across >= 0.0) & (across < 1.0)
    segments = np.concatenate([(first + along)[meets], (second + across)[meets]])
    return np.sort(segments) * track.spacing_m


def _meeting(
    start: npt.NDArray[np.complex128],
    step: npt.NDArray[np.complex128],
    other_start: npt.NDArray[np.complex128],
    other_step: npt.NDArray[np.complex128],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The shares of each step and of the other step at which their lines meet; infinite or NaN where they never do."""
    between, turned = other_start - start, (np.conj(step) * other_step).imag
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.conj(between) * other_step).imag / turned, (np.conj(between) * step).imag / turned
