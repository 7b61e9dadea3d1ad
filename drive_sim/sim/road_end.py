"""Where an open road ends for whoever drives it: before its last place, while there is still road to be seen."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask
from drive_sim.sim.compiled import njit
from drive_sim.sim.track import LanePose, Track, Tracks

RUN_OUT_M = 40.0
"""So much of an open road is left ahead when a drive on it ends: beyond, a picture shows no road any more."""


def route_m(track: Track) -> float:
    """How far a road is driven from its start: once round, or until its end comes into sight."""
    return float(_route_m(float(track.length_m), track.closed))


def routes_m(tracks: Tracks) -> Annotated[npt.NDArray[np.float64], "r"]:
    """`route_m` of each road."""
    out = np.empty(len(tracks))
    _write_routes(tracks.length_m, tracks.closed, out)
    return out


def is_at_the_end(tracks: Tracks, lane: LanePose) -> CarMask:
    """Which cars (n,) have driven an open road as far as it is driven; on a closed one there is no end."""
    out = np.empty(len(lane.track_idx), dtype=np.bool_)
    _are_at_the_end(tracks.length_m, tracks.closed, lane.track_idx, lane.s_m, out)
    return out


@njit(nogil=True, error_model="numpy")
def _route_m(length_m, closed):
    return length_m if closed else max(length_m - RUN_OUT_M, 0.5 * length_m)


@njit(nogil=True, error_model="numpy")
def _write_routes(length_m, closed, out):
    for road in range(len(length_m)):
        out[road] = _route_m(length_m[road], closed[road])


@njit(nogil=True, error_model="numpy")
def _are_at_the_end(length_m, closed, track_idx, s_m, out):
    for car in range(len(track_idx)):
        road = track_idx[car]
        out[car] = not closed[road] and s_m[car] >= _route_m(length_m[road], closed[road])
