"""Mirrored frames: a road that bends to the other side, and the command that goes with it.

Whoever drives a circuit one way round turns mostly to one side, and so does what learns from him. In a mirror left is
right: pictures are flipped, curvatures, wanted places and offsets change their sign, the left camera is the right one.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import LanePose

Numbers = npt.NDArray[Any]


def mirrored(demos: Demonstrations) -> Demonstrations:
    """The same drives in a mirror, pictures and camera with it; mirrored twice they are what they were, to the bit."""
    has_sides = demos.images_left is not None and demos.images_right is not None
    return replace(
        demos,
        images=_flipped(demos.images),
        images_left=_flipped(demos.images_right) if has_sides else None,
        images_right=_flipped(demos.images_left) if has_sides else None,
        curvature_per_m=-demos.curvature_per_m,
        expert_curvature_per_m=_negated(demos.expert_curvature_per_m),
        raw_steering=_negated(demos.raw_steering),
        lateral_goal=_negated(demos.lateral_goal),
        lane=None if demos.lane is None else _mirrored_lane(demos.lane),
        camera=None if demos.camera is None else mirrored_camera(demos.camera),
        previous_images=_flipped(demos.previous_images),
    )


def mirrored_camera(camera: Camera) -> Camera:
    """The camera of flipped pictures: its optical axis, and its place on the car, lie on the other side."""
    u, principal_px = camera.centre_px[0], camera.principal_x_px
    other_px = None if principal_px is None else camera.width_px - 1 - u
    return replace(camera, principal_x_px=other_px, side_m=0.0 - camera.side_m)


def check_mirror(camera: Camera | None, where: str) -> None:
    """Raises InputError for a camera beside the middle of the car: in a mirror it is another one, on the other side."""
    if camera is not None and camera.side_m != 0.0:
        raise InputError(
            f"{where}: its camera sits {abs(camera.side_m):g} m beside the middle of the car, in a mirror on the other "
            "side; leave mirrored frames out"
        )


def mirror_pictures(images: Images, is_mirrored: CarMask, camera: Camera | None) -> None:
    """Mirror some of the pictures (n, h, w, 3) in place: what the same camera would see on the mirrored road.

    They turn about the column of the optical axis; where that is off-centre, the edge stands for what was not seen.
    """
    images[is_mirrored] = images[is_mirrored][:, :, _columns(images.shape[2], camera)]


def negate(values: Numbers, is_mirrored: CarMask) -> Numbers:
    """The values (n,), those of the mirrored rows with the other sign; all others to the bit."""
    return np.where(is_mirrored, -values, values)


def _columns(width_px: int, camera: Camera | None) -> npt.NDArray[np.int64]:
    """For each column the one that it shows in a mirror."""
    axis_px = (width_px - 1) / 2 if camera is None else camera.centre_px[0]
    return np.clip(np.rint(2.0 * axis_px - np.arange(width_px)), 0, width_px - 1).astype(np.int64)


def _flipped(images: Images | None) -> Images | None:
    return None if images is None else np.ascontiguousarray(images[:, :, ::-1])


def _negated(values: PerCar | None) -> PerCar | None:
    return None if values is None else -values


def _mirrored_lane(lane: LanePose) -> LanePose:
    return replace(lane, offset_m=-lane.offset_m, heading_rad=-lane.heading_rad, curvature_per_m=-lane.curvature_per_m)
