"""Pictures moved by homographies, one pixel looked up for each; and how far they are from those truly taken there."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import Images, Masks, PerCar
from drive_sim.data.shift_and_rotate import Transforms
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane

Homographies: TypeAlias = Callable[[Camera, PerCar, PerCar], tuple[Transforms, Transforms]]
"""Of the sky and of the ground, from pixels of the new picture to those of the old one; see `shift_and_rotate`."""
_RADIUS_M = 60.0
_SHIFTS_M, _TURNS_RAD = np.array([1.0, -1.0, 0.0, 0.8]), np.array([0.0, 0.0, 0.1, -0.08])


def moved(
    images: Images, camera: Camera, homographies: Homographies, shift_m: PerCar, turn_rad: PerCar
) -> tuple[Images, Masks]:
    """Pictures (n, h, w, 3) seen from moved cars, and where (n, h, w) the old ones show what is asked for.

    Elsewhere the nearest pixel of the same row stands.
    """
    row, column = np.mgrid[: camera.height_px, : camera.width_px].astype(np.float64)
    new = np.stack([column, row, np.ones_like(row)]).reshape(3, -1)
    sky, ground = homographies(camera, shift_m, turn_rad)
    is_ground = (row > camera.horizon_px).ravel()
    found = np.where(is_ground, _oriented(ground) @ new, _oriented(sky) @ new)
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v = found[:, 0] / found[:, 2], found[:, 1] / found[:, 2]
    is_known = (found[:, 2] > 0.0) & np.isfinite(u) & np.isfinite(v)  # that is the old depth in units of the new one
    is_known &= (u > -0.5) & (u < camera.width_px - 0.5) & (v > -0.5) & (v < camera.height_px - 0.5)
    nearest_u = np.clip(np.nan_to_num(u), 0, camera.width_px - 1).round().astype(np.int64)
    nearest_v = np.clip(np.nan_to_num(v), 0, camera.height_px - 1).round().astype(np.int64)
    pictures = images[np.arange(len(images))[:, None], nearest_v, nearest_u]
    return pictures.reshape(images.shape), is_known.reshape(images.shape[:3])


def _oriented(homographies: Transforms) -> Transforms:
    """The same homographies, which any factor leaves what they are, with positive depths in front of the camera."""
    found = np.asarray(homographies)
    return found * np.sign(np.linalg.det(found))[:, None, None]


def differences(homographies: Homographies) -> tuple[float, float]:
    """Of moved and of unmoved pictures from those taken at the moved place: mean grey levels where both are known.

    Infinite where nothing is.
    """
    camera, num = Camera(), len(_SHIFTS_M)
    tracks = Tracks.stack([make_circle(_RADIUS_M)])
    scenes = Scenes.stack([make_scene("day", np.random.default_rng(1))])
    only = np.zeros(num, dtype=np.int64)
    pose = point_on_lane(tracks, only, np.full(num, 20.0))
    before, after = (
        render(tracks, scenes, camera, poses, only, only)
        for poses in (pose, geometry.shifted_pose(pose, _SHIFTS_M, _TURNS_RAD))
    )
    pictures, is_known = moved(before, camera, homographies, _SHIFTS_M, _TURNS_RAD)
    if not is_known.any():
        return float("inf"), float("inf")
    from_moved, from_unmoved = (
        np.abs(of[is_known].astype(float) - after[is_known]).mean() for of in (pictures, before)
    )
    return float(from_moved), float(from_unmoved)
