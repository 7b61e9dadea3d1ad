"""A lecturer's ten minutes by scripted keys: every screen, one after the other, for many seeds.

`python -m bench.lecturer_tour [--seeds 0-9] [--no-screen] [--size 960x540]`: home, story, drive, train, let go, toggle,
time machine, butterfly, basin, truth-o-meter, learning live, sharing, lecture, home, leave. The window is a real one
(Xvfb, xdotool), or with --no-screen one that nobody sees, whose frames do not wait for each other. Trainings take ten
steps; what works beside the window works for real. A row a seed: how many stops were reached, in how many seconds, and
how long frames took.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np

from bench.person import Person, PlayedWindow, Script
from bench.posted_hands import PostedHands
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app import training, training_request
from drive_sim.app.basin import BasinScreen
from drive_sim.app.compare import CompareScreen
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.home import HomeScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.roads import Roads
from drive_sim.app.screen import Screen, ToHome
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up
from drive_sim.app.truth import TruthScreen
from drive_sim.app.watch import WatchScreen

ROW = "{:>5} {:>6} {:>8} {:>8} {:>12} {:>12} {:>10}  {}"
NUM_STEPS, PATIENCE_S = 10, 240.0
DRIVEN_S = 8.0


class PatientPerson(Person):
    """Leaves the machine to what is waited for, also where frames do not wait for each other."""

    def until(self, holds: Callable[[], bool], what: str) -> Script:
        for _ in super().until(holds, what):
            time.sleep(0.01)
            yield


class Tour:
    """The stops that were reached, by name, and when."""

    def __init__(self, person: Person) -> None:
        self.person, self.window, self.session = person, person.window, person.session
        self.reached: list[str] = []

    def script(self) -> Iterator[None]:
        """All of it; ends with the key that closes the window."""
        yield from self.person.wait(30)
        yield from self._story()
        yield from self._drive()
        yield from self._watch()
        yield from self._butterfly()
        yield from self._basin()
        yield from self._truth()
        yield from self._live()
        yield from self._share()
        yield from self._lecture()
        yield from self._home()
        self.reached.append("leave")
        self.person.hands.tap("Escape")
        yield from self.person.until(lambda: False, "the window is closed")

    def _stop(self, name: str) -> None:
        self.reached.append(name)
        print(f"{name} ", end="", file=sys.stderr, flush=True)

    def _home(self) -> Script:
        """Home; where something goes on that this would end, the key asks first, and is pressed once more."""
        if not isinstance(self.window.screen, HomeScreen):
            self.person.hands.tap("F2")
            yield from self.person.wait(30)
        if not isinstance(self.window.screen, HomeScreen):
            yield from self.person.press("F2", lambda: isinstance(self.window.screen, HomeScreen), "home is shown")
        self._stop("home")

    def _from_home(self, label: str, kind: type[Screen] | None = None) -> Script:
        """Home, and from there by the number that stands there."""
        yield from self._home()
        home = self.window.screen
        assert isinstance(home, HomeScreen)
        number = next(number for number, entry in enumerate(home.entries) if label in entry.label.lower())
        there = HomeScreen if kind is None else kind
        holds = (lambda: self.window.screen is not home) if kind is None else lambda: type(self.window.screen) is there
        yield from self.person.press(str(number + 1), holds, f"{label} is shown")
        self._stop(label)

    def _story(self) -> Script:
        yield from self._from_home("sixty seconds")
        yield from self.person.wait(600)

    def _drive(self) -> Script:
        person, session = self.person, self.session
        yield from self._from_home("drive", DriveScreen)
        screen = self.window.screen
        assert isinstance(screen, DriveScreen)
        yield from person.press("r", lambda: screen.is_recording, "it is recorded")
        yield from person.drive(screen, DRIVEN_S)
        yield from person.press("r", lambda: not screen.is_recording, "it is recorded no more")
        yield from person.press("Prior", lambda: screen.time.looks_back, "time stands")
        yield from person.press("g", lambda: screen.time.machine.fork is not None, "the expert drives on from there")
        yield from person.wait(60)
        yield from person.press("Delete", lambda: screen.time.machine.fork is None, "the old future is back")
        self._stop("rewind")
        yield from person.press("t", lambda: session.training is not None, "two networks learn")
        yield from person.until(lambda: len(session.models) == 2, "both have learned")
        self._stop("train")
        yield from person.press("l", lambda: type(self.window.screen) is WatchScreen, "the networks drive")
        self._stop("let go")

    def _watch(self) -> Script:
        """Toggle, nudge, leave alone, look back, fork, and take the old future back."""
        person, screen = self.person, self.window.screen
        assert isinstance(screen, WatchScreen)
        yield from person.wait(180)
        first = screen.rollout.driver
        yield from person.press("a", lambda: screen.rollout.driver is not first, "the other network drives")
        self._stop("toggle")
        was_put_back = screen.rollout.puts_back
        yield from person.press("x", lambda: screen.rollout.puts_back != was_put_back, "it is left alone")
        person.hands.tap("n")
        yield from person.wait(240)
        yield from person.press("Prior", lambda: screen.time.looks_back, "time stands")
        yield from person.press("f", lambda: screen.time.machine.fork is not None, "time forks")
        person.hands.hold("Left")
        yield from person.until(lambda: screen.takeover.has_wheel, "a person drives")
        yield from person.wait(20)
        person.hands.hold()
        yield from person.press("Delete", lambda: screen.time.machine.fork is None, "the old future is back")
        self._stop("fork")

    def _butterfly(self) -> Script:
        person, window = self.person, self.window
        yield from person.press("b", lambda: type(window.screen) is CompareScreen, "the butterfly is shown")
        screen = window.screen
        assert isinstance(screen, CompareScreen)
        yield from person.until(lambda: screen.comparison.num_batch_ticks > 0, "the first curves stand")
        for key in ("Left", "Up", "c", "v", "v"):
            person.hands.tap(key)
            yield from person.wait(30)
        self._stop("butterfly")

    def _basin(self) -> Script:
        person, window = self.person, self.window
        yield from person.press("j", lambda: type(window.screen) is BasinScreen, "the basin is shown")
        screen = window.screen
        assert isinstance(screen, BasinScreen)
        name = screen.rollout.driver.name
        yield from person.until(lambda: bool(screen.search.maps[name].known.any()), "the map says something")
        for key in ("n", "a", "w"):
            person.hands.tap(key)
            yield from person.wait(40)
        self._stop("basin")

    def _truth(self) -> Script:
        person, window = self.person, self.window
        yield from person.press("u", lambda: type(window.screen) is TruthScreen, "the truth-o-meter is shown")
        screen = window.screen
        assert isinstance(screen, TruthScreen)
        before_m = screen.shift_m
        yield from person.press("Left", lambda: screen.shift_m != before_m, "the view moves")
        yield from person.press("s", lambda: screen.source is not None and not screen.source.is_live, "it is read")
        yield from person.wait(60)
        self._stop("truth")

    def _live(self) -> Script:
        person = self.person
        yield from self._from_home("drive", DriveScreen)
        screen = self.window.screen
        assert isinstance(screen, DriveScreen)
        yield from person.press("i", lambda: screen.live.is_on, "a network learns live")
        yield from person.press("Up", lambda: screen.has_started, "the car drives")
        yield from person.drive(screen, DRIVEN_S)
        yield from person.press("l", lambda: screen.live.drives, "it drives")
        yield from person.wait(120)
        person.hands.hold("Left")
        yield from person.until(lambda: not screen.live.drives, "a person has the wheel")
        person.hands.hold()
        self._stop("live")

    def _share(self) -> Script:
        person, window = self.person, self.window
        yield from person.press("F7", lambda: window._shared is not None, "the view is a text")
        yield from person.wait(30)
        yield from person.press("Escape", lambda: window._shared is None, "the view goes on")
        self._stop("share")

    def _lecture(self) -> Script:
        person = self.person
        yield from self._from_home("lecture", LectureScreen)
        screen = self.window.screen
        assert isinstance(screen, LectureScreen)
        for number in range(1, 5):
            yield from person.press("Right", lambda number=number: screen.number == number, "the next step is shown")
            yield from person.wait(120)
        self._stop("all five steps")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lecturer_tour", description=__doc__)
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    parser.add_argument("--size", default="960x540", metavar="WxH")
    parser.add_argument("--no-screen", action="store_true", help="no display, and no waiting between frames")
    chosen = parser.parse_args()
    training_request.Training = partial(training.Training, num_steps=NUM_STEPS)  # pyright: ignore[reportAttributeAccessIssue]
    width_px, height_px = map(int, chosen.size.split("x"))
    if chosen.no_screen:
        os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
    first, _, last = chosen.seeds.partition("-")
    print(ROW.format("seed", "stops", "seconds", "frames", "median, ms", "99.9 %, ms", "worst, s", "ended"), flush=True)
    # One screen for all seeds: a shared text stays on its clipboard, and with the screen the process ends.
    with nullcontext() if chosen.no_screen else virtual_screen():
        for seed in range(int(first), int(last or first) + 1):
            _tell_row(seed, (width_px, height_px), is_seen=not chosen.no_screen)


def _tell_row(seed: int, size_px: tuple[int, int], *, is_seen: bool) -> None:
    with tempfile.TemporaryDirectory() as runs:
        tour, frame_s, start_s = tell(seed, Path(runs), size_px, is_seen=is_seen)
    frame_ms = 1000.0 * np.array(frame_s)
    ended = "left" if tour.reached[-1:] == ["leave"] else f"after {tour.reached[-1:]}"
    numbers = *(f"{np.percentile(frame_ms, share):.1f}" for share in (50, 99.9)), f"{frame_ms.max() / 1000.0:.2f}"
    row = seed, len(tour.reached), f"{time.perf_counter() - start_s:.0f}", len(frame_ms), *numbers, ended
    print(ROW.format(*row), flush=True)
    if ended != "left":
        raise SystemExit(1)  # somebody has closed the window, or asked the process to end


def tell(seed: int, runs: Path, size_px: tuple[int, int], *, is_seen: bool) -> tuple[Tour, list[float], float]:
    """One seed's tour, what its frames took, and when it began; whatever goes wrong is raised."""
    start_s = time.perf_counter()
    display, hands = Display(size_px), Hands() if is_seen else PostedHands()
    session = Session(runs, seed, Roads(seed))
    warm_up(session)
    window = PlayedWindow(session, make_screen, ToHome(), display)
    tour = Tour(PatientPerson(window, hands, PATIENCE_S))  # pyright: ignore[reportArgumentType]
    window.script = tour.script()
    try:
        window.run()
    except BaseException:
        print(f"seed {seed}: {tour.reached}", flush=True)
        raise
    finally:
        hands.close()
    return tour, list(window.frame_s), start_s


if __name__ == "__main__":
    main()
