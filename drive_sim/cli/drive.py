"""`drive`: a person drives and is recorded."""

from argparse import ArgumentParser
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.options import program
from drive_sim.cli.outputs import RUNS, output_folder


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `drive`."""

    road: options.RoadOptions
    window: options.WindowOptions
    out: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
You drive, by keys, mouse or game pad, and what you drive is recorded. With the keys the wheel ramps and centres itself.
R starts and stops the recording, Backspace drops its last five seconds, T trains a pair of networks on it while you
drive on, L lets go of the wheel. F1 lists all keys, Escape ends the drive. Drive left and right bends alike: a network
learns only what it is shown."""
    command.epilog = options.examples("drive", "drive --track village-loop --out my-drive", "train my-drive")
    options.add_track(command)
    options.add_out(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window in which the person drives; a folder in which nothing was recorded does not stay."""
    from drive_sim.app.screen import ToDrive

    instead = f"let the scripted expert drive: {program()} record"
    where = args.out or RUNS
    with (
        nullcontext() if args.out is None else output_folder(args.out, "drive") as out,
        stopping(where, f"what was recorded is in {where}"),
    ):
        session = window.show(ToDrive(), args.road, args.window, instead, recording_out=out)
    if session.recording is None:
        print("nothing was recorded; press R in the window to begin")
    return sitting.made(session)


DRIVE = Command("you drive in a window, and are recorded", add_arguments, Arguments, run)
