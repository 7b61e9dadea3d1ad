"""What is kept of roads, and for how long."""

import gc
import weakref

from drive_sim.sim.lane_grid import lane_grid
from drive_sim.sim.road_generator import make_circle


def test_a_grid_is_made_once_and_goes_with_its_road() -> None:
    track = make_circle(60.0)
    grid = lane_grid(track)
    assert lane_grid(track) is grid
    road, cells = weakref.ref(track), weakref.ref(grid.cells)
    del track, grid
    gc.collect()
    assert road() is None
    assert cells() is None
