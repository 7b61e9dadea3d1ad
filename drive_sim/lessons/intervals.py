"""A mean with its 95 % interval, over seeds and what was driven in each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

NUM_RESAMPLES = 4000
FEW_EVENTS = 10
"""Of fewer a bootstrap knows too little; they count as independent of each other."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, a lower and an upper bound (95 %), and where the bounds come from; none where there is one number."""

    mean: float
    low: float | None
    high: float | None
    interval: str


def estimate_rate(counts: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """Events a drive, from counts (seeds, drives): a bootstrap over seeds, and over the drives within each.

    Where nothing happened in n drives the upper bound is 3 / n (rule of three).
    """
    counts = np.asarray(counts, dtype=np.float64)
    num_seeds, num_drives = counts.shape
    if counts.sum() == 0:
        return Estimate(0.0, 0.0, 3.0 / counts.size, f"rule of three, {counts.size} drives")
    if counts.size == 1:
        return Estimate(float(counts.mean()), None, None, "none: a single drive")
    rng = np.random.default_rng(seed)
    seeds = rng.integers(num_seeds, size=(NUM_RESAMPLES, num_seeds, 1))
    drives = rng.integers(num_drives, size=(NUM_RESAMPLES, num_seeds, num_drives))
    low, high = np.percentile(counts[seeds, drives].mean(axis=(1, 2)), [2.5, 97.5])
    return Estimate(float(counts.mean()), float(low), float(high), "bootstrap over seeds and drives")


def estimate_per_km(counts: npt.ArrayLike, km: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """Events a kilometre, from counts (drives,) and lengths (drives,) in km.

    Where nothing happened the upper bound is 3 / km; few events have the exact interval of a Poisson process (Garwood
    1936), more of them a bootstrap over drives.
    """
    counts, km = np.asarray(counts, dtype=np.float64), np.asarray(km, dtype=np.float64)
    count, total_km = float(counts.sum()), float(km.sum())
    if count == 0:
        return Estimate(0.0, 0.0, 3.0 / total_km, f"rule of three, {total_km:.0f} km")
    if count < FEW_EVENTS:
        low, high = gammaincinv(count, 0.025) / total_km, gammaincinv(count + 1.0, 0.975) / total_km
        return Estimate(count / total_km, float(low), float(high), "exact, of a Poisson process")
    drawn = np.random.default_rng(seed).integers(len(counts), size=(NUM_RESAMPLES, len(counts)))
    low, high = np.percentile(counts[drawn].sum(axis=1) / km[drawn].sum(axis=1), [2.5, 97.5])
    return Estimate(count / total_km, float(low), float(high), f"bootstrap over {len(counts)} drives")
