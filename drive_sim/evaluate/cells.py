"""The suites `any` and `any-tight` cell by cell, a width under a sky each."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.intervals import estimate_per_km
from drive_sim.sim.any_roads import Cell


@dataclass(frozen=True, slots=True)
class CellCount:
    """What was counted on a cell's roads, and the upper end of the 95 % interval of the rate."""

    width_m: float
    scene_kind: str
    km: float
    interventions: int
    per_km_high: float | None


def counts_by_cell(report: EvalReport) -> list[CellCount]:
    """What was counted in each cell that was driven; nothing on suites that have none."""
    cells = dict.fromkeys(report.cells)
    return [_count(report, cell, np.array([other == cell for other in report.cells])) for cell in cells]


def _count(report: EvalReport, cell: Cell, roads: np.ndarray) -> CellCount:
    counts, km = report.interventions[roads], report.distance_m[roads] / 1000.0
    high = estimate_per_km([counts.sum()], [km.sum()]).high
    return CellCount(cell.width_m, cell.scene_kind, float(km.sum()), int(counts.sum()), high)


def summary_by_cell(report: EvalReport) -> list[dict[str, Any]]:
    """The counts as plain numbers for JSON."""
    return [asdict(count) for count in counts_by_cell(report)]
