"""Kernels that find the road along a picture row: how far each column lies inside the surface's edges."""

import numpy as np
from numba import njit

from drive_sim.sim import lane_grid as grid
from drive_sim.sim.buffers import ALONG, GROUP, HALF_ALONG, KERNEL, LEFT, RIGHT, SCALAR, SHARP, f4, size

_GROUP_SPAN_M = 1.6
_FAR_M = f4(-1000.0)
_NONE = np.uint32(grid.NO_SAMPLE)
_BITS, _MASK = size(grid.TILE_BITS), size(grid.TILE_CELLS - 1)


@njit(**KERNEL)
def lane_row(floats, world, road, line, cos, sin, count):
    """Fill LEFT, RIGHT, SHARP, ALONG, HALF_ALONG; returns the columns between which the road lies.

    Columns that lie close together share the nearest lane sample of their middle: near the car sixteen of them, far
    away each has its own. Within a group the lane is followed to second order, so shared samples leave no steps.
    """
    x, y, step_x, step_y, width_m, depth_m = line
    x -= road.origin_x_m
    y -= road.origin_y_m
    ahead_x, ahead_y = cos * depth_m, sin * depth_m
    share = GROUP
    while share > 1 and share * width_m > _GROUP_SPAN_M:
        share //= 4
    low, high = count, 0
    for group in range(0, count, GROUP):
        met = False
        for first in range(group, group + GROUP, share):
            middle = first + 0.5 * (share - 1)
            nearest = _cell(world, road, x + middle * step_x, y + middle * step_y) & _NONE
            if nearest == _NONE:
                _fill_far(floats, first, share)
                continue
            met = True
            lane = world.lane[road.lane_start + np.int64(nearest)]
            start_x, start_y = x + first * step_x, y + first * step_y
            if share == GROUP:  # spelled out, so that the loop inside is one vector long
                _project(floats, lane, start_x, start_y, step_x, step_y, ahead_x, ahead_y, first, GROUP)
            else:
                _project(floats, lane, start_x, start_y, step_x, step_y, ahead_x, ahead_y, first, share)
        if met:
            low = min(low, group)
            high = group + GROUP
    return min(low, high), high


@njit(**SCALAR)
def _cell(world, road, x, y):
    """The word of the cell that holds a point (metres from the map's corner); outside the map, no sample."""
    # What is left of or below the map wraps to a huge unsigned number: one test a side.
    column, row = size(np.int64(x)), size(np.int64(y))
    if column >= road.columns or row >= road.rows:
        return _NONE
    tile = world.tile_map[road.map_start + (row >> _BITS) * road.tile_columns + (column >> _BITS)]
    if tile < 0:
        return _NONE
    return world.cells[size(tile) + ((row & _MASK) << _BITS) + (column & _MASK)]


@njit(**SCALAR)
def _fill_far(floats, first, share):
    first = size(first)
    for i in range(size(share)):
        floats[LEFT + first + i] = _FAR_M
        floats[RIGHT + first + i] = _FAR_M
        floats[SHARP + first + i] = f4(1.0)
        floats[ALONG + first + i] = f4(0.0)
        floats[HALF_ALONG + first + i] = f4(1.0)


@njit(**SCALAR)
def _project(floats, lane, x, y, step_x, step_y, ahead_x, ahead_y, first, share):
    """Columns `first` to `first + share` in the frame of one lane sample, curved with the lane to second order."""
    cos, sin = lane[grid.COS], lane[grid.SIN]
    x -= lane[grid.X]
    y -= lane[grid.Y]
    t0, t_step = f4(x * cos + y * sin), f4(step_x * cos + step_y * sin)
    n0, n_step = f4(y * cos - x * sin), f4(step_y * cos - step_x * sin)
    # The footprint's two sides, along and across the lane: a box of the same spread as both of them together.
    deep_t, deep_n = f4(ahead_x * cos + ahead_y * sin), f4(ahead_y * cos - ahead_x * sin)
    sharp = f4(1.0) / np.sqrt(n_step * n_step + deep_n * deep_n + f4(1e-8))
    half_along = f4(0.5) * np.sqrt(t_step * t_step + deep_t * deep_t + f4(1e-8))
    curvature, left, right, along = lane[grid.CURVATURE], lane[grid.LEFT], lane[grid.RIGHT], lane[grid.ALONG]
    left_slope, right_slope = lane[grid.LEFT_SLOPE], lane[grid.RIGHT_SLOPE]
    first = size(first)
    for i in range(size(share)):
        t, n = t0 + t_step * f4(np.int32(i)), n0 + n_step * f4(np.int32(i))
        gone = t / max(f4(1.0) - curvature * n, f4(0.2))
        across = n - f4(0.5) * curvature * t * gone
        floats[LEFT + first + i] = left + left_slope * gone - across
        floats[RIGHT + first + i] = right + right_slope * gone + across
        floats[ALONG + first + i] = along + gone
        floats[SHARP + first + i] = sharp
        floats[HALF_ALONG + first + i] = half_along
