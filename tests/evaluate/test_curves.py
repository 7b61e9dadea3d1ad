"""Laws of curves of interventions a km over seconds of data: where they cross, and what a resample of them is."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate.curves import LogRates, cross, crossing_s, floored, reached_s, settled_s, worth
from drive_sim.evaluate.intervals import Draws, estimate_crossed_per_km

SECONDS = np.array([5.0, 10.0, 20.0, 40.0, 80.0])


def power_law(scale: float, exponent: float) -> np.ndarray:
    return np.log(scale * SECONDS**exponent)


def certain(*rates: float) -> LogRates:
    """A curve of which all seeds and all resamples are the same."""
    log = floored(np.array(rates), 0.01)
    return LogRates(log, np.tile(log, (10, 1)), np.tile(log, (2, 1)))


FALLING, LOW, HIGH = certain(8.0, 4.0, 0.5, 0.0), certain(1.0, 1.0, 1.0, 1.0), certain(8.0, 8.0, 8.0, 8.0)


def test_power_laws_cross_where_they_are_equal():
    # 60 / x = 6 x^-0.25 where x^0.75 = 10
    assert crossing_s(SECONDS, power_law(60.0, -1.0), power_law(6.0, -0.25)) == pytest.approx(10.0 ** (1 / 0.75))
    both = np.stack([power_law(60.0, -1.0), power_law(6.0, -0.25)])
    np.testing.assert_array_equal(
        crossing_s(SECONDS, both, both[::-1]), crossing_s(SECONDS, both[::-1], both), "whoever is named first"
    )


@pytest.mark.parametrize(
    "gap",
    [
        [0.0, 1.0, 1.0, 1.0, 2.0],  # they begin as one
        [2.0, 1.0, 0.0, 0.0, 0.0],  # they end as one
        [2.0, 0.0, 1.0, 0.0, 1.0],  # they touch
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ],
)
def test_to_touch_is_not_to_cross(gap: list[float]):
    assert np.isnan(crossing_s(SECONDS, np.array(gap), np.zeros(5)))


def test_the_last_crossing_counts_and_a_stretch_run_together_is_crossed_on_the_way():
    there_and_back = np.array([1.0, -1.0, 1.0, 1.0, 1.0])
    assert crossing_s(SECONDS, there_and_back, np.zeros(5)) == pytest.approx(np.sqrt(10.0 * 20.0))
    together = np.array([1.0, 1.0, 0.0, -1.0, -1.0])
    assert crossing_s(SECONDS, together, np.zeros(5)) == pytest.approx(20.0)


def test_rates_that_cannot_be_told_from_none_do_not_cross():
    a, b = np.array([1.0, 0.1, 0.01, 0.0, 0.005]), np.array([2.0, 0.2, 0.0, 0.01, 0.0])
    assert np.isnan(crossing_s(SECONDS, floored(a, 0.015), floored(b, 0.015)))
    assert np.isfinite(crossing_s(SECONDS, floored(a, 1e-6), floored(b, 1e-6)))


def test_a_curve_reaches_a_level_where_it_is_as_low():
    curve = power_law(60.0, -1.0)
    assert reached_s(SECONDS, curve, np.log(60.0 / 33.0)) == pytest.approx(33.0)
    assert reached_s(SECONDS, curve, np.log(100.0)) == pytest.approx(5.0), "as low from the start"
    assert np.isinf(reached_s(SECONDS, curve, np.log(0.1)))
    back_up = np.log([4.0, 1.0, 4.0, 1.0, 0.5])
    assert reached_s(SECONDS, back_up, np.log(2.0)) == pytest.approx(np.sqrt(50.0)), "the first time"


def test_settled_is_from_where_on_it_stays_low():
    rates = np.array([[0.0, 0.0, 1.0, 0.1, 0.0], [1.0, 1.0, 1.0, 1.0, 0.2], [0.0, 0.1, 0.0, 0.0, 0.1]])
    np.testing.assert_array_equal(settled_s(SECONDS, rates, 0.1), [40.0, np.inf, 5.0])


def test_a_resample_is_the_rate_of_the_seeds_and_roads_that_it_draws():
    rng = np.random.default_rng(0)
    counts, km = rng.poisson(3.0, (2, 3, 4)).astype(float), rng.uniform(1.0, 2.0, (2, 3, 4))
    draws = Draws.make(3, 4)
    rates = draws.rates(counts, km)
    for n in (0, 17):
        seeds, roads = (np.repeat(np.arange(len(w[n])), w[n].astype(int)) for w in (draws.seeds, draws.roads))
        assert (len(seeds), len(roads)) == (3, 4)
        drawn = np.ix_(np.arange(2), seeds, roads)
        np.testing.assert_allclose(rates[n], counts[drawn].sum(axis=(1, 2)) / km[drawn].sum(axis=(1, 2)))
    # Drawn together: what is the same at both points is the same in every resample.
    same = draws.rates(np.stack([counts[0], counts[0]]), np.stack([km[0], km[0]]))
    np.testing.assert_array_equal(same[:, 0], same[:, 1])


def test_a_point_has_an_interval_around_its_rate_and_three_over_n_where_there_was_none():
    counts, km = np.random.default_rng(0).poisson(2.0, (5, 20)).astype(float), np.full((5, 20), 2.0)
    many = estimate_crossed_per_km(counts, km, Draws.make(5, 20))
    assert many.low is not None
    assert many.high is not None
    assert many.low < many.mean == counts.sum() / 200.0 < many.high
    none = estimate_crossed_per_km(np.zeros((5, 20)), km, Draws.make(5, 20))
    assert (none.mean, none.high) == (0.0, 3.0 / 200.0)


def test_two_curves_cross_between_the_points_where_the_better_one_changes():
    crossing = cross(SECONDS[:4], ("low", "falling"), {"low": LOW, "falling": FALLING})
    # From log 4 to log 0.5 in one doubling: at log 1 two thirds of the way.
    assert crossing.at_s == pytest.approx(10.0 * 2.0 ** (2 / 3))
    assert crossing.per_km == pytest.approx(1.0)
    assert crossing.low_s == crossing.high_s == crossing.per_seed_s[1] == pytest.approx(crossing.at_s)
    assert crossing.better == ["low", "low", "falling", "falling"]
    assert crossing.settled
    never = cross(SECONDS[:4], ("high", "falling"), {"high": HIGH, "falling": FALLING})
    assert (never.at_s, never.low_s, never.share_crossing, never.settled) == (None, None, 0.0, True)
    assert never.better == [None, "falling", "falling", "falling"]


def test_a_crossing_that_half_of_the_resamples_lack_is_not_settled():
    half = np.where(np.arange(10)[:, None] < 5, FALLING.resampled, HIGH.resampled)
    crossing = cross(SECONDS[:4], ("a", "b"), {"a": replace(FALLING, resampled=half), "b": LOW})
    assert crossing.at_s is not None
    assert crossing.share_crossing == 0.5
    assert not crossing.settled


def test_a_curve_s_first_seconds_are_worth_those_in_which_another_is_as_low():
    other = certain(2.0, 1.0, 0.5, 0.0)
    found = worth(SECONDS[:4], certain(8.0, 4.0, 2.0, 1.0), other)
    assert (found.from_s, found.at_s) == (5.0, pytest.approx(20.0))
    never = worth(SECONDS[:4], HIGH, other)
    assert (never.at_s, never.high_s, never.per_seed_s) == (None, None, [None, None])
