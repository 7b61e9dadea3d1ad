"""Kernels that look noise up along a picture row: the ground's grain and patches, and the shadows that lie on it.

Only waves longer than the row's footprint are drawn, each octave fading out as the footprint nears them, so nothing
shimmers; waves much longer than sixteen columns are looked up once a group and blended.
"""

import numpy as np

from drive_sim.sim.buffers import (
    ACROSS,
    BY_GROUP,
    COARSE,
    DOWN,
    FINE,
    GROUP,
    INDEX,
    INNER,
    PASTED,
    SUNLIT,
    WORD,
    f4,
    size,
)
from drive_sim.sim.compiled import njit
from drive_sim.sim.scene import C
from drive_sim.sim.texture import BLOB_TILE, NOISE_TILE, SOFT_TILE, TILE

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
def clear(floats, target, count):
    """Zero a buffer."""
    for u in range(size(count)):
        floats[target + u] = f4(0.0)


@njit(**PASTED)
def ground_noise(floats, words, tiles, octaves, line, max_taps, count):
    """FINE and COARSE of a row."""
    clear(floats, FINE, count)
    clear(floats, COARSE, count)
    clear(floats, BY_GROUP, 2 * GROUP)
    for octave in range(len(octaves)):
        cos, sin, strength, texel_m, is_coarse = octaves[octave]
        taps = min(max_taps, 1 + int(line.depth_m / texel_m))
        kept = _kept(line.depth_m / (taps * texel_m)) * _kept(line.width_m / texel_m)
        if kept <= 0.0:
            continue
        gain = f4(strength * kept / taps)
        target, columns, apart = FINE if is_coarse == 0.0 else COARSE, count, 1
        if is_coarse > 0.0 and GROUP * line.width_m < 0.7 * texel_m:
            apart = GROUP
            target, columns = BY_GROUP, (count // GROUP + GROUP) // GROUP * GROUP  # whole registers
        for tap in range(taps):
            deeper = (tap + 0.5) / taps - 0.5
            x, y = line.x + deeper * line.deep_x, line.y + deeper * line.deep_y
            wider = (1.0 + deeper * line.stretch) * apart
            step_x, step_y = wider * line.step_x, wider * line.step_y
            across, across_step = x * cos + y * sin, step_x * cos + step_y * sin
            down, down_step = y * cos - x * sin, step_y * cos - step_x * sin
            look_up(floats, words, tiles, NOISE_TILE, across, across_step, down, down_step, target, gain, columns)
    _spread_groups(floats, count)


@njit(**INNER)
def _kept(footprint_texels):
    """How much of an octave outlives a footprint: nothing from three texels on, where its shortest waves alias."""
    left = max(0.0, 1.0 - footprint_texels * footprint_texels / 9.0)
    return left * left


@njit(**PASTED)
def _spread_groups(floats, count):
    """Add what was looked up once a group to COARSE: straight lines between the groups' first columns."""
    for group in range(size(count // GROUP)):
        start = floats[BY_GROUP + group]
        rise = (floats[BY_GROUP + group + size(1)] - start) * f4(1.0 / GROUP)
        first = group * size(GROUP)
        for i in range(size(GROUP)):
            floats[COARSE + first + i] += start + rise * f4(np.int32(i))


@njit(**PASTED)
def shadows(floats, words, tiles, scene, line, count):
    """Light that trees let through, into SUNLIT: blobs stretched along the sun's direction, lying on the ground."""
    half = f4(-0.5) * scene[C.shadow]
    for u in range(size(count)):
        floats[SUNLIT + u] = f4(1.0) + half
    if scene[C.shadow] <= 0.0:
        return
    per_m = 1.0 / scene[C.shadow_size_m]
    cos, sin = np.cos(scene[C.sun_azimuth_rad]) * per_m, np.sin(scene[C.sun_azimuth_rad]) * per_m
    across, across_step = 0.3 * (line.x * cos + line.y * sin), 0.3 * (line.step_x * cos + line.step_y * sin)
    down, down_step = line.y * cos - line.x * sin, line.step_y * cos - line.step_x * sin
    # Where footprints grow, blobs of soft edges take over from those of sharp edges.
    texels = line.depth_m * per_m * TILE
    sharp = min(max(2.0 - 0.5 * texels, 0.0), 1.0)
    soft = (1.0 - sharp) * _kept(texels / 8.0)
    if sharp > 0.0:
        look_up(floats, words, tiles, BLOB_TILE, across, across_step, down, down_step, SUNLIT, half * f4(sharp), count)
    if soft > 0.0:
        look_up(floats, words, tiles, SOFT_TILE, across, across_step, down, down_step, SUNLIT, half * f4(soft), count)
