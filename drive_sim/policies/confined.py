"""Somebody else's driver, confined: it runs in a process of its own, with limits, and is ended where it exceeds them.

The child stands in the folder of the copy (`submission`), and is told neither where it came from nor what roads there
are. It gets pictures and speeds, and gives curvatures, as bytes that nobody unpickles.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.policies.confined_child import ANSWER, IMPORTED, MOST_LETTERS, READY, REFUSED, Question
from drive_sim.policies.submission import FILE, FOLDER, Submission, SubmissionError
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command
from drive_sim.threads import ONE_THREAD

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as _Connection
    from multiprocessing.connection import PipeConnection

Connection: TypeAlias = "_Connection[Any, Any] | PipeConnection[Any, Any]"
_START_S = 120.0
"""Importing, and then loading, takes a few seconds, on a busy machine many; its processor's time is held meanwhile."""
_MOST_PIXELS = 100_000
_ON_THE_CAR_M = {"height_m": (0.2, 4.0), "forward_m": (-4.0, 4.0), "side_m": (-2.0, 2.0)}


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a driver: a processor's time in all, the clock's for one answer, and memory beside libraries.

    In all it is the processor's, which a busy machine does not use up.
    """

    time_s: float = 180.0
    step_s: float = 10.0
    memory_mb: int = 2048

    def __post_init__(self) -> None:
        if not min(self.time_s, self.step_s, self.memory_mb) > 0:
            raise InputError("limits: times and memory must be positive")


class ConfinedPolicy:
    """A `Policy` whose answers come from the child; `camera` is what it sees through, `spent_s` how long it took."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], connection: Connection, limits: Limits) -> None:
        self._name, self._process, self._connection, self._limits = name, process, connection, limits
        self.spent_s = 0.0
        try:
            self._receive(IMPORTED, _START_S)
        except SubmissionError as error:  # nothing of the driver's has run by then
            raise InputError(f"no driver can be started here ({error}); see what `make setup` says") from None
        self.camera = _camera_of(self._receive(READY, _START_S), name)

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Steer by pictures and speeds; what it may draw is seeded by `rng`. The speed is kept.

        Raises SubmissionError where the child is refused, too slow, or gone.
        """
        if observation.images is None:
            raise InputError("a confined driver sees pictures, and the environment has no camera; give EnvConfig one")
        num, seed = len(observation.speed_mps), int(rng.integers(2**63))
        began_s = time.monotonic()
        question = Question(observation.images, observation.speed_mps, seed).to_bytes()
        with suppress(ConnectionError), self._killed_after(self._limits.step_s):  # `_receive` says why it is gone
            self._connection.send_bytes(question)
        answer = self._receive(ANSWER, self._limits.step_s)
        self.spent_s += time.monotonic() - began_s
        curvature_per_m = np.frombuffer(answer, np.float64) if len(answer) == 8 * num else np.full(num, np.nan)
        if not np.isfinite(curvature_per_m).all():
            raise SubmissionError(f"{self._name}: it steers by what are no numbers; train or export it again")
        return Command.steer(curvature_per_m)

    @contextmanager
    def _killed_after(self, timeout_s: float) -> Iterator[None]:
        """For a child that takes no question: it has so much time, or is gone."""
        timer = threading.Timer(timeout_s, self._process.kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _receive(self, wanted: bytes, timeout_s: float) -> bytes:
        """What a message of that kind says, at most so late. Raises SubmissionError for any other."""
        try:
            if not self._connection.poll(timeout_s):
                raise SubmissionError(f"{self._name}: no answer within {timeout_s:g} s; {_SMALLER}")
            message = self._connection.recv_bytes(2**20)
        except (EOFError, OSError):
            raise SubmissionError(f"{self._name}: {self._why_gone()}") from None
        kind, said = message[:1], message[1:]
        if kind == wanted:
            return said
        words = said.decode(errors="replace")[:MOST_LETTERS] if kind == REFUSED else "its process speaks out of turn"
        raise SubmissionError(_named(words, self._name))

    def _why_gone(self) -> str:
        """Why the child has ended, in words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10.0)
        ended = -(self._process.returncode or 0)
        if ended == getattr(signal, "SIGXCPU", None) or ended == getattr(signal, "SIGKILL", None):
            return f"it takes more than {self._limits.time_s:g} s of a processor, or the machine's memory; {_SMALLER}"
        return (
            f"its process ended by itself (code {self._process.returncode}), as a damaged file's may; export it again"
        )


_SMALLER = "hand in a smaller network"


@contextmanager
def confined(submission: Submission, limits: Limits) -> Iterator[ConfinedPolicy]:
    """Lend its driver, in a process that ends with the block. Raises SubmissionError where it cannot be loaded."""
    if os.name != "posix":
        raise InputError("this system cannot limit what a process takes; grade on Linux, or on a Mac")
    ours, theirs = Pipe()
    with ours, _started(submission, theirs, limits) as process:
        yield ConfinedPolicy(submission.name, process, ours, limits)


@contextmanager
def _started(submission: Submission, theirs: Connection, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """The child, which knows its folder and nothing else; it is killed at the end."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    code = f"import sys; sys.path.insert(0, {root!r}); from drive_sim.policies.confined_child import main; "
    code += f"main({theirs.fileno()}, {submission.copy!r}, {limits.time_s!r}, {limits.memory_mb!r})"
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "NUMBA_CACHE_DIR")}
    alone = {"HOME": str(submission.folder), "CUDA_VISIBLE_DEVICES": "", "ORT_DISABLE_TELEMETRY": "1"}
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code],
        cwd=submission.folder,
        env={**kept, **ONE_THREAD, **alone},
        pass_fds=[theirs.fileno()],
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,  # Ctrl-C is the parent's
    )
    theirs.close()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _camera_of(said: bytes, name: str) -> Camera:
    """The camera that the child names. Raises SubmissionError for one that no car of ours has."""
    try:
        camera = records.from_json(records.decoded(said, "its camera", ""), Camera, "its camera", "export it again")
    except InputError as error:
        raise SubmissionError(f"{name}: {error}") from None
    if camera.width_px * camera.height_px > _MOST_PIXELS:
        raise SubmissionError(
            f"{name}: its pictures have {camera.width_px}x{camera.height_px} pixels, and {_MOST_PIXELS:,} at most are "
            "drawn for a grade; use smaller ones"
        )
    for part, (least, most) in _ON_THE_CAR_M.items():
        if not least <= getattr(camera, part) <= most:
            raise SubmissionError(
                f"{name}: its camera's {part} is {getattr(camera, part):g}, and a car carries one from {least:g} to "
                f"{most:g}; train it with such a camera"
            )
    return camera


def _named(words: str, name: str) -> str:
    """A line of the child's with the name that whoever handed it in knows, which begins it."""
    for part in (f"{FILE}: ", f"{FOLDER}/", f"{FILE} ", f"{FOLDER} "):
        if words.startswith(part):
            return f"{name}{part[len(part.rstrip(':/ ')) :]}{words.removeprefix(part)}"
    return f"{name}: {words}"
