"""The window's part of an hour: drive, record, train, watch, toggle, retrain, again and again, by real keys."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pygame

from bench.person import Person, PlayedWindow, Script
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app import training, training_request
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.home import HomeScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToHome
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up
from drive_sim.app.watch import WatchScreen

NUM_STEPS = 10
"""Of each training: the processes, their memory and their files are what is looked at, not what is learned."""
PATIENCE_S = 1800.0
"""What learns beside the window has the lowest priority: on a busy machine it takes its time."""
RECORDED_S, WATCHED_S = 6.0, 36.0
"""Of simulated time; who drives 33 s can be asked what he likes."""


def run(runs: Path, seconds: float, frames_hz: float) -> None:
    """Sit before the window for so long, and leave it by its own keys; each whole round is said on stdout."""
    training_request.Training = partial(training.Training, num_steps=NUM_STEPS)  # pyright: ignore[reportAttributeAccessIssue]
    end_s = time.monotonic() + seconds
    with virtual_screen():
        display, hands, session = Display(), Hands(), Session(runs, 0, Roads(0))
        warm_up(session)
        window = PlayedWindow(session, make_screen, ToHome(), display)
        window.script = _script(Person(window, hands, PATIENCE_S), end_s)
        try:
            _show(window, frames_hz)
        finally:
            window.close()
            hands.close()


def _show(window: PlayedWindow, frames_hz: float) -> None:
    due_s = time.perf_counter()
    while window.show_frame():
        due_s = max(due_s + 1.0 / frames_hz, time.perf_counter())
        time.sleep(max(0.0, due_s - time.perf_counter()))


def _script(person: Person, end_s: float) -> Iterator[None]:
    window, number = person.window, 0
    while time.monotonic() < end_s:
        yield from person.wait(20)
        yield from _drive(person)
        yield from _watch(person)
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        yield from _listen(person)
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home once more")
        number += 1
        print(f"round {number}", flush=True)
    person.hands.tap("Escape")
    yield from person.until(lambda: False, "the window is closed")


def _drive(person: Person) -> Script:
    """Record a piece, change road and sky, record another, and have two networks learn."""
    window, session = person.window, person.session
    yield from person.press("2", lambda: isinstance(window.screen, DriveScreen), "one can drive")
    screen = window.screen
    assert isinstance(screen, DriveScreen)
    yield from person.press("r", lambda: screen.is_recording, "it is recorded")
    yield from person.drive(screen, RECORDED_S)
    for key in ("BackSpace", "y", "c", "v", "o", "F12"):
        person.hands.tap(key)
        yield from person.drive(screen, 0.5)
    yield from person.press("r", lambda: not screen.is_recording, "it is recorded no more")
    before = session.training
    yield from person.press("t", lambda: session.training is not before, "two networks learn")
    yield from _learned(person)
    yield from person.press("l", lambda: isinstance(window.screen, WatchScreen), "they drive")


def _watch(person: Person) -> Script:
    """Switch, nudge, look, paint, change the road, take the wheel, give it back, retrain."""
    window, session, hands = person.window, person.session, person.hands
    screen = window.screen
    assert isinstance(screen, WatchScreen)
    for key in ("r", "n", "s", "s", "n", "s", "x", "x", "F12"):
        hands.tap(key)
        yield from person.wait(round(60 * WATCHED_S / 9))
    yield from person.until(lambda: not screen.liking.is_reading, "what it likes is read")
    for key in ("r", "a", "n", "o", "Return", "a"):
        hands.tap(key)
        yield from person.wait(60)
    hands.hold("Left")
    yield from person.until(lambda: screen.takeover.has_wheel, "a person drives")
    yield from person.wait(30)
    hands.hold("Right")
    yield from person.wait(30)
    hands.hold()
    yield from person.press("g", lambda: not screen.takeover.has_wheel, "the network drives again")
    screen.retraining_steps, before = NUM_STEPS, session.training
    yield from person.press("t", lambda: session.training is not before, "it learns from what was corrected")
    yield from _learned(person)
    yield from person.wait(60)


def _listen(person: Person) -> Script:
    """The lecture's five steps."""
    window = person.window
    yield from person.press("4", lambda: isinstance(window.screen, LectureScreen), "the lecture begins")
    for key in ("n", "Right", "n", "Right", "n", "Right", "a", "Right", "question", "question"):
        person.hands.tap(key)
        yield from person.wait(30)


def _learned(person: Person) -> Script:
    session = person.session
    training = session.training
    assert training is not None
    yield from person.until(lambda: not training.is_running, "what learns has learned")
    assert training.error is None, training.error


def main(folder: str, seconds: str, frames_hz: str) -> None:
    """As a process of its own."""
    run(Path(folder), float(seconds), float(frames_hz))
    assert not pygame.display.get_init()
