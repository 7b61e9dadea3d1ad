"""Curves of what drives have cost: the sums and intervals of `unaided`, and where a cost's limit bends them."""

import numpy as np
import pytest

from drive_sim.evaluate.cost_curves import cost_curve, window_of
from drive_sim.evaluate.unaided import COSTS, growth_exponent, growth_interval

HALF_WIDTH_M = 2.2
GROUP = np.repeat(np.arange(5), 3)


def wandering(num_ticks: int = 60) -> np.ndarray:
    return np.cumsum(np.random.default_rng(1).normal(0.0, 0.15, (num_ticks, len(GROUP))), axis=0)


@pytest.mark.parametrize("name", list(COSTS))
def test_exponent_and_interval_are_those_of_the_batch_experiment(name: str) -> None:
    offset_m = wandering()
    curve, cost = cost_curve(name, offset_m, GROUP, HALF_WIDTH_M), COSTS[name](offset_m, HALF_WIDTH_M)
    np.testing.assert_array_equal(curve.total, np.cumsum(cost.mean(axis=1)))
    if np.cumsum(cost.mean(axis=1))[window_of(60)[0] - 1] > 0.0:
        assert curve.exponent == growth_exponent(cost, *curve.window)
        interval = growth_interval(cost, GROUP, *curve.window)
        assert (curve.exponent_low, curve.exponent_high) == pytest.approx(interval, rel=1e-9)


def test_a_band_holds_its_curve_and_vanishes_where_all_groups_are_alike() -> None:
    curve = cost_curve("plain", wandering(), GROUP, HALF_WIDTH_M)
    assert (curve.low <= curve.total).all()
    assert (curve.total <= curve.high).all()
    alike = cost_curve("plain", np.full((20, len(GROUP)), 0.5), GROUP, HALF_WIDTH_M)
    np.testing.assert_allclose(alike.low, alike.high)
    assert alike.exponent == pytest.approx(1.0)


def test_the_limit_is_told_from_the_tick_on_from_which_half_of_the_cars_pay_it_to_the_end() -> None:
    offset_m = np.zeros((20, len(GROUP)))
    offset_m[3, :] = 5.0  # all are out for a moment, and come back
    offset_m[8:, :9] = 5.0
    curve = cost_curve("squared", offset_m, GROUP, HALF_WIDTH_M)
    assert curve.clamped_from == 9
    assert curve.clamped_share == pytest.approx(0.6)
    offset_m[8:, :9] = 1.0
    assert cost_curve("squared", offset_m, GROUP, HALF_WIDTH_M).clamped_from is None


def test_who_pays_nothing_has_no_exponent() -> None:
    curve = cost_curve("intervention", np.zeros((20, len(GROUP))), GROUP, HALF_WIDTH_M)
    assert np.isnan([curve.exponent, curve.exponent_low, curve.exponent_high]).all()
