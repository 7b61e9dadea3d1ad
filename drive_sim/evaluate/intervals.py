"""A mean with its 95 % interval, over roads, seeds and what was driven in each: once for all who give one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaincinv, stdtrit

Counts = Annotated[npt.NDArray[np.float64], "... s r"]
"""A number a seed and road, such as interventions or kilometres; points of a curve come before."""

NUM_RESAMPLES = 4000
FEW_EVENTS = 10
"""Of fewer a bootstrap knows too little; they count as independent of each other."""


@dataclass(frozen=True, slots=True)
class Count:
    """In how many of so many cases something happened."""

    num: int
    of: int

    def __str__(self) -> str:
        return f"{self.num} of {self.of}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, a lower and an upper bound (95 %), and where the bounds come from; none where there is one number."""

    mean: float
    low: float | None
    high: float | None
    interval: str

    @property
    def percent(self) -> "Estimate":
        """A share as per cent, no bound beyond what is possible."""
        low, high = (None if bound is None else 100.0 * min(max(bound, 0.0), 1.0) for bound in (self.low, self.high))
        return Estimate(100.0 * self.mean, low, high, self.interval)

    def scaled(self, factor: float) -> "Estimate":
        """The same in another unit."""
        low, high = (None if bound is None else factor * bound for bound in (self.low, self.high))
        return Estimate(factor * self.mean, low, high, self.interval)

    def bounds(self, digits: int) -> str:
        """The interval in words; nothing where there is none."""
        return "" if self.low is None or self.high is None else f"{self.low:.{digits}f} to {self.high:.{digits}f}"

    def in_words(self, digits: int, unit: str = "") -> str:
        """The mean, and in brackets its interval where it has one: "0.71 (0.67 to 0.74)"."""
        bounds = self.bounds(digits)
        return f"{self.mean:.{digits}f}{unit}" + (f" ({bounds})" if bounds else "")

    @property
    def ends(self) -> tuple[float, float]:
        """Both bounds; the mean for both where there are none."""
        return (self.mean, self.mean) if self.low is None or self.high is None else (self.low, self.high)

    @property
    def complement(self) -> "Estimate":
        """The share of all other cases."""
        low, high = (None if bound is None else 1.0 - bound for bound in (self.high, self.low))
        return Estimate(1.0 - self.mean, low, high, self.interval)


