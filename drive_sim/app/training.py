"""Training beside the window: a process a network, listened to in a thread, so that no frame waits for either."""

import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from drive_sim.app.background_work import BackgroundWork, last_line
from drive_sim.app.model_discovery import PAIR
from drive_sim.app.training_messages import DAGGER, ModelSaved, StepsDone, TrainingMessage, TrainingTask
from drive_sim.errors import InputError
from drive_sim.lessons.kit.workers import Connection, lower_priority

RETRAINED = "-retrained"
"""Ends the names of models that have learned on from what a person drove in their stead."""
_Received = TrainingMessage | Exception


class Training:
    """Networks that learn from the same recordings; call `poll` each frame, then read how far they are.

    With `start_from` (model folders by name) the networks go on from there for a short while instead of beginning anew:
    retraining after the wheel was taken (`learn/hg_dagger.py`).
    """

    def __init__(
        self,
        recordings: Sequence[Path],
        folder: Path,
        *,
        seed: int,
        names: Sequence[str] = PAIR,
        start_from: Mapping[str, Path] | None = None,
        num_steps: int | None = None,
    ) -> None:
        """Begin. The model of each name becomes `folder/name`, whole or not at all; `num_steps` is for tests."""
        self.names, self.folder, self.recordings = tuple(names), folder, tuple(recordings)
        self.start_from = dict(start_from or {})
        self.curves: dict[str, list[tuple[int, float]]] = {name: [] for name in self.names}
        """By name: steps done, and the root mean square error of the last of them, in 1/m."""
        self.models: dict[str, Path] = {}
        """The folders of those that have finished."""
        self.num_steps: dict[str, int] = {}
        self.error: str | None = None
        """One line on why it failed."""
        self.warning = ""
        """One line on what a network will hardly learn from these recordings."""
        self.started_s = time.perf_counter()
        self.duration_s: float | None = None
        """Once it is done."""
        self._steps_done = dict.fromkeys(self.names, 0)
        tasks = [
            TrainingTask(name, self.recordings, folder / name, seed, num_steps, self.start_from.get(name))
            for name in self.names
        ]
        self._work = BackgroundWork({task.name: (_train, task) for task in tasks}, "training", self._tidy_up)

    @property
    def is_retraining(self) -> bool:
        """What has learned already learns on."""
        return bool(self.start_from)

    @property
    def words(self) -> str:
        """What goes on, as a sentence begins."""
        return "Two networks are learning" if len(self.names) > 1 else "A network is learning"

    @property
    def is_done(self) -> bool:
        """All networks have learned and lie in their folders."""
        return len(self.models) == len(self.names)

    @property
    def is_running(self) -> bool:
        """Neither done, nor failed, nor cancelled."""
        return not self.is_done and self.error is None and not self._work.is_cancelled

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        shares = [self._steps_done[name] / self.num_steps.get(name, 1) for name in self.names]
        return sum(shares) / len(shares)

    def poll(self) -> None:
        """Take in what the networks have sent since the last frame."""
        for name, received in self._work.received():
            self._take_in(name, received)

    @property
    def is_cancelled(self) -> bool:
        """A person, or the window's end, has ended it."""
        return self._work.is_cancelled and not self.is_done

    def cancel(self) -> None:
        """End it where it still runs; models that are finished stay, of the others nothing, and no empty folder."""
        self._work.cancel()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the processes have ended, for scripts and tests; the window polls."""
        self._work.wait(timeout_s)
        self.poll()

    def _tidy_up(self) -> None:
        """In the thread: what was half saved does not stay, nor a folder into which nothing has come."""
        for part in self.folder.glob(".*.part-*"):
            shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):  # something lies there, or there is none
            self.folder.rmdir()

    def _take_in(self, name: str, received: _Received) -> None:
        if isinstance(received, InputError):
            self.error = str(received)
        elif isinstance(received, Exception):
            self.error = f"training failed: {last_line(received)}"
        elif isinstance(received, ModelSaved):
            self.models[name] = received.folder
            if self.is_done:
                self.duration_s = time.perf_counter() - self.started_s
        else:
            self._take_in_steps(name, received)

    def _take_in_steps(self, name: str, done: StepsDone) -> None:
        self._steps_done[name], self.num_steps[name] = done.number, done.num_steps
        self.warning = done.note or self.warning
        if done.error_per_m is not None:
            self.curves[name].append((done.number, done.error_per_m))


def _train(parent: Connection, task: TrainingTask) -> None:
    """What the process of one network runs; torch is loaded there only, when the window's frames come first already."""
    lower_priority()
    if task.name == DAGGER:
        from drive_sim.app.dagger_worker import train  # noqa: PLC0415
    else:
        from drive_sim.app.training_worker import train  # noqa: PLC0415

    train(parent, task)
