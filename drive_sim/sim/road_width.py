"""How wide a road is where a car is, looked up at the nearest sample of its centre line."""

import numpy as np

from drive_sim.arrays import CarIndex, PerCar
from drive_sim.sim.track import Tracks


def road_width_m(tracks: Tracks, track_idx: CarIndex, s_m: PerCar) -> PerCar:
    """Width (n,) of the road from edge to edge at arc length `s_m`."""
    row = sample_at(tracks, track_idx, s_m)
    return tracks.samples[row, 4] + tracks.samples[row, 5]


def sample_at(tracks: Tracks, track_idx: CarIndex, s_m: PerCar) -> CarIndex:
    """The row (n,) of the packed samples that is nearest to arc length `s_m`."""
    count = tracks.count[track_idx]
    nearest = np.rint(s_m / tracks.spacing_m[track_idx]).astype(np.int64)
    inside = np.where(tracks.closed[track_idx], nearest % count, np.clip(nearest, 0, count - 1))
    return tracks.start[track_idx] + inside
