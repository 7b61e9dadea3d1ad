"""A film of a shared view without a display: it drives on from there, as it would in a window."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pygame
from PIL import Image

from drive_sim.app.canvas import Canvas
from drive_sim.app.roads import Roads
from drive_sim.app.screen import Screen, ToShared
from drive_sim.app.session import Session
from drive_sim.app.shared_screens import go_on
from drive_sim.app.startup import make_screen
from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.files import whole_file
from drive_sim.report.video import write_film

FRAMES_HZ = 60
FILM_HZ, GIF_HZ = 30, 15
KINDS = {".mp4": FILM_HZ, ".gif": GIF_HZ}
"""Pictures a second, by the end of a film's name."""
Show = Callable[[float], None]


def film_shared(
    path: Path, route: ToShared, roads: Roads, runs: Path, size_px: tuple[int, int], seconds: float, show: Show
) -> int:
    """Write a new film of so many seconds, whole or not at all; returns its number of pictures.

    Raises InputError where the view cannot be opened, or where the file system refuses.
    """
    pygame.font.init()
    canvas = Canvas(pygame.Surface(size_px, depth=32))  # as windows have it: panels blend alike, to the byte
    session = Session(runs, route.state.seed, roads)
    try:
        screen = make_screen(session, route, size_px)
        try:
            return write_pictures(path, _pictures(screen, canvas, KINDS[path.suffix.lower()], seconds, show))
        finally:
            screen.close()
    finally:
        session.close()


def _pictures(screen: Screen, canvas: Canvas, rate_hz: int, seconds: float, show: Show) -> Iterator[Picture]:
    """The view as it opens first, then on from there."""
    num, nothing = max(1, round(seconds * rate_hz)), defaultdict[int, bool](bool)
    for number in range(num):
        screen.draw(canvas)
        yield pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1).copy()
        if number == 0:
            go_on(screen)
        for _ in range(FRAMES_HZ // rate_hz):
            screen.advance(nothing)
        show((number + 1) / num)


def write_pictures(path: Path, pictures: Iterator[Picture]) -> int:
    """Write a new film, an .mp4 or a GIF; returns its number of pictures."""
    if path.suffix.lower() == ".mp4":
        return write_film(path, pictures, FILM_HZ)
    counted = 0

    def images() -> Iterator[Image.Image]:
        nonlocal counted
        for picture in pictures:
            counted += 1
            yield Image.fromarray(picture).quantize(256, dither=Image.Dither.NONE)

    frames = images()
    first = next(frames, None)
    if first is None:
        raise InputError(f"film {path}: there are no frames")
    with whole_file(path) as part, part.open("wb") as file:
        first.save(file, "GIF", save_all=True, append_images=frames, duration=round(1000 / GIF_HZ), loop=0)
    return counted
