"""What is kept of a long drive: counts a stage, where it failed, and the moments that are filmed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Counts, Numbers
from drive_sim.lessons.no_hands.stages import Stage, StageTick
from drive_sim.sim.endless import Milestone

BEFORE_TICKS, AFTER_TICKS = 80, 40
"""What of a moment is filmed."""
OFFSET_BIN_M, NUM_OFFSET_BINS = 0.02, 75
"""Bins of the absolute offset; what is farther out than all of them counts into the last."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a car had to be put back, and how the lane bends there."""

    s_m: float
    x_m: float
    y_m: float
    offset_m: float
    curvature_per_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One car tick by tick (t,) around the tick `at`, poses (t, 3), on the road after the milestone."""

    milestone: Milestone
    at: int
    s_m: Numbers
    poses: Numbers
    speed_mps: Numbers
    offset_m: Numbers
    put_back: npt.NDArray[np.bool_]

    @property
    def offset_at_m(self) -> float:
        """How far off its lane the car was, left positive."""
        return float(self.offset_m[self.at])


@dataclass(frozen=True, slots=True, eq=False)
class DriveLog:
    """What stages (n,) side by side came to: after a stage's end nothing of it is counted.

    `offsets` counts ticks by absolute offset; `failures` are the first interventions, to be filmed.
    """

    seed: int
    tick_s: float
    interventions: Counts
    left_road: Counts
    num_ticks: Counts
    driven_m: Numbers
    offsets: Counts
    places: list[Place]
    failures: list[Moment]
    furthest: Moment
    driving_cpu_s: float


def make_log(
    seed: int, stages: Sequence[Stage], ticks: Sequence[StageTick], tick_s: float, most_films: int, driving_cpu_s: float
) -> DriveLog:
    """What is kept of all ticks of a drive of stages."""
    counted, intervened, left_road = (
        np.stack(of) for of in zip(*((t.counted, t.intervened, t.left_road) for t in ticks), strict=True)
    )
    s_m, offset_m = np.stack([t.s_m for t in ticks]), np.stack([t.lane.offset_m for t in ticks])
    out, size_m = intervened & counted, np.abs(offset_m)
    last = len(ticks) - 1 - counted[::-1].argmax(axis=0)
    bins = np.minimum(size_m[counted] / OFFSET_BIN_M, NUM_OFFSET_BINS - 1).astype(np.int64)
    where_out = np.argwhere(out).tolist()
    furthest = np.unravel_index(np.where(counted, size_m, 0.0).argmax(), size_m.shape)
    return DriveLog(
        seed,
        tick_s,
        interventions=out.sum(axis=0),
        left_road=(left_road & counted).sum(axis=0),
        num_ticks=counted.sum(axis=0),
        driven_m=s_m[last, np.arange(len(stages))] - [stage.from_s_m for stage in stages],
        offsets=np.bincount(bins, minlength=NUM_OFFSET_BINS),
        places=[_place(ticks[tick], car) for tick, car in where_out],
        failures=[_moment(stages, ticks, tick, car) for tick, car in where_out[:most_films]],
        furthest=_moment(stages, ticks, *map(int, furthest)),
        driving_cpu_s=driving_cpu_s,
    )


def _place(tick: StageTick, car: int) -> Place:
    x_m, y_m, _ = tick.state.poses[car]
    numbers = (tick.s_m[car], x_m, y_m, tick.lane.offset_m[car], tick.lane.curvature_per_m[car])
    return Place(*map(float, numbers))


def _moment(stages: Sequence[Stage], ticks: Sequence[StageTick], tick: int, car: int) -> Moment:
    """What a film of one car needs, from a while before a tick to a while after it, as far as it was driven."""
    stop = min(tick + AFTER_TICKS, len(ticks) - 1) + 1
    first = max(0, tick - BEFORE_TICKS, stop - BEFORE_TICKS - AFTER_TICKS)
    seen = ticks[first:stop]
    return Moment(
        stages[car].milestone,
        tick - first,
        s_m=np.array([of.s_m[car] for of in seen]),
        poses=np.stack([of.state.poses[car] for of in seen]),
        speed_mps=np.array([of.state.speed_mps[car] for of in seen]),
        offset_m=np.array([of.lane.offset_m[car] for of in seen]),
        put_back=np.array([of.intervened[car] for of in seen]),
    )
