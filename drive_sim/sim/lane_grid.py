"""A map from ground points to the nearest sample of the lane, made so that the camera's kernel finds it in two loads.

Square cells of 1 m are kept in tiles of 16 x 16, and only tiles near the road exist: a circuit of 6 km in a box of
2 km x 1 km needs about 1 MB. A cell is one word: its nearest sample in the low half and, where the road crosses itself
or passes near, the nearest sample of the other stretch in the high half.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.sim.buffers import PASTED
from drive_sim.sim.compiled import njit
from drive_sim.sim.track import Track, Tracks

TILE_BITS = 4
TILE_CELLS = 1 << TILE_BITS
NO_SAMPLE = 0xFFFF
EMPTY = np.uint32(NO_SAMPLE << 16 | NO_SAMPLE)
MARGIN_M = 5.0
"""How far beyond the surface's edge cells know their sample: shoulder, soft edges and wide footprints live there."""
_OTHER_STRETCH_M = 40.0
"""Samples this far apart along the road are two stretches of it, even where they lie side by side."""
LANE_COLUMNS = 10
X, Y, COS, SIN, CURVATURE, LEFT, RIGHT, LEFT_SLOPE, RIGHT_SLOPE, ALONG = range(LANE_COLUMNS)

Words = npt.NDArray[np.uint32]


class LaneGrid(NamedTuple):
    """One road's cells: `tile_map` (rows, columns) names each tile of `cells` (tiles, 256) or -1; `lane` (k, 10)."""

    origin_m: tuple[float, float]
    tile_map: Annotated[npt.NDArray[np.int32], "rows columns"]
    cells: Annotated[Words, "tiles 256"]
    lane: Annotated[npt.NDArray[np.float32], "k 10"]


class WorldMap(NamedTuple):
    """The grids of a batch of roads, packed for the kernel; `frame_m` and `layout` hold a row a road (`road_on`)."""

    frame_m: Annotated[npt.NDArray[np.float64], "r 3"]
    layout: Annotated[npt.NDArray[np.int64], "r 5"]
    tile_map: npt.NDArray[np.int32]
    cells: Words
    lane: Annotated[npt.NDArray[np.float32], "total 10"]


class Road(NamedTuple):
    """Where one road's map lies in a `WorldMap`, as scalars for the kernel."""

    origin_x_m: float
    origin_y_m: float
    length_m: float
    map_start: np.uint64
    tile_columns: np.uint64
    rows: np.uint64
    columns: np.uint64
    lane_start: int
    two_lane: bool


@lru_cache(maxsize=8)
def world_map(tracks: Tracks) -> WorldMap:
    """The packed grids of these roads; made once for each batch of roads (a batch is known by its identity)."""
    grids = [lane_grid(track) for track in tracks.tracks]
    map_start = _starts([grid.tile_map.size for grid in grids])
    cell_start = _starts([grid.cells.size for grid in grids])
    two_lane = [track.lines == "two-lane" for track in tracks.tracks]
    tile_maps = [
        np.where(grid.tile_map < 0, -1, grid.tile_map * grid.cells.shape[1] + start).ravel()
        for grid, start in zip(grids, cell_start, strict=True)
    ]
    shapes = [grid.tile_map.shape for grid in grids]
    return WorldMap(
        frame_m=np.column_stack([[grid.origin_m for grid in grids], tracks.length_m]),
        layout=np.column_stack([map_start, shapes, tracks.start, two_lane]).astype(np.int64),
        tile_map=np.concatenate(tile_maps).astype(np.int32),
        cells=np.concatenate([grid.cells.ravel() for grid in grids]),
        lane=np.concatenate([grid.lane for grid in grids]),
    )


@njit(**PASTED)
def road_on(world, road_idx):
    """One road of the map, as a `Road`."""
    map_start, tile_rows, tile_columns, lane_start, two_lane = world.layout[road_idx]
    return Road(
        world.frame_m[road_idx, 0],
        world.frame_m[road_idx, 1],
        world.frame_m[road_idx, 2],
        np.uint64(map_start),
        np.uint64(tile_columns),
        np.uint64(tile_rows * TILE_CELLS),
        np.uint64(tile_columns * TILE_CELLS),
        lane_start,
        two_lane > 0,
    )


_GRIDS: WeakKeyDictionary[Track, LaneGrid] = WeakKeyDictionary()
"""Of the roads that somebody still has."""


