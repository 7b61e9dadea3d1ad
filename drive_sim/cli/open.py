"""`open`: a shared view, in a window or as a film."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.checkout import is_onnx
from drive_sim.cli import display, options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.films import add_film, checked_film, film_size_px
from drive_sim.cli.numbers import positive
from drive_sim.cli.options import program
from drive_sim.cli.outputs import RUNS
from drive_sim.cli.roads import chosen_road
from drive_sim.errors import InputError
from drive_sim.stops import begin_work, end_work

if TYPE_CHECKING:
    from drive_sim.app.screen import ToShared

_MOST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `open`."""

    text: str
    models: Sequence[Path]
    headless: bool
    film: Path | None
    seconds: float
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Opens a view that somebody has shared: F7 in the window makes a text of what is seen, copies it, and keeps it in
runs/take-home. Road, sky, drivers, knobs, the car's place and time are in it; networks are named by the hash of their
weights and sought among the models that ship, under runs/ and in the folders of --models. It opens paused; Space goes
on. With --headless --film FILE (.mp4 or .gif) it drives on without a display, and is filmed."""
    command.epilog = options.examples(
        "open ds1.AbC...",
        "open runs/take-home/state-001.txt --models my-models",
        "open ds1.AbC... --headless --film a.gif",
    )
    command.add_argument("text", metavar="TEXT", help="the text, or a file that holds it")
    command.add_argument(
        "--models", nargs="+", type=Path, default=(), metavar="DIR", help="folders of models, or that hold some"
    )
    add_film(command)
    command.add_argument(
        "--seconds", type=positive(_MOST_SECONDS), default=10.0, metavar="N", help="--film: so long (default: 10)"
    )
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window on the view until the person leaves, or film it."""
    film = checked_film(args.film, headless=args.headless)
    from drive_sim.app.shared_state import from_text
    from drive_sim.app.sharing import named_road, shared_route

    for folder in args.models:
        if not folder.is_dir() and not (is_onnx(folder) and folder.is_file()):
            raise InputError(f"--models {folder}: there is no such folder")
    state = from_text(_text(args.text))
    road = options.RoadOptions(args.road.track or named_road(state), state.seed, args.road.width)
    route = shared_route(state, list(args.models), RUNS)
    if film is not None:
        return _film(args, film, route, road)
    instead = f"film it without one: {program()} open TEXT --headless --film FILE"
    return sitting.watched(window.show(route, road, args.window, instead))


def _film(args: Arguments, film: Path, route: ToShared, road: options.RoadOptions) -> Result:
    from drive_sim.app.roads import Roads
    from drive_sim.app.shared_film import film_shared

    begin_work()
    world = (None, None) if road.track is None else chosen_road(road)
    size_px = film_size_px(film, args.window.size)
    with display.progress({"film": f"filming {args.seconds:g} s"}) as show:
        num = film_shared(
            film, route, Roads(road.seed, *world), RUNS, size_px, args.seconds, lambda share: show("film", share, "")
        )
        end_work()
    print(f"{num} pictures in {film}")
    return {"film": str(film), "pictures": num}


def _text(typed: str) -> str:
    """What was typed, or what the file of that name holds."""
    from drive_sim.app.shared_state import MOST_LETTERS, PREFIX
    from drive_sim.files import is_file, read_bytes

    if typed.startswith(PREFIX[:2]) or not typed or "\0" in typed or not is_file(Path(typed)):
        return typed
    try:
        return read_bytes(Path(typed), 2 * MOST_LETTERS).decode("ascii").strip()
    except UnicodeDecodeError:
        raise InputError(f"{typed} holds no shared state; F7 in the window makes one") from None


OPEN = Command("a view that somebody has shared, live or as a film", add_arguments, Arguments, run)
