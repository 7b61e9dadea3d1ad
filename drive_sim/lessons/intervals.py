"""A mean with its 95 % interval, over seeds and what was driven in each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NUM_RESAMPLES = 4000


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
