"""Curves of interventions a km over seconds of data: resampled over seeds and roads, read between points, and crossed.

Between its points a curve is straight on two logarithmic axes. A rate of nothing has no logarithm: rates below a floor
count as the floor, so that two curves that can't be told from none are equal there, and don't cross by chance.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self, SupportsFloat

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import Counts, Draws, percentile_interval

Values = Annotated[npt.NDArray[np.float64], "... k"]
"""A number a point of a curve."""
SETTLED = 0.95
"""The share of the resamples in which two curves must cross, or must not, for it to be settled."""


@dataclass(frozen=True, slots=True, eq=False)
class LogRates:
    """Logarithms of a method's rates, floored: all seeds together (k,), in n resamples (n, k), seed by seed (s, k)."""

    together: Values
    resampled: Values
    per_seed: Values

    @classmethod
    def make(cls, counts: Counts, km: Counts, draws: Draws, floor: float, seed_floor: float) -> Self:
        """From interventions and kilometres (k, s, r) of seeds on roads."""
        together = counts.sum(axis=(-2, -1)) / km.sum(axis=(-2, -1))
        per_seed = (counts.sum(axis=-1) / km.sum(axis=-1)).T
        return cls(floored(together, floor), floored(draws.rates(counts, km), floor), floored(per_seed, seed_floor))

    @property
    def all(self) -> tuple[Values, Values, Values]:
        """The three of them."""
        return self.together, self.resampled, self.per_seed


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the curves of two methods cross, and how low; None where they don't, or where there is no interval.

    `better`: at each point the better one, None where they can't be told apart. `settled`: almost all resamples agree.
    """

    methods: tuple[str, str]
    at_s: float | None
    per_km: float | None
    low_s: float | None
    high_s: float | None
    share_crossing: float
    settled: bool
    per_seed_s: list[float | None]
    better: list[str | None]


@dataclass(frozen=True, slots=True)
class Worth:
    """When a curve is as low as another is at its first point, `from_s`; None: not within these points."""

    from_s: float
    at_s: float | None
    low_s: float | None
    high_s: float | None
    per_seed_s: list[float | None]


def cross(seconds: Values, methods: tuple[str, str], curves: Mapping[str, LogRates]) -> Crossing:
    """Where two of the curves cross, with its interval: the resamples of both are drawn alike."""
    one, other = (curves[name] for name in methods)
    at_s, resampled, per_seed = (crossing_s(seconds, a, b) for a, b in zip(one.all, other.all, strict=True))
    crossed, crosses = resampled[np.isfinite(resampled)], bool(np.isfinite(at_s))
    low_s, high_s = percentile_interval(crossed) if crosses and len(crossed) else (None, None)
    share, gaps = len(crossed) / len(resampled), one.together - other.together
    better = [methods[0] if gap < 0.0 else methods[1] if gap > 0.0 else None for gap in gaps]
    settled = (share if crosses else 1.0 - share) >= SETTLED
    per_km = np.exp(np.interp(np.log(at_s), np.log(seconds), one.together))
    return Crossing(
        methods, known(at_s), known(per_km), low_s, high_s, share, settled, [known(s) for s in per_seed], better
    )


def worth(seconds: Values, curve: LogRates, other: LogRates) -> Worth:
    """How many seconds of the one are worth the first point's of the other, with the interval of the resamples."""
    at_s, resampled, per_seed = (reached_s(seconds, a, b[..., 0]) for a, b in zip(curve.all, other.all, strict=True))
    low_s, high_s = np.percentile(resampled, [2.5, 97.5], method="nearest")  # some may be infinite
    return Worth(float(seconds[0]), known(at_s), known(low_s), known(high_s), [known(s) for s in per_seed])


def known(value: SupportsFloat) -> float | None:
    """The number, or None where it is not finite."""
    return float(value) if math.isfinite(value) else None


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
