"""Curves of interventions a km over seconds of data: resampled over seeds and roads, read between points, and crossed.

Between its points a curve is straight on two logarithmic axes. A rate of nothing has no logarithm: rates below a floor
count as the floor, so that two curves that can't be told from none are equal there, and don't cross by chance.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

Values = Annotated[npt.NDArray[np.float64], "... k"]
"""A number a point of a curve."""


def floored(rates: Values, floor: float) -> Values:
    """Logarithms of rates, none lower than that of the floor."""
    return np.log(np.maximum(rates, floor))


def crossing_s(seconds: Values, log_a: Values, log_b: Values) -> npt.NDArray[np.float64]:
    """Where two curves (..., k) cross, the last time if they do so often; NaN where the one is never on both sides.

    To touch is not to cross: curves that begin or end as one, or run together for a while, keep their order.
    """
    at, gap = np.log(seconds), log_a - log_b
    crossed_at = np.full(gap.shape[:-1], np.nan)
    before, before_at = gap[..., 0], np.full(gap.shape[:-1], at[0])
    for i in range(1, len(at)):
        now = gap[..., i]
        turned, apart = before * now < 0.0, now != 0.0
        share = before / np.where(turned, before - now, 1.0)
        crossed_at = np.where(turned, before_at + share * (at[i] - before_at), crossed_at)
        before, before_at = np.where(apart, now, before), np.where(apart, at[i], before_at)
    return np.exp(crossed_at)


def reached_s(seconds: Values, log_rates: Values, level: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Where curves (..., k) first come down to a level (...); infinite where they never do."""
    at, level = np.log(seconds), np.asarray(level)
    reached_at = np.where(log_rates[..., 0] <= level, at[0], np.inf)
    for i in range(1, len(at)):
        above, now = log_rates[..., i - 1], log_rates[..., i]
        fell = (above > level) & (now <= level) & np.isinf(reached_at)
        share = (above - level) / np.where(fell, above - now, 1.0)
        reached_at = np.where(fell, at[i - 1] + share * (at[i] - at[i - 1]), reached_at)
    return np.exp(reached_at)


def settled_s(seconds: Values, rates: Values, most: float) -> npt.NDArray[np.float64]:
    """The first point from which on curves (..., k) stay at or below `most`; infinite where they end above it."""
    stays = np.flip(np.logical_and.accumulate(np.flip(rates <= most, axis=-1), axis=-1), axis=-1)
    return np.where(stays[..., -1], seconds[stays.argmax(axis=-1)], np.inf)
