"""A film that is made beside the window; light, since the window imports it."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.report.shots import Shot


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """The new film's file, and what it shows."""

    path: Path
    shots: tuple[Shot, ...]


def film(home: Connection, task: Task) -> None:
    """A child's work: write the film, send home its number of frames."""
    lower_priority()
    from drive_sim.report.minute import write_minute  # noqa: PLC0415 - the window need not load what films need

    home.send(write_minute(task.path, task.shots))
