import numpy as np
import pytest

from drive_sim.sim.broken_track import unbroken

ANGLE_RAD = 2.0 * np.pi * np.arange(100) / 100
RING_M = 200.0 * np.stack([np.cos(ANGLE_RAD), np.sin(ANGLE_RAD)], axis=-1)


@pytest.mark.parametrize("segments", [[], [0], [0, 30, 60], [0, 99]])
def test_segments_that_go_on_where_the_last_ended_are_one_way(segments):
    kept, told = unbroken(RING_M, segments)
    np.testing.assert_array_equal(kept, np.arange(100))
    assert told == ""


@pytest.mark.parametrize("after", [True, False])
def test_a_segment_somewhere_else_is_left_out_and_told(after):
    stray_m = RING_M[:7] + 5000.0
    points_m, start = (np.vstack([RING_M, stray_m]), 100) if after else (np.vstack([stray_m, RING_M]), 7)
    kept, told = unbroken(points_m, [0, start])
    np.testing.assert_array_equal(points_m[kept], RING_M)
    assert told.startswith("7 points of segments more than 500 m away are left out")


@pytest.mark.parametrize("leap_m", [80.0, 1000.0, 1e5])
def test_a_leap_and_back_is_left_out_and_told_and_noise_is_not(leap_m):
    noisy_m = RING_M + np.random.default_rng(2).normal(0.0, 3.0, RING_M.shape)
    assert unbroken(noisy_m, [0])[1] == ""
    leaping_m = np.insert(noisy_m, 40, noisy_m[40] + [leap_m, 0.0], axis=0)
    kept, told = unbroken(leaping_m, [0])
    np.testing.assert_array_equal(leaping_m[kept], noisy_m)
    assert told.startswith("1 point to which it leaps")
