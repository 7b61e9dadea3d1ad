"""Kernels that look noise up along a picture row: the ground's grain and patches, and the shadows that lie on it.

Only waves longer than the row's footprint are drawn, each octave fading out as the footprint nears them, so nothing
shimmers; waves much longer than sixteen columns are looked up once a group and blended.
"""

import numpy as np
from numba import njit

from drive_sim.sim.buffers import ACROSS, BY_GROUP, COARSE, DOWN, FINE, GROUP, INDEX, INNER, SUNLIT, WORD, f4, size
from drive_sim.sim.scene import C
from drive_sim.sim.texture import BLOB_TILE, NOISE_TILE

_ONE_PERIOD = 4294967296.0  # a place on a tile is a 32-bit word: it wraps where the tile does


@njit(**INNER)
def _place(periods):
    return np.uint32(np.int64((periods - np.floor(periods)) * _ONE_PERIOD) & 0xFFFFFFFF)


@njit(**INNER)
def look_up(floats, words, tiles, tile, across, across_step, down, down_step, target, gain, count):
    """Add a tile's noise, -1 to 1, times a gain, along a row; places and steps are in periods of the tile."""
    across, across_step, down, down_step = _place(across), _place(across_step), _place(down), _place(down_step)
    for u in range(size(count)):
        a = np.uint32(across + np.uint32(u) * across_step)
        d = np.uint32(down + np.uint32(u) * down_step)
        words[ACROSS + u] = a
        words[DOWN + u] = d
        words[INDEX + u] = np.uint32(tile) + np.uint32((d >> np.uint32(25)) << np.uint32(7)) + (a >> np.uint32(25))
    # The look-up alone is left to a plain loop: two loads and a store beat the processor's own gather.
    for u in range(size(count)):
        words[WORD + u] = tiles[words[INDEX + u]]
    gain *= f4(1.0 / 127.5)
    for u in range(size(count)):
        word = words[WORD + u]
        right = f4(np.int32((words[ACROSS + u] >> np.uint32(9)) & np.uint32(0xFFFF))) * f4(1.0 / 65536.0)
        below = f4(np.int32((words[DOWN + u] >> np.uint32(9)) & np.uint32(0xFFFF))) * f4(1.0 / 65536.0)
        corner_00 = f4(np.int32(word & np.uint32(255)))
        corner_10 = f4(np.int32((word >> np.uint32(8)) & np.uint32(255)))
        corner_01 = f4(np.int32((word >> np.uint32(16)) & np.uint32(255)))
        corner_11 = f4(np.int32(word >> np.uint32(24)))
        upper = corner_00 + (corner_10 - corner_00) * right
        lower = corner_01 + (corner_11 - corner_01) * right
        floats[target + u] += (upper + (lower - upper) * below - f4(127.5)) * gain


@njit(**INNER)
def ground_noise(floats, words, tiles, octaves, amplitude, line, count):
    """FINE and COARSE of a row."""
    clear(floats, FINE, count)
    clear(floats, COARSE, count)
    if amplitude <= 0.0:
        return
    x, y, step_x, step_y, width_m, depth_m = line
    clear(floats, BY_GROUP, 2 * GROUP)
    grouped = False
    for octave in range(len(octaves)):
        cos, sin, strength, texel_m, is_coarse = octaves[octave]
        kept = 1.0 - (depth_m / (4.0 * texel_m)) ** 2
        if kept <= 0.0:
            continue
        gain = f4(strength * kept * kept)
        across, across_step = x * cos + y * sin, step_x * cos + step_y * sin
        down, down_step = y * cos - x * sin, step_y * cos - step_x * sin
        if is_coarse > 0.0 and GROUP * width_m < 0.7 * texel_m:
            across_step *= GROUP
            down_step *= GROUP
            groups = (count // GROUP + GROUP) // GROUP * GROUP  # whole registers
            look_up(floats, words, tiles, NOISE_TILE, across, across_step, down, down_step, BY_GROUP, gain, groups)
            grouped = True
        else:
            target = COARSE if is_coarse > 0.0 else FINE
            look_up(floats, words, tiles, NOISE_TILE, across, across_step, down, down_step, target, gain, count)
    if grouped:
        _spread_groups(floats, count)


@njit(**INNER)
def clear(floats, target, count):
    """Zero a buffer."""
    for u in range(size(count)):
        floats[target + u] = f4(0.0)


@njit(**INNER)
def _spread_groups(floats, count):
    """Add what was looked up once a group to COARSE: straight lines between the groups' first columns."""
    for group in range(size(count // GROUP)):
        start = floats[BY_GROUP + group]
        rise = (floats[BY_GROUP + group + size(1)] - start) * f4(1.0 / GROUP)
        first = group * size(GROUP)
        for i in range(size(GROUP)):
            floats[COARSE + first + i] += start + rise * f4(np.int32(i))


@njit(**INNER)
def shadows(floats, words, tiles, scene, line, count):
    """Light that trees let through, into SUNLIT: blobs stretched along the sun's direction, lying on the ground."""
    x, y, step_x, step_y, _, depth_m = line
    per_m = 1.0 / scene[C.shadow_size_m]
    half = f4(-0.5) * scene[C.shadow]
    for u in range(size(count)):
        floats[SUNLIT + u] = f4(1.0) + half
    kept = 1.0 - (4.0 * depth_m * per_m) ** 2
    if scene[C.shadow] <= 0.0 or kept <= 0.0:
        return
    cos, sin = np.cos(scene[C.sun_azimuth_rad]) * per_m, np.sin(scene[C.sun_azimuth_rad]) * per_m
    across, across_step = 0.3 * (x * cos + y * sin), 0.3 * (step_x * cos + step_y * sin)
    down, down_step = y * cos - x * sin, step_y * cos - step_x * sin
    look_up(floats, words, tiles, BLOB_TILE, across, across_step, down, down_step, SUNLIT, half * f4(kept), count)
