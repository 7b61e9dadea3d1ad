from dataclasses import replace

import numpy as np

from drive_sim.lessons.road.recovery import Config, find_back, grid_of_starts
from drive_sim.lessons.road.recovery_page import extreme_views
from drive_sim.sim.suites import make_suite
from tests.lessons.road.small_road import RECOVERY

CONFIG = RECOVERY.config


def test_the_grid_is_symmetric_and_holds_the_lane_and_the_box():
    (offsets_m, degrees), in_box = Config().axes, Config().in_box
    np.testing.assert_array_equal(offsets_m, -offsets_m[::-1])
    assert {0.0, -1.5, 1.5} <= set(offsets_m)
    assert 8.0 in degrees
    assert in_box.sum() == 13 * 5


def test_cars_start_everywhere_on_the_grid_and_at_one_place():
    starts = grid_of_starts(CONFIG, make_suite("held-out", num_roads=2), 1)
    assert len(starts) == CONFIG.in_box.size == len({*zip(starts.offset_m, starts.heading_rad, strict=True)})
    assert len(set(starts.s_m)) == 1


def test_the_expert_finds_back_from_the_box_and_not_from_beyond_the_edge():
    config = replace(CONFIG, num_ticks=60, most_off_m=3.0)
    found = find_back(config, "expert", 0, lambda *_: None)
    assert found.recovered[config.in_box].min() == 1.0
    assert found.recovered[np.abs(config.axes[0]) > 2.2].max() == 0.0
    assert found.lost_in_box_by_road.sum() == 0


def test_views_from_the_corners_differ_from_the_lane_s():
    lane, corner = extreme_views(CONFIG)
    assert lane.shape == (300, 600, 3)
    assert (lane != corner).mean() > 0.3
