"""What each driver of a screen likes, read from what it has driven there, and read again as it drives on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from drive_sim.app.background_work import BackgroundWork, last_line
from drive_sim.app.driven_ticks import DrivenTicks
from drive_sim.app.reward_worker import ReadingTask, RewardRead, read_reward
from drive_sim.app.single_car import SingleCar
from drive_sim.irl.lattice_drives import FUTURE, PIECE, num_counted
from drive_sim.policies.lattice import STATION_M

AGAIN_S = 25.0
"""After so much more of its driving a driver's reward is read again."""
ENOUGH = 3 * PIECE
"""From so many stations on a reading knows how sure it is: 33 s at a stretch, at the usual speed. Of two pieces
intervals would be a metre wide."""

DriverKey: TypeAlias = tuple[str, Path | None]
"""A driver's name, and the folder of its model; what has learned anew is another driver."""


@dataclass(slots=True)
class DriverReward:
    """What one driver has driven, and what of that has been read."""

    driven: DrivenTicks = field(default_factory=DrivenTicks)
    read: RewardRead | None = None
    read_from_s: float = 0.0
    """How much driving `read` stands on."""
    failure: str = ""
    """One line on why the last attempt found nothing; what was read before stands."""
    being_read_s: float | None = None
    """How much driving is being read now."""
    needed_s: float | None = None
    """How much more driving the next reading needs; None before the first tick."""
    _tried_at_s: float | None = None

    def follow(self, car: SingleCar) -> None:
        """A control tick begins in which this driver has the car."""
        if not self.driven.add(car):
            return
        if self._tried_at_s is not None:
            self.needed_s = max(0.0, self._tried_at_s + AGAIN_S - self.driven.driven_s)
        elif self.needed_s is None or self.driven.begins_second:
            speed_mps = max(1.0, float(car.state.speed_mps[0]))
            self.needed_s = _missing_stations(self.driven) * STATION_M / speed_mps

    def begin(self) -> ReadingTask:
        """Read it from what is kept."""
        self.being_read_s, self._tried_at_s = self.driven.kept_s, self.driven.driven_s
        return ReadingTask(tuple(self.driven.traces))

    def end(self, received: RewardRead | Exception) -> None:
        """What has come of it."""
        if isinstance(received, RewardRead):
            self.read, self.read_from_s, self.failure = received, self.being_read_s or 0.0, ""
        else:
            self.failure = last_line(received)
        self.being_read_s = None


class DriverRewards:
    """Those of all drivers of a screen; one is read at a time, in a process beside the window."""

    def __init__(self) -> None:
        self._by_driver: dict[DriverKey, DriverReward] = {}
        self._last: DriverReward | None = None
        self._reading: tuple[DriverReward, BackgroundWork] | None = None

    @property
    def is_reading(self) -> bool:
        """A process reads somebody's."""
        return self._reading is not None

    def of(self, driver: DriverKey) -> DriverReward:
        """One driver's."""
        return self._by_driver.setdefault(driver, DriverReward())

    def follow(self, driver: DriverKey, car: SingleCar) -> None:
        """A control tick begins in which this driver has the car."""
        reward = self.of(driver)
        if self._last is not None and self._last is not reward:
            self._last.driven.break_off()
        self._last = reward
        reward.follow(car)

    def poll(self, wanted: DriverKey | None) -> None:
        """Once a frame: hear what was read; begin to read the reward that is wanted where there is enough driving."""
        if self._reading is not None:
            reward, work = self._reading
            for _, received in work.received():
                reward.end(received)
                self._reading = None
        if wanted is not None and self._reading is None and (reward := self.of(wanted)).needed_s == 0.0:
            self._reading = reward, BackgroundWork({"reward": (read_reward, reward.begin())}, "reward")

    def close(self) -> None:
        """Nobody wants to know any more."""
        if self._reading is not None:
            self._reading[1].cancel()


def _missing_stations(driven: DrivenTicks) -> float:
    """How many stations are still to be driven until enough count, if the present stretch goes on; 0 where they do."""
    traces = driven.traces
    counted = num_counted(traces)
    if counted >= ENOUGH:
        return 0.0
    lane_m = traces[-1].lane_m
    # A stretch begins to count once its future is known.
    future = 0.0 if num_counted(traces[-1:]) else FUTURE - (lane_m[-1] - lane_m[0]) / STATION_M
    return max(1.0, ENOUGH - counted + future)
