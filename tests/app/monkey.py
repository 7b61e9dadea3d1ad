"""Somebody at the window who presses any key and clicks anywhere, by a seed; and what must hold whatever is pressed."""

import time
import traceback
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pygame
import pytest

from drive_sim.app.compare import CompareScreen
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.home import HomeScreen
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.screen import Screen, ToHome
from drive_sim.app.session import QUESTION_FRAMES, Session
from drive_sim.app.startup import make_screen
from drive_sim.app.watch import WatchScreen
from drive_sim.app.window import KEYS_EVERYWHERE, Window
from tests.app.drawn import Drawn, faults, recorded

LONGEST_FRAME_S = 2.0  # of a processor; a quick one takes half of it where networks are rolled ahead
_IDLE_FRAMES = QUESTION_FRAMES + 20
_HELD = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN, pygame.K_PAGEUP, pygame.K_PAGEDOWN)
_ANY_KEYS = (
    *range(pygame.K_a, pygame.K_z + 1),
    *range(pygame.K_0, pygame.K_9 + 1),
    *_HELD,
    *(pygame.K_HOME, pygame.K_END, pygame.K_RETURN, pygame.K_SPACE, pygame.K_TAB, pygame.K_BACKSPACE),
    *(pygame.K_DELETE, pygame.K_PLUS, pygame.K_MINUS, pygame.K_F1, pygame.K_F7, pygame.K_F8, pygame.K_F9, pygame.K_F12),
)
_SELDOM = {pygame.K_F10: 0.002, pygame.K_F11: 0.002, pygame.K_ESCAPE: 0.012}
"""How likely these are; a film takes its time, and Escape leads away."""
_MAY_ESCAPE = 4
"""So often Escape is pressed until home is there: help, a question, the way back."""


@dataclass(slots=True)
class Failure:
    """What went wrong, on which screen, and what was pressed before."""

    kind: str
    what: str
    screen: str
    pressed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} on {self.screen}: {self.what}\n    after {' '.join(self.pressed)}"