def percentile_interval(resampled: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of a statistic of the resamples."""
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(low), float(high)


def bootstrap_interval(
    statistic: Callable[[npt.NDArray[np.int64]], float], num_groups: int, num_resamples: int, *, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of a statistic of groups (g,), given by their numbers: a bootstrap over them.

    Resamples without a value (NaN) are left out; NaN where none has one.
    """
    drawn = np.random.default_rng(seed).integers(num_groups, size=(num_resamples, num_groups))
    values = np.array([statistic(groups) for groups in drawn])
    known = np.isfinite(values)
    return percentile_interval(values[known]) if known.any() else (np.nan, np.nan)


def estimate_rate(counts: npt.ArrayLike, *, most: float = np.inf, seed: int = 0) -> Estimate:
    """Events a drive, from counts (seeds, drives): a bootstrap over seeds, and over the drives within each.

    Where nothing happened in n drives the upper bound is 3 / n (rule of three), and not over `most`: 1 for shares.
    """
    counts = np.asarray(counts, dtype=np.float64)
    num_seeds, num_drives = counts.shape
    if counts.sum() == 0:
        return Estimate(0.0, 0.0, min(3.0 / counts.size, most), f"rule of three, {counts.size} drives")
    if counts.size == 1:
        return Estimate(float(counts.mean()), None, None, "none: a single drive")
    rng = np.random.default_rng(seed)
    seeds = rng.integers(num_seeds, size=(NUM_RESAMPLES, num_seeds, 1))
    drives = rng.integers(num_drives, size=(NUM_RESAMPLES, num_seeds, num_drives))
    bounds = percentile_interval(counts[seeds, drives].mean(axis=(1, 2)))
    return Estimate(float(counts.mean()), *bounds, "bootstrap over seeds and drives")


def estimate_per_km(counts: npt.ArrayLike, km: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """Events a kilometre, from counts (drives,) and lengths (drives,) in km.

    Where nothing happened the upper bound is 3 / km; few events, or those of a single drive, have the exact interval of
    a Poisson process (Garwood 1936), others a bootstrap over drives.
    """
    counts, km = np.asarray(counts, dtype=np.float64), np.asarray(km, dtype=np.float64)
    count, total_km = float(counts.sum()), float(km.sum())
    if count == 0:
        return Estimate(0.0, 0.0, 3.0 / total_km, f"rule of three, {total_km:.0f} km")
    if count < FEW_EVENTS or len(counts) == 1:
        low, high = gammaincinv(count, 0.025) / total_km, gammaincinv(count + 1.0, 0.975) / total_km
        return Estimate(count / total_km, float(low), float(high), "exact, of a Poisson process")
    drawn = np.random.default_rng(seed).integers(len(counts), size=(NUM_RESAMPLES, len(counts)))
    bounds = percentile_interval(counts[drawn].sum(axis=1) / km[drawn].sum(axis=1))
    return Estimate(count / total_km, *bounds, f"bootstrap over {len(counts)} drives")


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """How often each seed (n, s) and each road (n, r) was drawn in n resamples.

    The roads are the same for all seeds, and both for all methods: what is compared is drawn together.
    """

    seeds: npt.NDArray[np.float64]
    roads: npt.NDArray[np.float64]

    @classmethod
    def make(cls, num_seeds: int, num_roads: int, *, seed: int = 0) -> Self:
        """As many draws, with replacement, as there are seeds and roads."""
        rng = np.random.default_rng(seed)
        seeds, roads = (
            rng.multinomial(num, np.full(num, 1.0 / num), size=NUM_RESAMPLES).astype(np.float64)
            for num in (num_seeds, num_roads)
        )
        return cls(seeds, roads)

    def rates(self, counts: Counts, km: Counts) -> npt.NDArray[np.float64]:
        """Sums of the one over sums of the other, such as interventions a km, in each resample (n, ...)."""
        return self.sums(counts) / self.sums(km)

    def sums(self, values: Counts) -> npt.NDArray[np.float64]:
        """Sums of values in each resample (n, ...)."""
        by_road = np.moveaxis(np.tensordot(values, self.seeds, axes=(-2, 1)), -1, 0)  # (n, ..., r)
        roads = self.roads.reshape(len(self.roads), *[1] * (by_road.ndim - 2), -1)
        return (by_road * roads).sum(axis=-1)


def estimate_crossed(values: npt.ArrayLike, *, most: float = np.inf, seed: int = 0) -> Estimate:
    """A mean of values (seeds, roads), where all seeds drive the same roads: a bootstrap over seeds and over roads.

    Where nothing happened the upper bound is 3 / n, n the seeds' drives, and not over `most`: 1 for shares.
    """
    values = np.asarray(values, dtype=np.float64)
    if not values.any():
        return Estimate(0.0, 0.0, min(3.0 / values.size, most), f"rule of three, {values.size} drives")
    if values.size == 1:
        return Estimate(float(values.mean()), None, None, "none: a single drive")
    bounds = percentile_interval(Draws.make(*values.shape, seed=seed).sums(values) / values.size)
    return Estimate(float(values.mean()), *bounds, "bootstrap over seeds and roads")


def estimate_crossed_per_km(counts: npt.ArrayLike, km: npt.ArrayLike, draws: Draws | None = None) -> Estimate:
    """Events a km from counts and lengths (seeds, roads), where all seeds drive the same roads: a bootstrap over both.

    Of few events, or a single drive, the interval is `estimate_per_km`'s. `draws` are given where several are to be
    drawn together.
    """
    counts, km = np.asarray(counts, dtype=np.float64), np.asarray(km, dtype=np.float64)
    if counts.sum() < FEW_EVENTS or counts.size == 1:
        return estimate_per_km(counts.ravel(), km.ravel())
    draws = draws or Draws.make(*counts.shape)
    bounds = percentile_interval(draws.rates(counts, km))
    return Estimate(float(counts.sum() / km.sum()), *bounds, "bootstrap over seeds and roads")


def estimate_difference_per_km(
    counts: npt.ArrayLike, km: npt.ArrayLike, other_counts: npt.ArrayLike, other_km: npt.ArrayLike
) -> Estimate:
    """How many events a km more the one has than the other; all (seeds, roads), drawn together.

    Of few events in both there is no interval.
    """
    counts, km, other_counts, other_km = (
        np.asarray(values, dtype=np.float64) for values in (counts, km, other_counts, other_km)
    )
    mean = float(counts.sum() / km.sum() - other_counts.sum() / other_km.sum())
    if counts.sum() + other_counts.sum() < FEW_EVENTS:
        return Estimate(mean, None, None, f"none: fewer than {FEW_EVENTS} interventions")
    draws = Draws.make(*counts.shape)
    bounds = percentile_interval(draws.rates(counts, km) - draws.rates(other_counts, other_km))
    return Estimate(mean, *bounds, "bootstrap over seeds and roads, drawn together")


def estimate_ratio(above: npt.ArrayLike, below: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """How many times one mean the other is, of values (seeds, roads) that are drawn together."""
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    with np.errstate(divide="ignore"):
        ratios = Draws.make(*above.shape, seed=seed).rates(above, below)
        most = np.finfo(np.float64).max / 4.0  # between two infinite ratios there is none to interpolate
        low, high = (end if end < 0.5 * most else np.inf for end in percentile_interval(np.minimum(ratios, most)))
        mean = float(above.sum() / below.sum()) if below.any() else float("inf")
    return Estimate(mean, low, high, "bootstrap over seeds and roads, drawn together")


def estimate_mean(values: npt.ArrayLike, *, least: float = -np.inf, most: float = np.inf) -> Estimate:
    """A mean of one number a seed, with Student's interval, cut to what is possible (`least` to `most`).

    There is none where there is a single seed, or no spread to tell anything from.
    """
    values = np.asarray(values, dtype=np.float64)
    mean, num = float(values.mean()), len(values)
    if num < 2:
        return Estimate(mean, None, None, "none: a single seed")
    if np.ptp(values) == 0.0:
        return Estimate(mean, None, None, f"none: the same in {num} seeds")
    half = float(stdtrit(num - 1, 0.975) * values.std(ddof=1) / np.sqrt(num))
    return Estimate(mean, max(mean - half, least), min(mean + half, most), f"Student's t over {num} seeds")


def estimate_share(num: int, of: int) -> Estimate:
    """The share of cases in which something happened, with the exact interval (Clopper and Pearson 1934).

    Where it never did the upper bound is 3 / n.
    """
    if num == 0:
        return Estimate(0.0, 0.0, min(3.0 / of, 1.0), f"rule of three, {of} cases")
    low = float(betaincinv(num, of - num + 1, 0.025))
    high = float(betaincinv(num + 1, of - num, 0.975)) if num < of else 1.0
    return Estimate(num / of, low, high, "exact, of a binomial")
