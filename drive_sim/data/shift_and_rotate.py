"""The view and the command after a shift and a turn that nobody drove (Pomerleau 1991; NVIDIA 2016).

The car moves s to the left and then turns t to the left about its rear axle, the origin of its frame (x ahead, y left).
A point (x', y') of the new frame lay in the old one at

    x = cos t x' - sin t y'
    y = sin t x' + cos t y' + s

In the picture of a pinhole camera flat ground then moves by a homography: with G from the ground to the picture,

    old pixel = G (old from new) G^-1  new pixel,

and all that is far away, the sky, by the turn alone: the same with G the camera's rotation, and s = 0.

What to steer: the command k is an arc, and the target the point that it reaches after a length l. Seen from the moved
car the target lies elsewhere, and the label is the arc that still reaches it: through (f, d) that is 2 d / (f^2 + d^2).
NVIDIA's cars steer back in two seconds: l is the way of two seconds.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import PerCar
from drive_sim.sim.camera import Camera

Transforms = Annotated[npt.NDArray[np.float64], "n 3 3"]
"""From homogeneous points of one plane to those of another."""


def old_from_new(shift_m: PerCar, turn_rad: PerCar) -> Transforms:
    """Plane transforms (n, 3, 3) from cars shifted left and then turned left to where they were before.

    Without a shift they turn directions (x, y, z).
    """
    cos, sin, zero, one = np.cos(turn_rad), np.sin(turn_rad), np.zeros(len(turn_rad)), np.ones(len(turn_rad))
    return np.stack([cos, -sin, zero, sin, cos, zero + shift_m, zero, zero, one], axis=-1).reshape(-1, 3, 3)


def source_homographies(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> tuple[Transforms, Transforms]:
    """Of the sky and of the ground, from homogeneous pixels (u, v, 1) of the new picture to those of the old one."""
    image_from_ground = camera.image_from_ground
    image_from_direction = camera.intrinsics @ geometry.camera_from_car_rotation(camera.pitch_rad)
    # The sky is far away: a turn moves it, a shift does not
    sky = image_from_direction @ old_from_new(0.0 * shift_m, turn_rad) @ np.linalg.inv(image_from_direction)
    # new pixel -> ground of the new car -> ground of the old car -> old pixel, written from right to left
    ground = image_from_ground @ old_from_new(shift_m, turn_rad) @ np.linalg.inv(image_from_ground)
    return sky, ground


def corrected_curvature(
    curvature_per_m: PerCar | float, shift_m: PerCar | float, turn_rad: PerCar | float, arc_length_m: PerCar | float
) -> PerCar:
    """The command (n,) that reaches the old command's target after a shift to the left and a turn to the left.

    The target is the point at arc length `arc_length_m` on the commanded arc; the new arc passes through it exactly.
    """
    # The target: where the commanded arc ends
    forward_m, side_m = geometry.arc_end_point(curvature_per_m, arc_length_m)
    # The same point, seen from the moved car
    target_m = geometry.into_frame(forward_m, side_m, np.asarray(shift_m), np.asarray(turn_rad))
    # The arc through it
    return geometry.arc_through(*target_m)


def arc_length_of_travel(speed_mps: PerCar, travel_s: float = 2.0, at_least_m: float = 9.0) -> PerCar:
    """Arc length (n,) covered in two seconds: NVIDIA's law, "steers back in two seconds".

    A car that stands still has no target, so the length is never below `at_least_m`.
    """
    return np.maximum(np.asarray(speed_mps, dtype=np.float64) * travel_s, at_least_m)
