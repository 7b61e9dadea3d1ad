"""The loops of the warp, compiled: pixels packed into one uint64 of 16-bit lanes (red, green, blue).

One multiplication then weighs all three colours. Each stage is a loop over one row into a small buffer, which the
compiler vectorises; only the look-ups of neighbours go one by one.
"""

import numba
import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images

Planes = npt.NDArray[np.float64]
"""(n, 2, 2, 3): for sky and ground, the coefficients (column, row, 1) of l and of z."""
Tables = npt.NDArray[np.uint64]
"""(n, 3, 256): what each value of red, green and blue adds to the lanes of a packed pixel."""
Words = npt.NDArray[np.uint32]

LANE_UNIT = 16
"""A grey level in a table's lane: four fractional bits, so that the sum of three tables is rounded once."""
LANE_ZERO = 3 * 2048
"""Black in the sum of three tables: sums may fall below it before they are clipped."""

U32, U64 = np.uint32, np.uint64
KERNEL = {"cache": True, "nogil": True, "error_model": "numpy"}


@numba.njit(**KERNEL)
def pack_lanes(all_lanes: float, own_lane: float, channel: int) -> np.uint64:
    """What one value of one channel adds to a packed pixel: grey levels to all three lanes, and to its own."""
    packed = U64(0)
    for lane in range(3):
        level = all_lanes + (own_lane if lane == channel else 0.0)
        level = min(max(level * LANE_UNIT + (LANE_ZERO // 3 + 0.5), 0.0), 2.0 * LANE_ZERO)
        packed |= U64(level) << U64(16 * lane)
    return packed


@numba.njit(**KERNEL)
def redraw_kernel(
    images: Images,
    planes: Planes,
    lens: tuple[float, float],
    tables: Tables,
    still: npt.NDArray[np.bool_],
    out: Images,
) -> None:
    """Fills `out` (n, h, w, 3); `lens` is the centre's column and the horizon's row, `still` (n,) is not moved."""
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
            ground = v > lens[1]
            _source_row(planes[i, int(ground)], v, lens, h, ground, source_u, source_v)
            _weigh(source_u, source_v, w + 1, index, weights)
            _blend(source.reshape(-1), w + 1, index, weights, packed)
            _unpack(packed, out[i, v])


@numba.njit(**KERNEL)
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


@numba.njit(**KERNEL)
def _source_row(
    plane: Planes,
    v: int,
    lens: tuple[float, float],
    height_px: int,
    ground: bool,
    source_u: Words,
    source_v: Words,
) -> None:
    """Source columns and rows (w,) of one row of pixels, in 1/256 of a pixel, inside the picture."""
    width_px = len(source_u)
    centre_px, horizon_px = lens
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


@numba.njit(**KERNEL)
def _weigh(
    source_u: Words,
    source_v: Words,
    stride: int,
    index: Words,
    weights: Words,
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


@numba.njit(**KERNEL)
def _blend(
    source: Tables,
    stride: int,
    index: Words,
    weights: Words,
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


@numba.njit(**KERNEL)
def _unpack(packed: npt.NDArray[np.uint64], row: Images) -> None:
    """Writes the low byte of each lane; what a shift leaves above it falls away."""
    for u in range(len(packed)):
        row[u, 0] = np.uint8(packed[u])
        row[u, 1] = np.uint8(packed[u] >> U64(16))
        row[u, 2] = np.uint8(packed[u] >> U64(32))
