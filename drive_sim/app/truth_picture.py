"""One picture of the truth-o-meter, drawn without a display."""

import os
from io import BytesIO
from pathlib import Path

import pygame
from PIL import Image

from drive_sim import files
from drive_sim.app.canvas import Canvas
from drive_sim.app.screen import ToTruth
from drive_sim.app.session import Session
from drive_sim.app.truth import TruthScreen
from drive_sim.data.moved_view import MovedView
from drive_sim.errors import InputError


def draw_truth(session: Session, route: ToTruth, size_px: tuple[int, int], out: Path | None) -> tuple[MovedView, str]:
    """The view that a route leads to, and why nothing true is beside it; drawn into a new PNG where `out` is named.

    Raises InputError where the recording cannot be read, has fewer rows, or the picture cannot be written.
    """
    screen = TruthScreen(session, route, size_px)
    try:
        screen.wait()
        source = screen.source
        assert source is not None, "what was waited for is there"
        if route.row >= len(source):
            raise InputError(f"--row {route.row}: {source.name} has the rows 0 to {len(source) - 1}")
        view = screen.look()
        assert view is not None, "a source has a view"
        if out is not None:
            _save(screen, size_px, out)
        return view, source.complaint
    finally:
        screen.close()


def _save(screen: TruthScreen, size_px: tuple[int, int], out: Path) -> None:
    pixels, picture = _drawn(screen, size_px), BytesIO()
    Image.frombytes("RGB", size_px, pixels).save(picture, "PNG")
    files.write_bytes(out, picture.getvalue())


def _drawn(screen: TruthScreen, size_px: tuple[int, int]) -> bytes:
    """The screen's pixels; SDL's dummy knows the keys' names and opens no window."""
    before = os.environ.get("SDL_VIDEODRIVER")
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        pygame.display.init()
        pygame.font.init()
        surface = pygame.Surface(size_px)
        screen.draw(Canvas(surface))
        return pygame.image.tobytes(surface, "RGB")
    finally:
        pygame.quit()
        del os.environ["SDL_VIDEODRIVER"]
        os.environ.update({} if before is None else {"SDL_VIDEODRIVER": before})
