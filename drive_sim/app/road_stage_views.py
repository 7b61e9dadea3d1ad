"""From where a stage is looked at: straight from above at any zoom, or from behind and above a car.

Both are a pinhole camera over the ground, so one renderer draws the road, and one projection places what stands on it.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Protocol

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import Poses
from drive_sim.sim.camera import Camera

WorldPoints = Annotated[npt.NDArray[np.float64], "... 3"]
"""x_m, y_m and the height above the ground in metres."""
Projected = Annotated[npt.NDArray[np.float64], "... 3"]
"""Column and row in pixels, and the depth in metres, positive before the camera."""

_HIGH_M = 100.0
_STRAIGHT_DOWN_PX = -1e6
"""The horizon of a camera that looks down: so far above the picture that its rows are parallel to a millimetre."""


class StageView(Protocol):
    """What a stage needs to know of where it is looked at from."""

    @property
    def pose(self) -> Poses:
        """The camera's car (1, 3), its picture's upward direction as heading."""
        ...

    def camera(self, size_px: tuple[int, int]) -> Camera:
        """The camera for a picture of that width and height."""
        ...

    def projected(self, points: WorldPoints, size_px: tuple[int, int]) -> Projected:
        """Where points of the world (..., 3) lie in the picture."""
        ...


@dataclass(frozen=True, slots=True)
class FromAbove:
    """A map of `height_m` metres from top to bottom about its middle; the heading `up_rad` points upwards."""

    x_m: float
    y_m: float
    height_m: float = 60.0
    up_rad: float = np.pi / 2
    """By default north (y) is up, as on a map."""

    @property
    def pose(self) -> Poses:
        """Under the middle."""
        return np.array([[self.x_m, self.y_m, self.up_rad]])

    def camera(self, size_px: tuple[int, int]) -> Camera:
        """High over the ground, looking straight down."""
        # The optical axis meets the ground a little ahead of the camera, in proportion to the focal length.
        focal_px = _HIGH_M * size_px[1] / self.height_m
        pitch_rad = np.arctan2((size_px[1] - 1) / 2 - _STRAIGHT_DOWN_PX, focal_px)
        return Camera(*size_px, focal_px, _STRAIGHT_DOWN_PX, _HIGH_M, forward_m=-_HIGH_M / float(np.tan(pitch_rad)))

    def projected(self, points: WorldPoints, size_px: tuple[int, int]) -> Projected:
        """As on a map: heights move nothing, and the depth is the distance from above."""
        scale = size_px[1] / self.height_m
        forward_m, left_m = _in_frame(points, self.pose[0])
        column, row = (size_px[0] - 1) / 2 - scale * left_m, (size_px[1] - 1) / 2 - scale * forward_m
        return np.stack([column, row, _HIGH_M - points[..., 2]], axis=-1)

    def ground_at(self, pixel: tuple[float, float], size_px: tuple[int, int]) -> tuple[float, float]:
        """The place on the ground, x_m and y_m, that a pixel shows: for the mouse."""
        scale, cos, sin = self.height_m / size_px[1], np.cos(self.up_rad), np.sin(self.up_rad)
        left_m, forward_m = ((size_px[0] - 1) / 2 - pixel[0]) * scale, ((size_px[1] - 1) / 2 - pixel[1]) * scale
        x_m, y_m = self.x_m + forward_m * cos - left_m * sin, self.y_m + forward_m * sin + left_m * cos
        return float(x_m), float(y_m)

    def zoomed(self, factor: float, *, least_m: float = 12.0, most_m: float = 1500.0) -> "FromAbove":
        """Nearer (a factor above 1) or farther, within limits."""
        return replace(self, height_m=float(np.clip(self.height_m / factor, least_m, most_m)))

    def moved_to(self, x_m: float, y_m: float) -> "FromAbove":
        """The same map about another middle."""
        return replace(self, x_m=x_m, y_m=y_m)

    def holding(self, points: npt.NDArray[np.float64], size_px: tuple[int, int], margin: float = 1.25) -> "FromAbove":
        """The smallest map, no smaller than this one, that shows all of the points (k, 2), about their middle."""
        forward_m, left_m = _in_frame(points, self.pose[0])
        middle = (forward_m.max() + forward_m.min()) / 2, (left_m.max() + left_m.min()) / 2
        wanted_m = margin * max(float(np.ptp(forward_m)), float(np.ptp(left_m)) * size_px[1] / size_px[0])
        cos, sin = np.cos(self.up_rad), np.sin(self.up_rad)
        x_m, y_m = self.x_m + middle[0] * cos - middle[1] * sin, self.y_m + middle[0] * sin + middle[1] * cos
        return replace(self, x_m=float(x_m), y_m=float(y_m), height_m=max(self.height_m, wanted_m))


@dataclass(frozen=True, slots=True)
class Chase:
    """From behind and above a car at a pose, looking along its heading."""

    x_m: float
    y_m: float
    heading_rad: float
    back_m: float = 9.0
    up_m: float = 3.4
    focal_share: float = 0.72
    """The focal length in widths of the picture."""
    horizon_share: float = 0.27
    """How far below the picture's top the horizon lies, in its heights."""

    @property
    def pose(self) -> Poses:
        """The car that is followed."""
        return np.array([[self.x_m, self.y_m, self.heading_rad]])

    def camera(self, size_px: tuple[int, int]) -> Camera:
        """Mounted behind the rear axle."""
        width_px, height_px = size_px
        focal_px, horizon_px = self.focal_share * width_px, self.horizon_share * height_px
        return Camera(width_px, height_px, focal_px, horizon_px, self.up_m, -self.back_m)

    def projected(self, points: WorldPoints, size_px: tuple[int, int]) -> Projected:
        """In perspective; what lies behind the camera has a depth below zero."""
        return _in_perspective(points, self.pose[0], self.camera(size_px))


@dataclass(frozen=True, slots=True, eq=False)
class FromSeat:
    """What the car at a pose (1, 3) sees through its own camera, on a picture of any size."""

    pose: Poses
    own: Camera

    def camera(self, size_px: tuple[int, int]) -> Camera:
        """The car's own for a picture of that size."""
        return self.own.resized(*size_px)

    def projected(self, points: WorldPoints, size_px: tuple[int, int]) -> Projected:
        """In perspective; what lies behind the camera has a depth below zero."""
        return _in_perspective(points, self.pose[0], self.camera(size_px))


def _in_perspective(points: WorldPoints, pose: npt.NDArray[np.float64], camera: Camera) -> Projected:
    """Where points lie in the picture of a camera on a car at a pose (3,)."""
    forward_m, left_m = _in_frame(points, pose)
    in_car = np.stack([forward_m - camera.forward_m, left_m - camera.side_m, points[..., 2] - camera.height_m], -1)
    seen = in_car @ (camera.intrinsics @ geometry.camera_from_car_rotation(camera.pitch_rad)).T
    depth_m = seen[..., 2:]
    return np.concatenate([seen[..., :2] / np.where(np.abs(depth_m) > 1e-6, depth_m, 1e-6), depth_m], axis=-1)


def _in_frame(
    points: npt.NDArray[np.float64], pose: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Forward and left of points (..., 2 or 3), in metres, in the frame of a pose (3,)."""
    away_x, away_y = points[..., 0] - pose[0], points[..., 1] - pose[1]
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    return away_x * cos + away_y * sin, away_y * cos - away_x * sin
