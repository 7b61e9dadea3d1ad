"""The sixty-second story without a display, as a film: for a seed the same one on any machine."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pygame

from drive_sim.app.canvas import Canvas
from drive_sim.app.look_ahead import LookAhead
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToStory
from drive_sim.app.session import Session
from drive_sim.app.shared_film import FRAMES_HZ, KINDS, write_pictures
from drive_sim.app.story import StoryScreen
from drive_sim.arrays import Picture
from drive_sim.policies.compute import use_one_thread

_MOST_S = 180.0
Show = Callable[[float, str], None]


class PatientStory(StoryScreen):
    """Pushes are chosen within a frame, and not beside it."""

    look_ahead = LookAhead


def film_story(path: Path, seed: int, roads: Roads, runs: Path, size_px: tuple[int, int], show: Show) -> int:
    """Write a new film of the whole story (.mp4 or .gif), whole or not at all; returns its number of pictures.

    Raises InputError where the pair is not there, or where the file system refuses.
    """
    use_one_thread()
    pygame.font.init()
    canvas = Canvas(pygame.Surface(size_px, depth=32))
    session = Session(runs, seed, roads)
    try:
        screen = PatientStory(session, ToStory(), size_px)
        try:
            return write_pictures(path, _pictures(screen, canvas, KINDS[path.suffix.lower()], show))
        finally:
            screen.close()
    finally:
        session.close()


def _pictures(screen: StoryScreen, canvas: Canvas, rate_hz: int, show: Show) -> Iterator[Picture]:
    """Until nothing comes any more."""
    nothing = defaultdict[int, bool](bool)
    for number in range(round(_MOST_S * rate_hz)):
        screen.draw(canvas)
        yield pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1).copy()
        for _ in range(FRAMES_HZ // rate_hz):
            screen.advance(nothing)
        show(min(0.999, number / rate_hz / 60.0), screen.part.value)
        if screen.is_over:
            return
