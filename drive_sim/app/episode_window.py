"""The window in which an environment of Gymnasium's shows its cars: `render_mode="human"`."""

import time
from collections.abc import Sequence

import numpy as np
import pygame

from drive_sim.app.canvas import BACKGROUND, MARGIN, Box, Canvas
from drive_sim.app.display import Display
from drive_sim.arrays import Picture

_NAME_SIZE = 14.0


class EpisodeWindow:
    """Shows pictures, each with a line of text, at most `frames_hz` times a second where somebody may look."""

    def __init__(self, frames_hz: float) -> None:
        """Open the window. Raises InputError where none can be opened."""
        self._frame_s, self._due_s = 1.0 / frames_hz, time.perf_counter()
        self._open()

    def show(self, pictures: Sequence[Picture], lines: Sequence[str]) -> bool:
        """Show one picture (h, w, 3) a car and the line about it; False once a person has closed the window."""
        if pygame.display.get_surface() is not self._surface:
            self._open()  # A process has one window, and another environment has opened or closed it since.
        if pygame.event.get(pygame.QUIT):
            self.close()
            return False
        self._display.follow()
        self._surface = pygame.display.get_surface()
        canvas = self._display.canvas
        canvas.surface.fill(BACKGROUND)
        for rect, picture, line in zip(_places(canvas, pictures), pictures, lines, strict=True):
            canvas.picture(picture, rect, smooth=True)
            canvas.panel(Box(rect.left + MARGIN / 2, rect.top + MARGIN / 2, _plate_width(canvas, line), 2 * _NAME_SIZE))
            canvas.text(line, (rect.left + MARGIN, rect.top + MARGIN / 2 + 0.4 * _NAME_SIZE), size=_NAME_SIZE)
        self._display.show()
        if self._display.is_seen:
            time.sleep(max(0.0, self._due_s - time.perf_counter()))
            self._due_s = max(self._due_s, time.perf_counter()) + self._frame_s
        return True

    def close(self) -> None:
        """Close the window."""
        pygame.quit()

    def _open(self) -> None:
        self._display = Display()
        self._surface = pygame.display.get_surface()


def _plate_width(canvas: Canvas, line: str) -> float:
    return canvas.text_width(line, size=_NAME_SIZE) + MARGIN


def _places(canvas: Canvas, pictures: Sequence[Picture]) -> list[Box]:
    """Where the pictures stand: a grid of the shape that shows them largest, each in its own shape."""
    height_px, width_px, _ = pictures[0].shape
    columns, scale = max(
        (
            (columns, _scale(canvas, len(pictures), columns, width_px, height_px))
            for columns in range(1, len(pictures) + 1)
        ),
        key=lambda choice: choice[1],
    )
    rows = -(-len(pictures) // columns)
    width, height = scale * width_px, scale * height_px
    left, top = (canvas.width - columns * width) / 2, (canvas.height - rows * height) / 2
    places = np.arange(len(pictures))
    return [Box(left + (i % columns) * width, top + (i // columns) * height, width, height) for i in places.tolist()]


def _scale(canvas: Canvas, num_pictures: int, columns: int, width_px: int, height_px: int) -> float:
    """Units a pixel at which so many columns of pictures fit the canvas."""
    rows = -(-num_pictures // columns)
    return min(canvas.width / (columns * width_px), canvas.height / (rows * height_px))
