"""Focal length of a recording, from how far the horizon moves when the car turns.

Cameras side by side over flat ground cannot tell it: a sideways shift moves a pixel by the same amount whatever the
focal length. A turn by a small angle moves the horizon's middle by that angle times the focal length, and the angle
is what steering and speed say: so the camera agrees with the commands that it is used with.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, PerCar
from drive_sim.data.demonstrations import DEFAULT_TICK_S, Demonstrations

USUAL_FOCAL_SHARE = 0.45
"""Focal length as a share of the width where turning does not tell it: 96 degrees from side to side."""
MIN_CORRELATION = 0.8
SMOOTHING_TICKS = 3.0
"""Standard deviation of the average over time, of steering and of motion: a car answers its wheel late."""
LONGEST_TICK_S, SLOWEST_MPS = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Focal:
    """A focal length, and how well the horizon's motion follows the steering (0: it was assumed, not measured)."""

    focal_px: float
    correlation: float


def focal_from_turning(demos: Demonstrations, rows: slice, horizon_px: float) -> Focal:
    """The focal length that makes the horizon of consecutive pictures move as the steering says.

    Where there is nothing above the horizon, or its motion does not follow the steering, a usual one is assumed.
    """
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415 - 0.2 s to import

    assumed = Focal(USUAL_FOCAL_SHARE * demos.images.shape[2], 0.0)
    band = _band_above(demos.images[rows], horizon_px)
    if band is None or len(band) < 10 * SMOOTHING_TICKS:
        return assumed
    motion_px, known = _sideways_motion(band)
    turn_rad, driven = _turns(demos, rows)
    known &= driven
    motion_px, turn_rad = (
        gaussian_filter1d(np.where(known, x, 0.0), SMOOTHING_TICKS)[known] for x in (motion_px, turn_rad)
    )
    if len(turn_rad) < 2 or not (np.ptp(motion_px) > 0.0 and np.ptp(turn_rad) > 0.0):
        return assumed
    correlation = float(np.corrcoef(motion_px, turn_rad)[0, 1])
    if correlation < MIN_CORRELATION:
        return assumed
    # Both are noisy: the geometric mean of the slopes of one over the other and the other over the one.
    slope_px = math.sqrt(np.square(motion_px).sum() / np.square(turn_rad).sum())
    # Off the middle by x a turn moves the picture by f + x^2 / f: averaged over the window compared.
    spread_px2 = _window_px(demos.images.shape[2]) ** 2 / 3.0
    root_px = math.sqrt(max(0.0, slope_px**2 - 4.0 * spread_px2))
    return Focal(0.5 * (slope_px + root_px), correlation)


def _turns(demos: Demonstrations, rows: slice) -> tuple[PerCar, npt.NDArray[np.bool_]]:
    """Angle turned from each row to the next, and where the car drove on without a pause."""
    curvature_per_m, speed_mps = demos.curvature_per_m[rows][:-1], demos.speed_mps[rows][:-1]
    tick_s = np.full(len(speed_mps), DEFAULT_TICK_S) if demos.time_s is None else np.diff(demos.time_s[rows])
    driven = (tick_s > 0.0) & (tick_s < LONGEST_TICK_S) & (speed_mps > SLOWEST_MPS)
    return curvature_per_m * speed_mps * tick_s, driven


def _band_above(images: Images, horizon_px: float) -> npt.NDArray[np.float64] | None:
    """Brightness (n, b, w) of the strip just above the horizon, smoothed along it; None where there is none."""
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415 - 0.2 s to import

    height_px, width_px = images.shape[1:3]
    top, bottom = int(horizon_px - 0.1 * height_px), int(horizon_px - 0.01 * height_px)
    if bottom - max(top, 0) < 3:
        return None
    brightness = images[:, max(top, 0) : bottom].mean(axis=-1)
    return gaussian_filter1d(brightness, 1.5 * width_px / 320.0, axis=2)


def _sideways_motion(band: npt.NDArray[np.float64]) -> tuple[PerCar, npt.NDArray[np.bool_]]:
    """How far the middle of each strip moved to the right from the one before (n - 1,), and where that is clear."""
    width_px = band.shape[2]
    middle, half, reach = width_px // 2, _window_px(width_px), width_px // 10
    shifts = np.arange(-reach, reach + 1)
    now = band[1:, :, middle - half : middle + half]
    cost = np.stack(
        [np.abs(now - band[:-1, :, middle - half - s : middle + half - s]).mean(axis=(1, 2)) for s in shifts], axis=1
    )
    best = cost.argmin(axis=1).clip(1, len(shifts) - 2)
    before, least, after = (cost[np.arange(len(cost)), best + k] for k in (-1, 0, 1))
    curvature = before - 2.0 * least + after
    clear = (least < 0.6 * np.median(cost, axis=1)) & (curvature > 0.0)
    return shifts[best] + 0.5 * (before - after) / np.where(clear, curvature, 1.0), clear


def _window_px(width_px: int) -> int:
    return width_px // 8
