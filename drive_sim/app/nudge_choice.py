"""The window's side of choosing a push: a process beside it rolls ahead, and what it has found so far is asked for."""

from drive_sim.app.background_work import BackgroundWork, last_line
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.nudge_search import NudgeTrial
from drive_sim.app.nudge_worker import MomentTried, SearchRequest, SearchTask, packed, search_nudges
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

_WORKER = "push"


class NudgeChoice:
    """Pushes for rollouts of one road by a clone and its twin; `poll` once a frame while one is sought."""

    def __init__(self, world: tuple[Track, Scene], drivers: tuple[PolicyDriver, PolicyDriver]) -> None:
        folders = tuple((driver.name, driver.folder) for driver in drivers)
        self._task = SearchTask(*world, folders)  # type: ignore[arg-type] - both are models, so they have folders
        self._work: BackgroundWork | None = None
        self._number = 0
        self.trials: list[NudgeTrial] = []
        """What was found since it was last sought."""
        self.is_seeking = False
        self.failure = ""
        """Why nothing can be sought any more."""

    def prepare(self) -> BackgroundWork:
        """Start the process, so that it is ready by the time when something is sought."""
        if self._work is None:
            self._work = BackgroundWork({_WORKER: (search_nudges, self._task)}, "choosing a push")
        return self._work

    def seek(self, rollout: LiveRollout, lead_s: float) -> None:
        """Look for pushes in what this rollout would do, so long from now or later; what was sought before is not."""
        self._number += 1
        self.trials.clear()
        self.is_seeking = not self.failure
        self.prepare().send(_WORKER, SearchRequest(self._number, packed(rollout.snapshot(), rollout), lead_s))

    def poll(self) -> None:
        """Hear what was found meanwhile."""
        for _, message in self._work.received() if self._work is not None else ():
            if isinstance(message, Exception):
                self.failure, self.is_seeking = f"No push can be chosen: {last_line(message)}", False
            elif isinstance(message, MomentTried) and message.number == self._number:
                self.is_seeking = not message.is_last
                if message.trial is not None:
                    self.trials.append(message.trial)

    def close(self) -> None:
        """Nobody looks any more."""
        if self._work is not None:
            self._work.cancel()
