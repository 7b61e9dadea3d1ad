"""What one car did, or is expected to do, in the seconds after a moment: a record, and what it says."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from drive_sim.app.live_rollout import LiveRollout
from drive_sim.arrays import Poses

BACK_M, BACK_S = 0.4, 1.0
"""Who has come back is no farther off its lane in the last second."""


@dataclass(frozen=True, slots=True, eq=False)
class DrivenWindow:
    """One car after each control tick (t,) from a moment on: offset from the lane, its limit, way to the edge, pose.

    Beyond the limit somebody would have to help. The distance to the edge is negative off the road. `poses` (t + 1, 3)
    begin with the one before the first tick.
    """

    driver: str
    tick_s: float
    offset_m: tuple[float, ...]
    edge_m: tuple[float, ...]
    limit_m: tuple[float, ...]
    poses: Poses

    def until(self, num_ticks: int) -> Self:
        """Its first ticks; the poses of all stay."""
        ticks = {name: getattr(self, name)[:num_ticks] for name in ("offset_m", "edge_m", "limit_m")}
        return replace(self, **ticks)

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.tick_s * len(self.offset_m)

    @property
    def largest_m(self) -> float:
        """How far off its lane the car came."""
        return max(map(abs, self.offset_m), default=0.0)

    @property
    def left_lane_s(self) -> float | None:
        """When it was first more than an intervention's distance off its lane, or off the road; None: never."""
        places = zip(self.offset_m, self.limit_m, self.edge_m, strict=True)
        return self._first_s([abs(offset_m) > limit_m or edge_m < 0.0 for offset_m, limit_m, edge_m in places])

    @property
    def left_road_s(self) -> float | None:
        """When it was first off the road; None: never."""
        return self._first_s([edge_m < 0.0 for edge_m in self.edge_m])

    @property
    def has_come_back(self) -> bool:
        """It never left its lane, and kept near its middle in the last second."""
        last = self.offset_m[-round(BACK_S / self.tick_s) :]
        return bool(last) and self.left_lane_s is None and max(map(abs, last)) <= BACK_M

    def _first_s(self, holds: list[bool]) -> float | None:
        return self.tick_s * (1 + holds.index(True)) if True in holds else None


class WindowRecorder:
    """Keeps what a rollout does from now on; tell it of the end of each control tick."""

    def __init__(self, rollout: LiveRollout) -> None:
        self._rollout = rollout
        self._offset_m: list[float] = []
        self._edge_m: list[float] = []
        self._limit_m: list[float] = []
        self._poses = [rollout.car.observation.state.poses[0].copy()]

    def add_tick(self) -> None:
        """A control tick has ended."""
        observation = self._rollout.car.observation
        # A car that was put back is on its lane again: what it was like before stands in the history.
        self._offset_m.append(self._rollout.history[-1].offset_m)
        self._edge_m.append(float(observation.lane.edge_m[0]))
        self._limit_m.append(self._rollout.car.limit_m)
        self._poses.append(observation.state.poses[0].copy())

    @property
    def window(self) -> DrivenWindow:
        """What was driven so far, by whoever has the wheel."""
        rollout = self._rollout
        poses, tick_s = np.array(self._poses), rollout.car.env.config.tick_s
        ticks = tuple(self._offset_m), tuple(self._edge_m), tuple(self._limit_m)
        return DrivenWindow(rollout.driver.name, tick_s, *ticks, poses)