@dataclass(slots=True)
class Monkey:
    """Presses; `failures` says what went wrong, each kind on each screen once."""

    window: Window
    rng: np.random.Generator
    failures: list[Failure] = field(default_factory=list)
    num_events: int = 0
    num_frames: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """Frames on each screen."""
    slowest: list[tuple[float, float, str]] = field(default_factory=list)
    """Frames of over half a second: by the clock, of this thread's processor time, and after what."""
    held: dict[int, bool] = field(default_factory=lambda: defaultdict(bool))
    _known: set[tuple[str, str, str]] = field(default_factory=set)
    _pressed: deque[str] = field(default_factory=lambda: deque(maxlen=24))
    _button: bool = False

    def press_on(self, num_events: int, *, looks_every: int = 25, idles: bool = True) -> None:
        """Press so often, look at what is drawn now and then, and at times take the hands away."""
        for _ in range(num_events):
            self.event()
            for _ in range(int(self.rng.integers(1, 5))):
                self.frame(looks=self.num_frames % looks_every == 0)
            if self.rng.random() < 0.01:
                self.go_home()
            if idles and self.rng.random() < 0.004:
                self.idle()

    def event(self) -> None:
        """One event: a key of the screen, any key, a held key, or the mouse."""
        self.num_events += 1
        draw = self.rng.random()
        for key, share in _SELDOM.items():
            if draw < share:
                return self.press(key)
            draw -= share
        own = [key.code for key in (*self.window.screen.keys, *KEYS_EVERYWHERE) if key.code not in (None, *_SELDOM)]
        kinds: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.45, lambda: self.press(int(self.rng.choice(np.array(own))))),
            (0.62, lambda: self.press(int(self.rng.choice(np.array(_ANY_KEYS))))),
            (0.76, self._hold),
            (1.0, self._mouse),
        )
        next(do for share, do in kinds if draw < share)()
        return None

    def press(self, key: int) -> None:
        """A key goes down, and comes up."""
        self._pressed.append(pygame.key.name(key) or str(key))
        text = chr(key) if key < 128 else ""
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=key, unicode=text, mod=0))

    def frame(self, *, looks: bool = False) -> None:
        """One frame; whatever it raises is a failure, and the window goes on."""
        start_s, start_cpu_s = time.perf_counter(), time.thread_time()
        drawn: list[Drawn] = []
        try:
            if looks:
                with recorded() as drawn:
                    self.window.show_frame()
            else:
                self.window.show_frame()
        except Exception:
            self._fail("a traceback", traceback.format_exc())
        took_s, took_cpu_s = time.perf_counter() - start_s, time.thread_time() - start_cpu_s
        name = type(self.window.screen).__name__
        self.num_frames += 1
        self.seen[name] += 1
        if took_s > LONGEST_FRAME_S / 2 and not looks:
            self.slowest.append((took_s, took_cpu_s, f"{name} after {' '.join(list(self._pressed)[-3:])}"))
        if took_cpu_s > LONGEST_FRAME_S and not looks:
            self._fail("a frozen window", f"{took_s:.2f} s, {took_cpu_s:.2f} s of them sums")
        if looks:
            self._look(drawn)

    def idle(self) -> None:
        """Hands off: what is said goes, unless something goes on."""
        self.held.clear()
        if self.window._shows_help or self.window._shared is not None:
            self.press(pygame.K_ESCAPE)
            self.frame()
        text = self.window.session.note.text
        for _ in range(_IDLE_FRAMES):
            self.frame()
            if self.window.session.note.num_frames <= 0 or self.window.session.note.text != text:
                return
        self._fail("a note that never goes", text)

    def go_home(self) -> None:
        """Escape leads home from everywhere."""
        self.held.clear()
        for _ in range(_MAY_ESCAPE):
            if isinstance(self.window.screen, HomeScreen) and not self.window._shows_help:
                return
            self.press(pygame.K_ESCAPE)
            self.frame()
        if not isinstance(self.window.screen, HomeScreen):
            self._fail("a dead end", f"Escape {_MAY_ESCAPE} times does not lead home; {self.window.session.note.text}")

    def _hold(self) -> None:
        key = int(self.rng.choice(_HELD))
        self.held[key] = not self.held[key]
        self._pressed.append(f"{pygame.key.name(key)}{'_' if self.held[key] else '^'}")
        kind = pygame.KEYDOWN if self.held[key] else pygame.KEYUP
        pygame.event.post(pygame.event.Event(kind, key=key, unicode="", mod=0))

    def _mouse(self) -> None:
        width_px, height_px = pygame.display.get_surface().get_size()
        x, y = int(self.rng.integers(width_px)), int(self.rng.integers(height_px))
        draw = self.rng.random()
        if draw < 0.1:
            self._post(pygame.MOUSEWHEEL, "wheel", x=0, y=int(self.rng.choice([-1, 1])))
        elif draw < 0.55:
            self._button = not self._button
            kind = pygame.MOUSEBUTTONDOWN if self._button else pygame.MOUSEBUTTONUP
            self._post(kind, f"{'down' if self._button else 'up'}({x},{y})", pos=(x, y), button=1)
        else:
            buttons = (int(self._button), 0, 0)
            self._post(pygame.MOUSEMOTION, f"move({x},{y})", pos=(x, y), rel=(1, 1), buttons=buttons)

    def _post(self, kind: int, name: str, **values: Any) -> None:
        self._pressed.append(name)
        pygame.event.post(pygame.event.Event(kind, **values))

    def _look(self, drawn: list[Drawn]) -> None:
        window = self.window
        if window._shared is not None or window._shows_help:
            return  # a picture covers all that was drawn before
        is_moved = isinstance(window.screen, CompareScreen) and bool(window.screen._panels._moved)
        for fault in [] if is_moved else faults(drawn, window.display.canvas):
            self._fail("a thing in another's place", fault)
        words = {thing.text for thing in drawn if thing.text is not None}
        for fault in contradictions(window.screen, words):
            self._fail("a contradiction", fault)

    def _fail(self, kind: str, what: str) -> None:
        screen = type(self.window.screen).__name__
        key = kind, screen, what.split("(", maxsplit=1)[0][-160:] if kind != "a traceback" else what[-300:]
        if key not in self._known:
            self._known.add(key)
            self.failures.append(Failure(kind, what, screen, tuple(self._pressed)))


def contradictions(screen: Screen, words: set[str]) -> Iterator[str]:
    """Sentences on a screen that its state belies."""
    rollout = getattr(screen, "rollout", None)
    if isinstance(rollout, LiveRollout) and "Off its lane" in words and not rollout.is_off:
        yield "says that it is off its lane, and it is not"
    if isinstance(rollout, LiveRollout) and isinstance(screen, WatchScreen) and words:
        if not rollout.puts_back:
            for word in words & {"autonomy", "interventions", "Off by 1 m: put back"}:
                yield f"says {word!r} while the car is left alone"
        elif words & {"Off its lane", "Off the road", "off road"}:
            yield "says that it is off while it is put back"
        if screen.takeover.has_wheel != ("You drive" in words) and not screen.time.looks_back:
            yield f"a person has the wheel: {screen.takeover.has_wheel}, but says {sorted(words)[:4]}"
    if (
        isinstance(screen, DriveScreen)
        and screen.live.status is None
        and words
        and screen.is_recording == ("Not recording" in words)
    ):
        yield "the lamp says otherwise than what is recorded"
    is_paused = getattr(screen, "is_paused", False)
    if "Paused" in words and not is_paused:
        yield "says that it is paused, and goes on"


def new_window(session: Session, size_px: tuple[int, int]) -> Window:
    """A window on its home screen that nobody sees."""
    return Window(session, make_screen, ToHome(), Display(size_px))


def new_monkey(session: Session, seed: int, size_px: tuple[int, int], patch: pytest.MonkeyPatch) -> Monkey:
    """Before a window of its own; the keys that it holds are those that are down."""
    monkey = Monkey(new_window(session, size_px), np.random.default_rng(seed))
    patch.setattr(pygame.key, "get_pressed", lambda: monkey.held)
    return monkey
