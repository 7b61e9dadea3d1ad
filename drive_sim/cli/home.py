"""`home`: the window on its home screen."""

from argparse import ArgumentParser
from dataclasses import dataclass

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.options import program


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `home`."""

    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Opens the window on its home screen, which leads to everything: drive and record, train a pair of networks while you
drive on, watch them on unseen roads, push them, take the wheel from them, and a lecture in five steps. F1 lists the
keys of each screen. Typing no command at all does the same where there is a display."""
    command.epilog = options.examples("home", "home --full-screen", "home --seed 3 --size 1600x900")
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window until the person leaves."""
    from drive_sim.app.screen import ToHome

    instead = f"tell the whole story without one: {program()} demo --headless"
    return sitting.made(window.show(ToHome(), args.road, args.window, instead))


HOME = Command("the window: drive, train, watch, take the wheel, lecture", add_arguments, Arguments, run)
