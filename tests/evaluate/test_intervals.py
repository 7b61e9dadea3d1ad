import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from drive_sim.evaluate.intervals import (
    bootstrap_interval,
    estimate_crossed,
    estimate_crossed_per_km,
    estimate_difference_per_km,
    estimate_mean,
    estimate_per_km,
    estimate_rate,
    estimate_ratio,
    estimate_share,
)


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


def test_nine_events_are_few_and_ten_are_not():
    for count, interval in ((9, "exact, of a Poisson process"), (10, "bootstrap over 20 drives")):
        counts = (np.arange(20) < count).astype(float)
        assert estimate_per_km(counts, np.ones(20)).interval == interval
        in_two_seeds = estimate_crossed_per_km(counts.reshape(2, 10), np.ones((2, 10))).interval
        assert in_two_seeds == interval.replace("20 drives", "seeds and roads")


def test_roads_that_all_seeds_share_are_drawn_for_all_of_them():
    hard = np.zeros((5, 10))
    hard[:, 3] = 1.0  # one road is lost by every seed
    crossed, nested = estimate_crossed(hard), estimate_rate(hard)
    assert crossed.mean == nested.mean == pytest.approx(0.1)
    assert crossed.low == 0.0
    assert crossed.high is not None
    assert nested.high is not None
    assert crossed.high > 1.5 * nested.high
    assert estimate_crossed(np.zeros((5, 10))).high == pytest.approx(3.0 / 50.0)


def test_a_ratio_is_drawn_together():
    rng = np.random.default_rng(0)
    below = rng.random((5, 8)) + 0.5
    ratio = estimate_ratio(3.0 * below, below)
    assert (ratio.mean, ratio.low, ratio.high) == pytest.approx((3.0, 3.0, 3.0))


def test_the_mean_of_five_numbers_has_student_s_interval():
    of = estimate_mean([1.0, 2.0, 3.0, 4.0, 5.0])
    assert of.mean == 3.0
    assert of.high == pytest.approx(3.0 + 2.776 * np.sqrt(2.5 / 5.0), rel=1e-3)
    assert estimate_mean([1.0]).low is None
    same = estimate_mean([2.0, 2.0, 2.0])
    assert (same.mean, same.low, same.high) == (2.0, None, None)
    assert "same" in same.interval
    possible = estimate_mean([0.0, 0.2, 0.9], least=0.0, most=1.0)
    assert (possible.low, possible.high) == (0.0, 1.0)


def test_a_single_drive_has_no_spread_to_resample():
    assert estimate_crossed([[3.0]]).low is None
    for of in (estimate_per_km([34.0], [1.0]), estimate_crossed_per_km([[34.0]], [[1.0]])):
        assert of.low == pytest.approx(23.55, abs=0.01)  # of a Poisson process that was counted 34 times
        assert of.high == pytest.approx(47.51, abs=0.01)


def test_a_share_has_the_exact_interval():
    three = estimate_share(3, 50)  # Clopper and Pearson: 0.0125 to 0.1655
    assert (three.low, three.high) == (pytest.approx(0.0125, abs=1e-4), pytest.approx(0.1655, abs=1e-4))
    assert estimate_share(0, 50).high == pytest.approx(0.06)
    assert estimate_share(50, 50).high == 1.0


@pytest.mark.filterwarnings("error")
def test_a_ratio_to_nothing_is_infinite_and_to_what_is_sometimes_nothing_may_be():
    some, nothing = np.ones((3, 4)), np.zeros((3, 4))
    assert estimate_ratio(some, nothing).high == np.inf
    rare = nothing.copy()
    rare[0, 0] = 0.5
    ratio = estimate_ratio(some, rare)
    assert ratio.mean == 24.0
    assert ratio.low is not None
    assert 1.0 < ratio.low < 24.0
    assert ratio.high == np.inf


def test_of_a_difference_what_is_drawn_together_cancels():
    """Two that need the same on every road differ by nothing, however much the roads differ; of few nothing is told."""
    counts = np.tile([0.0, 1.0, 9.0, 2.0], (3, 1))
    km = np.full((3, 4), 2.0)
    same = estimate_difference_per_km(counts, km, counts, km)
    assert (same.mean, same.low, same.high) == (0.0, 0.0, 0.0)
    more = estimate_difference_per_km(2.0 * counts, km, counts, km)
    assert more.low is not None
    assert more.high is not None
    assert more.mean == pytest.approx(1.5)
    assert 0.0 < more.low < more.mean < more.high
    few, many = np.eye(3, 4), 3.0 * np.eye(3, 4)
    assert estimate_difference_per_km(few, km, few, km).low is None
    assert estimate_difference_per_km(few, km, many, km).low is not None, "together they are twelve"


def test_a_statistic_of_groups_is_resampled_and_nan_left_out():
    values = np.arange(50.0)
    low, high = bootstrap_interval(lambda groups: float(values[groups].mean()), 50, 2000)
    half = 1.96 * values.std() / np.sqrt(50)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.5)
    known = bootstrap_interval(lambda groups: 1.0 if 0 in groups else np.nan, 2, 100)
    assert known == (1.0, 1.0)
    assert np.isnan(bootstrap_interval(lambda groups: np.nan, 2, 10)).all()


_SHARES = arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 4)), elements=st.floats(0.0, 1.0))


@settings(max_examples=8, deadline=None)
@given(_SHARES, st.integers(0, 40))
def test_no_interval_runs_beyond_what_is_possible(shares: np.ndarray, scale: int):
    """Of counts, rates and distances none below zero, of shares none above one, however few there are."""
    counts, km = np.round(scale * shares), np.full(shares.shape, 0.5)
    of_shares = [
        estimate_crossed(shares, most=1.0),
        estimate_rate(shares, most=1.0),
        estimate_mean(shares.ravel(), least=0.0, most=1.0),
        estimate_share(int((shares > 0.5).sum()), shares.size),
    ]
    of_counts = [
        estimate_rate(counts),
        estimate_crossed(counts),
        estimate_per_km(counts.ravel(), km.ravel()),
        estimate_crossed_per_km(counts, km),
        estimate_mean(counts.ravel(), least=0.0),
        estimate_ratio(counts, km),
    ]
    for of in (*of_shares, *of_counts, *(of.percent for of in of_shares), *(of.complement for of in of_shares)):
        assert of.low is None or of.low >= -1e-12
        assert of.ends[0] - 1e-9 <= of.mean <= of.ends[1] + 1e-9
    assert all(of.ends[1] <= 1.0 + 1e-12 for of in of_shares)
