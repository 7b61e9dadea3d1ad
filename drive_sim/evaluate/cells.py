"""The suites `any` and `any-tight` cell by cell, a width under a sky each, and every failure with its place."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.intervals import estimate_per_km
from drive_sim.sim.any_roads import ANY_SEEDS, Cell, cell_of, cells
from drive_sim.sim.road_width import sample_at
from drive_sim.sim.track import Tracks

STRAIGHT_M = 1e4
"""A road with a larger radius is told as straight."""


@dataclass(frozen=True, slots=True)
class CellCount:
    """What was counted on a cell's roads, and the upper end of the 95 % interval of the rate."""

    width_m: float
    scene_kind: str
    km: float
    interventions: int
    per_km_high: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An intervention: the road, the place on it, and what it is like there. A radius of None: straight."""

    road: str
    s_m: float
    width_m: float
    radius_m: float | None
    speed_mps: float
    offset_m: float


def has_cells(report: EvalReport) -> bool:
    """Whether the report is on a suite of cells."""
    return report.suite in ANY_SEEDS


def counts_by_cell(report: EvalReport) -> list[CellCount]:
    """What was counted in each cell that was driven."""
    of_road = [cell_of(road) for road in range(len(report.track_names))]
    driven = [cell for cell in cells() if cell in of_road]
    return [_count(report, cell, np.array([other == cell for other in of_road])) for cell in driven]


def _count(report: EvalReport, cell: Cell, roads: np.ndarray) -> CellCount:
    counts, km = report.interventions[roads], report.distance_m[roads] / 1000.0
    high = estimate_per_km([counts.sum()], [km.sum()]).high
    return CellCount(cell.width_m, cell.scene_kind, float(km.sum()), int(counts.sum()), high)


def failures(report: EvalReport, tracks: Tracks) -> list[Failure]:
    """Every intervention, road after road."""
    return [_failure(report, tracks, int(tick), int(road)) for road, tick in np.argwhere(report.intervened.T)]


def _failure(report: EvalReport, tracks: Tracks, tick: int, road: int) -> Failure:
    s_m = float(report.s_m[tick, road])
    sample = sample_at(tracks, np.array([road]), np.array([s_m]))[0]
    _, _, _, curvature_per_m, left_m, right_m = tracks.samples[sample]
    bend_per_m = abs(float(curvature_per_m))
    return Failure(
        road=tracks.tracks[road].name,
        s_m=s_m,
        width_m=float(left_m + right_m),
        radius_m=1.0 / bend_per_m if bend_per_m * STRAIGHT_M > 1.0 else None,
        speed_mps=float(report.speed_mps[tick, road]),
        offset_m=float(report.offset_m[tick, road]),
    )


def cell_summary(report: EvalReport, tracks: Tracks) -> dict[str, Any]:
    """Cells and failures as plain numbers for JSON; nothing for other suites than those of cells."""
    if not has_cells(report):
        return {}
    return {
        "cells": [asdict(count) for count in counts_by_cell(report)],
        "failures": [asdict(failure) for failure in failures(report, tracks)],
    }
