"""In a process beside the window: the film of the last minute is made; light to import, since the window names it."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.report.shots import Shot


@dataclass(frozen=True, slots=True, eq=False)
class FilmTask:
    """The new film's file, and what it shows."""

    path: Path
    shots: tuple[Shot, ...]


def make_film(parent: Connection, task: FilmTask) -> None:
    """Write the film, send its number of frames."""
    lower_priority()
    from drive_sim.report.minute import write_minute  # noqa: PLC0415 - the window need not load what films need

    parent.send(write_minute(task.path, task.shots))
