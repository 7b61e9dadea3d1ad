"""What drives have cost so far, tick by tick, as curves with bands: J(T), the cost of T ticks summed (see `unaided`).

A band is a bootstrap over groups of cars, such as roads: cars on one road err alike. A cost that cannot exceed 1 bends
its curve to a straight line once everybody pays that, whatever the theorem says; `clamped_from` says from when on.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex
from drive_sim.evaluate.intervals import percentile_interval
from drive_sim.evaluate.unaided import COSTS, NUM_RESAMPLES, CarTicks, growth_exponent

PerTick = Annotated[npt.NDArray[np.float64], "t"]
NUM_FOR_BANDS = 400
"""Of the bootstrap's resamples; the exponent takes all of them."""
CLAMPED_SHARE = 0.5
"""From so many of the cars on, the limit of the cost is said to bend the curve."""


@dataclass(frozen=True, slots=True, eq=False)
class CostCurve:
    """Of a batch of cars: the cost of the first T ticks (t,), in the mean over cars, and its 95 % band over groups.

    `exponent` with its interval: the slope over `window` (first and last tick, from 1) on log-log axes; NaN where the
    curve is zero there. `clamped_from`: the tick from which on half of the cars pay 1 a tick, to the end; None: never.
    """

    total: PerTick
    low: PerTick
    high: PerTick
    exponent: float
    exponent_low: float
    exponent_high: float
    window: tuple[int, int]
    clamped_from: int | None
    clamped_share: float


def cost_curve(name: str, offset_m: CarTicks, group: CarIndex, half_width_m: float) -> CostCurve:
    """The curve of one of COSTS, of cars whose offsets (t, n) are known, the start not among them; t is 2 or more."""
    cost = COSTS[name](offset_m, half_width_m)
    window, resampled = window_of(len(cost)), _resampled_totals(cost, group)
    low, high = np.quantile(resampled[:NUM_FOR_BANDS], [0.025, 0.975], axis=0)
    clamped = (cost >= 1.0).mean(axis=1)
    return CostCurve(
        np.cumsum(cost.mean(axis=1)),
        low,
        high,
        growth_exponent(cost, *window),
        *_slope_interval(resampled, *window),
        window,
        _to_the_end(clamped >= CLAMPED_SHARE),
        float(clamped[-1]),
    )


def window_of(num_ticks: int) -> tuple[int, int]:
    """The ticks of which the exponent is the slope: the last three quarters, two octaves of the axis."""
    return max(1, num_ticks // 4), num_ticks


def _to_the_end(holds: npt.NDArray[np.bool_]) -> int | None:
    """The first tick, counted from 1, from which on it holds to the end; None where it does not hold there."""
    misses = np.flatnonzero(~holds)
    first = int(misses[-1]) + 2 if len(misses) else 1
    return first if first <= len(holds) else None


def _resampled_totals(cost: CarTicks, group: CarIndex) -> Annotated[npt.NDArray[np.float64], "b t"]:
    """What T ticks cost in resamples of the groups, the same ones as `growth_interval` draws."""
    by_group = np.stack([cost[:, group == one].mean(axis=1) for one in np.unique(group)])
    num_groups = len(by_group)
    drawn = np.random.default_rng(0).integers(num_groups, size=(NUM_RESAMPLES, num_groups))
    times_drawn = np.zeros((NUM_RESAMPLES, num_groups))
    np.add.at(times_drawn, (np.arange(NUM_RESAMPLES)[:, None], drawn), 1.0)
    return np.cumsum(times_drawn @ by_group / num_groups, axis=1)


def _slope_interval(
    totals: Annotated[npt.NDArray[np.float64], "b t"], first_tick: int, last_tick: int
) -> tuple[float, float]:
    """The 95 % interval of the slope of log J over log T: `growth_interval`, all resamples at once."""
    within = totals[:, first_tick - 1 : last_tick]
    within = within[within.min(axis=1) > 0.0]
    if not len(within):
        return float("nan"), float("nan")
    log_tick = np.log(np.arange(first_tick, last_tick + 1))
    away = log_tick - log_tick.mean()
    return percentile_interval(np.log(within) @ away / (away @ away))
