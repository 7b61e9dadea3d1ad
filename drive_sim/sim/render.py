"""The camera: one kernel call draws a batch of cars on different roads under different skies.

The ground is flat, so each pixel below the horizon has one ground point. A row is drawn in blocks of columns: where the
row meets the road, its distances to the surface's edges and its noise are written to small buffers, then one loop
shades them. Everything but table look-ups is a loop without branches over float32, which the compiler vectorises.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numba import njit

from drive_sim.arrays import CarIndex, Images, Poses
from drive_sim.errors import InputError
from drive_sim.sim import texture
from drive_sim.sim.buffers import BLOCK, BLUE, GREEN, GROUP, INNER, KERNEL, RED, VIGNETTE, f4, make_buffers, size
from drive_sim.sim.camera import Camera
from drive_sim.sim.ground_row import ground_row
from drive_sim.sim.lane_grid import road_on, world_map
from drive_sim.sim.lens import ground_line, make_lens
from drive_sim.sim.scene import C, Scenes
from drive_sim.sim.shading import clipped
from drive_sim.sim.sky import set_columns, sky_row
from drive_sim.sim.track import Tracks


def render(
    tracks: Tracks,
    scenes: Scenes,
    camera: Camera,
    poses: Poses,
    track_idx: CarIndex,
    scene_idx: CarIndex,
    *,
    noise_seed: int | None = None,
    num_threads: int = 1,
    out: Images | None = None,
) -> Images:
    """Pictures (n, h, w, 3) of what cars with poses (n, 3) see, each on its road and under its sky.

    `noise_seed` adds the sensor's noise, a function of seed, car and pixel; None draws without. The picture does not
    depend on `num_threads`. Raises InputError where shapes or indices do not fit.
    """
    poses = np.ascontiguousarray(poses, dtype=np.float64)
    track_idx, scene_idx = (np.ascontiguousarray(idx, dtype=np.int64) for idx in (track_idx, scene_idx))
    num_cars = len(poses)
    _check(tracks, scenes, poses, track_idx, scene_idx)
    shape = (num_cars, camera.height_px, camera.width_px, 3)
    if out is None:
        out = np.empty(shape, dtype=np.uint8)
    elif out.shape != shape or out.dtype != np.uint8 or not out.flags.c_contiguous:
        raise InputError(f"render: out must be a contiguous uint8 array {shape}, got {out.dtype} {out.shape}")
    arguments = (
        world_map(tracks),
        scenes.table,
        texture.tile_words(),
        texture.octave_table(),
        texture.hill_profile(),
        make_lens(camera),
        poses,
        track_idx,
        scene_idx,
        -1 if noise_seed is None else int(noise_seed) & 0x7FFFFFFF,
    )
    rows = out.reshape(num_cars, camera.height_px, 3 * camera.width_px)
    # Threads share the rows of every car, so that one large picture is shared evenly too.
    jobs = [(*arguments, part, num_threads, rows, *make_buffers()) for part in range(num_threads)]
    if num_threads == 1:
        _draw(*jobs[0])
    else:
        list(_pool(num_threads).map(_draw, *zip(*jobs, strict=True)))
    return out


def _check(tracks: Tracks, scenes: Scenes, poses: Poses, track_idx: CarIndex, scene_idx: CarIndex) -> None:
    if poses.shape != (len(poses), 3) or not np.isfinite(poses).all():
        raise InputError(f"render: poses must be finite numbers (n, 3), got {poses.shape}")
    for name, idx, count in (
        ("track_idx", track_idx, len(tracks.tracks)),
        ("scene_idx", scene_idx, len(scenes.scenes)),
    ):
        if idx.shape != (len(poses),):
            raise InputError(f"render: {name} must have one entry a car, got {idx.shape} for {len(poses)} cars")
        if len(idx) and not 0 <= idx.min() <= idx.max() < count:
            raise InputError(f"render: {name} must lie in 0..{count - 1}, got {idx.min()}..{idx.max()}")


@lru_cache(maxsize=4)
def _pool(num_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(num_threads, thread_name_prefix="render")


@njit(**KERNEL)
def _draw(
    world,
    table,
    tiles,
    octaves,
    hills,
    lens,
    poses,
    track_idx,
    scene_idx,
    noise_seed,
    first_row,
    row_step,
    out,
    floats,
    words,
):
    """Draw every `row_step`-th row of every car."""
    height, width = out.shape[1], out.shape[2] // 3
    for car in range(len(poses)):
        scene, road, heading_rad = table[scene_idx[car]], road_on(world, track_idx[car]), poses[car, 2]
        cos, sin = np.cos(heading_rad), np.sin(heading_rad)
        for first in range(0, width, BLOCK):
            count = min(BLOCK, width - first)
            padded = (count + GROUP - 1) // GROUP * GROUP
            set_columns(floats, words, scene, hills, lens, heading_rad, first, count)
            for row in range(first_row, height, row_step):
                if lens.forward_m[row] > 0.0:
                    line = ground_line(lens, poses[car, 0], poses[car, 1], cos, sin, row, first)
                    ground_row(floats, words, world, road, tiles, octaves, scene, line, lens.max_taps, padded)
                else:
                    sky_row(floats, words, tiles, scene, lens, cos, sin, row, first, padded)
                if noise_seed >= 0:
                    _add_sensor_noise(floats, scene, noise_seed, (car * height + row) * width + first, padded)
                _store(floats, out[car, row], first, count)


@njit(**INNER)
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


@njit(**INNER)
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
