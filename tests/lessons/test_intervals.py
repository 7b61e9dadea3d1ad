import numpy as np
import pytest

from drive_sim.lessons.intervals import estimate_rate


def test_none_in_n_drives_is_bounded_by_three_over_n():
    none = estimate_rate(np.zeros((5, 20)))
    assert (none.mean, none.low, none.high) == (0.0, 0.0, 0.03)


def test_the_interval_holds_the_mean_and_grows_with_the_spread_between_seeds():
    rng = np.random.default_rng(0)
    alike = rng.poisson(3.0, (5, 20))
    apart = alike + np.array([0, 4, 0, 4, 2])[:, None]
    widths = []
    for counts in (alike, apart):
        estimate = estimate_rate(counts)
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < estimate.mean < estimate.high
        assert estimate.mean == pytest.approx(counts.mean())
        widths.append(estimate.high - estimate.low)
    assert widths[1] > 1.5 * widths[0]


def test_of_a_single_drive_there_is_no_interval():
    assert estimate_rate([[2]]).low is None


def test_the_same_counts_give_the_same_interval():
    counts = np.arange(12).reshape(3, 4)
    assert estimate_rate(counts) == estimate_rate(counts)
