"""A track of several laps, as a kart or a bicycle records it: its first lap is the road."""

from dataclasses import replace

import numpy as np

from drive_sim.sim.road_text import RoadText

NEAR_M = 15.0
"""A phone that comes by again is so near to where it was."""
_LEAST_LAP_M, _LEAST_REST_M, _SHARE = 150.0, 30.0, 0.9
_MOST_PASSINGS = 20
"""A lap that comes by its own start more often is none."""


def first_lap(text: RoadText) -> tuple[RoadText, float]:
    """The first lap as a loop, and how many laps there were; what never follows its own way again comes back whole.

    A lap ends where the track is near its start again, and nine tenths of all that comes then lie along the lap. What
    says that it is open has none.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 - half a second to import

    if text.closed is False:
        return text, 1.0
    points_m = text.points_m
    along_m = np.append(0.0, np.cumsum(np.hypot(*np.diff(points_m, axis=0).T)))
    away_m = np.hypot(*(points_m - points_m[0]).T)
    near = np.flatnonzero((away_m < NEAR_M) & (along_m > _LEAST_LAP_M) & (along_m < along_m[-1] - _LEAST_REST_M))
    for passing in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1)[:_MOST_PASSINGS]:
        if not len(passing):
            continue
        end = int(passing[np.argmin(away_m[passing])])
        beside_m, _ = KDTree(points_m[:end]).query(points_m[end:], distance_upper_bound=NEAR_M)
        if np.mean(beside_m < NEAR_M) >= _SHARE:
            return _cut(text, end), float(along_m[-1] / along_m[end])
    return text, 1.0


def _cut(text: RoadText, end: int) -> RoadText:
    times = None if text.time_s is None else text.time_s[:end]
    return replace(text, points_m=text.points_m[:end], places=text.places[:end], time_s=times, closed=True)
