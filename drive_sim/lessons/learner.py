"""What a learner is told and what it reports; light, so that the parent need not load what only learners use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_sim.evaluate import EvalReport
from drive_sim.lessons.kit.workers import Connection
from drive_sim.sim.conditions import Conditions


@dataclass(frozen=True, slots=True)
class Task:
    """What a learner is to do; `num_steps` is given only in tests."""

    name: str
    seed: int
    conditions: Conditions
    num_steps: int | None
    model_folder: Path


@dataclass(frozen=True, slots=True)
class Learned:
    """A network has learned: the step of each round and the root mean square error since the last, in 1/m."""

    training: dict[str, Any]
    steps: tuple[int, ...]
    error_per_m: tuple[float, ...]
    commit: str | None
    duration_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """A network has driven the unseen roads."""

    report: EvalReport
    duration_s: float


def learn_and_drive(home: Connection, task: Task) -> None:
    """A child's work; see `cloning.clone_and_drive`."""
    from drive_sim.lessons.cloning import clone_and_drive  # noqa: PLC0415 - torch is loaded by the children only

    clone_and_drive(home, task)
