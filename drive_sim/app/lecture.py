"""The lecture: cascading errors and their cure in five steps, a sentence each; everything is driven there and then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.canvas import VERMILION, Canvas
from drive_sim.app.drivers import EXPERT, PolicyDriver, load_drivers
from drive_sim.app.hud import draw_key_line
from drive_sim.app.learned_from import learned_from
from drive_sim.app.lecture_caption import BELOW_CAPTION, draw_caption
from drive_sim.app.lecture_demonstration import DemonstrationStep
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.lecture_preparation import PreparationStep
from drive_sim.app.lecture_record import PushRecord
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_discovery import PAIR, is_shipped, training_recordings
from drive_sim.app.nudge_choice import NudgeChoice
from drive_sim.app.push_story import PushStory
from drive_sim.app.rollout_handover import go_on_from
from drive_sim.app.rollout_state import RolloutState
from drive_sim.app.screen import Key, Route, ToLecture
from drive_sim.app.session import Session
from drive_sim.app.single_car import track_batch
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.tally import Tally
from drive_sim.app.training_places import scripted_demonstration
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.track import Track

KEYS = (
    Key("Right", "the next step (or Space)", "next"),
    Key("Left", "the step before", "back"),
    Key("A", "the same push again for the other network", "other network"),
    Key("N", "choose another push, where none is coming or followed", "push"),
    Key("X", "leave the car alone after a push, or put it back 1 m off its lane", "put back"),
    Key("P", "pause", "pause"),
    Key("E", "another pair: the expert drives thirty seconds, and two networks learn from them"),
)
PREPARING_KEYS = (Key("E", "the expert drives thirty seconds, and two networks learn from them", "begin"),)
NUM_STEPS = 5
ANOTHER_PAIR = "Press E again: the expert drives, two networks learn. Left leads back."
NO_MODELS = "No network has learned yet. Press E: the expert drives, both learn."
_MILD_S = 15.0
"""The lecture begins where the road bends least for so long."""


class LectureScreen:
    """Five steps; Right and Left lead from one to the next, and the networks go on driving."""

    title = "Lecture"
    look_ahead = NudgeChoice
    """What chooses pushes."""

    def __init__(self, session: Session, route: ToLecture, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self.session = session
        self.keys: tuple[Key, ...] = KEYS
        self.is_paused = False
        self.number = 0
        """The step, from 0 on."""
        self._models = route.models
        self._choice: NudgeChoice | None = None
        self._one_car: OneCarStep | None = None
        self._two_cars: TwoCarsStep | None = None
        self.step: LectureStep
        world = session.roads.unseen(session.seed)
        self._world = world
        self._actions = self._make_actions()
        self._begin()

    @property
    def sentence(self) -> str:
        """What this step says."""
        return self.step.sentence

    @property
    def num_steps(self) -> int:
        """So many there are."""
        return NUM_STEPS

    @property
    def rollout(self) -> LiveRollout | None:
        """The one car of the steps in the middle; None as long as there are no networks."""
        return None if self._one_car is None else self._one_car.story.rollouts[0]

    @property
    def approach(self) -> RolloutState | None:
        """Where that car was before the push that it has met; None where there was none."""
        return None if self._one_car is None else self._one_car.story.approach

    def show_step(self, number: int) -> None:
        """Go to a step, from 0 on."""
        self._go(number)

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:  # noqa: ARG002
        """Keys do what `KEYS` says."""
        if event.type != pygame.KEYDOWN:
            return None
        if not isinstance(self.step, PreparationStep):
            self._actions.get(event.key, lambda: None)()
        elif event.key == pygame.K_e:
            self.step.begin()
        elif event.key == pygame.K_LEFT and self._one_car is not None and not self.step.has_begun:
            self._show_pair()
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
        self.step.draw(canvas, BELOW_CAPTION)
        has_number = not isinstance(self.step, PreparationStep)
        draw_caption(canvas, self.sentence, (self.number + 1, NUM_STEPS) if has_number else None)
        draw_key_line(canvas, self.keys)

    def close(self) -> None:
        """What the expert was recorded with is on the disk."""
        self.step.close()
        self._end_choice()

    def _end_choice(self) -> None:
        if self._choice is not None:
            self._choice.close()

    @property
    def records(self) -> tuple[PushRecord, ...]:
        """All pushes that were followed to the end, of one car and then of two."""
        stories = [step.story for step in (self._one_car, self._two_cars) if step is not None]
        return tuple(record for story in stories for record in story.records)

    def _begin(self) -> None:
        """The first step with the models that there are, or an offer to make some."""
        drivers = self._drivers()
        if len(drivers) < len(PAIR):
            self.step, self.keys = PreparationStep(self.session, NO_MODELS), PREPARING_KEYS
            return
        self._end_choice()
        self._pair = drivers[0], drivers[1]
        self.session.say(learned_from([driver.folder for driver in self._pair if driver.folder is not None]).line)
        self._choice = self.look_ahead(self._world, self._pair)
        rollout = self._make_rollout()
        rollout.place(mildest_s_m(self._world[0]), 0.0)
        self._one_car, self._two_cars = OneCarStep(PushStory([rollout], (0,), self._choice), self.session), None
        self._show_pair()

    def _show_pair(self) -> None:
        """The first step: what these two have learned from."""
        self.keys, self.number = KEYS, 0
        self.step = self._make_demonstration()

    def _make_demonstration(self) -> DemonstrationStep:
        clone = self._pair[0].folder
        made = scripted_demonstration(clone) if clone is not None and is_shipped(clone) else None
        return DemonstrationStep(self._recordings(self._pair), made)

    def _make_rollout(self) -> LiveRollout:
        drivers = [replace(driver, tally=Tally()) for driver in self._pair]
        return LiveRollout(*self._world, drivers, np.random.default_rng([self.session.seed, 1]))

    def _make_actions(self) -> dict[int, Callable[[], None]]:
        on, back = lambda: self._go(min(self.number + 1, NUM_STEPS - 1)), lambda: self._go(max(self.number - 1, 0))
        return {
            **dict.fromkeys((pygame.K_RIGHT, pygame.K_SPACE, pygame.K_RETURN, pygame.K_PAGEDOWN), on),
            **dict.fromkeys((pygame.K_LEFT, pygame.K_BACKSPACE, pygame.K_PAGEUP), back),
            pygame.K_p: self._pause,
            pygame.K_a: lambda: self.step.switch(),  # noqa: PLW0108 - of the step that is shown then
            pygame.K_n: lambda: self.step.nudge(),  # noqa: PLW0108
            pygame.K_x: lambda: self.step.toggle_put_back(),  # noqa: PLW0108
            pygame.K_e: self._offer_another_pair,
        }

    def _pause(self) -> None:
        self.is_paused = not self.is_paused

    def _offer_another_pair(self) -> None:
        self.step, self.keys = PreparationStep(self.session, ANOTHER_PAIR), PREPARING_KEYS

    def _go(self, number: int) -> None:
        """To a step: the car of the three in the middle drives on from one to the other."""
        if number == self.number:
            return
        self.number = number
        one = self._one_car
        assert one is not None
        if number == 0:
            self.step = self._make_demonstration()
        elif number == NUM_STEPS - 1:
            self.step = self._two_cars = self._make_two_cars(one.story)
        else:
            self.step = one
            if number == 1:
                one.story.drive_calmly()
            else:
                one.story.follow((number - 2,))

    def _make_two_cars(self, one: PushStory) -> TwoCarsStep:
        """The push that the one car has met, again, for both; where there was none, one is sought."""
        assert self._choice is not None
        story = PushStory([self._make_rollout(), self._make_rollout()], (0, 1), self._choice)
        story.leaves_alone = one.leaves_alone
        for rollout in story.rollouts:
            go_on_from(rollout, one.rollouts[0].snapshot())
        if not one.leaves_alone:
            story.leave_alone(leaves_alone=False)
        elif one.trial is not None and one.approach is not None:
            story.repeat(one.trial, one.approach)
        else:
            story.seek()
        return TwoCarsStep(story, self.session)

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


def mildest_s_m(track: Track) -> float:
    """The arc length from which on the road bends least for some seconds; the first such, in steps of 10 m."""
    bends = np.abs(track.curvature_per_m)
    num = min(len(bends), round(_MILD_S * CONDITIONS.vehicle.cruise_mps / track.spacing_m))
    starts = np.arange(
        0, len(bends) if track.closed else max(1, len(bends) - num), max(1, round(10.0 / track.spacing_m))
    )
    worst = [float(bends.take(np.arange(start, start + num), mode="wrap").max()) for start in starts]
    return float(starts[int(np.argmin(worst))] * track.spacing_m)
