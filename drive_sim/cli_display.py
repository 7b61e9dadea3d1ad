"""What the terminal shows: progress bars on standard error, tables as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drive_sim.evaluate import Tick
    from drive_sim.learn.base import Round

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


def watched(ticks: Iterable[Tick], distance_m: float, name: str, show: Show) -> Iterator[Tick]:
    """The ticks of a drive, shown as they pass."""
    interventions = 0
    share = 0.0
    for number, tick in enumerate(ticks):
        interventions += int((tick.intervened & tick.counted).sum())
        share = float(tick.distance_m.clip(0.0, distance_m).mean()) / distance_m
        if number % 10 == 0:
            show(name, min(share, 0.999), _times(interventions))
        yield tick
    show(name, 1.0, _times(interventions))


def best_round(rounds: Iterable[Round], name: str, show: Show) -> tuple[Round | None, bool]:
    """The round to keep of a training that is shown as it goes, and whether Ctrl-C left it time to end."""
    from drive_sim.learn.base import better_round

    best: Round | None = None
    try:
        for latest in rounds:
            best = better_round(best, latest)
            now = latest.metrics
            note = f"step {now['step']:.0f}, loss {now['loss']:.3f}, {now['frames_per_s']:,.0f} frames/s"
            show(name, now["step"] / now["num_steps"], note)
    except KeyboardInterrupt:
        return best, False
    return best, True


def _times(interventions: int) -> str:
    return "1 intervention" if interventions == 1 else f"{interventions} interventions"


def scores(results: Mapping[str, Mapping[str, Any]]) -> str:
    """A table of what models did, a line each, with 95 % intervals."""
    heads = ("model", "km", "interventions", "a km", "autonomy %", "off the lane: mean / 95 % / max cm", "jerk")
    rows = [
        (
            name,
            f"{of['distance_km']:.1f}",
            str(of["interventions"]),
            _interval(of, "interventions_per_km", 2),
            _interval(of, "autonomy_percent", 1),
            f"{of['offset_mean_cm']:.0f} / {of['offset_p95_cm']:.0f} / {of['offset_max_cm']:.0f}",
            "-" if of["command_jerk_rad_s3"] is None else f"{of['command_jerk_rad_s3']:.1f}",
        )
        for name, of in results.items()
    ]
    return columns([heads, *rows])


def _interval(of: Mapping[str, Any], name: str, digits: int) -> str:
    low, high = of[f"{name}_low"], of[f"{name}_high"]
    middle = f"{of[name]:.{digits}f}"
    return middle if low is None or high is None else f"{middle} ({low:.{digits}f} to {high:.{digits}f})"


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
