"""The camera: one call draws what a batch of cars on different roads sees under different skies."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from drive_sim.arrays import CarIndex, Images, Poses
from drive_sim.errors import InputError
from drive_sim.sim.buffers import buffers_of_thread
from drive_sim.sim.camera import Camera
from drive_sim.sim.checks import checked_index, is_finite
from drive_sim.sim.draw import draw
from drive_sim.sim.lane_grid import world_map
from drive_sim.sim.lens import make_lens
from drive_sim.sim.scene import Scenes
from drive_sim.sim.texture import make_textures
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
    noise_idx: CarIndex | None = None,
    num_threads: int = 1,
    out: Images | None = None,
) -> Images:
    """Pictures (n, h, w, 3) of what cars with poses (n, 3) see, each on its road and under its sky.

    `noise_seed` adds the sensor's noise, a function of seed, car and pixel; None draws without. The cars are numbered
    as they come, unless `noise_idx` (n,) numbers them. The picture does not depend on `num_threads`. Raises InputError
    where shapes or indices do not fit.
    """
    poses = np.ascontiguousarray(poses, dtype=np.float64)
    track_idx, scene_idx = (np.ascontiguousarray(idx, dtype=np.int64) for idx in (track_idx, scene_idx))
    num_cars = len(poses)
    noise_idx = np.arange(num_cars) if noise_idx is None else np.ascontiguousarray(noise_idx, dtype=np.int64)
    if noise_idx.shape != (num_cars,):
        raise InputError(f"render: noise_idx must have one entry a car, got {noise_idx.shape} for {num_cars} cars")
    _check(tracks, scenes, poses, track_idx, scene_idx, num_threads)
    shape = (num_cars, camera.height_px, camera.width_px, 3)
    if out is None:
        out = np.empty(shape, dtype=np.uint8)
    elif out.shape != shape or out.dtype != np.uint8 or not out.flags.c_contiguous:
        raise InputError(f"render: out must be a contiguous uint8 array {shape}, got {out.dtype} {out.shape}")
    world, textures, lens = world_map(tracks), make_textures(), make_lens(camera)
    seed = -1 if noise_seed is None else int(noise_seed) & 0x7FFFFFFF
    rows = out.reshape(num_cars, camera.height_px, 3 * camera.width_px)

    def draw_part(first_row: int) -> None:
        # Threads share the rows of every car, so that one large picture is shared evenly too.
        order = first_row, num_threads, seed
        draw(
            world,
            textures,
            lens,
            scenes.table,
            poses,
            track_idx,
            scene_idx,
            noise_idx,
            order,
            *buffers_of_thread(),
            rows,
        )

    if num_threads == 1:
        draw_part(0)
    else:
        list(_pool(num_threads).map(draw_part, range(num_threads)))
    return out


def _check(
    tracks: Tracks, scenes: Scenes, poses: Poses, track_idx: CarIndex, scene_idx: CarIndex, num_threads: int
) -> None:
    if num_threads < 1:
        raise InputError(f"render: num_threads must be at least 1, got {num_threads}")
    if poses.shape != (len(poses), 3) or not is_finite(poses):
        raise InputError(f"render: poses must be finite numbers (n, 3), got {poses.shape}")
    for name, idx, count in (
        ("track_idx", track_idx, len(tracks.tracks)),
        ("scene_idx", scene_idx, len(scenes.scenes)),
    ):
        if idx.shape != (len(poses),):
            raise InputError(f"render: {name} must have one entry a car, got {idx.shape} for {len(poses)} cars")
        checked_index(idx, count, f"render: {name}")


@lru_cache(maxsize=4)
def _pool(num_threads: int) -> ThreadPoolExecutor:
    """Threads wait between pictures: starting them takes as long as drawing one."""
    return ThreadPoolExecutor(num_threads, thread_name_prefix="render")
