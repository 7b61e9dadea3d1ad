"""Recording beside the frames: a thread writes, so that no frame waits for a disk; a full disk ends it with a line."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from drive_sim.data.check_demonstrations import BEND_PER_M, check_demonstrations
from drive_sim.data.marks import Drop, Verdict, append_drop, append_undo, append_verdict
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row, drop_last, drop_off_road, load_recording
from drive_sim.errors import InputError

_FLUSHED_ROWS = 5
"""Rows of half a second go to the disk together, so that what waits in the thread is within the second too."""


class _Kept(NamedTuple):
    """Of a row that is recorded: the command, and whether the car was off the road's surface."""

    tick: int
    curvature_per_m: float
    is_off_road: bool


class Stretch(NamedTuple):
    """Ticks of an episode that follow on each other."""

    episode: int
    ticks: range


class Recorder:
    """Writes episodes into a recording's folder; `error` is the line that ended the present one, or None.

    Nothing here waits for the disk but `close` and `flush`; the thread does what it is told in order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.error: str | None = None
        self._failure: str | None = None
        self._is_on = False
        self._num_off_road = 0
        self._kept: list[list[_Kept]] = []
        """What is recorded and not dropped, an inner list an episode."""
        self._tick, self._tick_s, self._num_safe = 0, 0.1, 0
        self._num_ticks: list[int] = []
        """Recorded in each episode, dropped or not."""
        self._left_out: dict[Stretch, list[_Kept]] = {}
        self._files: list[str] = []
        """Of the episodes, as far as the thread has begun them; "" where the disk refused."""
        self._writer: RecordingWriter | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self._last: Future[None] | None = None
        self._warning: Future[str] | None = None

    @property
    def is_recording(self) -> bool:
        """An episode is under way, and the disk takes it."""
        return self._is_on and self.error is None

    @property
    def tick(self) -> int:
        """Ticks recorded in this episode so far."""
        return self._tick

    @property
    def recorded_s(self) -> float:
        """What is recorded and not dropped, over all episodes."""
        return self._tick_s * sum(map(len, self._kept))

    @property
    def off_road_s(self) -> float:
        """How much of that was driven off the road's surface."""
        return self._tick_s * self._num_off_road

    @property
    def bends(self) -> tuple[float, float]:
        """Shares of it that bend left and right, 0 to 1."""
        commands = [row.curvature_per_m for episode in self._kept for row in episode]
        count = max(1, len(commands))
        return sum(k > BEND_PER_M for k in commands) / count, sum(k < -BEND_PER_M for k in commands) / count

    def begin(self, info: EpisodeInfo) -> None:
        """A new episode."""
        self._is_on, self.error = True, None
        self._tick, self._tick_s = 0, 1.0 / info.control_hz
        self._kept.append([])
        self._num_ticks.append(0)
        self._submit(lambda: self._open(info))

    def append(self, row: Row) -> None:
        """Record a row, unless nothing is being recorded; its pictures must not be changed afterwards."""
        if not self.is_recording:
            return
        self._tick += 1
        self._num_ticks[-1] += 1
        edge_m = row.lane_edge_m
        kept = _Kept(row.tick, row.curvature_per_m, edge_m is not None and edge_m < 0.0)
        self._kept[-1].append(kept)
        self._num_off_road += kept.is_off_road
        self._submit(lambda: self._write(row))

    def drop_last(self, seconds: float) -> float:
        """Mark the last seconds as dropped; returns how many were there to drop."""
        for episode in reversed(self._kept):
            if episode:
                dropped = episode[-max(1, round(seconds / self._tick_s)) :]
                del episode[-len(dropped) :]
                self._count_off_road()
                self._submit(lambda: self._drop(seconds))
                return len(dropped) * self._tick_s
        return 0.0

    def drop_off_road(self) -> None:
        """The episode is over, and what was driven off the road's surface is marked as dropped."""
        self.end()
        self._kept = [[row for row in episode if not row.is_off_road] for episode in self._kept]
        self._count_off_road()
        self._submit(lambda: drop_off_road(self.folder))

    def _count_off_road(self) -> None:
        """Anew, after something was dropped: each frame asks for it."""
        self._num_off_road = sum(row.is_off_road for episode in self._kept for row in episode)

    @property
    def num_episodes(self) -> int:
        """Episodes begun so far."""
        return len(self._num_ticks)

    def mark(self, first_episode: int, verdict: Verdict) -> None:
        """Say of the episodes from one on, which have ended, that they are good, or bad and left out by readers."""
        for episode in self._with_rows(first_episode):
            self._set_aside(Stretch(episode, range(self._num_ticks[episode])), are_left_out=verdict == "bad")
            self._submit(lambda episode=episode: self._say(episode, verdict))

    def drop_episodes(self, first_episode: int) -> None:
        """Mark the episodes from one on, which have ended, as dropped."""
        for episode in self._with_rows(first_episode):
            self.leave_out(Stretch(episode, range(self._num_ticks[episode])))

    def leave_out(self, stretch: Stretch) -> None:
        """Mark some rows as dropped, until they are taken back."""
        self._set_aside(stretch, are_left_out=True)
        self._submit(lambda: self._mark_stretch(stretch, append_drop))

    def take_back(self, stretch: Stretch) -> None:
        """Rows that were left out count again."""
        self._set_aside(stretch, are_left_out=False)
        self._submit(lambda: self._mark_stretch(stretch, append_undo))

    def _set_aside(self, stretch: Stretch, *, are_left_out: bool) -> None:
        """Of what counts take rows away, or put those back that were taken away."""
        rows = self._kept[stretch.episode] + self._left_out.pop(stretch, [])
        is_away = [are_left_out and row.tick in stretch.ticks for row in rows]
        self._kept[stretch.episode] = sorted(row for row, away in zip(rows, is_away, strict=True) if not away)
        self._left_out[stretch] = [row for row, away in zip(rows, is_away, strict=True) if away]
        self._count_off_road()

    def _with_rows(self, first_episode: int) -> list[int]:
        """An episode without a row does not stay on the disk."""
        return [episode for episode in range(first_episode, self.num_episodes) if self._num_ticks[episode]]

    def end(self) -> None:
        """The episode is over; `pop_warning` will say what a network would not learn from the recording so far."""
        if self.is_recording:
            self._is_on = False
            self._submit(self._close)
            self._warning = self._thread.submit(self._check)

    def pop_warning(self) -> str | None:
        """One line on the recording once, when it has been checked; None until then and afterwards."""
        if self._warning is None or not self._warning.done():
            return None
        line, self._warning = self._warning.result(), None
        return line

    @property
    def is_flushed(self) -> bool:
        """Everything is on the disk."""
        return self._last is None or self._last.done()

    def pop_failure(self) -> str | None:
        """The line that ended an episode, once."""
        line, self._failure = self._failure, None
        if line is not None:
            self._is_on = False
            self._kept[-1] = [row for row in self._kept[-1] if row.tick < self._num_safe]
            self._count_off_road()
        return line

    def flush(self) -> None:
        """Wait until everything is on the disk."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """End the episode and the thread; what was recorded is on the disk."""
        self.end()
        self._thread.shutdown(wait=True)

    def _submit(self, do: Callable[[], object]) -> None:
        self._last = self._thread.submit(self._guarded, do)

    def _guarded(self, do: Callable[[], object]) -> None:
        """In the thread: what the disk refuses becomes the line that the screen shows."""
        try:
            do()
        except InputError as error:
            self._num_safe = self._writer.num_written if self._writer is not None else 0
            self.error = self._failure = str(error)
            self._writer = None

    def _open(self, info: EpisodeInfo) -> None:
        self._files.append("")
        self._writer = RecordingWriter(self.folder, info)
        self._files[-1] = self._writer.path.name

    def _write(self, row: Row) -> None:
        if self._writer is not None:
            self._writer.append(row)
            if row.tick % _FLUSHED_ROWS == _FLUSHED_ROWS - 1:
                self._writer.flush()

    def _drop(self, seconds: float) -> None:
        if self._writer is not None:
            self._writer.drop_last(seconds)
        else:
            drop_last(self.folder, seconds)

    def _say(self, episode: int, verdict: Verdict) -> None:
        if file := self._files[episode]:
            append_verdict(self.folder, file, verdict)

    def _mark_stretch(self, stretch: Stretch, append: Callable[[Path, Drop], None]) -> None:
        if file := self._files[stretch.episode]:
            append(self.folder, Drop(file, stretch.ticks.start, stretch.ticks.stop))

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _check(self) -> str:
        try:
            warnings = check_demonstrations(load_recording(self.folder).demonstrations())
        except InputError as error:
            return str(error)
        return warnings[0] if warnings else ""
