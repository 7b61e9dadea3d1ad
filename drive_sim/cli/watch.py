"""`watch`: models drive in a window."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.models import models_to_watch
from drive_sim.cli.options import program
from drive_sim.errors import InputError


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `watch`."""

    models: Sequence[str]
    lecture: bool
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Models drive unseen roads in a window, and what they look at is marked in the picture. A switches between two of them in
mid-drive, N nudges the car, an arrow key takes the wheel and G gives it back, T retrains on what you corrected. More
than 1 m off the lane is an intervention: the car is put back, and it counts. --lecture leads through cascading errors
and their cure in five steps. Without a MODEL the newest pair under runs/ drives, or the one that ships."""
    command.epilog = options.examples(
        "watch", "watch pilotnet alvinn", "watch --lecture", "watch runs/demo-001/models/* expert"
    )
    options.add_models(command, least="*")
    command.add_argument("--lecture", action="store_true", help="five steps, a sentence each")
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window on the models, or on the lecture with them, until the person leaves."""
    from drive_sim.app.screen import ToLecture, ToWatch

    models = models_to_watch(args.models)
    if not models and not args.lecture:
        raise InputError("no MODEL is named and there is no pair under runs/; name a model's folder, or `expert`")
    first = ToLecture(models or None) if args.lecture else ToWatch(models)
    instead = f"count what they do: {program()} evaluate {' '.join(args.models) or 'MODEL'}"
    return sitting.watched(window.show(first, args.road, args.window, instead))


WATCH = Command("models drive in a window: push them, take the wheel", add_arguments, Arguments, run)
