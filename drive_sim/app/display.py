"""The window itself: opened, resized, made full screen. Light to import, so that it stands while the rest is loaded."""

import os
import warnings

import pygame

from drive_sim.app.canvas import BACKGROUND, HEADING, INK, Canvas
from drive_sim.errors import InputError
from drive_sim.malloc import give_back_large_pieces

SIZE_PX, SMALLEST_PX = (960, 540), (640, 360)
_NARROWEST = 4.0 / 3.0
"""Width by height; in a narrower window the screens keep this shape, with bars above and below."""


class Display:
    """The machine's window and the canvas that fills it."""

    def __init__(self, size_px: tuple[int, int] = SIZE_PX, *, full_screen: bool = False) -> None:
        """Open it, and say that there is a moment to wait. Raises InputError where no window can be opened."""
        self.size_px, self.is_full_screen = size_px, full_screen
        give_back_large_pieces()
        # Not pygame.init(): a machine without a sound card would complain.
        try:
            pygame.display.init()
            pygame.font.init()
            pygame.display.set_caption("drive_sim")
            if not self.is_seen and "SDL_VIDEODRIVER" not in os.environ:
                # No display has answered, and SDL draws on none at all rather than say so.
                raise pygame.error(f"the display {os.environ.get('DISPLAY', '')} does not answer")
            self.canvas = self._open()
        except pygame.error as error:
            pygame.quit()
            raise InputError(f"no window can be opened: {error}") from None
        self.say_wait()

    @property
    def is_seen(self) -> bool:
        """Somebody may look at it; nobody sees SDL's dummies, which need not keep time."""
        return pygame.display.get_driver() not in {"dummy", "offscreen"}

    def say_wait(self) -> None:
        """A line that stands until the first frame."""
        canvas = self.canvas
        canvas.surface.fill(BACKGROUND)
        canvas.text("One moment ...", (canvas.width / 2, canvas.height / 2), size=HEADING, colour=INK, anchor="center")
        self.show()

    def show(self) -> None:
        """Show what was drawn, and tell the system that the window lives."""
        pygame.display.flip()
        pygame.event.pump()

    def follow(self) -> None:
        """Fit the canvas to the window, which a person (or the system) may have made larger or smaller."""
        size_px = pygame.display.get_surface().get_size()
        if size_px == self._shown_px:
            return
        if not self.is_full_screen:
            self.size_px = max(size_px[0], SMALLEST_PX[0]), max(size_px[1], SMALLEST_PX[1])
            if self.size_px != size_px:
                pygame.display.set_mode(self.size_px, pygame.RESIZABLE)
        self.canvas = self._new_canvas()

    def toggle_full_screen(self) -> None:
        """To the whole screen, or back to the size from before."""
        self.is_full_screen = not self.is_full_screen
        self.canvas = self._open()

    def _open(self) -> Canvas:
        with warnings.catch_warnings():
            # Without a graphics card the picture is scaled on the processor, which will do.
            warnings.filterwarnings("ignore", "no fast renderer", Warning)
            if self.is_full_screen:
                pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
            elif pygame.display.set_mode(self.size_px, pygame.RESIZABLE).get_size() != self.size_px:
                # Coming back from the full screen, some systems listen only the second time.
                pygame.display.set_mode(self.size_px, pygame.RESIZABLE)
        return self._new_canvas()

    def _new_canvas(self) -> Canvas:
        surface = pygame.display.get_surface()
        width_px, height_px = self._shown_px = surface.get_size()
        canvas_px = min(height_px, round(width_px / _NARROWEST))
        if canvas_px == height_px:
            return Canvas(surface)
        surface.fill(BACKGROUND)
        return Canvas(surface.subsurface((0, (height_px - canvas_px) // 2, width_px, canvas_px)))
