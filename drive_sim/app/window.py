"""The window: one frame is one fixed step; it leads from screen to screen and takes the keys that work on all of them."""

import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pygame

from drive_sim.app import takeaway
from drive_sim.app.canvas import BACKGROUND, HEADING, INK, Canvas
from drive_sim.app.help import draw_help, draw_note
from drive_sim.app.screen import Key, Leave, Route, Screen, ToHome
from drive_sim.app.session import Session
from drive_sim.errors import InputError

FRAMES_HZ = 60
SIZE_PX, SMALLEST_PX = (960, 540), (640, 360)
KEYS_EVERYWHERE = (
    Key("F1 or ?", "this page", "help"),
    Key("F11", "full screen, and back"),
    Key("F12", "save a picture of the screen"),
    Key("F10", "save a film of the last minute"),
    Key("F9", "save a copy of the recording"),
    Key("F8", "save a copy of the models"),
    Key("Esc", "back; from the home screen: leave"),
)

MakeScreen = Callable[[Session, Route, tuple[int, int]], Screen]
"""Makes a screen for a session, the way that led to it, and the window's size in pixels."""


class Window:
    """Shows screens until one leads to Leave, the window's button is pressed, or `num_frames` are shown."""

    def __init__(
        self, session: Session, make: Mapping[type[Any], MakeScreen], first: Route, *, size_px: tuple[int, int] = SIZE_PX
    ) -> None:
        """Open it. Raises InputError where no window can be opened."""
        self.session, self.frame_s = session, list[float]()
        """`frame_s`: from the start of each frame to the next one's, for the frame log."""
        self._make, self._first, self._size_px = make, first, size_px
        self._shows_help = False
        self._is_full_screen = False
        self.canvas = Canvas(_open(size_px))
        _say_wait(self.canvas)
        self.screen = self._screen(first)

    def run(self, *, num_frames: int | None = None) -> int:
        """Show frames, 60 a second at most; returns how many were shown."""
        paced, due_s = pygame.display.get_driver() != "dummy", time.perf_counter()
        start_s = due_s
        try:
            while num_frames is None or len(self.frame_s) < num_frames:
                if not self.show_frame():
                    break
                if paced:
                    due_s = _wait_until(due_s + 1.0 / FRAMES_HZ)
                now_s = time.perf_counter()
                self.frame_s.append(now_s - start_s)
                start_s = now_s
        finally:
            self.close()
        return len(self.frame_s)

    def show_frame(self) -> bool:
        """Handle what happened, go on by 1/60 s, draw. False once the window is to be closed."""
        route: Route | None = None
        for event in pygame.event.get():
            route = self._handle(event) or route
        if self.session.training is not None:
            self.session.training.poll()
        if not self._shows_help:
            route = self.screen.advance(pygame.key.get_pressed()) or route
        if isinstance(route, Leave):
            return False
        if route is not None:
            self._go(route)
        self.screen.draw(self.canvas)
        draw_note(self.canvas, self.session.note)
        if self._shows_help:
            draw_help(self.canvas, self.screen.title, self.screen.keys, KEYS_EVERYWHERE)
        pygame.display.flip()
        return True

    def close(self) -> None:
        """End what the screen began, and the window."""
        try:
            self.screen.close()
            self.session.close()
        finally:
            pygame.quit()

    def _handle(self, event: pygame.event.Event) -> Route | None:
        if event.type == pygame.QUIT:
            return Leave()
        if event.type == pygame.VIDEORESIZE:
            self.canvas = Canvas(pygame.display.get_surface())
            return None
        if event.type == pygame.KEYDOWN:
            return self._press(event)
        return self.screen.handle(event, self.canvas)

    def _press(self, event: pygame.event.Event) -> Route | None:
        if event.key == pygame.K_F1 or event.unicode == "?":
            self._shows_help = not self._shows_help
        elif event.key == pygame.K_F11:
            self._toggle_full_screen()
        elif event.key in takeaway.KEYS:
            takeaway.take(event.key, self.session, self.canvas.surface)
        elif event.key == pygame.K_ESCAPE:
            if self._shows_help:
                self._shows_help = False
            else:
                return self._back()
        elif not self._shows_help:
            return self.screen.handle(event, self.canvas)
        return None

    def _back(self) -> Route:
        """Home from a screen that was reached from there; else the window was opened on it alone."""
        at_home_or_alone = ToHome not in self._make or self.screen.title == "drive_sim"
        return Leave() if at_home_or_alone else ToHome()

    def _go(self, route: Route) -> None:
        try:
            screen = self._screen(route)
        except InputError as error:
            self.session.say(str(error))
            return
        self.screen.close()
        self.screen = screen

    def _screen(self, route: Route) -> Screen:
        return self._make[type(route)](self.session, route, self.canvas.surface.get_size())

    def _toggle_full_screen(self) -> None:
        self._is_full_screen = not self._is_full_screen
        if self._is_full_screen:
            pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            pygame.display.set_mode(self._size_px, pygame.RESIZABLE)
        self.canvas = Canvas(pygame.display.get_surface())


def _open(size_px: tuple[int, int]) -> pygame.Surface:
    # Not pygame.init(): a machine without a sound card would complain.
    try:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("drive_sim")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no fast renderer", Warning)
            return pygame.display.set_mode(size_px, pygame.RESIZABLE)
    except pygame.error as error:
        raise InputError(f"no window can be opened: {error}") from None


def _say_wait(canvas: Canvas) -> None:
    canvas.surface.fill(BACKGROUND)
    canvas.text("One moment ...", (canvas.width / 2, canvas.height / 2), size=HEADING, colour=INK, anchor="center")
    pygame.display.flip()
    pygame.event.pump()


def _wait_until(due_s: float) -> float:
    """Sleep until a frame is due; the next one counts from there, or from now where this machine is behind."""
    left_s = due_s - time.perf_counter()
    if left_s <= 0.0:
        return time.perf_counter()
    time.sleep(left_s)
    return due_s
