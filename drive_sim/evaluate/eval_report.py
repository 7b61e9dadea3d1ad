"""What a policy did on a suite, counted and kept: totals a road, and a row a control tick."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.evaluate.closed_loop import EvalConfig, Tick, drive
from drive_sim.evaluate.strict_count import at_crossing, has_strict_count, strict_count
from drive_sim.policies.base import Policy
from drive_sim.sim.any_roads import Cell
from drive_sim.sim.suites import Suite

TRACES = ("x_m", "y_m", "heading_rad", "speed_mps", "s_m", "offset_m", "command_per_m", "wheel_per_m", "driven_m")
"""The fields of an EvalReport that hold a number a tick and road."""

Trace = Annotated[npt.NDArray[np.float64], "t r"]
"""A number a control tick and road; NaN after the road is done."""
Counts = Annotated[npt.NDArray[np.int64], "r"]


@dataclass(frozen=True, slots=True, eq=False)
class EvalReport:
    """What a policy did on a suite: totals a road (r,) and traces (t, r), NaN or False once the road is done.

    `strict_interventions` are the stretches 1 m off the line of a road's file (`strict_count`): on roads up to 8 m wide
    without another line, the interventions. `interventions_at_crossing` are those where the road crosses itself.
    A row of the traces is the end of a control tick, before the car was put back, and the command that led there.
    """

    suite: str
    track_names: tuple[str, ...]
    route_length_m: float
    config: EvalConfig
    distance_m: PerCar
    elapsed_s: PerCar
    interventions: Counts
    left_road: Counts
    strict_interventions: Counts
    interventions_at_crossing: Counts
    has_strict_count: bool
    x_m: Trace
    y_m: Trace
    heading_rad: Trace
    speed_mps: Trace
    s_m: Trace
    offset_m: Trace
    command_per_m: Trace
    wheel_per_m: Trace
    driven_m: Trace
    intervened: Annotated[npt.NDArray[np.bool_], "t r"]
    cells: tuple[Cell, ...] = ()

    @property
    def first_intervention_m(self) -> PerCar:
        """How far each road (r,) was driven before the first intervention; infinite where there was none."""
        return np.where(self.intervened, self.driven_m, np.inf).min(axis=0)


def evaluate(policy: Policy, suite: Suite, config: EvalConfig, *, num_threads: int = 1) -> EvalReport:
    """Drive a suite to the end and report."""
    return make_report(drive(policy, suite, config, num_threads=num_threads), suite, config)


def make_report(ticks: Iterable[Tick], suite: Suite, config: EvalConfig) -> EvalReport:
    """The report on the ticks of `drive`, which somebody may watch as they pass; no picture is kept."""
    rows = np.stack([_row(tick) for tick in ticks])
    counted, intervened, left_road = np.moveaxis(rows[:, len(TRACES) :] > 0.0, 1, 0)
    traces = np.where(counted[:, None], rows[:, : len(TRACES)], np.nan)
    num_ticks = counted.sum(axis=0)
    driven_m, s_m, offset_m = (traces[:, TRACES.index(name)] for name in ("driven_m", "s_m", "offset_m"))
    helped = counted & intervened
    return EvalReport(
        suite=suite.name,
        track_names=tuple(track.name for track in suite.tracks.tracks),
        route_length_m=suite.distance_m,
        config=config,
        distance_m=driven_m[num_ticks - 1, np.arange(len(num_ticks))],
        elapsed_s=num_ticks / config.control_hz,
        interventions=helped.sum(axis=0),
        left_road=(counted & left_road).sum(axis=0),
        strict_interventions=strict_count(suite.tracks, s_m, offset_m, helped, counted & left_road),
        interventions_at_crossing=(helped & at_crossing(suite.tracks, s_m)).sum(axis=0),
        has_strict_count=has_strict_count(suite.tracks),
        intervened=helped,
        cells=suite.cells,
        **dict(zip(TRACES, np.moveaxis(traces, 1, 0), strict=True)),
    )


def _row(tick: Tick) -> npt.NDArray[np.float64]:
    """What the report keeps of a tick (12, r): the traces in the order of `TRACES`, then three masks."""
    kept = (
        *tick.state.poses.T,
        tick.state.speed_mps,
        tick.lane.s_m,
        tick.lane.offset_m,
        tick.command.curvature_per_m,
        tick.state.curvature_per_m,
        tick.distance_m,
    )
    return np.array([*kept, tick.counted, tick.intervened, tick.left_road], dtype=np.float64)
