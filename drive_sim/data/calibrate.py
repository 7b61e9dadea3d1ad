"""The camera of somebody else's recording, fitted to its three cameras.

Over flat ground the centre picture, seen from a camera further to the side, is the side picture. Horizon and
distance of the cameras, in units of their height, are those that make it so; the focal length comes from how the
horizon moves in bends (`focal.py`). The height itself cannot be seen in pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, Masks
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.focal import USUAL_FOCAL_SHARE, focal_from_turning
from drive_sim.data.warp import shift_rotate, valid_mask
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

ASSUMED_HEIGHT_M = 1.4
"""How high a camera is taken to be where nothing tells; it sets the scale of every metre in the recording."""
FIT_ROWS = slice(0, 300)
MIN_FRAMES = 8
FAILED_RATIO = 0.8
"""Synthetic side pictures that are hardly nearer to the real ones than the centre pictures: the fit means nothing."""
SMOOTHING = 2.0 / 320.0
"""Standard deviation of the Gaussian before pictures are compared, as a share of the width."""
CENTRE, LEFT, RIGHT = 0, 1, -1
"""The cameras, by the sign of their offset to the left."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CameraFit:
    """What three cameras tell about themselves; `difference_ratio` is that of the rows that were fitted."""

    width_px: int
    height_px: int
    focal_px: float
    horizon_px: float
    side_offset_in_heights: float
    own_car_top_px: int
    """The first row that shows the car itself, the picture's height if none does: cut it off before augmenting."""
    difference_ratio: float = float("nan")
    focal_correlation: float = 0.0
    """How well the horizon moves as the steering says; 0: the focal length is assumed."""

    @property
    def pitch_rad(self) -> float:
        """How far the cameras look down."""
        return self.camera_in_heights.pitch_rad

    @property
    def camera_in_heights(self) -> Camera:
        """The centre camera in units of its own height, its foot as the reference point."""
        return Camera(self.width_px, self.height_px, self.focal_px, self.horizon_px, height_m=1.0, forward_m=0.0)


def camera_from_fit(fit: CameraFit, *, height_m: float = ASSUMED_HEIGHT_M, forward_m: float = 1.2) -> Camera:
    """The centre camera for augmenting and training; its height and its place ahead of the rear axle are assumed."""
    return replace(fit.camera_in_heights, height_m=height_m, forward_m=forward_m)


def synthetic_side(fit: CameraFit, centre: Images, side: int) -> Images:
    """What the left (1) or right (-1) camera would have seen, from the centre pictures (n, h, w, 3)."""
    shift_m = np.full(len(centre), side * fit.side_offset_in_heights)
    return shift_rotate(centre, fit.camera_in_heights, shift_m, np.zeros(len(centre)))


def fit_camera(demos: Demonstrations, rows: slice = FIT_ROWS) -> CameraFit:
    """The camera that makes the side pictures of `rows` out of the centre pictures, best of all.

    Raises:
        InputError: no side pictures, too few rows, or pictures that no camera over flat ground explains.
    """
    *_, best = fit_rounds(demos, rows)
    if best.difference_ratio > FAILED_RATIO:
        raise InputError(
            f"{demos.where}: no camera over flat ground explains its side pictures (difference ratio "
            f"{best.difference_ratio:.2f}); are left and right swapped, or does the car stand still?"
        )
    return best


