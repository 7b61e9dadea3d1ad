"""Which rows of a recording were made when, so that of an old future and of what was driven instead one counts."""

from collections import deque
from itertools import groupby
from typing import NamedTuple

from drive_sim.app.recorder import Recorder, Stretch
from drive_sim.app.time_machine import Fork
from drive_sim.app.timeline import FRAMES_HZ, LONGEST_S
from drive_sim.data.marks import Verdict


class _Recorded(NamedTuple):
    """A row of a recording, and the frame in which it was made."""

    num_frames: int
    episode: int
    tick: int


class ForkRecording:
    """Rows of the last minute; the first row of a fork leaves those out that were made in its old future."""

    def __init__(self) -> None:
        self.first_episode: int | None = None
        """Of what is recorded in the fork; None: nothing yet."""
        self._rows: deque[_Recorded] = deque()
        self._old_rows: deque[_Recorded] = deque()
        """As they were before the fork."""
        self._replaced: list[Stretch] = []
        self._are_left_out = False

    def begin(self) -> None:
        """Time forks; what came of an earlier fork stays."""
        self.first_episode, self._replaced, self._are_left_out = None, [], False

    def add(self, recorder: Recorder, num_frames: int, fork: Fork | None) -> None:
        """The next row of a recorder is made in this frame, in a fork or not."""
        episode = recorder.num_episodes - 1
        if fork is not None and fork.touched_at is not None and self.first_episode is None:
            self._replace(recorder, episode, fork.touched_at)
        self._rows.append(_Recorded(num_frames, episode, recorder.tick))
        while self._rows[0].num_frames < num_frames - FRAMES_HZ * LONGEST_S:
            self._rows.popleft()

    def mark(self, recorder: Recorder, verdict: Verdict) -> None:
        """The fork, whose episodes have ended, is good and the old future left out, or the other way round."""
        if self.first_episode is not None:
            self._leave_out(recorder, verdict == "good")
            recorder.mark(self.first_episode, verdict)

    def discard(self, recorder: Recorder) -> None:
        """What was recorded in the fork, whose episodes have ended, is dropped, and the old future counts again."""
        if self.first_episode is not None:
            self._leave_out(recorder, False)
            recorder.drop_episodes(self.first_episode)
            self._rows = self._old_rows
            self.begin()

    def _replace(self, recorder: Recorder, episode: int, after_frame: int) -> None:
        self.first_episode, self._old_rows = episode, self._rows
        later = [row for row in self._rows if row.num_frames > after_frame]
        self._rows = deque(row for row in self._rows if row.num_frames <= after_frame)
        for number, group in groupby(later, key=lambda row: row.episode):
            ticks = [row.tick for row in group]
            self._replaced.append(Stretch(number, range(ticks[0], ticks[-1] + 1)))
        self._leave_out(recorder, True)

    def _leave_out(self, recorder: Recorder, are_left_out: bool) -> None:
        if are_left_out != self._are_left_out:
            self._are_left_out = are_left_out
            for stretch in self._replaced:
                (recorder.leave_out if are_left_out else recorder.take_back)(stretch)
