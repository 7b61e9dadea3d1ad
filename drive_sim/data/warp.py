"""What the camera would have seen from a car shifted to the left and then turned to the left.

Below the horizon a picture of flat ground moves by the ground plane's homography, above it by the turn alone (the
plane at infinity). Both planes share the horizon, so with `d = v - horizon` the source of a pixel is

    column = centre + l / z,    row = horizon + d / z,

where l and z are linear in the pixel's column: one division a pixel. On the ground `l / d` is the point's distance
to the side, so bounding z from below moves a point straight ahead until the old picture shows it.

Pixels are packed into one uint64 of 16-bit lanes (red, green, blue), so that one multiplication weighs all three.
"""

from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import Images, Masks, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

Planes = npt.NDArray[np.float64]
"""(n, 2, 2, 3): for sky and ground, the coefficients (column, row, 1) of l and of z."""
Tables = npt.NDArray[np.uint64]
"""(n, 3, 256): what each value of red, green and blue adds to the lanes of a packed pixel."""

LANE_UNIT = 16
"""A grey level in a table's lane: four fractional bits, so that the sum of three tables is rounded once."""
LANE_ZERO = 3 * 2048
"""Black in the sum of three tables: sums may fall below it before they are clipped."""

U32, U64 = np.uint32, np.uint64


