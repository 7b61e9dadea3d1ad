"""What the camera's kernel needs to know of a camera: where each row and column of the picture looks."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from drive_sim.sim.buffers import PASTED
from drive_sim.sim.camera import Camera
from drive_sim.sim.compiled import njit

Floats = npt.NDArray[np.float64]

_HORIZON_GAP_PX = 0.3
"""Rows nearer below the horizon than this are haze: their footprint is hundreds of metres deep."""
_SHARP_FOCAL_PX = 300.0
"""From this focal length on, noise is averaged over several places along the footprint's depth: pictures for a screen
can afford it, and show it."""


class Lens(NamedTuple):
    """Per row: whether and where it sees the ground, and the sky behind; per column: its bearing.

    A camera without roll sees along one row points of one forward distance, `left_m + u * left_step_m` to the left.
    One row further up, a point lies `depth_step_m` further ahead, and `stretch` of its distance to the side further
    out. `up` and `ahead` are the ray's components per unit of focal length; `left` (columns) is the third.
    """

    sees_ground: npt.NDArray[np.bool_]
    forward_m: Floats
    left_m: Floats
    left_step_m: Floats
    depth_step_m: Floats
    stretch: Floats
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
    """The ground points that one picture row sees: the first, the step a column, and how far the next row up is off.

    That offset, the depth of a pixel's footprint, is (`deep_x`, `deep_y`) for the first column and grows from column
    to column by `stretch` of the step.
    """

    x: float
    y: float
    step_x: float
    step_y: float
    deep_x: float
    deep_y: float
    stretch: float
    width_m: float
    depth_m: float
    distance_m: float


@lru_cache(maxsize=64)
def make_lens(camera: Camera) -> Lens:
    """The tables of one camera, made once."""
    u, v = np.arange(camera.width_px), np.arange(camera.height_px)
    # Homogeneous ground points are linear in the pixel; without roll only the second of them depends on the column.
    (_, forward_v, forward_1), (left_u, left_v, left_1), (_, w_v, w_1) = np.linalg.inv(camera.image_from_ground)
    sees_ground = v > camera.horizon_px + _HORIZON_GAP_PX
    w = np.where(sees_ground, w_v * v + w_1, np.inf)
    forward_m = (forward_v * v + forward_1) / w
    centre_u, centre_v = camera.centre_px
    cos, sin = np.cos(camera.pitch_rad), np.sin(camera.pitch_rad)
    down, left = (v - centre_v) / camera.focal_px, (centre_u - u) / camera.focal_px
    return Lens(
        sees_ground=sees_ground,
        forward_m=forward_m,
        left_m=(left_v * v + left_1) / w,
        left_step_m=left_u / w,
        depth_step_m=(forward_m * w_v - forward_v) / w,
        stretch=w_v / w,
        up=-sin - down * cos,
        ahead=cos - down * sin,
        left=left.astype(np.float32),
        bearing_turns=(np.arctan2(left, 1.0 / cos) / (2.0 * np.pi)).astype(np.float32),
        horizon_px=float(camera.horizon_px),
        focal_px=float(camera.focal_px),
        mount_forward_m=float(camera.forward_m),
        mount_left_m=float(camera.side_m),
        max_taps=4 if camera.focal_px >= _SHARP_FOCAL_PX else 1,
    )


@njit(**PASTED)
def ground_line(lens, x_m, y_m, cos, sin, row, first):
    """What a row sees from column `first` on, for a car at (x, y) whose heading has this cosine and sine."""
    forward_m, step_m = lens.forward_m[row], lens.left_step_m[row]
    left_m = lens.left_m[row] + first * step_m
    deep_m, stretch = lens.depth_step_m[row], lens.stretch[row]
    aside_m = stretch * (left_m - lens.mount_left_m)
    return GroundLine(
        x_m + forward_m * cos - left_m * sin,
        y_m + forward_m * sin + left_m * cos,
        -step_m * sin,
        step_m * cos,
        deep_m * cos - aside_m * sin,
        deep_m * sin + aside_m * cos,
        stretch,
        abs(step_m),
        abs(deep_m),
        abs(forward_m - lens.mount_forward_m),
    )
