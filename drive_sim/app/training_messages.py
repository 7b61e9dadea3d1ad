"""What the window and a process that trains for it say to each other: a task out, messages back; light to import."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

DAGGER = "dagger"
"""The name of a network that learns with the expert in the loop (`dagger_worker.py`)."""


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """What to learn from (demonstrations first, then takeovers), and where the model goes; see `app.training`."""

    name: str
    recordings: tuple[Path, ...]
    model_folder: Path
    seed: int
    num_steps: int | None = None
    """None: as many as the recipe says."""
    start_from: Path | None = None
    """The model whose weights are trained on; None: new ones."""


@dataclass(frozen=True, slots=True)
class StepsDone:
    """So many steps are done; the root mean square error of the last ones, in 1/m; `note` warns of the recording."""

    number: int
    num_steps: int
    error_per_m: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelSaved:
    """The model is in its folder."""

    folder: Path


TrainingMessage: TypeAlias = StepsDone | ModelSaved
