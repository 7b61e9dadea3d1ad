"""Somebody at a real window: waits, presses keys until what they should do is seen, and drives by keys."""

import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

from bench.key_presser import KeyPresser
from bench.virtual_screen import Hands
from drive_sim.app.drive import DriveScreen
from drive_sim.app.window import Window

PATIENCE_S = 300.0

Script: TypeAlias = Iterator[None]
"""Goes on by a frame at a time."""


class PlayedWindow(Window):
    """A window before which somebody sits."""

    script: Script

    def show_frame(self) -> bool:
        """The script presses keys, then the frame is shown; a window stays open until a key has closed it."""
        next(self.script, None)
        return super().show_frame()


class Person:
    """What a person does with keys, and waits to see."""

    def __init__(self, window: PlayedWindow, hands: Hands, patience_s: float = PATIENCE_S) -> None:
        self.window, self.hands, self.session, self.patience_s = window, hands, window.session, patience_s
        self.key_presser = KeyPresser(hands)

    def wait(self, num_frames: int) -> Script:
        for _ in range(num_frames):
            yield

    def until(self, holds: Callable[[], bool], what: str) -> Script:
        start_s = time.perf_counter()
        while not holds():
            late = f"waited in vain until {what}; the screen says {self.session.note.text!r}"
            assert time.perf_counter() - start_s < self.patience_s, late
            yield

    def press(self, key: str, holds: Callable[[], bool], what: str) -> Script:
        self.hands.tap(key)
        yield from self.until(holds, what)

    def drive(self, screen: DriveScreen, seconds: float) -> Script:
        for _ in range(round(60 * seconds)):
            self.key_presser.steer(screen.car, screen.human.wheel_per_m)
            yield
        self.hands.hold()
