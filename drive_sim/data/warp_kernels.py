"""The loops of the warp, compiled: pixels packed into one uint64 of 16-bit lanes (red, green, blue).

One multiplication then weighs all three colours. Each stage is a loop over one row into a small buffer, which the
compiler vectorises; only the look-ups of neighbours go one by one.
"""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images
from drive_sim.sim.compiled import njit

Planes = npt.NDArray[np.float64]
"""(n, 2, 2, 3): for sky and ground, the coefficients (column, row, 1) of l and of z."""
Tables = npt.NDArray[np.uint64]
"""(n, 3, 256): what each value of red, green and blue adds to the lanes of a packed pixel."""
Packed = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint32]

LANE_UNIT = 16
"""A grey level in a table's lane: four fractional bits, so that the sum of three tables is rounded once."""
LANE_ZERO = 3 * 2048
"""Black in the sum of three tables: sums may fall below it before they are clipped."""
TABLE_TOP = 32767 // 3
"""The most that a table may add: three of them still fit a signed lane."""

I16, U32, U64 = np.int16, np.uint32, np.uint64
# numba widens whatever is computed to 64 bits: a cast after each step keeps vectors of narrow lanes.
KERNEL = {"nogil": True, "error_model": "numpy"}


@njit(**KERNEL)
def pack_lanes(all_lanes: float, own_lane: float, channel: int) -> np.uint64:
    """What one value of one channel adds to a packed pixel: grey levels to all three lanes, and to its own."""
    packed = U64(0)
    for lane in range(3):
        level = all_lanes + (own_lane if lane == channel else 0.0)
        level = min(max(level * LANE_UNIT + (LANE_ZERO // 3 + 0.5), 0.0), float(TABLE_TOP))
        packed |= U64(level) << U64(16 * lane)
    return packed


class Scratch(NamedTuple):
    """Buffers that the stages hand on; kernels take what they loop over out of it first, which counts references."""

    pixels: Packed
    """A packed picture with one more row and column: a neighbour of weight 0 is read, but must exist."""
    lanes: npt.NDArray[np.int16]
    """The same memory by lanes."""
    neighbour: Words
    """Each pixel's upper left neighbour in `pixels` (w,)."""
    weights: Words
    """Bilinear weights (4, w) of the neighbours: that one, right of it, below, both; they sum to 256."""

    @classmethod
    def of(cls, height_px: int, width_px: int) -> Self:
        """Buffers for pictures of this size."""
        pixels = np.zeros((height_px + 1) * (width_px + 1), np.uint64)
        neighbour, weights = np.empty(width_px, np.uint32), np.empty((4, width_px), np.uint32)
        return cls(pixels, pixels.view(np.int16), neighbour, weights)


@njit(**KERNEL)
def redraw_kernel(
    images: Images,
    planes: Planes,
    lens: tuple[float, float],
    tables: Tables,
    still: npt.NDArray[np.bool_],
    smears: bool,
    scratch: Scratch,
    out: Images,
) -> None:
    """Fills `out` (n, h, w, 3); `lens` is the centre's column and the horizon's row, `still` (n,) is not moved.

    What lies outside of a picture is found straight ahead of it, or where it `smears`, at the edge beside it.
    """
    n, h, w, _ = images.shape
    for i in range(n):
        _pack(images[i], tables[i], scratch)
        for v in range(h):
            if still[i]:
                _unpack(scratch.pixels[v * (w + 1) :], out[i, v])
                continue
            ground = v > lens[1]
            _aim(planes[i, int(ground)], v, lens, h, ground, smears, scratch)
            _blend(scratch, w + 1, out[i, v])


@njit(**KERNEL)
def _pack(image: Images, tables: Tables, scratch: Scratch) -> None:
    """Looks every pixel up and clips it to 0..255 in its lanes."""
    h, w, _ = image.shape
    pixels, lanes = scratch.pixels, scratch.lanes
    for v in range(h):
        # Slices from 0 on, so that no index can be negative: numba checks for that, and then nothing vectorises.
        first = v * (w + 1)
        row, row_lanes = pixels[first : first + w], lanes[4 * first : 4 * (first + w)]
        for u in range(w):
            row[u] = tables[0, image[v, u, 0]] + tables[1, image[v, u, 1]] + tables[2, image[v, u, 2]]
        for k in range(4 * w):
            level = I16(I16(row_lanes[k] - I16(LANE_ZERO - LANE_UNIT // 2)) >> I16(4))
            row_lanes[k] = min(max(level, I16(0)), I16(255))


@njit(**KERNEL)
def _aim(
    plane: Planes, v: int, lens: tuple[float, float], height_px: int, ground: bool, smears: bool, scratch: Scratch
) -> None:
    """Where one row of pixels comes from, inside the picture, to 1/256 of a pixel: neighbours and weights."""
    neighbour, weights = scratch.neighbour, scratch.weights
    width_px = len(neighbour)
    centre_px, horizon_px = lens
    right, bottom = np.float32(width_px - 1), np.float32(height_px - 1)
    centre, horizon, depth = np.float32(centre_px), np.float32(horizon_px), np.float32(v - horizon_px)
    l_0, l_u = np.float32(plane[0, 1] * v + plane[0, 2]), np.float32(plane[0, 0])
    z_0, z_u = np.float32(plane[1, 1] * v + plane[1, 2]), np.float32(plane[1, 0])
    z_nearest, z_farthest = np.float32(1e-3), np.float32(1e6)
    l_right, l_left = np.float32(0.0), np.float32(0.0)
    if ground and not smears:
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
        # What lies outside still, sky, is mirrored at the edges: a smear would tell that the view was turned.
        at_u, at_v = centre + sideways * nearness, horizon + depth * nearness
        if smears:
            at_u, at_v = min(max(at_u, zero), right), min(max(at_v, zero), bottom)
        # Zero first: then what is no number is 0 too, and no look-up is ever outside.
        source_u = np.int32(max(zero, right - abs(right - abs(at_u))) * unit + half)
        source_v = np.int32(max(zero, bottom - abs(bottom - abs(at_v))) * unit + half)
        to_right, down = U32(source_u & 255), U32(source_v & 255)
        both = U32(U32(to_right * down + U32(128)) >> U32(8))
        neighbour[u] = U32(np.int32(source_v >> 8) * np.int32(width_px + 1) + np.int32(source_u >> 8))
        weights[0, u] = U32(256) - to_right - down + both
        weights[1, u] = to_right - both
        weights[2, u] = down - both
        weights[3, u] = both


@njit(**KERNEL)
def _blend(scratch: Scratch, stride: int, row: Images) -> None:
    """Writes a row of pixels (w, 3), each weighed from four neighbours."""
    pixels, neighbour, weights = scratch.pixels, scratch.neighbour, scratch.weights
    for u in range(len(row)):
        # Unsigned, so that numba need not look for a negative index.
        i = U64(neighbour[u])
        pixel = (
            pixels[i] * U64(weights[0, u])
            + pixels[i + U64(1)] * U64(weights[1, u])
            + pixels[i + U64(stride)] * U64(weights[2, u])
            + pixels[i + U64(stride + 1)] * U64(weights[3, u])
            + U64(0x0080_0080_0080)
        )
        row[u, 0] = np.uint8(pixel >> U64(8))
        row[u, 1] = np.uint8(pixel >> U64(24))
        row[u, 2] = np.uint8(pixel >> U64(40))


@njit(**KERNEL)
def _unpack(packed: Packed, row: Images) -> None:
    """Writes a row of pixels (w, 3) as they were packed."""
    for u in range(len(row)):
        row[u, 0] = np.uint8(packed[u])
        row[u, 1] = np.uint8(packed[u] >> U64(16))
        row[u, 2] = np.uint8(packed[u] >> U64(32))
