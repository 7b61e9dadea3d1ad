"""The camera's kernel: rows of sky and ground, the sensor's noise, and bytes.

The ground is flat, so each pixel below the horizon has one ground point. A row is drawn in strips of columns: where it
meets the road, its distances to the surface's edges and its noise are written to small buffers, then one loop shades
them. Everything but table look-ups is a loop without branches over float32, which the compiler vectorises.
"""

from pathlib import Path
from zlib import crc32

import numpy as np

from drive_sim.sim.buffers import BLOCK, BLUE, GREEN, GROUP, INNER, KERNEL, PASTED, RED, VIGNETTE, f4, size
from drive_sim.sim.compiled import njit
from drive_sim.sim.ground_row import ground_row
from drive_sim.sim.lane_grid import road_on
from drive_sim.sim.lens import ground_line
from drive_sim.sim.scene import C
from drive_sim.sim.shading import clipped
from drive_sim.sim.sky import set_columns, sky_row


@njit(**PASTED)
def _add_sensor_noise(floats, scene, seed, pixel, count):
    """A hash of seed, car and pixel, its bytes summed in pairs to three near-normal numbers."""
    gain = scene[C.noise_grey] * f4(1.0 / 255.0 / 104.0)
    base = np.uint32((seed * 0x9E3779B9 + pixel) & 0xFFFFFFFF)
    for u in range(size(count)):
        h = np.uint32(base + np.uint32(u))
        h = np.uint32(np.uint32(h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D))
        h = np.uint32(np.uint32(h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B))
        h = np.uint32(h ^ (h >> np.uint32(16)))
        a, b = np.int32(h & np.uint32(255)), np.int32((h >> np.uint32(8)) & np.uint32(255))
        c, d = np.int32((h >> np.uint32(16)) & np.uint32(255)), np.int32(h >> np.uint32(24))
        floats[RED + u] += gain * f4(np.int32(a + b - 255))
        floats[GREEN + u] += gain * f4(np.int32(b + c - 255))
        floats[BLUE + u] += gain * f4(np.int32(c + d - 255))


@njit(**PASTED)
def _store(floats, picture_row, first, count):
    """Darken towards the corners, then to bytes: a flat row, so that the compiler interleaves the channels itself."""
    start = size(3 * first)
    for u in range(size(count)):
        gain = f4(1.0) - floats[VIGNETTE + u]
        at = start + size(3) * u
        picture_row[at] = _byte(floats[RED + u] * gain)
        picture_row[at + size(1)] = _byte(floats[GREEN + u] * gain)
        picture_row[at + size(2)] = _byte(floats[BLUE + u] * gain)


@njit(**INNER)
def _byte(value):
    return np.uint8(np.int32(clipped(value) * f4(255.0) + f4(0.5)))


def _compiled(sources_crc: int):
    """The kernel. Numba's cache on disk looks at one file's date only; this number makes it see a change in any."""

    @njit(**KERNEL)
    def draw(world, textures, lens, table, poses, track_idx, scene_idx, noise_idx, order, floats, words, out):
        """Draw each `row_step`-th row of each car."""
        first_row, row_step, noise_seed = order
        height, width = out.shape[1], out.shape[2] // 3
        for car in range(len(poses)):
            scene, road, heading_rad = table[scene_idx[car]], road_on(world, track_idx[car]), poses[car, 2]
            cos, sin = np.cos(heading_rad), np.sin(heading_rad)
            for first in range(0, width, BLOCK):
                count = min(BLOCK, width - first)
                padded = (count + GROUP - 1) // GROUP * GROUP
                set_columns(floats, words, scene, textures.hills, lens, heading_rad, first, count)
                for row in range(first_row, height, row_step):
                    if lens.sees_ground[row]:
                        line = ground_line(lens, poses[car, 0], poses[car, 1], cos, sin, row, first)
                        ground_row(floats, words, textures, world, road, scene, line, lens.max_taps, padded)
                    else:
                        sky_row(floats, words, textures.tiles, scene, lens, cos, sin, row, first, padded)
                    if noise_seed >= 0:
                        pixel = (noise_idx[car] * height + row) * width + first
                        _add_sensor_noise(floats, scene, noise_seed, pixel, padded)
                    _store(floats, out[car, row], first, count)
        return sources_crc

    return draw


_PARTS = [
    "buffers",
    "draw",
    "ground_noise",
    "ground_row",
    "lane_grid",
    "lane_rows",
    "lens",
    "scene",
    "shading",
    "sky",
    "texture",
]
draw = _compiled(crc32(b"".join((Path(__file__).parent / f"{part}.py").read_bytes() for part in _PARTS)))
"""Draw rows `order[0] :: order[1]` of all cars' pictures into `out` (n, h, 3 w), with the noise of seed `order[2]`
and of cars `noise_idx`."""
