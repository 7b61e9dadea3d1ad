"""What the camera would have seen from a car shifted to the left and then turned to the left.

Below the horizon a picture of flat ground moves by the ground plane's homography, above it by the turn alone (the
plane at infinity). Both planes share the horizon, so with `d = v - horizon` the source of a pixel is

    column = centre + l / z,    row = horizon + d / z,

where l and z are linear in the pixel's column: one division a pixel. On the ground `l / d` is the point's distance
to the side, so bounding z from below moves a point straight ahead until the old picture shows it.
"""

from functools import cache
from typing import Literal

import numpy as np

from drive_sim.arrays import Images, Masks, PerCar
from drive_sim.data.shift_and_rotate import source_homographies
from drive_sim.data.warp_kernels import Planes, Scratch, Tables, pack_lanes, redraw_kernel
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

Fill = Literal["heading", "smear"]
"""What stands for what the old picture did not show: the ground found straight ahead of it, parallel to the old
heading (Pomerleau's later rule), or the nearest pixel at the picture's edge, smeared along rows and columns."""
FARTHEST = 1e3
"""The largest shift (m) and turn (rad); a thousand metres beside the old place nothing of its picture is left."""


def shift_rotate(
    images: Images,
    camera: Camera,
    shift_m: PerCar,
    turn_rad: PerCar,
    *,
    fill: Fill = "heading",
    out: Images | None = None,
) -> Images:
    """The pictures (n, h, w, 3) from cars moved `shift_m` (n,) to the left and then turned `turn_rad` (n,) left.

    The move and the turn are those of `geometry.shifted_pose`: about the rear axle. What the old picture did not
    show continues parallel to the old heading, the sky by its mirror image, or with `fill="smear"` both continue as
    their edge. No shift and no turn returns the picture bit by bit.

    Raises:
        InputError: the pictures are not of the camera's size, the fill is unknown, or a motion cannot be seen.
    """
    return redraw(images, camera, shift_m, turn_rad, fill=fill, out=out)


def redraw(
    images: Images,
    camera: Camera,
    shift_m: PerCar,
    turn_rad: PerCar,
    tables: Tables | None = None,
    *,
    fill: Fill = "heading",
    out: Images | None = None,
) -> Images:
    """`shift_rotate` and a change of colours by `tables` (n, 3, 256) in one pass over the pictures."""
    if fill not in ("heading", "smear"):
        raise InputError(f"shift-rotate: unknown fill {fill!r}; take heading or smear")
    if images.shape[1:] != (camera.height_px, camera.width_px, 3) or images.dtype != np.uint8:
        raise InputError(
            f"pictures are {images.shape[2]}x{images.shape[1]} {images.dtype}, the camera makes "
            f"{camera.width_px}x{camera.height_px} uint8: give the camera that took them"
        )
    out = np.empty(images.shape, np.uint8) if out is None else out
    _check_shapes(len(images), shift_m, turn_rad, tables, out.shape == images.shape and out.dtype == np.uint8)
    still = (shift_m == 0.0) & (turn_rad == 0.0)
    if tables is None and still.all():
        np.copyto(out, images)
        return out
    tables = plain_tables(len(images)) if tables is None else tables
    lens, scratch = (camera.centre_px[0], float(camera.horizon_px)), Scratch.of(*images.shape[1:3])
    planes = source_planes(camera, shift_m, turn_rad)
    redraw_kernel(np.ascontiguousarray(images), planes, lens, tables, still, fill == "smear", scratch, out)
    return out


def valid_mask(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> Masks:
    """Which pixels (n, h, w) of a shifted and rotated picture come from inside the old one."""
    v, u = np.mgrid[: camera.height_px, : camera.width_px].astype(np.float64)
    planes = source_planes(camera, shift_m, turn_rad)[:, np.where(v > camera.horizon_px, 1, 0)]
    sideways, depth = np.moveaxis(planes @ np.stack([u, v, np.ones_like(u)], axis=-1)[..., None], -2, 0)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        source_u = camera.centre_px[0] + sideways / depth
        source_v = camera.horizon_px + (v - camera.horizon_px) / depth
    inside_u = (source_u > -0.5) & (source_u < camera.width_px - 0.5)
    inside_v = (source_v > -0.5) & (source_v < camera.height_px - 0.5)
    return (depth > 0.0) & inside_u & inside_v


def source_planes(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> Planes:
    """The coefficients (n, 2, 2, 3) of l and z for sky and ground, from the two planes' homographies.

    Raises InputError for a motion with which they are no numbers that a kernel can look up by.
    """
    for name, values in (("shift_m", shift_m), ("turn_rad", turn_rad)):
        if not (np.abs(values) <= FARTHEST).all():
            raise InputError(f"shift-rotate: {name} must be numbers within {FARTHEST:g} of zero")
    old_from_new = np.stack(source_homographies(camera, shift_m, turn_rad), axis=1)
    column = old_from_new[..., 0, :] - camera.centre_px[0] * old_from_new[..., 2, :]
    row = old_from_new[..., 1, :] - camera.horizon_px * old_from_new[..., 2, :]
    # Neither plane moves the horizon, so `row` is a multiple of (0, 1, -horizon): it tells the homography's scale.
    planes = np.stack([column, old_from_new[..., 2, :]], axis=-2) / row[..., None, 1:2]
    if not np.isfinite(planes).all():
        raise InputError(f"shift-rotate: {camera} has no homography that can be turned round; give the real camera")
    return planes


def _check_shapes(num_images: int, shift_m: PerCar, turn_rad: PerCar, tables: Tables | None, out_fits: bool) -> None:
    """The kernel indexes without looking: stop what does not fit the pictures."""
    one_each = shift_m.shape == turn_rad.shape == (num_images,)
    if not one_each or not out_fits or (tables is not None and tables.shape != (num_images, 3, 256)):
        raise InputError(f"shift-rotate: shift_m, turn_rad, tables and out must fit {num_images} pictures")


def plain_tables(num_images: int) -> Tables:
    """The tables (n, 3, 256) that leave every colour as it is."""
    return np.repeat(_plain_table()[None], num_images, axis=0)


@cache
def _plain_table() -> Tables:
    return np.array([[pack_lanes(0.0, float(x), channel) for x in range(256)] for channel in range(3)], np.uint64)
