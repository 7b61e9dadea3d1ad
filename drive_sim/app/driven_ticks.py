"""What a driver has driven of late in the lane's frame, stretch by stretch, as a reward is read from it."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from drive_sim.app.single_car import SingleCar
from drive_sim.irl.lattice_drives import Trace
from drive_sim.sim.track import Track

LONGEST_S = 120.0
"""What was driven earlier is forgotten: two minutes say what a driver likes."""
_STANDS_MPS = 0.3


class _Tick(NamedTuple):
    """A control tick as a `Trace` has them."""

    s_m: float
    offset_m: float
    heading_rad: float
    curvature_per_m: float
    edge_m: float
    wheel_per_m: float


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """Ticks between which the car drove where it is, on one lane; `num_placed`: how often it had been put somewhere."""

    car: SingleCar
    track: Track
    num_placed: int
    ticks: deque[_Tick] = field(default_factory=deque)

    def trace(self) -> Trace:
        return Trace.from_ticks(
            *np.array(self.ticks).T,
            lane_offset_m=self.track.lane_offset_m,
            road_length_m=self.track.length_m if self.track.closed else None,
        )


class DrivenTicks:
    """One driver's last `longest_s`; `add` while it drives, and `break_off` where somebody else does."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._tick_s, self._num_driven = 0.0, 0
        self._stretches: deque[_Stretch] = deque()
        self._is_broken_off = True

    @property
    def driven_s(self) -> float:
        """All that it has driven, what is forgotten included."""
        return self._num_driven * self._tick_s

    @property
    def kept_s(self) -> float:
        """How much of it is kept."""
        return self._num_kept * self._tick_s

    @property
    def begins_second(self) -> bool:
        """Another full second is driven."""
        return self._num_driven % round(1.0 / self._tick_s) == 0

    @property
    def traces(self) -> list[Trace]:
        """The stretches that are kept, oldest first."""
        return [stretch.trace() for stretch in self._stretches]

    def add(self, car: SingleCar) -> bool:
        """A control tick begins in which this driver has the car; False where it stands, which says nothing."""
        if float(car.state.speed_mps[0]) < _STANDS_MPS:
            return False
        if self._is_broken_off or not self._goes_on(car):
            self._stretches.append(_Stretch(car, car.track, car.num_placed))
            self._is_broken_off = False
        lane, wheels = car.observation.lane, car.observation.state.curvature_per_m
        columns = lane.s_m, lane.offset_m, lane.heading_rad, lane.curvature_per_m, lane.edge_m, wheels
        self._stretches[-1].ticks.append(_Tick(*(float(column[0]) for column in columns)))
        self._tick_s = car.env.config.tick_s
        self._num_driven += 1
        while self._num_kept > round(self._longest_s / self._tick_s):
            self._forget_first()
        return True

    def break_off(self) -> None:
        """What is added next did not begin where the last tick ended."""
        self._is_broken_off = True

    def _goes_on(self, car: SingleCar) -> bool:
        last = self._stretches[-1]
        return last.car is car and last.track is car.track and last.num_placed == car.num_placed

    @property
    def _num_kept(self) -> int:
        return sum(len(stretch.ticks) for stretch in self._stretches)

    def _forget_first(self) -> None:
        self._stretches[0].ticks.popleft()
        if not self._stretches[0].ticks:
            self._stretches.popleft()
