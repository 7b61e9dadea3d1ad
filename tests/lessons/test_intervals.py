import numpy as np
import pytest

from drive_sim.lessons.intervals import estimate_per_km, estimate_rate


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


def test_events_a_km_none_few_and_many():
    km = np.full(200, 2.5)
    none = estimate_per_km(np.zeros(200), km)
    assert (none.mean, none.low, none.high) == (0.0, 0.0, pytest.approx(3.0 / 500.0))
    one = estimate_per_km(np.eye(200)[0], km)  # a Poisson count of 1: 0.0253 to 5.572 (Garwood 1936)
    assert one.mean == pytest.approx(1.0 / 500.0)
    assert one.low == pytest.approx(0.0253 / 500.0, rel=1e-2)
    assert one.high == pytest.approx(5.572 / 500.0, rel=1e-3)
    even = np.full(200, 3.0)
    assert estimate_per_km(even, km).low == estimate_per_km(even, km).high == pytest.approx(3.0 / 2.5)
    clustered = np.where(np.arange(200) < 20, 30.0, 0.0)
    many = estimate_per_km(clustered, km)
    assert many.low is not None
    assert many.high is not None
    assert many.mean == pytest.approx(600.0 / 500.0)
    assert many.high - many.low > 4.0 * 1.96 * np.sqrt(600.0) / 500.0  # far wider than if they were independent
