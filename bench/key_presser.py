"""A scripted person at the window: sees the road, presses keys, and steers no better than keys allow."""

import time
from collections.abc import Iterator

from bench.virtual_screen import Hands
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.screen import Destination
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.watch import WatchScreen
from drive_sim.app.window import MakeScreen, Window
from drive_sim.policies.expert import PursuitExpert

DECISIONS_HZ, FRAMES_HZ = 20.0, 60.0
DEAD_PER_M = 0.002
"""Curvatures nearer to the wished one than this are left alone."""
RECORD_S = 30.0
PATIENCE_S = 300.0


class KeyPresser:
    """Twenty times a second it looks where the expert would steer and holds Left, Right or nothing.

    The steadiest of three that were tried on demonstration seeds 1000 to 1003; it stays within 30 cm of its lane, and
    its wheel goes back and forth as a wheel turned by keys does.
    """

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.is_off = False
        """The wheel is left alone."""
        self._frame = 0
        self._car: SingleCar | None = None

    def steer(self, car: SingleCar, wheel_per_m: float) -> None:
        """Once a frame."""
        if car is not self._car:
            self._car, self._expert = car, PursuitExpert(car.tracks)
        if self._frame % round(FRAMES_HZ / DECISIONS_HZ) == 0 and not self.is_off:
            missing_per_m = float(self._expert.act(car.observation).curvature_per_m[0]) - wheel_per_m
            keys = [] if abs(missing_per_m) < DEAD_PER_M else ["Left" if missing_per_m > 0.0 else "Right"]
            self.hands.hold(*keys)
        self._frame += 1


class PressedWindow(Window):
    """A window with somebody before it who drives by keys where there is something to drive."""

    def __init__(self, session: Session, make: MakeScreen, first: Destination, display: Display, hands: Hands) -> None:
        super().__init__(session, make, first, display)
        self.work_s: list[float] = []
        """What each frame took, without waiting for the next one's time."""
        self.key_presser = KeyPresser(hands)

    def show_frame(self) -> bool:
        """One frame, and what it took."""
        start_s, screen = time.perf_counter(), self.screen
        if isinstance(screen, DriveScreen):
            self.key_presser.steer(screen.car, screen.human.wheel_per_m)
        goes_on = super().show_frame()
        self.work_s.append(time.perf_counter() - start_s)
        return goes_on


class ScriptedWindow(PressedWindow):
    """Somebody who records thirty seconds, has two networks learn from them, and lets go."""

    def __init__(self, session: Session, make: MakeScreen, first: Destination, display: Display, hands: Hands) -> None:
        super().__init__(session, make, first, display, hands)
        self.trained_from_s = self.let_go_s = float("nan")
        """Moments of the wall clock: training is asked for; the first network has the wheel."""
        self.frames_of_training = (0, 0)
        self._script = self._steps()

    def show_frame(self) -> bool:
        """The script goes on by a frame; where it ends, the window is left."""
        return next(self._script, None) is not None and super().show_frame()

    def _steps(self) -> Iterator[str]:
        hands, start_s = self.key_presser.hands, time.time()
        hands.tap("r")
        while self._recorded_s() < RECORD_S:
            yield "drive"
        hands.tap("t")
        self.trained_from_s, first_frame = time.time(), len(self.frame_s)
        while len(self.session.models) < 2:
            assert time.time() - start_s < PATIENCE_S, "the networks have not learned in time"
            assert self.session.training is None or self.session.training.error is None
            yield "train"
        self.frames_of_training = first_frame, len(self.frame_s)
        while not isinstance(self.screen, WatchScreen):
            hands.tap("l")
            yield from ["let go"] * 10
        self.let_go_s = time.time()
        hands.hold()
        yield from ["watch"] * 60

    def _recorded_s(self) -> float:
        screen = self.screen
        assert isinstance(screen, DriveScreen)
        return screen.recorder.recorded_s if screen.recorder is not None else 0.0


class RetrainedWindow(PressedWindow):
    """Somebody who takes the wheel from a network for ten seconds, gives it back, and has it learn from them."""

    def __init__(self, session: Session, make: MakeScreen, first: Destination, display: Display, hands: Hands) -> None:
        super().__init__(session, make, first, display, hands)
        self.retrained_s = float("nan")
        """From the key to the end of training."""
        self.num_rows = 0
        self._script = self._steps()

    def show_frame(self) -> bool:
        """The script goes on by a frame; where it ends, the window is left."""
        return next(self._script, None) is not None and super().show_frame()

    def _steps(self) -> Iterator[str]:
        screen, hands = self.screen, self.key_presser.hands
        assert isinstance(screen, WatchScreen)
        yield from ["watch"] * 120
        for _ in range(600):
            self.key_presser.steer(screen.rollout.car, screen.takeover.human.wheel_per_m)
            yield "by hand"
        hands.hold()
        self.num_rows = screen.takeover.num_rows
        hands.tap("g")
        yield from ["watch"] * 30
        hands.tap("t")
        start_s = time.perf_counter()
        while (training := self.session.training) is None or not training.is_done:
            assert training is None or training.error is None, training
            yield "retrain"
        self.retrained_s = time.perf_counter() - start_s
        yield from ["watch"] * 60


class LikingWindow(PressedWindow):
    """Somebody who watches with the reward of whoever drives painted on the road."""

    def __init__(self, session: Session, make: MakeScreen, first: Destination, display: Display, hands: Hands) -> None:
        super().__init__(session, make, first, display, hands)
        self.is_reading: list[bool] = []
        """In each frame, whether a reward was read beside the window."""

    def show_frame(self) -> bool:
        """One frame; with the first of them R is pressed."""
        screen = self.screen
        assert isinstance(screen, WatchScreen)
        if not self.is_reading:
            self.key_presser.hands.tap("r")
        self.is_reading.append(screen.liking.is_reading)
        return super().show_frame()


class RewoundWindow(PressedWindow):
    """Somebody who again and again looks back, forks, corrects by hand, marks that, and takes the old future back."""

    def __init__(self, session: Session, make: MakeScreen, first: Destination, display: Display, hands: Hands) -> None:
        super().__init__(session, make, first, display, hands)
        self._script = self._steps()

    def show_frame(self) -> bool:
        """The script goes on by a frame; where it ends, the window is left."""
        return next(self._script, None) is not None and super().show_frame()

    def _steps(self) -> Iterator[str]:
        hands = self.key_presser.hands
        yield from ["watch"] * 600
        while True:
            hands.hold("Prior")
            yield from ["rewind"] * 90
            hands.hold()
            hands.tap("f")
            yield from ["replay"] * 120
            hands.hold("Left")
            yield from ["by hand"] * 30
            hands.hold()
            hands.tap("g")
            yield from ["fork"] * 240
            hands.tap("m")
            yield from ["fork"] * 30
            hands.tap("Delete")
            yield from ["watch"] * 60
