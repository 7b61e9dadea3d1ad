"""Somebody else's driver, confined: it runs in a process of its own, with limits, and is ended where it exceeds them.

The child stands in the folder of the copy (`submission`), and is told neither where it came from nor what roads there
are. It gets pictures and speeds, and gives curvatures, as bytes that nobody unpickles.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.policies.child import (
    ANSWER,
    PATIENCE,
    READY,
    Connection,
    Conversation,
    give_to_nobody,
    started,
)
from drive_sim.policies.confined_child import Needs, Question
from drive_sim.policies.submission import FILE, FOLDER, Submission, SubmissionError
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

_MODULE = "drive_sim.policies.confined_child"
_MOST_PIXELS = 100_000
_ON_THE_CAR_M = {"height_m": (0.2, 4.0), "forward_m": (-4.0, 4.0), "side_m": (-2.0, 2.0)}


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a driver: a processor's time in all, and memory beside libraries.

    The clock's time is none: a busy machine would use it up, and the same file would not get the same grade.
    """

    time_s: float = 180.0
    memory_mb: int = 2048

    def __post_init__(self) -> None:
        if not min(self.time_s, self.memory_mb) > 0:
            raise InputError("limits: time and memory must be positive")


class ConfinedPolicy:
    """A `Policy` whose answers come from the child; `camera` is what it sees through, `spent_s` how long it took.

    `num_frames`: how many pictures on end it sees.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes], connection: Connection, limits: Limits) -> None:
        too_long = f"it takes more than {limits.time_s:g} s of a processor"
        self._child = Conversation(name, process, connection, too_long=too_long, fault=SubmissionError, line=_named)
        self._most_s = PATIENCE * limits.time_s
        self.spent_s = 0.0
        self._child.begin()
        needs = _needs_of(self._child.receive(READY, self._most_s), name)
        self.camera, self.num_frames = needs.camera, needs.num_frames

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Steer by pictures and speeds; what it may draw is seeded by `rng`. The speed is kept.

        Raises SubmissionError where the child is refused, too slow, or gone; InputError where the machine is to blame.
        """
        if observation.images is None:
            raise InputError("a confined driver sees pictures, and the environment has no camera; give EnvConfig one")
        num, seed = len(observation.speed_mps), int(rng.integers(2**63))
        began_s = time.monotonic()
        before = observation.previous_images if self.num_frames > 1 else None
        asked = Question(observation.images, observation.speed_mps, seed, before)
        self._child.send(asked.to_bytes(), self._most_s)
        answer = self._child.receive(ANSWER, self._most_s)
        self.spent_s += time.monotonic() - began_s
        curvature_per_m = np.frombuffer(answer, np.float64) if len(answer) == 8 * num else np.full(num, np.nan)
        if not np.isfinite(curvature_per_m).all():
            raise SubmissionError(f"{self._child.name}: it steers by what are no numbers; train or export it again")
        return Command.steer(curvature_per_m)


@contextmanager
def confined(submission: Submission, limits: Limits) -> Iterator[ConfinedPolicy]:
    """Lend its driver, in a process that ends with the block. Raises SubmissionError where it cannot be loaded."""
    if os.name != "posix":
        raise InputError("this system cannot limit what a process takes; grade on Linux, or on a Mac")
    give_to_nobody(submission.folder)
    with started(_MODULE, (submission.copy, limits.time_s, limits.memory_mb), submission.folder) as (process, ours):
        yield ConfinedPolicy(submission.name, process, ours, limits)


def _needs_of(said: bytes, name: str) -> Needs:
    """What the child needs. Raises SubmissionError for a camera that no car of ours has."""
    try:
        needs = records.from_json(records.decoded(said, "its camera", ""), Needs, "its camera", "export it again")
    except InputError as error:
        raise SubmissionError(f"{name}: {error}") from None
    camera = needs.camera
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
    return needs


def _named(words: str, name: str) -> str:
    """A line of the child's with the name that whoever handed it in knows, which begins it."""
    for part in (f"{FILE}: ", f"{FOLDER}/", f"{FILE} ", f"{FOLDER} "):
        if words.startswith(part):
            return f"{name}{part[len(part.rstrip(':/ ')) :]}{words.removeprefix(part)}"
    return f"{name}: {words}"
