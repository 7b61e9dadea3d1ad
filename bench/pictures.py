"""Pictures of every screen, for README and docs: `python -m bench.pictures [--out docs]`.

Nothing is posed but the moment: a scripted key-presser drives thirty seconds, two networks learn from them, and drive.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["SDL_VIDEODRIVER"] = "dummy"

import pygame
from PIL import Image

from bench.key_presser import KeyPresser
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.lecture_record import Phase
from drive_sim.app.reward_overlay import RewardDriver
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToHome, ToStory, ToWatch
from drive_sim.app.session import Note, Session
from drive_sim.app.startup import make_screen
from drive_sim.app.story_film import PatientStory
from drive_sim.app.story_part import Part
from drive_sim.app.watch import WatchScreen
from drive_sim.app.window import Window

RECORD_S = 30.0
PATIENCE_S = 900.0
MOST_KB = 400
KEYS = {"Left": pygame.K_LEFT, "Right": pygame.K_RIGHT}


class HeldHands:
    """Hands on a keyboard that is only thought of."""

    def __init__(self) -> None:
        self.held: dict[int, bool] = defaultdict(bool)

    def hold(self, *keys: str) -> None:
        self.held = defaultdict(bool, {KEYS[key]: True for key in keys})


class Photographer:
    """Somebody who goes through the window's screens and keeps pictures of them."""

    def __init__(self, runs: Path, out: Path, size_px: tuple[int, int]) -> None:
        self.session, self.display, self.out = Session(runs, 0, Roads(0)), Display(size_px), out
        self.window = Window(self.session, make_screen, ToHome(), self.display)
        self.hands = HeldHands()
        self.key_presser = KeyPresser(self.hands)  # type: ignore[arg-type]

    def keep(self, name: str, *, is_drawn: bool = False) -> None:
        """As a PNG; what is too large loses the colours' last bits, which nobody sees."""
        if not is_drawn:
            self.window.screen.draw(self.display.canvas)
        pixels = pygame.surfarray.array3d(self.display.canvas.surface).swapaxes(0, 1)
        path = self.out / f"window-{name}.png"
        for bits in range(5):
            Image.fromarray(pixels >> bits << bits).save(path, optimize=True)
            if path.stat().st_size <= 1000 * MOST_KB:
                break
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")

    def press(self, key: int) -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""))
        self.window.show_frame()

    def go(self, seconds: float) -> None:
        """So long, as fast as it goes; where there is something to drive by hand, it is driven."""
        for _ in range(round(60 * seconds)):
            self.step()

    def step(self) -> None:
        screen = self.window.screen
        if isinstance(screen, DriveScreen):
            self.key_presser.steer(screen.car, screen.human.wheel_per_m)
        else:
            self.hands.hold()
        self.session.poll()
        screen.advance(self.hands.held)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        start_s = time.perf_counter()
        while not holds():
            assert time.perf_counter() - start_s < PATIENCE_S, f"waited in vain until {what}"
            self.step()
            time.sleep(1.0 / 60.0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: docs")
    parser.add_argument("--size", default="960x540", metavar="WxH", help="default: 960x540")
    chosen = parser.parse_args()
    width_px, height_px = map(int, chosen.size.split("x"))
    chosen.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as runs:
        photographer = Photographer(Path(runs), chosen.out, (width_px, height_px))
        try:
            take_all(photographer)
        finally:
            photographer.window.close()


def take_all(photographer: Photographer) -> None:
    session = photographer.session
    photographer.go(8.0)
    photographer.keep("home")
    take_story(photographer)
    take_truth(photographer)
    photographer.window._go(ToWatch(("pilotnet", "alvinn")))
    photographer.go(6.0)
    take_radar(photographer)
    photographer.press(pygame.K_a)
    photographer.go(9.0)
    photographer.press(pygame.K_n)
    photographer.go(1.0)
    photographer.keep("alvinn")
    take_what_is_liked(photographer)
    photographer.press(pygame.K_ESCAPE)
    photographer.press(pygame.K_2)
    take_learning_live(photographer)
    photographer.press(pygame.K_r)
    photographer.go(RECORD_S)
    photographer.keep("drive")
    photographer.press(pygame.K_F1)
    photographer.keep("help", is_drawn=True)
    photographer.press(pygame.K_ESCAPE)
    photographer.press(pygame.K_r)
    take_time(photographer)
    photographer.press(pygame.K_t)
    photographer.until(lambda: session.training is not None and session.training.share > 0.6, "they have learned much")
    photographer.keep("training")
    photographer.until(lambda: len(session.models) == 2, "both have learned")
    photographer.press(pygame.K_l)
    photographer.go(12.0)
    photographer.press(pygame.K_a)
    photographer.go(6.0)
    photographer.press(pygame.K_n)
    photographer.go(1.0)
    photographer.keep("watch")
    photographer.press(pygame.K_ESCAPE)
    photographer.press(pygame.K_4)
    for number in range(1, 6):
        take_step(photographer, number)
        photographer.press(pygame.K_RIGHT)


def take_story(photographer: Photographer) -> None:
    """Both cars from above, half a minute on."""
    screen = PatientStory(photographer.session, ToStory(), photographer.display.size_px)
    while screen.part is not Part.ABOVE:
        screen.advance(photographer.hands.held)
    for _ in range(330):
        screen.advance(photographer.hands.held)
    screen.draw(photographer.display.canvas)
    photographer.keep("story", is_drawn=True)
    screen.close()


def take_step(photographer: Photographer, number: int) -> None:
    """Of the lecture: after some seconds, or when what comes of a push has been followed to its end."""
    screen = photographer.window.screen
    assert isinstance(screen, LectureScreen)
    step = screen.step
    if number > 2 and isinstance(step, OneCarStep | TwoCarsStep):
        photographer.until(lambda: step.story.phase is Phase.OVER, "a push has been followed")
    else:
        photographer.go(12.0)
    photographer.keep(f"lecture-{number}")


def take_radar(photographer: Photographer) -> None:
    """Of the network that drives, after a nudge."""
    screen = photographer.window.screen
    assert isinstance(screen, WatchScreen)
    photographer.press(pygame.K_v)
    photographer.go(1.0)
    screen.radar.wait()
    photographer.press(pygame.K_n)
    photographer.go(0.7)
    photographer.session.note = Note()
    photographer.keep("radar")
    photographer.press(pygame.K_v)
    photographer.go(5.0)


def take_truth(photographer: Photographer) -> None:
    """On the live road, shifted and turned to the left."""
    photographer.press(pygame.K_u)
    photographer.go(9.0)
    for _ in range(3):
        photographer.press(pygame.K_UP)
    photographer.go(0.1)
    photographer.keep("truth")
    photographer.press(pygame.K_ESCAPE)


def take_time(photographer: Photographer) -> None:
    """On the driving screen: off the road by hand, two seconds back, and the expert drives on instead."""
    screen = photographer.window.screen
    assert isinstance(screen, DriveScreen)
    for number in range(150):
        screen.advance(defaultdict(bool, {pygame.K_LEFT: number < 30}))
    for key in (pygame.K_PAGEUP, pygame.K_PAGEUP, pygame.K_g):
        photographer.press(key)
    for _ in range(30):
        screen.advance(defaultdict(bool))
    photographer.session.note = Note()
    photographer.keep("time")
    photographer.press(pygame.K_DELETE)
    photographer.press(pygame.K_RETURN)


def take_learning_live(photographer: Photographer) -> None:
    """On the driving screen: after twenty seconds that it has learned from."""
    screen = photographer.window.screen
    assert isinstance(screen, DriveScreen)
    photographer.press(pygame.K_i)
    photographer.press(pygame.K_UP)
    photographer.go(20.0)
    process = screen.live.process
    assert process is not None
    while process.behind_s and not process.error:  # the car stands still meanwhile
        time.sleep(0.05)
        process.poll()
    photographer.keep("live")
    photographer.press(pygame.K_i)
    photographer.press(pygame.K_h)


def take_what_is_liked(photographer: Photographer) -> None:
    """By the other network, on the screen where both are watched."""
    screen = photographer.window.screen
    assert isinstance(screen, WatchScreen)
    photographer.press(pygame.K_a)
    photographer.press(pygame.K_r)
    photographer.go(60.0)
    photographer.until(lambda: screen.liking.read_of(RewardDriver.of(screen.rollout)).read is not None, "it is read")
    photographer.session.note = Note()  # no frame has been shown since it was said
    photographer.keep("likes")


if __name__ == "__main__":
    main()
