"""`truth`: what the augmenter makes of a frame, beside what is true there."""

from __future__ import annotations

import math
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.display import columns
from drive_sim.cli.numbers import between, whole
from drive_sim.cli.options import program
from drive_sim.cli.outputs import RUNS, check_new_file
from drive_sim.cli.roads import chosen_road
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.app.screen import ToTruth
    from drive_sim.data.moved_view import MovedView


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `truth`."""

    recording: Path | None
    camera: Path | None
    shift: float
    turn: float
    row: int
    headless: bool
    out: Path | None
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Shift-and-rotate makes views that nobody drove, and says what to steer there. How true are they? Two sliders shift and
turn the car; the synthetic view stands beside the one that is truly seen from there, with a wipe between them, and each
label law beside the expert's own command. On the live road, on a recording of yours whose road can be made again, or on
a Udacity log beside its real side cameras (give --camera, from `calibrate`). --headless shows one picture and its
figures, without a display."""
    command.epilog = options.examples(
        "truth",
        "truth runs/drive-001",
        "truth driving_log.csv --camera camera.json",
        "truth --headless --shift 1 --turn 4 --out truth.png",
    )
    command.add_argument(
        "recording",
        nargs="?",
        type=Path,
        metavar="RECORDING|LOG",
        help="ours or somebody else's (default: live)",
    )
    command.add_argument("--camera", type=Path, metavar="FILE", help="the camera of somebody else's, from `calibrate`")
    command.add_argument(
        "--shift", type=between(-3.0, 3.0), default=1.0, metavar="M", help="to the left, in metres (default: 1)"
    )
    command.add_argument(
        "--turn", type=between(-20.0, 20.0), default=0.0, metavar="DEG", help="to the left, in degrees (default: 0)"
    )
    command.add_argument("--row", type=whole(0, 10**9), default=0, metavar="N", help="which frame, from 0 (default: 0)")
    command.add_argument("--headless", action="store_true", help="no window: one picture, and its figures")
    command.add_argument("--out", type=Path, metavar="FILE.png", help="where the picture goes, with --headless")
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window on the truth-o-meter, or draw one picture of it."""
    from drive_sim.app.screen import ToTruth

    route = ToTruth(args.recording, args.camera, args.shift, args.turn, args.row)
    if args.headless:
        return _draw_one(args, route)
    if args.out is not None:
        raise InputError("--out is the picture of --headless; in the window F12 saves one")
    instead = f"look at one frame without one: {program()} truth --headless --out truth.png"
    return sitting.made(window.show(route, args.road, args.window, instead))


def _draw_one(args: Arguments, route: ToTruth) -> Result:
    from drive_sim.app.display import SIZE_PX
    from drive_sim.app.roads import Roads
    from drive_sim.app.session import Session
    from drive_sim.app.truth_picture import draw_truth

    if args.out is not None:
        check_new_file(args.out, "--out")
    track, scene = (None, None) if args.road.track is None else chosen_road(args.road)
    session = Session(RUNS, args.road.seed, Roads(args.road.seed, track, scene))
    try:
        view, complaint = draw_truth(session, route, args.window.size or SIZE_PX, args.out)
    finally:
        session.close()
    result = _figures(view)
    print(_table(view))
    if complaint:
        print(complaint)
    if args.out is not None:
        print(f"the picture is in {args.out}")
    return {**result, "path": None if args.out is None else str(args.out)}


def _figures(view: MovedView) -> dict[str, object]:
    return {
        "shift_m": view.shift_m,
        "turn_deg": math.degrees(view.turn_rad),
        "true_view": view.true_is or None,
        "difference_grey": view.difference_grey,
        "unmoved_grey": view.unmoved_grey,
        "unknown_share": view.unknown_share,
        "expert_per_m": view.expert_per_m,
        "labels_per_m": dict(view.labels),
        "label_errors_per_m": {law: view.label_error_per_m(law) for law in view.labels},
    }


def _table(view: MovedView) -> str:
    """The figures, as they stand on the screen."""
    lines = [f"{view.unknown_share:.1%} of the picture is what the warp cannot know"]
    if view.difference_grey is not None:
        seen = "the rendered view" if view.true_is == "rendered" else f"the real {view.true_is} camera"
        lines.append(f"inside the mask {view.difference_grey:.2f} grey levels of 255 from {seen}")
        lines.append(f"the unmoved picture is {view.unmoved_grey:.2f} from it there")
    rows = [("label law", "1/m", "less the expert's")]
    for law, label_per_m in view.labels.items():
        error_per_m = view.label_error_per_m(law)
        rows.append((law, f"{label_per_m:+.5f}", "" if error_per_m is None else f"{error_per_m:+.5f}"))
    return "\n".join([*lines, columns(rows)])


TRUTH = Command("how true shifted and turned views and their labels are", add_arguments, Arguments, run)
