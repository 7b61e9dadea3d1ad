"""Kernels that find the road along a picture row: how far each column lies inside the surface's edges."""

import numpy as np

from drive_sim.sim import lane_grid as grid
from drive_sim.sim.buffers import ALONG, GROUP, HALF_ALONG, INNER, LEFT, PASTED, RIGHT, SHARP, f4, size
from drive_sim.sim.compiled import njit

_REACH_M = 2.5
"""How far along the lane columns may share a nearest sample: the lane is followed to second order from there."""
_REACH_SAMPLES = 5
_FAR_M = f4(-1000.0)
_NONE = np.uint32(grid.NO_SAMPLE)
_BITS, _MASK = size(grid.TILE_BITS), size(grid.TILE_CELLS - 1)
_WHOLE = size(GROUP)


@njit(**PASTED)
def lane_row(floats, world, road, line, count):
    """Fill LEFT, RIGHT, SHARP, ALONG, HALF_ALONG; returns the columns between which the road lies.

    Sixteen columns share one lane sample unless they reach far along the lane or see two stretches of road.
    """
    x, y = line.x - road.origin_x_m, line.y - road.origin_y_m
    step_x, step_y = line.step_x, line.step_y
    low, high = count, 0
    for group in range(0, count, GROUP):
        group_x, group_y = x + group * step_x, y + group * step_y
        # Two probes a group: the mapped band around a road is wider than the gap between them.
        early = _cell(world, road, group_x + 3.5 * step_x, group_y + 3.5 * step_y)
        late = _cell(world, road, group_x + 11.5 * step_x, group_y + 11.5 * step_y)
        nearest, whole = _shared_sample(early, late)
        if nearest == grid.NO_SAMPLE:
            _fill_far(floats, size(group), _WHOLE)
            continue
        low = min(low, group)
        high = group + GROUP
        lane = world.lane[road.lane_start + nearest]
        along_m = GROUP * abs(step_x * lane[grid.COS] + step_y * lane[grid.SIN])
        if whole and along_m < _REACH_M:
            _project(floats, lane, group_x, group_y, line, group, _WHOLE)
        else:
            _project_singly(floats, world, road, line, group)
    return min(low, high), high


@njit(**INNER)
def _shared_sample(early, late):
    """The sample between two probes' nearest ones, and whether it will do for all columns about them."""
    a, b = np.int64(early & _NONE), np.int64(late & _NONE)
    alone = (early >> np.uint32(16)) == _NONE and (late >> np.uint32(16)) == _NONE
    if a == grid.NO_SAMPLE:
        return b, alone
    if b == grid.NO_SAMPLE:
        return a, alone
    return (a + b) // 2, alone and abs(a - b) <= _REACH_SAMPLES


@njit(**INNER)
def _project_singly(floats, world, road, line, group):
    """A group whose columns each take their own sample, and where two stretches of road meet, the union of both."""
    for u in range(group, group + GROUP):
        here_x = line.x - road.origin_x_m + u * line.step_x
        here_y = line.y - road.origin_y_m + u * line.step_y
        word = _cell(world, road, here_x, here_y)
        column = size(u)
        if word & _NONE == _NONE:
            _fill_far(floats, column, size(1))
            continue
        _project(floats, world.lane[road.lane_start + np.int64(word & _NONE)], here_x, here_y, line, u, size(1))
        other = np.int64(word >> np.uint32(16))
        if other == grid.NO_SAMPLE:
            continue
        left, right, along = floats[LEFT + column], floats[RIGHT + column], floats[ALONG + column]
        sharp, half_along = floats[SHARP + column], floats[HALF_ALONG + column]
        _project(floats, world.lane[road.lane_start + other], here_x, here_y, line, u, size(1))
        if min(left, right) > min(floats[LEFT + column], floats[RIGHT + column]):
            floats[LEFT + column], floats[RIGHT + column], floats[ALONG + column] = left, right, along
            floats[SHARP + column], floats[HALF_ALONG + column] = sharp, half_along


@njit(**INNER)
def _cell(world, road, x, y):
    """The word of the cell that holds a point (metres from the map's corner); outside the map, no sample."""
    # What is left of or below the map wraps to a huge unsigned number: one test a side.
    column, row = size(np.int64(x)), size(np.int64(y))
    if column >= road.columns or row >= road.rows:
        return grid.EMPTY
    tile = world.tile_map[road.map_start + (row >> _BITS) * road.tile_columns + (column >> _BITS)]
    if tile < 0:
        return grid.EMPTY
    return world.cells[size(tile) + ((row & _MASK) << _BITS) + (column & _MASK)]


@njit(**INNER)
def _fill_far(floats, first, count):
    for i in range(count):
        floats[LEFT + first + i] = _FAR_M
        floats[RIGHT + first + i] = _FAR_M
        floats[SHARP + first + i] = f4(1.0)
        floats[ALONG + first + i] = f4(0.0)
        floats[HALF_ALONG + first + i] = f4(1.0)


@njit(**INNER)
def _project(floats, lane, x, y, line, column, count):
    """`count` columns from one on, which sees (x, y), in the frame of a lane sample, curved with it to second order."""
    cos, sin = lane[grid.COS], lane[grid.SIN]
    step_x, step_y, stretch = line.step_x, line.step_y, f4(line.stretch)
    deep_x, deep_y = line.deep_x + column * line.stretch * step_x, line.deep_y + column * line.stretch * step_y
    x -= lane[grid.X]
    y -= lane[grid.Y]
    t0, t_step = f4(x * cos + y * sin), f4(step_x * cos + step_y * sin)
    n0, n_step = f4(y * cos - x * sin), f4(step_y * cos - step_x * sin)
    deep_t0, deep_n0 = f4(deep_x * cos + deep_y * sin), f4(deep_y * cos - deep_x * sin)
    curvature, left, right, along = lane[grid.CURVATURE], lane[grid.LEFT], lane[grid.RIGHT], lane[grid.ALONG]
    left_slope, right_slope = lane[grid.LEFT_SLOPE], lane[grid.RIGHT_SLOPE]
    first = size(column)
    for i in range(count):
        t_gone, n_gone = t_step * f4(np.int32(i)), n_step * f4(np.int32(i))
        t, n = t0 + t_gone, n0 + n_gone
        gone = t / max(f4(1.0) - curvature * n, f4(0.2))
        across = n - f4(0.5) * curvature * t * gone
        floats[LEFT + first + i] = left + left_slope * gone - across
        floats[RIGHT + first + i] = right + right_slope * gone + across
        floats[ALONG + first + i] = along + gone
        # The footprint's two sides, across and along the lane: a box of the same spread as both of them together.
        deep_t, deep_n = deep_t0 + stretch * t_gone, deep_n0 + stretch * n_gone
        floats[SHARP + first + i] = f4(1.0) / np.sqrt(n_step * n_step + deep_n * deep_n + f4(1e-8))
        floats[HALF_ALONG + first + i] = f4(0.5) * np.sqrt(t_step * t_step + deep_t * deep_t + f4(1e-8))
