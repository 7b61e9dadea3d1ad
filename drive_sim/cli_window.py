"""From the command line to a window: the display first, since loading the rest takes a moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim import cli_inputs
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace

    from drive_sim.app.screen import Route
    from drive_sim.app.session import Session

RUNS = Path("runs")


def show(args: Namespace, first: Route, instead: str, *, recording_out: Path | None = None) -> Session:
    """Open the window on its first screen until the person leaves; returns what the sitting has made.

    Raises InputError where there is no display, and says then what to do `instead`.
    """
    if not cli_inputs.has_display():
        raise InputError(f"no display for a window; {instead}")
    if args.frame_log is not None and args.frame_log.exists():
        raise InputError(f"{args.frame_log} exists and nothing is overwritten; choose another name for --frame-log")
    track, scene = (None, None) if args.track is None else cli_inputs.chosen_road(args)
    from drive_sim.app.display import SIZE_PX, Display

    try:
        display = Display(args.size or SIZE_PX, full_screen=args.full_screen)
    except InputError as error:
        raise InputError(f"{error}; {instead}") from None
    from drive_sim.app.opening import open_window

    return open_window(
        display,
        first,
        runs=RUNS,
        seed=args.seed,
        track=track,
        scene=scene,
        recording_out=recording_out,
        num_frames=args.frames,
        frame_log=args.frame_log,
    )
