"""The loop: one frame is one fixed step; it leads from screen to screen and takes the keys that work on all of them."""

import time
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pygame

from drive_sim.app import export
from drive_sim.app.canvas import VERMILION
from drive_sim.app.display import Display
from drive_sim.app.help import draw_help, draw_note
from drive_sim.app.hud import key_at
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.screen import Destination, Leave, Route, Screen
from drive_sim.app.session import Session
from drive_sim.app.share_panel import SharePanel, copy
from drive_sim.app.shared_state import to_text
from drive_sim.app.sharing import shared_view
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.window_keys import KEYS_EVERYWHERE, leads_away, way
from drive_sim.errors import InputError
from drive_sim.malloc import return_freed_memory

FRAMES_HZ = 60
_CATCH_UP_S = 1.5 / FRAMES_HZ
"""A delay that is made up for."""
STEERING_KEYS = (
    *(pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN),
    *(pygame.K_a, pygame.K_d, pygame.K_w, pygame.K_s),
)
MakeScreen = Callable[[Session, Destination, tuple[int, int]], Screen]
"""Makes a screen for a session, the way that led to it, and the canvas's size in pixels."""


class _PressedHere:
    """Held keys without those that are held since an earlier screen."""

    def __init__(self, held: HeldKeys, stale: set[int]) -> None:
        self._held, self._stale = held, stale

    def __getitem__(self, key: int, /) -> bool:
        return key not in self._stale and self._held[key]


