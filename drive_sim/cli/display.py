"""What the terminal shows: progress bars on standard error, tables as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drive_sim.lessons.kit.progress import Finished, Progress

Show = Callable[[str, float, str], None]
"""Shows that a stage has come so far (0 to 1), with a few words."""


@contextmanager
def progress(stages: Mapping[str, str]) -> Iterator[Show]:
    """A bar for each stage (name to what is said of it), from when it is first shown.

    Without a terminal there are no bars; a line says when a stage ends.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {
            name: bars.add_task(text, total=1.0, visible=False, start=False, note="") for name, text in stages.items()
        }
        begun: set[str] = set()
        ended: set[str] = set()

        def show(stage: str, share: float, note: str) -> None:
            if stage not in begun:
                begun.add(stage)
                bars.start_task(tasks[stage])
            bars.update(tasks[stage], completed=share, visible=True, note=note)
            if share >= 1.0 and stage not in ended:
                ended.add(stage)
                if not console.is_terminal:
                    console.print(f"{stages[stage]}: {note}" if note else stages[stage], markup=False)

        yield show


def finished(lesson: Iterable[Progress | Finished], stages: Mapping[str, str]) -> Finished:
    """Run a lesson, shown as it goes; returns its last record."""
    from drive_sim.lessons.kit.progress import Finished

    last: Progress | Finished | None = None
    with progress(stages) as show:
        for last in lesson:
            if not isinstance(last, Finished):
                show(last.stage, last.share, last.note)
    assert isinstance(last, Finished)
    return last


def times(what: str, number: int) -> str:
    """How often, in words: 1 intervention, 2 interventions."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as aligned text; the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
