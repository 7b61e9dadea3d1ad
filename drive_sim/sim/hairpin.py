"""Exact open roads for tests and measurements: any curvature, and half turns of one radius."""

import numpy as np

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.road_from_curvature import road_from_curvature
from drive_sim.sim.track import Track

SPACING_M = 0.5
_STRAIGHT_M = 80.0


def make_hairpin(
    radius_m: float, ramp_m: float, *, back: bool = False, half_width_m: float = 4.0, lane_offset_m: float = 0.0
) -> Track:
    """A straight, half a turn to the left, and a straight; with `back` half a turn to the right follows the first.

    The curvature rises and falls evenly over `ramp_m` (0: at once). Raises InputError where that is more than the arc.
    """
    if not 0.0 <= ramp_m <= np.pi * radius_m:
        raise InputError(f"hairpin: ramp_m must be 0 to half a turn of {radius_m} m, got {ramp_m}")
    rise = np.linspace(0.0, 1.0, round(ramp_m / SPACING_M) + 2)[1:-1]
    bend = np.concatenate([rise, np.ones(round((np.pi * radius_m - ramp_m) / SPACING_M)), rise[::-1]]) / radius_m
    straight = np.zeros(round(_STRAIGHT_M / SPACING_M))
    curvature_per_m = np.concatenate([straight, bend, -bend if back else bend[:0], straight])
    return make_bent(f"hairpin-{radius_m:g}", curvature_per_m, half_width_m=half_width_m, lane_offset_m=lane_offset_m)


def make_bent(name: str, curvature_per_m: PerPoint, *, half_width_m: float = 4.0, lane_offset_m: float = 0.0) -> Track:
    """An open road with this curvature (k,) at samples half a metre apart, from the origin along x."""
    return road_from_curvature(
        name, curvature_per_m, half_width_m, spacing_m=SPACING_M, closed=False, lane_offset_m=lane_offset_m
    )
