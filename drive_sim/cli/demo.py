"""`demo`: the whole story of the first drive, and the window on it where there is a display."""

import os
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import display, options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.outputs import check_room, output_folder

DEMO_MB = 60
"""The room that all of it takes on the disk."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `demo`."""

    seed: int
    out: Path | None
    headless: bool


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
The whole story in about a minute. A scripted expert drives thirty seconds on one road; two identical networks learn
from exactly those 300 frames, one of them from shifted and rotated views as well; both then drive 40 km of roads that
they have never seen. A new folder gets report.html, film.mp4, result.json and both models."""
    command.epilog = options.examples("demo", "demo --seed 7 --out my-first-drive", "demo --headless")
    options.add_out(command)
    command.add_argument("--headless", action="store_true", help="open no window at the end")


def run(args: Arguments) -> Result:
    """Run the first drive into a new folder and say what it found."""
    from drive_sim.lessons.first_drive import first_drive
    from drive_sim.lessons.first_drive.first_drive_result import Config

    with output_folder(args.out, "demo") as folder, stopping(folder, f"what was finished is in {folder}"):
        check_room(folder, DEMO_MB)
        lesson = first_drive.run(Config(seed=args.seed), folder)
        finished = display.finished(lesson, first_drive.STAGES)
    print(f"\n{finished.headline}\n")
    for path in sorted(folder.iterdir()):
        print(f"  {path}{os.sep if path.is_dir() else ''}")
    if not args.headless and window.has_display():
        _watch_models(folder, args.seed)
    return finished.result


def _watch_models(folder: Path, seed: int) -> None:
    from drive_sim.app.screen import ToWatch

    models = sorted(str(path.parent) for path in folder.rglob("config.json"))
    road, instead = options.RoadOptions(None, seed), f"see {folder / 'report.html'}"
    sitting.watched(window.show(ToWatch(tuple(models)), road, options.WindowOptions(), instead))


DEMO = Command("the whole story: record, train twice, drive unseen roads, report", add_arguments, Arguments, run)
