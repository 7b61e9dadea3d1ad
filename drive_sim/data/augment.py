"""Data augmentation for imitation: views that nobody drove, with what to steer there, and jittered colours."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from drive_sim.arrays import Images, PerCar
from drive_sim.data.label_law import pomerleau_curvature, returning_curvature
from drive_sim.data.photometric import Jitter, Photometric, add_grain, draw_jitter
from drive_sim.data.shift_and_rotate import arc_length_of_travel, corrected_curvature
from drive_sim.data.side_views import SideViews
from drive_sim.data.truncated_normal import truncated_normal
from drive_sim.data.warp import Fill, redraw, shift_rotate, valid_mask
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

__all__ = [
    "Photometric",
    "ShiftRotate",
    "augment_batch",
    "corrected_curvature",
    "draw_motion",
    "label",
    "pomerleau_curvature",
    "shift_rotate",
    "valid_mask",
]


Law = Literal["pursuit", "pomerleau", "two-second", "two-second-pose"]
LAWS: tuple[Law, ...] = get_args(Law)
_LABELS = {
    "pursuit": corrected_curvature,
    "pomerleau": pomerleau_curvature,
    "two-second": corrected_curvature,
    "two-second-pose": returning_curvature,
}


@dataclass(frozen=True, slots=True)
class ShiftRotate:
    """Which share of the samples is seen from elsewhere, how far away, and by which law it is labelled.

    `pursuit` is the exact law, `pomerleau` ALVINN's published one. NVIDIA's samples steer back in two seconds of travel
    (which needs speeds), or `travel_s` if given: `two-second` is the exact law with that in place of `arc_length_m`, an
    arc that is back in place then, `two-second-pose` is back in place and direction. `fill` stands for what the picture
    did not show. Motions are uniform between their limits or, given standard deviations (NVIDIA), normal and cut off
    there.
    """

    max_shift_m: float = 1.5
    max_turn_rad: float = float(np.radians(8.0))
    share: float = 0.7
    arc_length_m: float = 9.0
    law: Law = "pursuit"
    fill: Fill = "heading"
    shift_sd_m: float | None = None
    turn_sd_rad: float | None = None
    travel_s: float | None = None

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            raise InputError(f"shift-rotate: unknown law {self.law!r}; take one of {', '.join(LAWS)}")
        if self.fill not in ("heading", "smear"):
            raise InputError(f"shift-rotate: unknown fill {self.fill!r}; take heading or smear")
        if not (0.0 <= self.share <= 1.0 and self.arc_length_m > 0.0):
            raise InputError(f"shift-rotate: share {self.share} or arc_length_m {self.arc_length_m} is out of range")
        if self.travel_s is not None and not self.travel_s > 0.0:
            raise InputError(f"shift-rotate: travel_s must be positive, got {self.travel_s}")
        if not (self.max_shift_m >= 0.0 and 0.0 <= self.max_turn_rad < np.pi / 4):
            raise InputError("shift-rotate: max_shift_m must not be negative, max_turn_rad lies in 0 to pi/4")
        if not all(sd is None or sd > 0.0 for sd in (self.shift_sd_m, self.turn_sd_rad)):
            raise InputError("shift-rotate: shift_sd_m and turn_sd_rad must be positive; leave them out for uniform")


def draw_motion(rng: np.random.Generator, num_images: int, config: ShiftRotate) -> tuple[PerCar, PerCar]:
    """Shifts and turns (n,), drawn in the configured share of the samples and zero in the others."""
    draw = rng.uniform(-1.0, 1.0, (num_images, 2)) * (rng.uniform(0.0, 1.0, (num_images, 1)) < config.share)
    limits = (config.max_shift_m, config.shift_sd_m), (config.max_turn_rad, config.turn_sd_rad)
    shift_m, turn_rad = (
        limit * u if sd is None else truncated_normal(u, sd, limit)
        for u, (limit, sd) in zip(draw.T, limits, strict=True)
    )
    return shift_m, turn_rad


def label(
    config: ShiftRotate, curvature_per_m: PerCar, shift_m: PerCar, turn_rad: PerCar, speed_mps: PerCar | None = None
) -> PerCar:
    """The commands (n,) of the shifted and turned samples by the configured law; of those not moved, to the bit.

    Raises:
        InputError: a two-second law without speeds.
    """
    arc_length_m: PerCar | float = config.arc_length_m
    if config.law.startswith("two-second"):
        if speed_mps is None:
            raise InputError(f"shift-rotate: the {config.law} law needs the speed of every sample; take pursuit")
        travel_s = 2.0 if config.travel_s is None else config.travel_s
        arc_length_m = arc_length_of_travel(speed_mps, travel_s, at_least_m=config.arc_length_m)
    labelled = _LABELS[config.law](curvature_per_m, shift_m, turn_rad, arc_length_m)
    return np.where((shift_m != 0.0) | (turn_rad != 0.0), labelled, curvature_per_m)


def augment_batch(
    images: Images,
    curvature_per_m: PerCar,
    camera: Camera | None,
    *,
    shift_rotate: ShiftRotate | None,
    photometric: Photometric | None,
    shift_rng: np.random.Generator,
    photometric_rng: np.random.Generator,
    speed_mps: PerCar | None = None,
    sides: SideViews | None = None,
    previous_images: Images | None = None,
    out: Images | None = None,
) -> tuple[Images, PerCar]:
    """New pictures (n, h, w, 3) and commands (n,) for a batch of training samples; the old ones stay as they were.

    With `previous_images` stacks (n, h, w, 6), those first: they are seen from as far aside, in the same colours.

    The two streams are apart, so that the same colours are drawn with shift-and-rotate and without it. With `sides`
    each view is made from the picture of the camera nearest to it (NVIDIA 2016, section 3).

    Raises:
        InputError: shift-and-rotate without a camera, or with one of another size than the pictures.
    """
    num_images = len(images)
    shift_m = turn_rad = np.zeros(num_images)
    fill: Fill = "heading" if shift_rotate is None else shift_rotate.fill
    if shift_rotate is not None:
        if camera is None:
            raise InputError("shift-rotate: the recording's camera is not known; calibrate it or give it")
        shift_m, turn_rad = draw_motion(shift_rng, num_images, shift_rotate)
        curvature_per_m = label(shift_rotate, curvature_per_m, shift_m, turn_rad, speed_mps)
        if sides is not None:
            images, shift_m = sides.nearest(images, shift_m)
    camera = camera or Camera(width_px=images.shape[2], height_px=images.shape[1])
    jitter = None if photometric is None else draw_jitter(photometric_rng, num_images, photometric)
    curvature_per_m = np.asarray(curvature_per_m, dtype=np.float64)
    augmented = _redrawn(images, camera, (shift_m, turn_rad), jitter, fill, out)
    if previous_images is None:
        return augmented, curvature_per_m
    jitter = None if jitter is None else jitter.a_tick_before()
    before = _redrawn(previous_images, camera, (shift_m, turn_rad), jitter, fill, None)
    return np.concatenate([before, augmented], axis=-1), curvature_per_m


def _redrawn(
    images: Images, camera: Camera, motion: tuple[PerCar, PerCar], jitter: Jitter | None, fill: Fill, out: Images | None
) -> Images:
    """The pictures shifted and turned, in the jitter's colours."""
    if jitter is None:
        return redraw(images, camera, *motion, fill=fill, out=out)
    images = redraw(images, camera, *motion, jitter.tables, fill=fill, out=out)
    add_grain(images, jitter)
    return images
