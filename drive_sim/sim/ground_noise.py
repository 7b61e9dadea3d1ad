"""Kernels that look noise up along a picture row: the ground's grain and patches, and the shadows that lie on it.

Only waves longer than the row's footprint are drawn, each octave fading out as the footprint nears them, so nothing
shimmers; waves much longer than sixteen columns are looked up once a group and blended.
"""

import numpy as np
from numba import njit

from drive_sim.sim.buffers import ACROSS, BLEND, DOWN, GROUP, INDEX, KERNEL, NOISE, PATCH, SUNLIT, VERGE_NOISE, WORD
from drive_sim.sim.buffers import f4, size
from drive_sim.sim.scene import C
from drive_sim.sim.texture import BLOB_TILE, NOISE_TILE

_ONE_PERIOD = 4294967296.0  # a place on a tile is a 32-bit word: it wraps where the tile does


@njit(**KERNEL)
def _place(periods):
    return np.uint32(np.int64((periods - np.floor(periods)) * _ONE_PERIOD) & 0xFFFFFFFF)


@njit(**KERNEL)
def look_up(floats, words, tiles, tile, across, across_step, down, down_step, count):
    """Noise of a tile along a row, -1 to 1, into BLEND; places and steps are in periods of the tile."""
    across, across_step, down, down_step = _place(across), _place(across_step), _place(down), _place(down_step)
    for u in range(size(count)):
        a = np.uint32(across + np.uint32(u) * across_step)
        d = np.uint32(down + np.uint32(u) * down_step)
        words[ACROSS + u] = a
        words[DOWN + u] = d
        words[INDEX + u] = np.uint32(tile) + np.uint32((d >> np.uint32(25)) << np.uint32(7)) + (a >> np.uint32(25))
    for u in range(size(count)):
        words[WORD + u] = tiles[words[INDEX + u]]
    for u in range(size(count)):
        word = words[WORD + u]
        right = f4(np.int32((words[ACROSS + u] >> np.uint32(9)) & np.uint32(0xFFFF)))
        below = f4(np.int32((words[DOWN + u] >> np.uint32(9)) & np.uint32(0xFFFF)))
        corner_00 = f4(np.int32(word & np.uint32(255)))
        corner_10 = f4(np.int32((word >> np.uint32(8)) & np.uint32(255)))
        corner_01 = f4(np.int32((word >> np.uint32(16)) & np.uint32(255)))
        corner_11 = f4(np.int32(word >> np.uint32(24)))
        upper = corner_00 + (corner_10 - corner_00) * right * f4(1.0 / 65536.0)
        lower = corner_01 + (corner_11 - corner_01) * right * f4(1.0 / 65536.0)
        floats[BLEND + u] = (upper + (lower - upper) * below * f4(1.0 / 65536.0)) * f4(1.0 / 127.5) - f4(1.0)


@njit(**KERNEL)
def ground_noise(floats, words, tiles, octaves, amplitude, line, count):
    """NOISE, VERGE_NOISE and PATCH of a row."""
    x, y, step_x, step_y, width_m, depth_m = line
    for u in range(size(count)):
        floats[NOISE + u] = f4(0.0)
        floats[VERGE_NOISE + u] = f4(0.0)
        floats[PATCH + u] = f4(0.0)
    if amplitude <= 0.0:
        return
    for octave in range(len(octaves)):
        cos, sin, surface, verge, patch, texel_m = octaves[octave]
        kept = 1.0 - (depth_m / (5.0 * texel_m)) ** 2
        if kept <= 0.0:
            continue
        kept *= kept
        across, across_step = x * cos + y * sin, step_x * cos + step_y * sin
        down, down_step = y * cos - x * sin, step_y * cos - step_x * sin
        gains = f4(surface * kept * amplitude), f4(verge * kept * amplitude), f4(patch * kept)
        if GROUP * width_m < 0.7 * texel_m:
            across_step *= GROUP
            down_step *= GROUP
            look_up(floats, words, tiles, NOISE_TILE, across, across_step, down, down_step, count // GROUP + 1)
            _add_groups(floats, gains, count)
        else:
            look_up(floats, words, tiles, NOISE_TILE, across, across_step, down, down_step, count)
            _add_columns(floats, gains, count)


@njit(**KERNEL)
def _add_columns(floats, gains, count):
    surface, verge, patch = gains
    for u in range(size(count)):
        noise = floats[BLEND + u]
        floats[NOISE + u] += noise * surface
        floats[VERGE_NOISE + u] += noise * verge
        floats[PATCH + u] += noise * patch


@njit(**KERNEL)
def _add_groups(floats, gains, count):
    """Like `_add_columns` where BLEND holds one value a group: straight lines between them."""
    surface, verge, patch = gains
    for group in range(size(count // GROUP)):
        start = floats[BLEND + group]
        rise = (floats[BLEND + group + size(1)] - start) * f4(1.0 / GROUP)
        first = group * size(GROUP)
        for i in range(size(GROUP)):
            noise = start + rise * f4(np.int32(i))
            floats[NOISE + first + i] += noise * surface
            floats[VERGE_NOISE + first + i] += noise * verge
            floats[PATCH + first + i] += noise * patch


@njit(**KERNEL)
def shadows(floats, words, tiles, scene, line, count):
    """Light that trees let through, into SUNLIT: blobs stretched along the sun's direction, lying on the ground."""
    strength = scene[C.shadow]
    if strength <= 0.0:
        for u in range(size(count)):
            floats[SUNLIT + u] = f4(1.0)
        return
    x, y, step_x, step_y, _, depth_m = line
    per_m = 1.0 / scene[C.shadow_size_m]
    cos, sin = np.cos(scene[C.sun_azimuth_rad]) * per_m, np.sin(scene[C.sun_azimuth_rad]) * per_m
    across, across_step = 0.3 * (x * cos + y * sin), 0.3 * (step_x * cos + step_y * sin)
    down, down_step = y * cos - x * sin, step_y * cos - step_x * sin
    look_up(floats, words, tiles, BLOB_TILE, across, across_step, down, down_step, count)
    kept = f4(max(0.0, 1.0 - (4.0 * depth_m * per_m) ** 2))
    half = f4(0.5) * strength
    for u in range(size(count)):
        floats[SUNLIT + u] = f4(1.0) - half * (f4(1.0) + floats[BLEND + u] * kept)
