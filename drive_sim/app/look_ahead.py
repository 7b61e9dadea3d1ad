"""A look ahead for pushes without a process of its own: for films, scripts and tests, whose frames may wait for it."""

from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.nudge_choice import NudgeChoice
from drive_sim.app.nudge_search import NudgeSearch
from drive_sim.app.nudge_worker import make_search, packed, unpacked


class LookAhead(NudgeChoice):
    """Finds what the process would find, and is ready when it is asked."""

    search: NudgeSearch | None = None

    def prepare(self) -> None:  # type: ignore[override]
        """Load the drivers."""
        if self.search is None:
            self.search = make_search(self._task)

    def seek(self, rollout: LiveRollout, lead_s: float) -> None:
        """Try all pushes at once."""
        self.prepare()
        assert self.search is not None
        state = unpacked(packed(rollout.snapshot(), rollout), self.search.rollout)
        self.trials = [trial for trial in self.search.trials(state, lead_s) if trial is not None]
