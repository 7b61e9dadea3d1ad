"""What else is counted of a drive: how often it came 1 m off the line of a road's file, and what happened at crossings.

A driver is judged by the middle between the edges, and on wide roads by more than 1 m (`sim/intervention.py`). The
strict count stands beside that, for who compares with figures by the line of a file. At a crossing at grade a picture
does not say which road is one's own, so what happens there is told apart.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.sim.crossings import crossings_m
from drive_sim.sim.intervention import INTERVENTION_M, WIDE_FROM_M
from drive_sim.sim.road_width import sample_at
from drive_sim.sim.track import Tracks

AT_CROSSING_M = 30.0
"""So near to a crossing along the road a car is at it: there the other road fills the picture."""

Trace = Annotated[npt.NDArray[np.float64], "t r"]
Mask = Annotated[npt.NDArray[np.bool_], "t r"]


def has_strict_count(tracks: Tracks) -> bool:
    """Whether the strict count may differ from the interventions: a wide road, or a file's line beside the middle."""
    return any(
        track.file_line_m is not None or (track.width_left_m + track.width_right_m).max() > WIDE_FROM_M
        for track in tracks.tracks
    )


def strict_count(
    tracks: Tracks, s_m: Trace, offset_m: Trace, put_back: Mask, left_road: Mask
) -> Annotated[npt.NDArray[np.int64], "r"]:
    """Stretches (r,) on which each car was more than 1 m off its file's line, or off the road.

    Traces (t, r) of arc length and offset from the target are NaN once a road is done. Nobody is put back for it, so
    one departure counts once, however long it is; a car that was put back for an intervention begins anew.
    """
    beyond = (np.abs(offset_m - _file_line_m(tracks, s_m)) > INTERVENTION_M) | left_road
    goes_on = np.zeros_like(beyond)
    goes_on[1:] = beyond[:-1] & ~put_back[:-1]
    return (beyond & ~goes_on).sum(axis=0)


def at_crossing(tracks: Tracks, s_m: Trace) -> Mask:
    """Where (t, r) the car of each road is within `AT_CROSSING_M` of a place at which its road crosses itself."""
    near = np.zeros(s_m.shape, dtype=np.bool_)
    for road, track in enumerate(tracks.tracks):
        for place_m in crossings_m(track):
            away_m = np.abs(s_m[:, road] - place_m)
            if track.closed:
                away_m = np.minimum(away_m, track.length_m - away_m)
            near[:, road] |= away_m <= AT_CROSSING_M
    return near


def _file_line_m(tracks: Tracks, s_m: Trace) -> Trace:
    """How far left of each road's centre line its file's line lies, less the target's own offset there; NaN stays."""
    aside_m = np.zeros(s_m.shape)
    for road, track in enumerate(tracks.tracks):
        if track.file_line_m is not None:
            ticks = np.flatnonzero(np.isfinite(s_m[:, road]))
            rows = sample_at(tracks, np.full(len(ticks), road), s_m[ticks, road]) - tracks.start[road]
            aside_m[ticks, road] = track.file_line_m[rows] - track.lane_offset_m
    return aside_m
