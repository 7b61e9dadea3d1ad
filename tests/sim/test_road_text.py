import numpy as np
import pytest

from drive_sim.sim.road_text import RoadText

ALONG_M = np.arange(0.0, 150.0, 5.0)


def survey(points_m):
    widths_m = np.full((len(points_m), 2), 4.0)
    return RoadText(np.asarray(points_m), [""] * len(points_m), widths_m)


def hairpin(radius_m):
    """Out along x, round, and back beside it: the ends lie two radii apart."""
    turn_rad = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 12)
    bend = np.stack([150.0 + radius_m * np.cos(turn_rad), radius_m * (1.0 + np.sin(turn_rad))], axis=-1)
    out = np.stack([ALONG_M, 0.0 * ALONG_M], axis=-1)
    back = np.stack([ALONG_M[::-1], 2.0 * radius_m + 0.0 * ALONG_M], axis=-1)
    return np.vstack([out, bend, back])


@pytest.mark.parametrize("radius_m", [5.0, 9.0])
def test_a_survey_whose_ends_lie_side_by_side_is_open(radius_m):
    assert not survey(hairpin(radius_m)).ends_meet


@pytest.mark.parametrize("radius_m", [9.0, 20.0, 100.0])
@pytest.mark.parametrize("start_rad", [0.0, 2.0])
@pytest.mark.parametrize("turn", [-1.0, 1.0])
def test_a_ring_is_a_loop_wherever_it_begins_and_whichever_way_it_turns(radius_m, start_rad, turn):
    count = round(2.0 * np.pi * radius_m / 4.0)
    angle_rad = start_rad + turn * 2.0 * np.pi * np.arange(count) / count
    assert survey(radius_m * np.stack([np.cos(angle_rad), np.sin(angle_rad)], axis=-1)).ends_meet
