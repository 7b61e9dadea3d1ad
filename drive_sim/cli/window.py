"""From the command line to a window: the display first, since loading the rest takes a moment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli.options import RoadOptions, WindowOptions
from drive_sim.cli.outputs import RUNS, check_new_file
from drive_sim.cli.roads import chosen_road
from drive_sim.errors import InputError
from drive_sim.stops import begin_work

if TYPE_CHECKING:
    from drive_sim.app.screen import Destination
    from drive_sim.app.session import Session


def has_display() -> bool:
    """Whether a window can be shown; SDL's dummy driver counts as one that nobody sees."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))
    return named or sys.platform in ("darwin", "win32")


def has_visible_display() -> bool:
    """Whether there is somebody to open a window for who has not asked for one."""
    return has_display() and os.environ.get("SDL_VIDEODRIVER") not in ("dummy", "offscreen")


def show(
    first: Destination, road: RoadOptions, options: WindowOptions, instead: str, *, recording_out: Path | None = None
) -> Session:
    """Open the window on its first screen until the person leaves; returns what the sitting has made.

    Raises InputError where there is no display, and says then what to do `instead`.
    """
    if not has_display():
        raise InputError(f"no display for a window; {instead}")
    if options.frame_log is not None:
        check_new_file(options.frame_log, "--frame-log")
    track, scene = (None, None) if road.track is None else chosen_road(road)
    from drive_sim.app.display import SIZE_PX, Display

    try:
        display = Display(options.size or SIZE_PX, full_screen=options.full_screen)
    except InputError as error:
        raise InputError(f"{error}; {instead}") from None
    from drive_sim.app.startup import open_window

    begin_work()
    return open_window(
        display,
        first,
        runs=RUNS,
        seed=road.seed,
        track=track,
        scene=scene,
        recording_out=recording_out,
        num_frames=options.frames,
        frame_log=options.frame_log,
    )
