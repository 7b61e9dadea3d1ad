"""The colour of one ground point: scalar functions, compiled into the camera's row loops (or, later, for a GPU).

All arithmetic is float32, so constants are spelled `f4(0.5)`: a bare literal would turn the loops to float64 and halve
their speed. There are no branches, so that whole rows vectorise.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

f4 = np.float32

SCALAR = {
    "cache": True,
    "error_model": "numpy",
    "forceinline": True,
    "fastmath": {"contract", "nsz", "arcp", "reassoc", "nnan"},
}
"""Options of functions that dissolve in the loop that calls them."""


class Ground(NamedTuple):
    """What the ground of one scene is made of, as float32 scalars."""

    surface_r: float
    surface_g: float
    surface_b: float
    verge_r: float
    verge_g: float
    verge_b: float
    patch_r: float
    patch_g: float
    patch_b: float
    shoulder_r: float
    shoulder_g: float
    shoulder_b: float
    line_r: float
    line_g: float
    line_b: float
    shoulder_m: float
    wheel_track: float
    lane_half_m: float


class Light(NamedTuple):
    """What falls on the ground in one picture row, and what lies between it and the lens."""

    sky_r: float
    sky_g: float
    sky_b: float
    sun_r: float
    sun_g: float
    sun_b: float
    head: float


@njit(**SCALAR)
def covered(distance_m, sharpness_per_m):
    """Share of a pixel on the positive side of an edge: the edge's step, box-filtered by the pixel's footprint."""
    return min(max(distance_m * sharpness_per_m + f4(0.5), f4(0.0)), f4(1.0))


@njit(**SCALAR)
def band(position_m, from_m, to_m, sharpness_per_m):
    """Share of a pixel inside a stripe."""
    return covered(position_m - from_m, sharpness_per_m) - covered(position_m - to_m, sharpness_per_m)


@njit(**SCALAR)
def dash_integral(periods, share):
    """Painted length, in periods, of a dashed line up to a place."""
    whole = np.floor(periods)
    return whole * share + min(periods - whole, share)


@njit(**SCALAR)
def dashed(along_periods, half_footprint_periods, share):
    """Share of a footprint along the road that is painted, exact for every footprint."""
    painted = dash_integral(along_periods + half_footprint_periods, share)
    painted -= dash_integral(along_periods - half_footprint_periods, share)
    return painted * (f4(0.5) / half_footprint_periods)


@njit(**SCALAR)
def mixed(below, above, share):
    """`above` laid over `below`."""
    return below + (above - below) * share


@njit(**SCALAR)
def verge_albedo(ground, noise, patch):
    """Grass: two greens in patches, both carrying the fine noise."""
    share = min(max(f4(0.4) + patch, f4(0.0)), f4(1.0))
    gain = f4(1.0) + noise
    r = mixed(ground.verge_r, ground.patch_r, share) * gain
    g = mixed(ground.verge_g, ground.patch_g, share) * gain
    b = mixed(ground.verge_b, ground.patch_b, share) * gain
    return r, g, b


@njit(**SCALAR)
def wheel_wear(ground, middle_m, sharpness_per_m):
    """How far a point lies in a wheel's track (0 to 1): two soft ruts in each lane, lost in wide footprints."""
    from_lane_m = abs(abs(middle_m) - ground.lane_half_m)
    x = (from_lane_m - f4(0.75)) * f4(2.2)
    rut = max(f4(1.0) - x * x, f4(0.0))
    return rut * rut * min(sharpness_per_m * f4(0.5), f4(1.0))


@njit(**SCALAR)
def road_albedo(ground, left_m, right_m, sharpness_per_m, noise, verge_noise, patch, paint):
    """The ground from the distances inside the surface's left and right edge; also the surface's share of the pixel."""
    r, g, b = verge_albedo(ground, verge_noise, patch)
    inside_m = min(left_m, right_m)
    # Both edges count, so that a road narrower than a pixel still gets its share.
    surface = covered(left_m, sharpness_per_m) + covered(right_m, sharpness_per_m) - f4(1.0)
    surface = max(surface, f4(0.0))
    shoulder = covered(inside_m + ground.shoulder_m * (f4(1.0) + f4(2.0) * patch), sharpness_per_m * f4(0.7))
    gain = f4(1.0) + verge_noise
    r = mixed(r, ground.shoulder_r * gain, shoulder)
    g = mixed(g, ground.shoulder_g * gain, shoulder)
    b = mixed(b, ground.shoulder_b * gain, shoulder)
    gain = f4(1.0) + noise + ground.wheel_track * wheel_wear(ground, f4(0.5) * (right_m - left_m), sharpness_per_m)
    worn_paint = paint * (f4(1.0) - f4(0.5) * abs(noise))
    r = mixed(r, mixed(ground.surface_r * gain, ground.line_r, worn_paint), surface)
    g = mixed(g, mixed(ground.surface_g * gain, ground.line_g, worn_paint), surface)
    b = mixed(b, mixed(ground.surface_b * gain, ground.line_b, worn_paint), surface)
    return r, g, b, surface


@njit(**SCALAR)
def transmittance(haze_depth):
    """What gets through haze: exp(-z) as (1 - z/16)^16, which ends at z = 16 and needs no call."""
    t = max(f4(1.0) - haze_depth * f4(0.0625), f4(0.0))
    t *= t
    t *= t
    t *= t
    return t * t