@numba.njit(cache=True, nogil=True)
def pack_lanes(all_lanes: float, own_lane: float, channel: int) -> np.uint64:
    """What one value of one channel adds to a packed pixel: grey levels to all three lanes, and to its own."""
    packed = U64(0)
    for lane in range(3):
        level = all_lanes + (own_lane if lane == channel else 0.0)
        quantised = min(max(round(level * LANE_UNIT) + LANE_ZERO // 3, 0), 2 * LANE_ZERO)
        packed |= U64(quantised) << U64(16 * lane)
    return packed


@cache
def _plain_table() -> Tables:
    return np.array([[pack_lanes(0.0, float(x), channel) for x in range(256)] for channel in range(3)], np.uint64)


def plain_tables(num_images: int) -> Tables:
    """The tables (n, 3, 256) that leave every colour as it is."""
    return np.repeat(_plain_table()[None], num_images, axis=0)


def shift_rotate(
    images: Images, camera: Camera, shift_m: PerCar, turn_rad: PerCar, *, out: Images | None = None
) -> Images:
    """The pictures (n, h, w, 3) from cars moved `shift_m` (n,) to the left and then turned `turn_rad` (n,) left.

    The move and the turn are those of `geometry.shifted_pose`: about the rear axle. What the old picture did not
    show continues parallel to the old heading. No shift and no turn returns the picture bit by bit.

    Raises:
        InputError: the pictures are not of the camera's size.
    """
    return redraw(images, camera, shift_m, turn_rad, plain_tables(len(images)), out=out)


def redraw(
    images: Images, camera: Camera, shift_m: PerCar, turn_rad: PerCar, tables: Tables, *, out: Images | None = None
) -> Images:
    """`shift_rotate` and a change of colours by `tables` in one pass over the pictures."""
    if images.shape[1:] != (camera.height_px, camera.width_px, 3):
        raise InputError(
            f"pictures are {images.shape[2]}x{images.shape[1]}, the camera makes {camera.width_px}x{camera.height_px}: "
            "give the camera that took them"
        )
    if out is None:
        out = np.empty(images.shape, np.uint8)
    shift_m, turn_rad = np.broadcast_to(shift_m, len(images)), np.broadcast_to(turn_rad, len(images))
    still = (shift_m == 0.0) & (turn_rad == 0.0)
    planes = source_planes(camera, shift_m, turn_rad)
    _redraw(np.ascontiguousarray(images), planes, camera.centre_px[0], float(camera.horizon_px), tables, still, out)
    return out


def source_planes(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> Planes:
    """The coefficients (n, 2, 2, 3) of l and z for sky and ground, from the two planes' homographies."""
    old_from_new = _source_homographies(camera, shift_m, turn_rad)
    column = old_from_new[..., 0, :] - camera.centre_px[0] * old_from_new[..., 2, :]
    row = old_from_new[..., 1, :] - camera.horizon_px * old_from_new[..., 2, :]
    # Neither plane moves the horizon, so the row above is a multiple of (0, 1, -horizon): the homography's scale.
    return np.stack([column, old_from_new[..., 2, :]], axis=-2) / row[..., None, 1:2]


def valid_mask(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> Masks:
    """Which pixels (n, h, w) of a shifted and rotated picture come from inside the old one."""
    planes = source_planes(camera, np.atleast_1d(shift_m), np.atleast_1d(turn_rad))
    v, u = np.mgrid[: camera.height_px, : camera.width_px].astype(np.float64)
    plane = np.where(v > camera.horizon_px, 1, 0)
    coefficients = planes[:, plane]
    sideways, depth = np.moveaxis(coefficients @ np.stack([u, v, np.ones_like(u)], axis=-1)[..., None], -2, 0)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        source_u = camera.centre_px[0] + sideways / depth
        source_v = camera.horizon_px + (v - camera.horizon_px) / depth
    inside_u = (source_u > -0.5) & (source_u < camera.width_px - 0.5)
    inside_v = (source_v > -0.5) & (source_v < camera.height_px - 0.5)
    return (depth > 0.0) & inside_u & inside_v


def _source_homographies(camera: Camera, shift_m: PerCar, turn_rad: PerCar) -> npt.NDArray[np.float64]:
    """Old pixels from new ones (n, 2, 3, 3): sky, ground."""
    image_from_ground = camera.image_from_ground
    camera_from_car = geometry.camera_from_car_rotation(camera.pitch_rad)
    image_from_car = camera.intrinsics @ camera_from_car
    moved = np.stack([geometry.moved_from_car(s, t) for s, t in zip(shift_m, turn_rad, strict=True)])
    turned = np.stack([geometry.moved_from_car(0.0, t) for t in turn_rad])
    ground = image_from_ground @ np.linalg.inv(moved) @ np.linalg.inv(image_from_ground)
    sky = image_from_car @ np.linalg.inv(turned) @ np.linalg.inv(image_from_car)
    return np.stack([sky, ground], axis=1)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _redraw(
    images: Images,
    planes: Planes,
    centre_px: float,
    horizon_px: float,
    tables: Tables,
    still: npt.NDArray[np.bool_],
    out: Images,
) -> None:
    n, h, w, _ = images.shape
    # One more row and column than the picture: a neighbour of weight 0 is read, but must exist.
    source = np.zeros((h + 1, w + 1), np.uint64)
    source_u, source_v = np.empty(w, np.uint32), np.empty(w, np.uint32)
    index, weights, packed = np.empty(w, np.uint32), np.empty((4, w), np.uint32), np.empty(w, np.uint64)
    for i in range(n):
        _pack(images[i], tables[i], source)
        for v in range(h):
            if still[i]:
                _unpack(source[v], out[i, v])
                continue
            ground = v > horizon_px
            _source_row(planes[i, int(ground)], v, centre_px, horizon_px, h, ground, source_u, source_v)
            _weigh(source_u, source_v, w + 1, index, weights)
            _blend(source.reshape(-1), w + 1, index, weights, packed)
            _unpack(packed, out[i, v])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _pack(image: Images, tables: Tables, source: Tables) -> None:
    """Looks every pixel up and clips it to 0..255 in its lanes."""
    h, w, _ = image.shape
    lanes = source.view(np.int16)
    for v in range(h):
        for u in range(w):
            source[v, u] = tables[0, image[v, u, 0]] + tables[1, image[v, u, 1]] + tables[2, image[v, u, 2]]
        for k in range(4 * w):
            level = (lanes[v, k] - np.int16(LANE_ZERO - LANE_UNIT // 2)) >> 4
            lanes[v, k] = min(max(level, np.int16(0)), np.int16(255))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _source_row(
    plane: Planes,
    v: int,
    centre_px: float,
    horizon_px: float,
    height_px: int,
    ground: bool,
    source_u: npt.NDArray[np.uint32],
    source_v: npt.NDArray[np.uint32],
) -> None:
    """Source columns and rows (w,) of one row of pixels, in 1/256 of a pixel, inside the picture."""
    width_px = len(source_u)
    right, bottom = np.float32(width_px - 1), np.float32(height_px - 1)
    centre, horizon, depth = np.float32(centre_px), np.float32(horizon_px), np.float32(v - horizon_px)
    l_0, l_u = np.float32(plane[0, 1] * v + plane[0, 2]), np.float32(plane[0, 0])
    z_0, z_u = np.float32(plane[1, 1] * v + plane[1, 2]), np.float32(plane[1, 0])
    z_nearest, z_farthest = np.float32(1e-3), np.float32(1e6)
    l_right, l_left = np.float32(0.0), np.float32(0.0)
    if ground:
        # Straight ahead until the point is above the lower edge, inside both sides, and no higher than the upper edge.
        z_nearest = np.float32((v - horizon_px) / max(height_px - 1 - horizon_px, 1e-3))
        l_right = np.float32(1.0 / max(width_px - 1 - centre_px, 1.0))
        l_left = np.float32(-1.0 / max(centre_px, 1.0))
        if horizon_px < 0.0:
            z_farthest = np.float32((v - horizon_px) / -horizon_px)
    zero, one, half, unit = np.float32(0.0), np.float32(1.0), np.float32(0.5), np.float32(256.0)
    for u in range(width_px):
        column = np.float32(u)
        sideways = l_0 + l_u * column
        z = max(z_0 + z_u * column, z_nearest, sideways * l_right, sideways * l_left)
        nearness = one / min(z, z_farthest)
        source_u[u] = U32(np.int32(min(max(centre + sideways * nearness, zero), right) * unit + half))
        source_v[u] = U32(np.int32(min(max(horizon + depth * nearness, zero), bottom) * unit + half))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _weigh(
    source_u: npt.NDArray[np.uint32],
    source_v: npt.NDArray[np.uint32],
    stride: int,
    index: npt.NDArray[np.uint32],
    weights: npt.NDArray[np.uint32],
) -> None:
    """The upper left neighbour's index (w,) and four bilinear weights (4, w) that sum to 256."""
    for u in range(len(source_u)):
        right, down = source_u[u] & U32(255), source_v[u] & U32(255)
        index[u] = (source_v[u] >> U32(8)) * U32(stride) + (source_u[u] >> U32(8))
        both = (right * down + U32(128)) >> U32(8)
        weights[0, u] = U32(256) - right - down + both
        weights[1, u] = right - both
        weights[2, u] = down - both
        weights[3, u] = both


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _blend(
    source: Tables,
    stride: int,
    index: npt.NDArray[np.uint32],
    weights: npt.NDArray[np.uint32],
    packed: npt.NDArray[np.uint64],
) -> None:
    """Weighs four neighbours; the unsigned index spares numba's check for negative ones."""
    for u in range(len(index)):
        i = U64(index[u])
        packed[u] = (
            source[i] * U64(weights[0, u])
            + source[i + U64(1)] * U64(weights[1, u])
            + source[i + U64(stride)] * U64(weights[2, u])
            + source[i + U64(stride + 1)] * U64(weights[3, u])
            + U64(0x0080_0080_0080)
        ) >> U64(8)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _unpack(packed: npt.NDArray[np.uint64], row: Images) -> None:
    """Writes the low byte of each lane; what a shift leaves above it falls away."""
    for u in range(len(packed)):
        row[u, 0] = np.uint8(packed[u])
        row[u, 1] = np.uint8(packed[u] >> U64(16))
        row[u, 2] = np.uint8(packed[u] >> U64(32))
