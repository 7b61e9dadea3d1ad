"""The pinhole camera: its size, its lens and how it is mounted on the car."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import Homography
from drive_sim.errors import InputError

_LIMITS = {
    "width_px": (1, 16384),
    "height_px": (1, 16384),
    "focal_px": (0.1, 1e6),
    "horizon_px": (-1e6, 1e6),
    "height_m": (0.01, 100.0),
    "forward_m": (-100.0, 100.0),
    "side_m": (-100.0, 100.0),
    "principal_x_px": (-1e6, 1e6),
    "principal_y_px": (-1e6, 1e6),
}
"""The least and the most of what a camera on a car can be; within it the ground's homography has an inverse."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera over flat ground; the default makes the 66x200 picture that PilotNet reads.

    `horizon_px` is the row of the horizon (it may lie outside the picture); with the focal length it fixes the pitch.
    """

    width_px: int = 200
    height_px: int = 66
    focal_px: float = 110.0
    horizon_px: float = 11.0
    height_m: float = 1.4
    forward_m: float = 1.2
    side_m: float = 0.0
    principal_x_px: float | None = None
    principal_y_px: float | None = None

    def __post_init__(self) -> None:
        for name in ("width_px", "height_px"):
            if not isinstance(getattr(self, name), int | np.integer):
                raise InputError(f"camera: {name} must be a whole number, got {getattr(self, name)}")
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise InputError(f"camera: {name} must be from {least:g} to {most:g}, got {value!s:.20}")

    @property
    def centre_px(self) -> tuple[float, float]:
        """Column and row of the optical axis; the middle of the picture where not given."""
        u = (self.width_px - 1) / 2 if self.principal_x_px is None else self.principal_x_px
        v = (self.height_px - 1) / 2 if self.principal_y_px is None else self.principal_y_px
        return u, v

    @property
    def pitch_rad(self) -> float:
        """How far the camera looks down."""
        return float(np.arctan2(self.centre_px[1] - self.horizon_px, self.focal_px))

    @property
    def image_from_ground(self) -> Homography:
        """From ground points (x_m, y_m, 1) in the car frame to homogeneous pixels; depth in metres last."""
        rotation = geometry.camera_from_car_rotation(self.pitch_rad)
        return geometry.image_from_ground(
            self.intrinsics, rotation, np.array([self.forward_m, self.side_m, self.height_m])
        )

    @property
    def intrinsics(self) -> Homography:
        """The pinhole matrix."""
        u, v = self.centre_px
        return np.array([[self.focal_px, 0.0, u], [0.0, self.focal_px, v], [0.0, 0.0, 1.0]])

    def resized(self, width_px: int, height_px: int) -> Self:
        """The same view of the road ahead on a picture of another size (for screens): same width of view, the
        horizon at the same share of the width below the top or, where the picture is taller, lower down."""
        scale = width_px / self.width_px
        u, v = self.centre_px
        spare_px = height_px - scale * self.height_px
        lift_px = max(0.0, spare_px) * 0.75  # taller pictures gain more sky than bonnet
        return replace(
            self,
            width_px=width_px,
            height_px=height_px,
            focal_px=self.focal_px * scale,
            horizon_px=(self.horizon_px + 0.5) * scale - 0.5 + lift_px,
            principal_x_px=(u + 0.5) * scale - 0.5,
            principal_y_px=(v + 0.5) * scale - 0.5 + lift_px,
        )
