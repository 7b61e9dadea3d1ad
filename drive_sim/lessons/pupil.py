"""What a network that learns beside the window is told and what it reports; light, since the window imports it."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.lessons.kit.workers import Connection, lower_priority


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn from (demonstrations first, then takeovers), and where the model goes; see `app.training`."""

    name: str
    recordings: tuple[Path, ...]
    model_folder: Path
    seed: int
    num_steps: int | None = None
    start_from: Path | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """So many steps are done; the root mean square error of the last ones, in 1/m; `note` warns of the recording."""

    number: int
    num_steps: int
    error_per_m: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """The model is in its folder."""

    folder: Path
    duration_s: float


def learn(home: Connection, task: Task) -> None:
    """A child's work: send home Steps, save the model, send home Saved. Raises InputError for too little driving."""
    lower_priority()
    from drive_sim.lessons.schooling import school  # noqa: PLC0415 - torch is loaded by the children only

    school(home, task)
