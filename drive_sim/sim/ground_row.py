"""The kernel that draws one picture row of ground: noise, road, shadows, then every column's colour."""

import numpy as np

from drive_sim.sim.buffers import (
    ALONG,
    BLUE,
    COARSE,
    FINE,
    GLOW,
    GREEN,
    HALF_ALONG,
    HEAD,
    INNER,
    LEFT,
    PAINT,
    PASTED,
    RANGE,
    RED,
    RIGHT,
    SHARP,
    SUNLIT,
    f4,
    size,
)
from drive_sim.sim.compiled import njit
from drive_sim.sim.ground_noise import clear, ground_noise, shadows
from drive_sim.sim.lane_rows import lane_row
from drive_sim.sim.scene import B, C, G, R
from drive_sim.sim.shading import line_paint, lit, road_albedo, transmittance, verge_albedo


@njit(**PASTED)
def ground_row(floats, words, textures, world, road, scene, line, max_taps, count):
    """Draw the ground points of `line`."""
    distance_m = line.distance_m
    if scene[C.texture_amplitude] > 0.0:
        ground_noise(floats, words, textures.tiles, textures.octaves, line, max_taps, count)
    else:
        clear(floats, FINE, count)
        clear(floats, COARSE, count)
    shadows(floats, words, textures.tiles, scene, line, count)
    low, high = lane_row(floats, world, road, line, count)
    _paint_row(floats, scene, road, size(low), size(high))
    head = f4(scene[C.headlight] * 60.0 / (60.0 + 0.25 * (distance_m - 8.0) ** 2))
    wet = f4(scene[C.wet] * distance_m / (distance_m + 12.0))
    haze = f4(scene[C.fog_per_m] * distance_m)
    lane_share = f4(0.5) if road.two_lane else f4(0.0)
    _verge_columns(floats, scene, head, haze, size(0), size(low))
    _road_columns(floats, scene, lane_share, head, haze, wet, size(low), size(high))
    _verge_columns(floats, scene, head, haze, size(high), size(count))


@njit(**PASTED)
def _paint_row(floats, scene, road, low, high):
    if not road.two_lane or scene[C.line_strength] <= 0.0:
        for u in range(low, high):
            floats[PAINT + u] = f4(0.0)
        return
    # A whole number of dashes fits round a closed road, so there is no seam.
    dashes_per_m = f4(max(1.0, np.floor(road.length_m / scene[C.dash_period_m] + 0.5)) / road.length_m)
    for u in range(low, high):
        floats[PAINT + u] = line_paint(
            scene,
            dashes_per_m,
            floats[LEFT + u],
            floats[RIGHT + u],
            floats[SHARP + u],
            floats[ALONG + u],
            floats[HALF_ALONG + u],
        )


@njit(**INNER)
def _verge_columns(floats, scene, head, haze, low, high):
    for u in range(low, high):
        r, g, b = verge_albedo(scene, floats[FINE + u], floats[COARSE + u])
        lamp, near_sun = head * floats[HEAD + u], floats[GLOW + u]
        clearness = transmittance(haze * floats[RANGE + u])
        floats[RED + u] = lit(scene, R, r, floats[SUNLIT + u], lamp, f4(0.0), near_sun, clearness)
        floats[GREEN + u] = lit(scene, G, g, floats[SUNLIT + u], lamp, f4(0.0), near_sun, clearness)
        floats[BLUE + u] = lit(scene, B, b, floats[SUNLIT + u], lamp, f4(0.0), near_sun, clearness)


@njit(**PASTED)
def _road_columns(floats, scene, lane_share, head, haze, wet, low, high):
    for u in range(low, high):
        r, g, b, surface = road_albedo(
            scene,
            lane_share,
            floats[LEFT + u],
            floats[RIGHT + u],
            floats[SHARP + u],
            floats[FINE + u],
            floats[COARSE + u],
            floats[PAINT + u],
        )
        mirror = wet * surface
        lamp, near_sun = head * floats[HEAD + u], floats[GLOW + u]
        clearness = transmittance(haze * floats[RANGE + u])
        floats[RED + u] = lit(scene, R, r, floats[SUNLIT + u], lamp, mirror, near_sun, clearness)
        floats[GREEN + u] = lit(scene, G, g, floats[SUNLIT + u], lamp, mirror, near_sun, clearness)
        floats[BLUE + u] = lit(scene, B, b, floats[SUNLIT + u], lamp, mirror, near_sun, clearness)
