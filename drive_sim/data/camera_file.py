"""`camera.json`: the camera of somebody else's pictures, as `calibrate` writes it and others read it."""

from dataclasses import dataclass

from drive_sim.errors import InputError
from drive_sim.records import Positive
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class FitNote:
    """What others than `calibrate` read of a fit: the first row that shows the car itself, where it is known."""

    own_car_top_px: int | None = None
    side_offset_in_heights: Positive | None = None
    """How far beside the middle camera the outer ones sit, in camera heights."""


@dataclass(frozen=True, slots=True)
class CameraFile:
    """What a camera file holds, as far as it is read again."""

    camera: Camera
    fit: FitNote | None = None

    def __post_init__(self) -> None:
        top_px = self.own_car_top_px
        if top_px is not None and not 0 <= top_px <= self.camera.height_px:
            raise InputError(f"own_car_top_px must be from 0 to {self.camera.height_px}, the picture's height")

    @property
    def own_car_top_px(self) -> int | None:
        """The first row that shows the car itself, where that is known."""
        return None if self.fit is None else self.fit.own_car_top_px

    @property
    def side_m(self) -> float | None:
        """How far beside the middle camera the outer ones sit, where that is known."""
        offset = None if self.fit is None else self.fit.side_offset_in_heights
        return None if offset is None else offset * self.camera.height_m
