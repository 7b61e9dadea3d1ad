"""The colour of one ground point: scalar functions, compiled into the camera's row loops (or, later, for a GPU).

All arithmetic is float32 and free of branches, so that whole rows vectorise. `scene` is a row of `Scenes.table`.
"""

import numpy as np

from drive_sim.sim.buffers import INNER, f4
from drive_sim.sim.compiled import njit
from drive_sim.sim.scene import B, C, G


@njit(**INNER)
def mixed(below, above, share):
    """`above` laid over `below`."""
    return below + (above - below) * share


@njit(**INNER)
def clipped(value):
    """Within 0 to 1."""
    return min(max(value, f4(0.0)), f4(1.0))


@njit(**INNER)
def covered(distance_m, sharp_per_m):
    """Share of a pixel on the positive side of an edge: a step, box-filtered by the pixel's footprint."""
    return clipped(distance_m * sharp_per_m + f4(0.5))


@njit(**INNER)
def stripe(position_m, from_m, to_m, sharp_per_m):
    """Share of a pixel inside a stripe, exact for every footprint."""
    return covered(position_m - from_m, sharp_per_m) - covered(position_m - to_m, sharp_per_m)


@njit(**INNER)
def painted_length(periods, share):
    """Painted length, in periods, of a dashed line up to a place."""
    whole = np.floor(periods)
    return whole * share + min(periods - whole, share)


@njit(**INNER)
def dashed(along_periods, half_footprint_periods, share):
    """Share of a footprint along the road that is painted, exact for every footprint."""
    end = painted_length(along_periods + half_footprint_periods, share)
    start = painted_length(along_periods - half_footprint_periods, share)
    return (end - start) * (f4(0.5) / half_footprint_periods)


@njit(**INNER)
def line_paint(scene, dashes_per_m, left_m, right_m, sharp_per_m, along_m, half_along_m):
    """Share of a pixel that lies on a painted line: one inside each edge, and a dashed one in the middle."""
    inset, width = scene[C.line_inset_m], scene[C.line_m]
    edges = stripe(left_m, inset, inset + width, sharp_per_m) + stripe(right_m, inset, inset + width, sharp_per_m)
    half, share = f4(0.5) * width, scene[C.dash_m] / scene[C.dash_period_m]
    middle = stripe(f4(0.5) * (right_m - left_m), -half, half, sharp_per_m)
    middle *= dashed(along_m * dashes_per_m, half_along_m * dashes_per_m, share)
    return scene[C.line_strength] * min(edges + middle, f4(1.0))


@njit(**INNER)
def verge_albedo(scene, fine, coarse):
    """Grass: two greens in patches, both carrying the fine noise."""
    share = clipped(f4(0.4) + f4(0.9) * coarse)
    gain = f4(1.0) + scene[C.texture_amplitude] * (f4(1.8) * fine + coarse)
    r = mixed(scene[C.verge], scene[C.verge_patch], share) * gain
    g = mixed(scene[C.verge + G], scene[C.verge_patch + G], share) * gain
    b = mixed(scene[C.verge + B], scene[C.verge_patch + B], share) * gain
    return r, g, b


@njit(**INNER)
def wheel_wear(lane_share, left_m, right_m, sharp_per_m):
    """How far a point lies in a wheel's track (0 to 1): two soft ruts in each lane, lost in wide footprints.

    Lanes' middles lie at `lane_share` of the surface's half width, to both sides.
    """
    from_lane_m = abs(f4(0.5) * (abs(right_m - left_m) - lane_share * (right_m + left_m)))
    x = (from_lane_m - f4(0.75)) * f4(2.2)
    rut = max(f4(1.0) - x * x, f4(0.0))
    return rut * rut * min(sharp_per_m * f4(0.5), f4(1.0))


@njit(**INNER)
def road_albedo(scene, lane_share, left_m, right_m, sharp_per_m, fine, coarse, paint):
    """Verge, shoulder, surface and paint from the distances inside the surface's edges; and the surface's share."""
    r, g, b = verge_albedo(scene, fine, coarse)
    # Both edges count, so that a road narrower than a pixel still gets its share.
    surface = max(covered(left_m, sharp_per_m) + covered(right_m, sharp_per_m) - f4(1.0), f4(0.0))
    reach_m = scene[C.shoulder_m] * (f4(1.0) + coarse + f4(0.5) * fine)
    shoulder = covered(min(left_m, right_m) + reach_m, sharp_per_m * f4(0.7))
    gain = f4(1.0) + f4(1.5) * scene[C.texture_amplitude] * fine
    r = mixed(r, scene[C.shoulder] * gain, shoulder)
    g = mixed(g, scene[C.shoulder + G] * gain, shoulder)
    b = mixed(b, scene[C.shoulder + B] * gain, shoulder)
    gain = f4(1.0) + scene[C.texture_amplitude] * (fine + f4(0.4) * coarse)
    gain += scene[C.wheel_track] * wheel_wear(lane_share, left_m, right_m, sharp_per_m)
    paint *= f4(1.0) - f4(0.5) * abs(scene[C.texture_amplitude] * fine)
    r = mixed(r, mixed(scene[C.surface] * gain, scene[C.line], paint), surface)
    g = mixed(g, mixed(scene[C.surface + G] * gain, scene[C.line + G], paint), surface)
    b = mixed(b, mixed(scene[C.surface + B] * gain, scene[C.line + B], paint), surface)
    return r, g, b, surface


@njit(**INNER)
def transmittance(haze_depth):
    """What gets through haze: exp(-z) as (1 - z/16)^16, which ends at z = 16 and needs no call."""
    t = max(f4(1.0) - haze_depth * f4(0.0625), f4(0.0))
    t *= t
    t *= t
    t *= t
    return t * t


@njit(**INNER)
def lit(scene, channel, albedo, sunlit, head, mirror, glow, clear):
    """One channel of an albedo under sky, sun and headlight, with the sky mirrored in what is wet, behind haze."""
    haze = scene[C.haze + channel] + scene[C.glow + channel] * glow
    light = scene[C.sky_light + channel] + scene[C.sun_light + channel] * sunlit + head
    return mixed(haze, mixed(albedo * light, haze, mirror), clear)