class Window:
    """Shows screens until one leads to Leave, the window's button is pressed, or `num_frames` are shown."""

    def __init__(self, session: Session, make_screen: MakeScreen, first: Destination, display: Display) -> None:
        """Begin with the screen that `first` leads to; Escape leads back to it, and there it leaves."""
        self.session, self.display = session, display
        self.frame_s = array("d")
        """From the start of each frame to the next one's, for the frame log."""
        self._make_screen, self._first, self._route = make_screen, first, first
        self._shows_help = False
        self._shared: SharePanel | None = None
        """What is shared is looked at, and nothing goes on."""
        self._stale: set[int] = set()
        self.screen = self._show(first)

    def run(self, *, num_frames: int | None = None) -> int:
        """Show frames, 60 a second at most; returns how many were shown."""
        due_s = start_s = time.perf_counter()
        try:
            while num_frames is None or len(self.frame_s) < num_frames:
                if not self.show_frame():
                    break
                if self.display.is_seen:
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
        self.display.follow()
        for event in pygame.event.get():
            route = self._ask(partial(self._handle, event)) or route
        self.session.poll()
        if not (self._shows_help or self._shared):
            route = self._ask(partial(self.screen.advance, self._held())) or route
        if isinstance(route, Leave):
            return False
        if route is not None:
            self._go(route)
        canvas = self.display.canvas
        (self._shared or self.screen).draw(canvas)
        if self._shows_help:
            draw_help(canvas, self.screen.title, self.screen.keys, KEYS_EVERYWHERE)
        else:
            draw_note(canvas, self.session.note)
        pygame.display.flip()
        return True

    def close(self) -> None:
        """End what the screen began, and the window."""
        try:
            self.screen.close()
            self.session.close()
        finally:
            pygame.quit()

    def _ask(self, ask: Callable[[], Route | None]) -> Route | None:
        """What a screen answers; where it cannot do what a person wants, a line says why and the window stays."""
        try:
            return ask()
        except InputError as error:
            self.session.say(str(error), VERMILION)
            return None

    def _handle(self, event: pygame.event.Event) -> Route | None:
        if event.type == pygame.QUIT:
            return Leave()
        if event.type == pygame.KEYDOWN:
            return self._press(event)
        if event.type == pygame.MOUSEBUTTONDOWN and (self._shows_help or self._shared is not None):
            self._shows_help = False
            if self._shared is not None:
                self._shared.close()
                self._shared = None
            return None
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            canvas = self.display.canvas
            if canvas.units(event.pos)[1] >= canvas.height - KEY_LINE:
                return self._click_footer(canvas.units(event.pos))
        return self._agreed(self.screen.handle(event, self.display.canvas))

    def _click_footer(self, where: tuple[float, float]) -> Route | None:
        """A key of the line at the bottom does what the key does; a note that stands there goes."""
        if self.session.note.num_frames > 0:
            self.session.note.num_frames = 0
            return None
        key = key_at(self.display.canvas, self.screen.keys, where)
        if key is None or key.code is None:
            return None
        return self._press(pygame.event.Event(pygame.KEYDOWN, key=key.code, unicode="", mod=0))

    def _share(self) -> None:
        """The view as a text: copied, kept in a file, and shown over the view that it opens."""
        view = shared_view(self.session, self.screen)
        if view is None:
            self.session.say("There is nothing to share here; a screen on which something drives can be shared")
            return
        text, kept = to_text(view.state), dict(self.session.turned_knobs)
        file = export.write_numbered(self.session.runs / export.FOLDER, "state", ".txt", lambda p: _write_line(p, text))
        preview = self._make_screen(self.session, view, self.display.canvas.surface.get_size())
        self.session.turned_knobs = kept
        self._shared = SharePanel(text, file, preview, is_copied=copy(text))

    def _press(self, event: pygame.event.Event) -> Route | None:
        """The keys that work everywhere; the others are the screen's, unless its help lies over it."""
        if self._shared is not None and event.key != pygame.K_F12:
            self._shared.close()
            self._shared = None
        elif event.key == pygame.K_F7 and not self._shows_help:
            self._ask(self._share)
        elif event.key == pygame.K_F1 or event.unicode == "?":
            self._shows_help = not self._shows_help
        elif event.key == pygame.K_F11:
            self.display.toggle_full_screen()
        elif event.key in export.KEYS:
            export.save(event.key, self.session, self.display.canvas.surface)
        elif event.key == pygame.K_ESCAPE:
            if not self._shows_help:
                return self._agreed(self._back(), key="Esc")
            self._shows_help = False
        elif leads_away(event.key) and not self._shows_help:
            return self._agreed(way(event.key, self._route), key=pygame.key.name(event.key).upper())
        elif not self._shows_help:
            return self._agreed(self.screen.handle(event, self.display.canvas))
        return None

    def _back(self) -> Route:
        return Leave() if type(self._route) is type(self._first) else self._first

    def _agreed(self, route: Route | None, *, key: str = "") -> Route | None:
        """The same way; where it ends what goes on, only once a person has asked for it twice.

        `key` leads away from whatever is shown; a screen's own ways end what they say they end.
        """
        going_on, learns = self.session.under_way, self.session.running_training is not None
        if not going_on or not (isinstance(route, Leave) or (key and route is not None)):
            return route
        if isinstance(route, Leave):
            question = f"{going_on}: leaving ends that. Esc again leaves"
        elif not learns:
            question = f"{going_on}: going away ends that. {key} again goes"
        elif key == "Esc":
            question = f"{going_on}, also while you are away. Esc again leads back; T twice ends it"
        else:
            return route
        return route if self.session.asks(question) else None

    def _go(self, route: Destination) -> None:
        """To another screen; where that cannot be made, a line says why and this one stays."""
        try:
            screen = self._show(route)
        except InputError as error:
            self.session.say(str(error), VERMILION)
            return
        self.screen.close()
        self.screen, self._route = screen, route
        return_freed_memory()
        held = pygame.key.get_pressed()
        self._stale = {key for key in STEERING_KEYS if held[key]}

    def _held(self) -> HeldKeys:
        """The keys that are down; one that was down already when the last screen was left must come up first."""
        held = pygame.key.get_pressed()
        self._stale = {key for key in self._stale if held[key]}
        return _PressedHere(held, self._stale) if self._stale else held

    def _show(self, route: Destination) -> Screen:
        screen = self._make_screen(self.session, route, self.display.canvas.surface.get_size())
        pygame.display.set_caption(screen.title if screen.title == "drive_sim" else f"drive_sim - {screen.title}")
        return screen


def _write_line(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="ascii")


def _wait_until(due_s: float) -> float:
    """Sleep until a frame is due, and return from when the next one counts.

    A moment's delay is made up for by the frames after it; where this machine is farther behind, time goes slower.
    """
    left_s = due_s - time.perf_counter()
    if left_s > 0.0:
        time.sleep(left_s)
    return max(due_s, due_s - left_s - _CATCH_UP_S)