def fit_rounds(demos: Demonstrations, rows: slice = FIT_ROWS, *, num_frames: int = 24) -> Iterator[CameraFit]:
    """Better and better fits to `num_frames` pictures spread over `rows`: a coarse grid, then two descents.

    The grid compares whole pictures, so that no candidate can hide behind its horizon; the descents (Nelder-Mead)
    compare the ground below the grid's horizon.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - 0.3 s to import

    trio = _Trio.of(demos, rows, num_frames).smoothed()
    coarse, fine = trio.shrunk(4), trio.shrunk(2)
    best = min(_grid(coarse), key=lambda fit: _ratio(coarse, fit, {s: _seen(coarse, fit, s) for s in (LEFT, RIGHT)}))
    best = _scaled(best, trio)
    focal = focal_from_turning(demos, rows, best.horizon_px)
    best = replace(best, focal_px=focal.focal_px, focal_correlation=focal.correlation)
    best = _scaled(best, fine)
    masks = {side: _ground(fine, best, side) for side in (LEFT, RIGHT)}

    def fit_at(point: npt.NDArray[np.float64]) -> CameraFit:
        return replace(best, horizon_px=float(point[0]), side_offset_in_heights=float(point[1]))

    point = np.array([best.horizon_px, best.side_offset_in_heights])
    step = np.array([0.02 * best.height_px, 0.1 * best.side_offset_in_heights])
    for _ in range(2):
        simplex = point + np.vstack([np.zeros(2), np.diag(step)])
        options = {"initial_simplex": simplex, "maxfev": 60, "fatol": 1e-5, "xatol": 1e-3}
        found = minimize(lambda x: _ratio(fine, fit_at(x), masks), point, method="Nelder-Mead", options=options)
        point, step = found.x, 0.3 * step
        yield replace(_scaled(fit_at(point), trio), difference_ratio=float(found.fun))


def difference_ratio(fit: CameraFit, demos: Demonstrations, rows: slice, *, num_frames: int = 100) -> float:
    """How much of the difference between centre and real side pictures is left after the shift: 0 none, 1 all.

    Mean absolute difference of the synthetic side pictures to the real ones, over that of the untouched centre
    pictures, on `num_frames` frames spread over `rows`. All are smoothed by a Gaussian (2 px of 320) and compared on
    the same pixels: flat ground that both cameras see. That is below the horizon, inside the old picture, off the
    car's own bonnet (what stands still throughout the drive), and two standard deviations away from all else.
    """
    trio = _Trio.of(demos, rows, num_frames)
    masks = {side: _ground(trio, fit, side) for side in (LEFT, RIGHT)}
    synthetic = {side: _smooth(synthetic_side(fit, trio.views[CENTRE], side)) for side in masks}
    return _ratio(trio.smoothed(), fit, masks, synthetic)


@dataclass(frozen=True, slots=True, eq=False)
class _Trio:
    """Pictures of the three cameras (n, h, w, 3), and which pixels (h, w) of each show the car itself."""

    views: dict[int, Images]
    own_car: dict[int, Mask]

    @classmethod
    def of(cls, demos: Demonstrations, rows: slice, num_frames: int) -> Self:
        if demos.images_left is None or demos.images_right is None:
            raise InputError(f"{demos.where}: no left and right pictures; a camera is fitted to three-camera logs")
        has_sides = np.ones(len(demos), bool) if demos.has_sides is None else demos.has_sides
        index = np.arange(len(demos))[rows]
        index = index[has_sides[index]]
        if len(index) < MIN_FRAMES:
            raise InputError(f"{demos.where}: {len(index)} rows with side pictures; a fit needs {MIN_FRAMES}")
        index = index[np.linspace(0, len(index) - 1, min(num_frames, len(index))).round().astype(int)]
        views = {CENTRE: demos.images[index], LEFT: demos.images_left[index], RIGHT: demos.images_right[index]}
        return cls(views, {side: _standing_still(view) for side, view in views.items()})

    @property
    def size_px(self) -> tuple[int, int]:
        return self.views[CENTRE].shape[2], self.views[CENTRE].shape[1]

    def smoothed(self) -> Self:
        return replace(self, views={side: _smooth(view) for side, view in self.views.items()})

    def shrunk(self, stride: int) -> Self:
        """Every `stride`-th pixel: of smoothed pictures that is enough."""
        return replace(
            self,
            views={side: np.ascontiguousarray(view[:, ::stride, ::stride]) for side, view in self.views.items()},
            own_car={side: mask[::stride, ::stride] for side, mask in self.own_car.items()},
        )


def _grid(trio: _Trio) -> Iterator[CameraFit]:
    width_px, height_px = trio.size_px
    for horizon, offset in product(np.linspace(-0.1, 0.6, 29), (0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5)):
        focal_px, horizon_px = USUAL_FOCAL_SHARE * width_px, float(horizon * height_px)
        yield CameraFit(width_px, height_px, focal_px, horizon_px, offset, _own_car_top_px(trio.own_car[CENTRE]))


def _scaled(fit: CameraFit, trio: _Trio) -> CameraFit:
    """The same fit for the same pictures at another size."""
    width_px, height_px = trio.size_px
    scale = width_px / fit.width_px
    return replace(
        fit,
        width_px=width_px,
        height_px=height_px,
        focal_px=scale * fit.focal_px,
        horizon_px=scale * fit.horizon_px,
        own_car_top_px=_own_car_top_px(trio.own_car[CENTRE]),
    )


def _ratio(trio: _Trio, fit: CameraFit, masks: dict[int, Mask], synthetic: dict[int, Images] | None = None) -> float:
    left_over = before = 0.0
    for side, mask in masks.items():
        view = synthetic_side(fit, trio.views[CENTRE], side) if synthetic is None else synthetic[side]
        left_over += _difference(view, trio.views[side], mask)
        before += _difference(trio.views[CENTRE], trio.views[side], mask)
    return left_over / before if before > 0.0 else float("inf")


def _difference(a: Images, b: Images, mask: Mask) -> float:
    # Of unsigned bytes the larger minus the smaller is the distance, without a wider copy.
    distance = np.maximum(a, b) - np.minimum(a, b)
    return float(distance.sum(axis=(0, 3), dtype=np.int64)[mask].sum())


def _seen(trio: _Trio, fit: CameraFit, side: int) -> Mask:
    """Pixels (h, w) of a synthetic side picture that come from the old one, and show the car in neither."""
    shift_m, turn_rad = np.array([side * fit.side_offset_in_heights]), np.zeros(1)
    own_car = np.repeat(np.uint8(255) * trio.own_car[CENTRE][None, :, :, None], 3, axis=-1)
    moved_car: Masks = synthetic_side(fit, own_car, side)[..., 0] > 0
    return valid_mask(fit.camera_in_heights, shift_m, turn_rad)[0] & ~moved_car[0] & ~trio.own_car[side]


def _ground(trio: _Trio, fit: CameraFit, side: int) -> Mask:
    """Pixels (h, w) whose smoothing window, two standard deviations wide, holds flat ground only."""
    from scipy.ndimage import binary_erosion  # noqa: PLC0415 - 0.2 s to import

    below = np.arange(fit.height_px)[:, None] > fit.horizon_px
    reach = int(np.ceil(2.0 * SMOOTHING * fit.width_px))
    ground = _seen(trio, fit, side) & below
    return np.asarray(binary_erosion(ground, np.ones((3, 3)), iterations=reach, border_value=1), dtype=bool)


def _standing_still(view: Images) -> Mask:
    """Pixels (h, w) in the lower half that hardly change from frame to frame: the car itself."""
    change = np.zeros(view.shape[1:3])
    for before, after in pairwise(view):
        change += np.abs(after.astype(np.int16) - before).mean(axis=-1)
    lower = len(change) // 2
    still = change < 0.35 * np.median(change[lower:])
    still[:lower] = False
    return still


def _own_car_top_px(own_car: Mask) -> int:
    """The first row of those down to the lower edge in which a fiftieth of the pixels shows the car."""
    clear = np.flatnonzero(own_car.mean(axis=1) < 0.02)
    return int(clear[-1]) + 1 if len(clear) else 0


def _smooth(images: Images) -> Images:
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - 0.2 s to import

    sigma_px, out = SMOOTHING * images.shape[2], np.empty(images.shape, np.uint8)
    for image, smooth in zip(images, out, strict=True):
        gaussian_filter(image, (sigma_px, sigma_px, 0.0), output=smooth, mode="nearest")
    return out
