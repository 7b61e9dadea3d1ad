"""`compare`: several policies from one pose in the same winds, and what a batch of unseen cars pays."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.exports import export, exported, named_world
from drive_sim.cli.models import models_to_watch
from drive_sim.cli.options import program

_ROOM_MB = 60
_STAGES = {"drive": "75 unseen cars of each policy", "film": "picture and film"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `compare`."""

    models: Sequence[str]
    headless: bool
    no_film: bool
    dagger: bool
    out: Path | None
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Butterfly: the expert and models start from one pose in the same winds, seen from above, and nobody is put back. Beside
them 75 unseen cars of each drive in the background, and what they pay so far is drawn on log-log axes, with bands
(bootstrap over roads) and guide lines T and T squared (Ross and Bagnell 2010). Drag the start, and all begin again from
there. DAgger learns from the clone's recording where none is there. --headless keeps a picture, a film and the numbers
in a new folder instead. Without a MODEL it is the newest pair under runs/, or the one that ships."""
    command.epilog = options.examples(
        "compare", "compare runs/demo-001/models/*", "compare runs/demo-001/models/* --headless --out butterfly"
    )
    options.add_models(command, least="*")
    command.add_argument("--headless", action="store_true", help="no window: picture, film and result in a new folder")
    command.add_argument("--no-film", action="store_true", help="--headless: leave out film.mp4")
    command.add_argument("--dagger", action="store_true", help="--headless: teach DAgger first, where none is there")
    options.add_out(command)
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window, or keep what it would show."""
    models = models_to_watch(args.models) or None
    if args.headless or args.out is not None:
        return _export(args, models)
    from drive_sim.app.screen import ToCompare

    instead = f"keep what it would show: {program()} compare --headless"
    return sitting.made(window.show(ToCompare(models), args.road, args.window, instead))


def _export(args: Arguments, models: tuple[str, ...] | None) -> Result:
    from drive_sim.app.compare_export import Export, export_comparison

    world = named_world(args.road)
    wanted = Export(args.window.size or Export().size_px, not args.no_film, args.dagger)
    folder, result = export(
        "compare",
        args.out,
        _STAGES,
        _ROOM_MB,
        lambda folder, show: export_comparison(models, args.road.seed, world, folder, wanted, show),
    )
    return exported("compare", folder, result, _rows(result), args.models)


def _rows(result: Result) -> list[tuple[str, ...]]:
    """Who left the road, what it cost, and how that grows; by the squared offset."""
    rows = [("", "left the road", "cost", "95 %", "grows as T^", "95 %")]
    for policy in result["policies"].values():
        cost = policy["costs"]["squared"]
        band = f"{cost['low'][-1]:.2f} to {cost['high'][-1]:.2f}"
        exponent, interval = "-", "-"
        if cost["exponent"] is not None:
            exponent, interval = f"{cost['exponent']:.2f}", "{:.2f} to {:.2f}".format(*cost["exponent_interval"])
        left = f"{policy['left_road']} of {policy['cars']}"
        rows.append((policy["label"], left, f"{cost['total'][-1]:.2f}", band, exponent, interval))
    return rows


COMPARE = Command("policies from one pose, and what a batch of cars pays", add_arguments, Arguments, run)
