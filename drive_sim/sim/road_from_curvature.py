"""A road from its curvature: what all generators have in common."""

import numpy as np

from drive_sim.arrays import PerPoint
from drive_sim.sim.closed_curve import integrate_curvature
from drive_sim.sim.track import Track


def road_from_curvature(
    name: str,
    curvature_per_m: PerPoint,
    half_width_m: PerPoint | float,
    *,
    spacing_m: float,
    closed: bool,
    start_heading_rad: float = 0.0,
    lane_offset_m: float = 0.0,
    lines: str = "none",
) -> Track:
    """A road with this curvature (k,) at even samples, from the origin on, as wide to the left as to the right."""
    heading_rad, chords_m = integrate_curvature(curvature_per_m, spacing_m, start_heading_rad)
    width_m = np.array(np.broadcast_to(half_width_m, len(curvature_per_m)), dtype=np.float64)
    return Track(
        name=name,
        x_m=np.cumsum(chords_m.real) - chords_m.real,
        y_m=np.cumsum(chords_m.imag) - chords_m.imag,
        heading_rad=heading_rad,
        curvature_per_m=curvature_per_m,
        width_left_m=width_m,
        width_right_m=width_m,
        spacing_m=spacing_m,
        closed=closed,
        lane_offset_m=lane_offset_m,
        lines=lines,
    )
