"""What the camera's kernel needs to know of a camera: where each row and column of the picture looks."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from drive_sim.sim.buffers import PASTED
from drive_sim.sim.camera import Camera

Floats = npt.NDArray[np.float64]

MIN_HORIZON_GAP_PX = 0.3
"""Rows nearer below the horizon than this are haze: their footprint is hundreds of metres deep."""


SHARP_FOCAL_PX = 300.0
"""From this focal length on, noise is averaged over several places along the footprint's depth: pictures for a screen
can afford it, and show it."""


class Lens(NamedTuple):
    """Per row: the ground it sees (zeros above the horizon) and the sky behind; per column: its bearing.

    A camera without roll sees along one row points of one forward distance, `left_m + u * left_step_m` to the left.
    `up` and `ahead` are the ray's components per unit of focal length; `left` (columns) is the third.
    """

    forward_m: Floats
    left_m: Floats
    left_step_m: Floats
    depth_step_m: Floats
    up: Floats
    ahead: Floats
    left: npt.NDArray[np.float32]
    bearing_turns: npt.NDArray[np.float32]
    horizon_px: float
    focal_px: float
    mount_forward_m: float
    mount_left_m: float
    max_taps: int


class GroundLine(NamedTuple):
    """The ground points that one picture row sees: the first and the step a column.

    One picture row further down, a column sees a point nearer to the one under the lens, by a share `stretch` of the
    way there: that is its footprint's depth.
    """

    x: float
    y: float
    step_x: float
    step_y: float
    lens_x: float
    lens_y: float
    stretch: float
    width_m: float
    depth_m: float
    ahead_m: float


@lru_cache(maxsize=64)
def make_lens(camera: Camera) -> Lens:
    """The tables of one camera, made once."""
    u, v = np.arange(camera.width_px), np.arange(camera.height_px)
    ground_from_image = np.linalg.inv(camera.image_from_ground)
    # Without roll the forward distance and the depth depend on the row alone.
    ahead_w, w = (
        ground_from_image[0, 1] * v + ground_from_image[0, 2],
        ground_from_image[2, 1] * v + ground_from_image[2, 2],
    )
    below = v > camera.horizon_px + MIN_HORIZON_GAP_PX
    w = np.where(below, w, np.inf)
    forward_m = ahead_w / w
    left_at_0_m = (ground_from_image[1, 1] * v + ground_from_image[1, 2]) / w
    # d(a/w)/dv of the forward distance.
    depth_step_m = (ground_from_image[0, 1] - forward_m * ground_from_image[2, 1]) / w
    centre_u, centre_v = camera.centre_px
    cos, sin = np.cos(camera.pitch_rad), np.sin(camera.pitch_rad)
    down = (v - centre_v) / camera.focal_px
    left = -(u - centre_u) / camera.focal_px
    ahead_at_horizon = 1.0 / cos
    return Lens(
        forward_m=forward_m,
        left_m=left_at_0_m,
        left_step_m=ground_from_image[1, 0] / w,
        depth_step_m=np.abs(depth_step_m),
        up=-sin - down * cos,
        ahead=cos - down * sin,
        left=left.astype(np.float32),
        bearing_turns=(np.arctan2(left, ahead_at_horizon) / (2.0 * np.pi)).astype(np.float32),
        horizon_px=float(camera.horizon_px),
        focal_px=float(camera.focal_px),
        mount_forward_m=float(camera.forward_m),
        mount_left_m=float(camera.side_m),
        max_taps=4 if camera.focal_px >= SHARP_FOCAL_PX else 1,
    )


@njit(**PASTED)
def ground_line(lens, x_m, y_m, cos, sin, row, first):
    """What a row sees from `first` on, for a car at (x, y) whose heading has this cosine and sine."""
    step_m, ahead_m, deep_m = lens.left_step_m[row], lens.forward_m[row], lens.depth_step_m[row]
    left_m = lens.left_m[row] + first * step_m
    x, y = x_m + ahead_m * cos - left_m * sin, y_m + ahead_m * sin + left_m * cos
    lens_x = x_m + lens.mount_forward_m * cos - lens.mount_left_m * sin
    lens_y = y_m + lens.mount_forward_m * sin + lens.mount_left_m * cos
    stretch = deep_m / (ahead_m - lens.mount_forward_m)
    return GroundLine(x, y, -step_m * sin, step_m * cos, lens_x, lens_y, stretch, abs(step_m), deep_m, ahead_m)
