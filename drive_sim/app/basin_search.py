"""Basins that are searched: processes beside the window drive, and each frame what they have found is taken in."""

import os
import time
from collections.abc import Sequence

import numpy as np

from drive_sim.app.background_work import BackgroundWork, last_line
from drive_sim.app.basin_messages import BasinTask, PosesOfModel, ShownPlaces, StartsTask
from drive_sim.app.drivers import PolicyDriver
from drive_sim.evaluate.basin import BasinConfig, BasinMap
from drive_sim.evaluate.unaided import LaneErrors
from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.policies.named_driver import EXPERT
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import suite_from_track
from drive_sim.sim.track import Track, Tracks, lane_pose, point_on_lane

_MOST_PROCESSES = 2


class BasinSearch:
    """A map a driver at one place of a road; call `poll` each frame, then read how fine they are."""

    def __init__(
        self,
        drivers: Sequence[PolicyDriver],
        track: Track,
        scene: Scene,
        s_m: float,
        config: BasinConfig,
        *,
        has_window: bool = True,
    ) -> None:
        """Begin."""
        self.config, self.s_m = config, s_m
        suite = suite_from_track(track, scene, disturbance=CONDITIONS.evaluation)
        self.bend_per_m = _bend_per_m(suite.tracks, s_m)
        """How the road bends at this place, left positive."""
        self.maps: dict[str, BasinMap] = {driver.name: BasinMap.empty(config) for driver in drivers}
        """By the driver's name."""
        self.shown: dict[str, LaneErrors] = {}
        """Where those were who a driver has learned from, by its name."""
        self.error = ""
        """One line on why it failed."""
        self.first_s: float | None = None
        self.last_s: float | None = None
        """When the first coarse map of every driver stood, and the last fine one; since the beginning."""
        self._names = {EXPERT if driver.folder is None else str(driver.folder): driver.name for driver in drivers}
        self._began_s = time.perf_counter()
        models = tuple(self._names)
        num = min(_MOST_PROCESSES, os.cpu_count() or 1)
        tasks = [BasinTask(models, suite, s_m, config, (number, num), has_window) for number in range(num)]
        self._start(tasks)

    @property
    def models(self) -> tuple[str, ...]:
        """The drivers' folders, or `expert`."""
        return tuple(self._names)

    @property
    def is_running(self) -> bool:
        """There is more to come."""
        return self.last_s is None and not self.error and not self._work.is_cancelled

    @property
    def side(self) -> int:
        """How many offsets the coarsest of the maps has; 0 before all of them have one."""
        return min((known.side for known in self.maps.values()), default=0)

    @property
    def done(self) -> float:
        """The share of all poses that was driven from."""
        return sum(float(known.known.mean()) for known in self.maps.values()) / max(1, len(self.maps))

    def poll(self) -> None:
        """Once a frame: what was found since."""
        for _, received in self._work.received():
            if isinstance(received, Exception):
                self.error = last_line(received)
            else:
                self.take_in(received)

    def take_in(self, received: PosesOfModel | ShownPlaces) -> None:
        """What a process has found."""
        name = self._names[received.model]
        if isinstance(received, ShownPlaces):
            self.shown[name] = received.places
        else:
            self.maps[name] = self.maps[name].with_driven(received.driven)
            self._note_times()

    def close(self) -> None:
        """Nobody wants it any more."""
        self._work.cancel()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the processes have ended, for scripts and tests; the window polls."""
        self._work.wait(timeout_s)
        self.poll()

    def _start(self, tasks: list[BasinTask]) -> None:
        self._work = BackgroundWork({f"basin-{task.share[0]}": (search, task) for task in tasks}, "basin")

    def _note_times(self) -> None:
        since_s = time.perf_counter() - self._began_s
        if self.first_s is None and self.side:
            self.first_s = since_s
        if all(known.known.all() for known in self.maps.values()):
            self.last_s = since_s


def search(parent: Connection, task: BasinTask | StartsTask) -> None:
    """What a process runs; torch is loaded there only, when a window's frames come first already."""
    if isinstance(task, BasinTask) and task.is_beside_window:
        lower_priority()
    from drive_sim.app.basin_worker import work  # noqa: PLC0415

    work(parent, task)


def _bend_per_m(tracks: Tracks, s_m: float) -> float:
    only, place = np.zeros(1, dtype=np.int64), np.full(1, s_m)
    poses = point_on_lane(tracks, only, place, np.zeros(1), np.zeros(1))
    return float(lane_pose(tracks, only, poses, place).curvature_per_m[0])
