"""`basin`: from which offsets and headings policies find back to their lane."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.exports import export, exported, named_world
from drive_sim.cli.models import models_to_watch
from drive_sim.cli.numbers import positive, whole
from drive_sim.cli.options import program

_ROOM_MB = 10
_STAGES = {"search": "cars from every pose"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `basin`."""

    models: Sequence[str]
    headless: bool
    poses: int
    winds: int
    at: float | None
    out: Path | None
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Basin of attraction: at one place of an unseen road a car is put at every offset and heading of a grid, up to 2 m and 16
degrees, and drives six seconds without help. The map says from where two policies find back (the rule of the lesson
`recovery`), their first commands are arrows, what was demonstrated are dots. Click into a map and the car is put
there. --headless keeps a picture and the numbers in a new folder instead. Without a MODEL it is the newest pair under
runs/, or the one that ships."""
    command.epilog = options.examples(
        "basin", "basin runs/demo-001/models/*", "basin pilotnet expert --headless --poses 21 --winds 8"
    )
    options.add_models(command, least="*")
    command.add_argument("--headless", action="store_true", help="no window: a picture and result.json in a new folder")
    command.add_argument(
        "--poses", type=whole(2, 161), default=41, metavar="N", help="--headless: N x N of them (default: 41)"
    )
    command.add_argument(
        "--winds",
        type=whole(0, 64),
        default=0,
        metavar="N",
        help="--headless: drives a pose, each in its wind (default: calm)",
    )
    command.add_argument(
        "--at", type=positive(1e6), metavar="M", help="--headless: the place, in metres along the road"
    )
    options.add_out(command)
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window, or keep what it would show."""
    models = models_to_watch(args.models) or None
    if args.headless or args.out is not None:
        return _export(args, models)
    from drive_sim.app.screen import ToBasin

    instead = f"keep what it would show: {program()} basin --headless"
    return sitting.made(window.show(ToBasin(models), args.road, args.window, instead))


def _export(args: Arguments, models: tuple[str, ...] | None) -> Result:
    from drive_sim.app.basin_export import BasinExport, export_basins

    world = named_world(args.road)
    wanted = BasinExport(args.poses, args.winds, args.at, args.window.size or BasinExport().size_px)
    folder, result = export(
        "basin",
        args.out,
        _STAGES,
        _ROOM_MB,
        lambda folder, show: export_basins(models, args.road.seed, world, folder, wanted, show),
    )
    rows = [("", "within 1.5 m and 8°", "all poses")]
    for policy in result["policies"].values():
        rows.append((policy["label"], f"{policy['found_back_in_box']:.1%}", f"{policy['found_back']:.1%}"))
    return exported("basin", folder, result, rows, args.models)


BASIN = Command("from which offsets and headings policies find back", add_arguments, Arguments, run)
