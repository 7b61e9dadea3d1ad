"""What is kept of a long drive: counts a stage, where it failed, and the moments that are filmed."""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.lessons.no_hands_drive import Stage, StageTick

BEFORE_TICKS, AFTER_TICKS = 80, 40
"""What of a moment is filmed."""
OFFSET_BIN_M, NUM_OFFSET_BINS = 0.02, 75
"""Bins of the absolute offset; what is farther out than all of them counts into the last."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A tick of one car's drive that is to be filmed."""

    tick: int
    car: int
    offset_m: float


class DriveLog:
    """Collects the ticks of a drive; whatever happens afterwards to a stage that is done is not counted."""

    def __init__(self, stages: Sequence[Stage], tick_s: float, most_films: int) -> None:
        self.stages, self.tick_s, self.most_films = stages, tick_s, most_films
        num_stages = len(stages)
        self.interventions, self.left_road, self.num_ticks = np.zeros((3, num_stages), dtype=np.int64)
        self.driven_m = np.zeros(num_stages)
        self.offsets = np.zeros(NUM_OFFSET_BINS, dtype=np.int64)
        self.places: list[dict[str, float]] = []
        self.films: list[dict[str, Any]] = []
        self.furthest: dict[str, Any] = {}
        self._start_s_m = np.array([stage.from_s_m for stage in stages])
        self._latest: deque[StageTick] = deque(maxlen=BEFORE_TICKS + AFTER_TICKS)
        self._due: list[_Moment] = []
        self._extreme = _Moment(-1, 0, 0.0)

    @property
    def share(self) -> float:
        """How much of it is driven."""
        return float(
            np.mean([min(m / stage.length_m, 1.0) for m, stage in zip(self.driven_m, self.stages, strict=True)])
        )

    def add(self, tick: StageTick, number: int) -> None:
        """Count the tick `number` of the drive."""
        counted, offset_m = tick.counted, np.where(tick.counted, np.abs(tick.lane.offset_m), 0.0)
        out = tick.intervened & counted
        self.interventions += out
        self.left_road += tick.left_road & counted
        self.num_ticks += counted
        self.driven_m = np.where(counted, tick.s_m - self._start_s_m, self.driven_m)
        bins = np.minimum(offset_m[counted] / OFFSET_BIN_M, NUM_OFFSET_BINS - 1).astype(np.int64)
        self.offsets += np.bincount(bins, minlength=NUM_OFFSET_BINS)
        self._latest.append(tick)
        for car in np.flatnonzero(out):
            self.places.append(_place(tick, int(car)))
            if len(self.films) + len(self._due) < self.most_films:
                self._due.append(_Moment(number, int(car), float(tick.lane.offset_m[car])))
        car = int(offset_m.argmax())
        if offset_m[car] > abs(self._extreme.offset_m):
            self._extreme = _Moment(number, car, float(tick.lane.offset_m[car]))
        self._keep_what_is_due(number)

    def finish(self, number: int) -> dict[str, Any]:
        """What was found, for JSON, after tick `number`, the last one."""
        self._keep_what_is_due(number, at_the_end=True)
        return {
            "interventions": self.interventions,
            "left_road": self.left_road,
            "num_ticks": self.num_ticks,
            "driven_m": self.driven_m,
            "tick_s": self.tick_s,
            "offsets": self.offsets,
            "places": self.places,
            "films": self.films,
            "furthest": self.furthest,
        }

    def _keep_what_is_due(self, number: int, *, at_the_end: bool = False) -> None:
        over = [moment for moment in self._due if at_the_end or number >= moment.tick + AFTER_TICKS]
        self.films += [self._film_of(moment, number) for moment in over]
        self._due = [moment for moment in self._due if moment not in over]
        wanted = self._extreme
        if wanted.tick >= 0 and (
            number == wanted.tick + AFTER_TICKS or (at_the_end and number < wanted.tick + AFTER_TICKS)
        ):
            self.furthest = self._film_of(wanted, number)

    def _film_of(self, moment: _Moment, number: int) -> dict[str, Any]:
        """What a film of one car needs: its poses tick by tick around the moment, and where its road is known."""
        first = max(moment.tick - BEFORE_TICKS, number - len(self._latest) + 1)
        ticks = list(self._latest)[first - number - 1 :]
        car = moment.car
        return {
            "milestone": asdict(self.stages[car].milestone),
            "at": moment.tick - first,
            "offset_at_m": moment.offset_m,
            "s_m": [float(tick.s_m[car]) for tick in ticks],
            "poses": [tick.state.poses[car].tolist() for tick in ticks],
            "speed_mps": [float(tick.state.speed_mps[car]) for tick in ticks],
            "offset_m": [float(tick.lane.offset_m[car]) for tick in ticks],
            "put_back": [bool(tick.intervened[car]) for tick in ticks],
        }


def _place(tick: StageTick, car: int) -> dict[str, float]:
    """Where a car had to be put back, and how the lane bends there."""
    x_m, y_m, _ = tick.state.poses[car]
    lane = tick.lane
    figures = (tick.s_m[car], x_m, y_m, lane.offset_m[car], lane.curvature_per_m[car])
    return dict(zip(("s_m", "x_m", "y_m", "offset_m", "curvature_per_m"), map(float, figures), strict=True))


def offset_figures(offsets: npt.NDArray[np.int64]) -> dict[str, float]:
    """Mean and 95th and 99.9th percentile (cm) of absolute offsets counted in bins."""
    middles_cm = 100.0 * OFFSET_BIN_M * (np.arange(len(offsets)) + 0.5)
    upto = np.cumsum(offsets) / offsets.sum()
    return {
        "offset_mean_cm": float(middles_cm @ offsets / offsets.sum()),
        "offset_p95_cm": float(100.0 * OFFSET_BIN_M * (np.searchsorted(upto, 0.95) + 1)),
        "offset_p999_cm": float(100.0 * OFFSET_BIN_M * (np.searchsorted(upto, 0.999) + 1)),
    }
