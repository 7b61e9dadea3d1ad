"""What the commands share that open a screen, or keep what it would show: the folder, its frame, and the last words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display
from drive_sim.cli.command import Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.options import RoadOptions, program
from drive_sim.cli.outputs import check_room, output_folder
from drive_sim.cli.roads import chosen_road
from drive_sim.stops import end_work

if TYPE_CHECKING:
    from drive_sim.sim.scene import Scene
    from drive_sim.sim.track import Track

Show = Callable[[str, float, str], None]
"""Told of a stage, how much of it is done, and a few words."""


def named_world(road: RoadOptions) -> tuple[Track, Scene] | None:
    """The road of --track with its sky; None: the screen's own."""
    return None if road.track is None else chosen_road(road)


def export(
    name: str, out: Path | None, stages: Mapping[str, str], room_mb: int, make: Callable[[Path, Show], Result]
) -> tuple[Path, Result]:
    """Make what a screen would show in a new folder, with progress; what is stopped says where it lies."""
    with (
        output_folder(out, name) as folder,
        display.progress(stages) as show,
        stopping(folder, f"what was made is in {folder}"),
    ):
        check_room(folder, room_mb)
        result = make(folder, show)
        end_work()
    return folder, result


def exported(name: str, folder: Path, result: Result, rows: Sequence[tuple[str, ...]], models: Sequence[str]) -> Result:
    """Say what was found, as rows of a table, and where it lies; the command's result."""
    print(display.columns(list(rows)))
    again = " ".join([program(), name, *models])
    print(f"\nthe picture is {folder / 'picture.png'}; see it live: {again}")
    return {"folder": str(folder), **result}
