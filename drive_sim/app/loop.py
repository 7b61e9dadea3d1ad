"""The window's loop: one frame is one fixed step; the clock is asked only to wait, never how far to step."""

import warnings
from collections.abc import Callable
from typing import Protocol

import pygame

from drive_sim.app.driver import HeldKeys
from drive_sim.errors import InputError

FRAMES_HZ = 60
SIZE_PX = (960, 540)
_BACKGROUND, _INK = (24, 28, 32), (214, 219, 224)


class Screen(Protocol):
    """Something that fills the window."""

    def press(self, key: int) -> None:
        """A key went down (pygame's code)."""
        ...

    def advance(self, held: HeldKeys) -> None:
        """One frame's step; `held` says which keys are down."""
        ...

    def draw(self, surface: pygame.Surface) -> None:
        """Draw what is now."""
        ...


def run(make_screen: Callable[[], Screen], title: str, *, num_frames: int | None = None) -> int:
    """Show a screen until Escape, the window's close button or `num_frames` frames; return how many were shown.

    The screen is made behind an open window, since its first picture may have to wait for a compiler.
    Raises InputError where no window can be opened.
    """
    surface = _open_window(title)
    try:
        _say(surface, "One moment ...")
        screen = make_screen()
        clock = pygame.time.Clock()
        shown = 0
        while (num_frames is None or shown < num_frames) and not _left(screen):
            screen.advance(pygame.key.get_pressed())
            screen.draw(surface)
            pygame.display.flip()
            shown += 1
            if pygame.display.get_driver() != "dummy":
                clock.tick(FRAMES_HZ)
        return shown
    finally:
        pygame.quit()


def _open_window(title: str) -> pygame.Surface:
    # Not pygame.init(): a machine without a sound card would complain.
    try:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption(title)
        with warnings.catch_warnings():
            # Without a graphics card the picture is scaled on the processor, which will do.
            warnings.filterwarnings("ignore", "no fast renderer", Warning)
            return pygame.display.set_mode(SIZE_PX, pygame.SCALED | pygame.RESIZABLE)
    except pygame.error as error:
        raise InputError(f"no window can be opened: {error}") from None


def _say(surface: pygame.Surface, text: str) -> None:
    surface.fill(_BACKGROUND)
    line = pygame.font.Font(None, 28).render(text, True, _INK)
    surface.blit(line, line.get_rect(center=surface.get_rect().center))
    pygame.display.flip()


def _left(screen: Screen) -> bool:
    """Hand the keys that went down to the screen; True once the person wants to leave."""
    for event in pygame.event.get():
        if event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE):
            return True
        if event.type == pygame.KEYDOWN:
            screen.press(event.key)
    return False