def lane_grid(track: Track) -> LaneGrid:
    """One road's grid, made once a road and gone with it.

    Raises InputError where the road has more samples than a cell can name.
    """
    grid = _GRIDS.get(track)
    if grid is None:
        grid = _GRIDS[track] = _make_grid(track)
    return grid


def share_grid(track: Track, same: Track) -> None:
    """A road with the same surface, on which another lane is to be kept, has the same grid, where that is made."""
    if track in _GRIDS:
        _GRIDS[same] = _GRIDS[track]


def _make_grid(track: Track) -> LaneGrid:
    if len(track.x_m) >= NO_SAMPLE:
        raise InputError(f"road {track.name!r}: {len(track.x_m)} samples, the camera reads at most {NO_SAMPLE - 1}")
    reach_m = np.maximum(track.width_left_m, track.width_right_m) + MARGIN_M
    low = np.array([np.min(track.x_m - reach_m), np.min(track.y_m - reach_m)]) - 1.0
    high = np.array([np.max(track.x_m + reach_m), np.max(track.y_m + reach_m)]) + 1.0
    columns, rows = np.ceil((high - low) / TILE_CELLS).astype(int)
    x, y = track.x_m - low[0], track.y_m - low[1]
    tile_map = np.full((rows, columns), -1, dtype=np.int32)
    num_tiles = _mark_tiles(x, y, reach_m, tile_map)
    nothing, nearest, other = (np.full((num_tiles, TILE_CELLS**2), NO_SAMPLE) for _ in range(3))
    gap = int(_OTHER_STRETCH_M / track.spacing_m)
    _write_nearest(x, y, reach_m, track.closed, gap, tile_map, nothing, nearest)
    _write_nearest(x, y, reach_m, track.closed, gap, tile_map, nearest, other)
    cells = (other << 16 | nearest).astype(np.uint32)
    return LaneGrid((float(low[0]), float(low[1])), tile_map, cells, _lane_table(track, x, y))


def _lane_table(track: Track, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """What the kernel reads of each sample: place, direction, curvature, widths and their slopes, arc length."""
    along = np.arange(len(x)) * track.spacing_m
    slopes = [_slope(width, track) for width in (track.width_left_m, track.width_right_m)]
    columns = [x, y, np.cos(track.heading_rad), np.sin(track.heading_rad), track.curvature_per_m]
    return np.stack([*columns, track.width_left_m, track.width_right_m, *slopes, along], axis=-1).astype(np.float32)


def _slope(width_m: npt.NDArray[np.float64], track: Track) -> npt.NDArray[np.float64]:
    if track.closed:
        return (np.roll(width_m, -1) - np.roll(width_m, 1)) / (2.0 * track.spacing_m)
    return np.gradient(width_m, track.spacing_m)


def _starts(sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)


@njit(nogil=True, error_model="numpy")
def _mark_tiles(x, y, reach_m, tile_map):
    """Number the tiles that some sample reaches; returns how many."""
    count = 0
    for i in range(len(x)):
        for row in range(int((y[i] - reach_m[i]) / TILE_CELLS), int((y[i] + reach_m[i]) / TILE_CELLS) + 1):
            for column in range(int((x[i] - reach_m[i]) / TILE_CELLS), int((x[i] + reach_m[i]) / TILE_CELLS) + 1):
                if tile_map[row, column] < 0:
                    tile_map[row, column] = count
                    count += 1
    return count


@njit(nogil=True, error_model="numpy")
def _write_nearest(x, y, reach_m, closed, gap, tile_map, besides, nearest):
    """Into `nearest` (tiles, 256): each cell's nearest sample that lies more than `gap` samples from `besides`."""
    best2 = np.full(nearest.shape, np.inf)
    for i in range(len(x)):
        reach = reach_m[i]
        for row in range(int(y[i] - reach), int(y[i] + reach) + 1):
            for column in range(int(x[i] - reach), int(x[i] + reach) + 1):
                distance2 = (column + 0.5 - x[i]) ** 2 + (row + 0.5 - y[i]) ** 2
                tile = tile_map[row // TILE_CELLS, column // TILE_CELLS]
                cell = (row % TILE_CELLS) * TILE_CELLS + column % TILE_CELLS
                if distance2 > reach * reach or distance2 >= best2[tile, cell]:
                    continue
                apart = abs(i - besides[tile, cell])
                if closed:
                    apart = min(apart, len(x) - apart)
                if besides[tile, cell] == NO_SAMPLE or apart > gap:
                    best2[tile, cell], nearest[tile, cell] = distance2, i
