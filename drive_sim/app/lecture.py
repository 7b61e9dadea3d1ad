"""The lecture: cascading errors and their cure in five steps, a sentence each; everything is driven there and then."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.canvas import BODY, FAINT, GAP, HEADING, INK, MARGIN, PADDING, SKY, VERMILION, Box, Canvas
from drive_sim.app.drivers import EXPERT, PolicyDriver, load_drivers
from drive_sim.app.hud import draw_key_line
from drive_sim.app.lecture_demonstration import DemonstrationStep
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.lecture_preparation import PreparationStep
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_discovery import PAIR, training_recordings
from drive_sim.app.screen import Key, Route, ToLecture
from drive_sim.app.session import Session
from drive_sim.app.single_car import track_batch
from drive_sim.app.steering_wheel import HeldKeys

KEYS = (
    Key("Right", "the next step (or Space)", "next"),
    Key("Left", "the step before", "back"),
    Key("A", "hand the wheel to the other network, from the next control tick on", "other network"),
    Key("N", "nudge the car to a side, by 0.6 m and 4.6 degrees", "nudge"),
    Key("P", "pause", "pause"),
)
PREPARING_KEYS = (Key("E", "the expert drives thirty seconds, and two networks learn from them", "begin"),)
SENTENCES = (
    "Two networks have learned from this, and from nothing else.",
    "Plain cloning on an unseen road: near its lane it errs little.",
    "Pushed aside it errs more, the farther it is off, until it leaves.",
    "Press A: the same frames, shifted and rotated. It comes back.",
    "Same road, same wind, same pushes: count the interventions.",
)
NO_MODELS = "No network has learned yet. Press E: the expert drives, both learn."
CAPTION_HEIGHT = 62.0


class LectureScreen:
    """Five steps; Right and Left lead from one to the next, and the networks go on driving."""

    title = "Lecture"

    def __init__(self, session: Session, route: ToLecture, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self.session = session
        self.keys: tuple[Key, ...] = KEYS
        self.is_paused = False
        self.number = 0
        """The step, from 0 on."""
        self._models = route.models
        self.step: LectureStep
        world = session.roads.unseen(session.seed)
        self._world = world
        self._begin()

    @property
    def sentence(self) -> str:
        """What this step says."""
        return self.step.sentence or SENTENCES[self.number]

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:  # noqa: ARG002
        """Keys do what `KEYS` says."""
        if event.type != pygame.KEYDOWN:
            return None
        if isinstance(self.step, PreparationStep):
            if event.key == pygame.K_e:
                self.step.begin()
        elif event.key in {pygame.K_RIGHT, pygame.K_SPACE, pygame.K_RETURN, pygame.K_PAGEDOWN}:
            self._go(min(self.number + 1, len(SENTENCES) - 1))
        elif event.key in {pygame.K_LEFT, pygame.K_BACKSPACE, pygame.K_PAGEUP}:
            self._go(max(self.number - 1, 0))
        elif event.key == pygame.K_p:
            self.is_paused = not self.is_paused
        elif event.key == pygame.K_a:
            self.step.switch()
        elif event.key == pygame.K_n:
            self.step.nudge()
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - networks drive
        """One frame."""
        if self.is_paused:
            return None
        self.step.advance()
        if isinstance(self.step, PreparationStep) and self.step.is_done:
            self._models = None
            self._begin()
        return None

    def draw(self, canvas: Canvas) -> None:
        """The step's picture, and its sentence above."""
        below = MARGIN + CAPTION_HEIGHT + GAP
        self.step.draw(canvas, below)
        self._draw_caption(canvas)
        draw_key_line(canvas, self.keys)

    def close(self) -> None:
        """What the expert was recorded with is on the disk."""
        self.step.close()

    def _begin(self) -> None:
        """The first step with the models that there are, or an offer to make some."""
        drivers = self._drivers()
        if len(drivers) < len(PAIR):
            self.step, self.keys = PreparationStep(self.session, NO_MODELS), PREPARING_KEYS
            return
        self.keys, self.number = KEYS, 0
        self._pair = drivers
        rollout = LiveRollout(*self._world, drivers, np.random.default_rng([self.session.seed, 1]))
        self._one_car = OneCarStep(rollout, self.session)
        self.step = DemonstrationStep(self._recordings(drivers))

    def _go(self, number: int) -> None:
        """To a step: the car of the three in the middle drives on from one to the other."""
        if number == self.number:
            return
        self.number = number
        if number == 0:
            self.step = DemonstrationStep(self._recordings(self._pair))
        elif number == len(SENTENCES) - 1:
            self.step = TwoCarsStep(self._world, self._pair, self.session)
        else:
            self._one_car.nudges = number >= 2
            if number < 3:
                self._one_car.rollout.driver_index = 0
            self.step = self._one_car

    def _drivers(self) -> list[PolicyDriver]:
        """Networks that learned without and with shift-and-rotate, as far as there are any."""
        from_session = self._models is None
        tracks = track_batch(self._world[0])
        drivers, complaints = load_drivers(self.session, None if from_session else self._models, tracks)
        if complaints:
            self.session.say(complaints[0], VERMILION)
        drivers = [driver for driver in drivers if driver.name != EXPERT]
        return sorted(drivers, key=lambda driver: PAIR.index(driver.name) if driver.name in PAIR else len(PAIR))[:2]

    def _recordings(self, drivers: Sequence[PolicyDriver]) -> list[Path]:
        found = [path for driver in drivers if driver.folder is not None for path in training_recordings(driver.folder)]
        return list(dict.fromkeys(path.resolve() for path in found))

    def _draw_caption(self, canvas: Canvas) -> None:
        box = Box(MARGIN, MARGIN, canvas.width - 2 * MARGIN, CAPTION_HEIGHT)
        canvas.panel(box, alpha=235)
        middle = box.centre[1]
        left = box.left + PADDING
        if not isinstance(self.step, PreparationStep):
            number = canvas.text(
                str(self.number + 1), (left, middle), size=HEADING, bold=True, colour=SKY, anchor="midleft"
            )
            of = canvas.text(
                f" of {len(SENTENCES)}", (number.right, middle + 2.0), size=BODY, colour=FAINT, anchor="midleft"
            )
            left = of.right + 2 * PADDING
        lines = canvas.wrapped(self.sentence, box.right - PADDING - left, size=HEADING, bold=True)
        for row, line in enumerate(lines[:2]):
            y = middle + (row - (len(lines[:2]) - 1) / 2) * 1.15 * HEADING
            canvas.text(line, (left, y), size=HEADING, bold=True, colour=INK, anchor="midleft")
