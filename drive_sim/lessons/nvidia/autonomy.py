"""Driving as NVIDIA counts it: what is kept of a drive, and interventions and autonomy over seeds, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from drive_sim.arrays import Counts, Numbers
from drive_sim.evaluate import EvalReport, autonomy_percent
from drive_sim.evaluate.intervals import (
    Estimate,
    estimate_crossed_per_km,
    estimate_difference_per_km,
    estimate_mean,
)

OFFSET_EDGES_M = np.round(np.linspace(-1.6, 1.6, 65), 3)
"""Between these, offsets while driving are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """What is kept of a drive: figures a road (r,), offsets as counts, and where each road's first intervention came.

    `first_km` is NaN where none came.
    """

    interventions: Counts
    km: Numbers
    elapsed_s: Numbers
    first_km: Numbers
    left_road: int
    num_ticks: int
    offset_counts: Counts
    offset_p95_cm: float
    offset_max_cm: float

    @classmethod
    def of(cls, report: EvalReport) -> Self:
        """What is kept of a report."""
        offset_m = report.offset_m[np.isfinite(report.offset_m)]
        size_cm = 100.0 * np.abs(offset_m)
        first_m = report.first_intervention_m
        return cls(
            interventions=report.interventions,
            km=report.distance_m / 1000.0,
            elapsed_s=report.elapsed_s,
            first_km=np.where(np.isfinite(first_m), first_m / 1000.0, np.nan),
            left_road=int(report.left_road.sum()),
            num_ticks=len(offset_m),
            offset_counts=np.histogram(offset_m, OFFSET_EDGES_M)[0],
            offset_p95_cm=float(np.percentile(size_cm, 95.0)),
            offset_max_cm=float(size_cm.max()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Driving:
    """A method's drives with all seeds: interventions, the autonomy in per cent that they stand for, and offsets."""

    interventions: int
    interventions_per_seed: list[int]
    km: float
    km_per_seed: list[float]
    elapsed_h: float
    left_road: int
    per_km: Estimate
    per_km_per_seed: list[float]
    per_hour: float
    autonomy: Estimate
    autonomy_per_seed: list[float]
    offset_p95_cm: Estimate
    offset_max_cm: float
    offset_max_cm_per_seed: list[float]

    @classmethod
    def of(cls, drives: Sequence[Driven]) -> Self:
        """The figures of a drive a seed, all on the same roads."""
        counts, km, elapsed_s = _interventions(drives), _km(drives), np.array([drive.elapsed_s for drive in drives])
        per_km, s_per_km = estimate_crossed_per_km(counts, km), float(elapsed_s.sum() / km.sum())
        by_seed = counts.sum(axis=1), elapsed_s.sum(axis=1)
        return cls(
            interventions=int(counts.sum()),
            interventions_per_seed=by_seed[0].tolist(),
            km=float(km.sum()),
            km_per_seed=km.sum(axis=1).tolist(),
            elapsed_h=float(elapsed_s.sum() / 3600.0),
            left_road=sum(drive.left_road for drive in drives),
            per_km=per_km,
            per_km_per_seed=(by_seed[0] / km.sum(axis=1)).tolist(),
            per_hour=per_km.mean * 3600.0 / s_per_km,
            autonomy=autonomy_of(per_km, s_per_km),
            autonomy_per_seed=[autonomy_percent(count, s) for count, s in zip(*by_seed, strict=True)],
            offset_p95_cm=estimate_mean([drive.offset_p95_cm for drive in drives], least=0.0),
            offset_max_cm=max(drive.offset_max_cm for drive in drives),
            offset_max_cm_per_seed=[drive.offset_max_cm for drive in drives],
        )


def autonomy_of(per_km: Estimate, s_per_km: float) -> Estimate:
    """NVIDIA's autonomy in per cent for a rate and its two bounds: the more interventions, the less of it."""
    rates = per_km.low, per_km.high
    high, low = (None if rate is None else autonomy_percent(rate, s_per_km) for rate in rates)
    return Estimate(autonomy_percent(per_km.mean, s_per_km), low, high, per_km.interval)


def estimate_more_per_km(drives: Sequence[Driven], others: Sequence[Driven]) -> Estimate:
    """How many interventions a km more `drives` needed than `others`, on the roads that both drove first.

    Seeds and roads are drawn together, for both alike; of few interventions nothing is told.
    """
    num_roads = min(len(drives[0].km), len(others[0].km))
    first = (of(whose)[:, :num_roads] for whose in (drives, others) for of in (_interventions, _km))
    return estimate_difference_per_km(*first)


def _interventions(drives: Sequence[Driven]) -> Counts:
    return np.array([drive.interventions for drive in drives])


def _km(drives: Sequence[Driven]) -> Numbers:
    return np.array([drive.km for drive in drives])
