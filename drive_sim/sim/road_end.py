"""Where an open road ends for whoever drives it: before its last place, while there is still road to be seen."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask
from drive_sim.sim.track import LanePose, Track, Tracks

RUN_OUT_M = 40.0
"""So much of an open road is left ahead when a drive on it ends: beyond, a picture shows no road any more."""


def route_m(track: Track) -> float:
    """How far a road is driven from its start: once round, or until its end comes into sight."""
    return track.length_m if track.closed else max(track.length_m - RUN_OUT_M, 0.5 * track.length_m)


def routes_m(tracks: Tracks) -> Annotated[npt.NDArray[np.float64], "r"]:
    """`route_m` of each road."""
    return np.array([route_m(track) for track in tracks.tracks])


def is_at_the_end(tracks: Tracks, lane: LanePose) -> CarMask:
    """Which cars (n,) have driven an open road as far as it is driven; on a closed one there is no end."""
    road = lane.track_idx
    if tracks.closed[road].all():
        return np.zeros(len(road), dtype=np.bool_)
    return ~tracks.closed[road] & (lane.s_m >= routes_m(tracks)[road])
