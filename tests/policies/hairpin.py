"""Open roads with bends of one radius, for those who must drive them."""

import numpy as np

from drive_sim.sim.closed_curve import integrate_curvature
from drive_sim.sim.track import Track

SPACING_M = 0.5


def make_hairpin(radius_m: float, ramp_m: float, *, back: bool = False, lane_offset_m: float = 0.0) -> Track:
    """Straight, half a turn left with even ramps of curvature (0: a step), with `back` the same right, straight."""
    num_ramp = round(ramp_m / SPACING_M)
    rise = np.linspace(0.0, 1.0, num_ramp + 2)[1:-1]
    bend = np.concatenate([rise, np.ones(round((np.pi * radius_m - ramp_m) / SPACING_M)), rise[::-1]]) / radius_m
    straight = np.zeros(round(80.0 / SPACING_M))
    return make_bent(np.concatenate([straight, bend, -bend if back else bend[:0], straight]), lane_offset_m)


def make_bent(curvature_per_m, lane_offset_m: float = 0.0) -> Track:
    """An open road of this curvature (k,), 8 m wide."""
    heading_rad, chords_m = integrate_curvature(curvature_per_m, SPACING_M)
    place_m = np.cumsum(chords_m) - chords_m
    width_m = np.full(len(curvature_per_m), 4.0)
    columns = (place_m.real, place_m.imag, heading_rad, curvature_per_m, width_m, width_m)
    return Track("bent", *columns, SPACING_M, closed=False, lane_offset_m=lane_offset_m)
