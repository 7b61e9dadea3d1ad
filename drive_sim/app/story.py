"""The sixty-second story: two networks that learned alike, one push, and what came of it; it runs without a key."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pygame

from drive_sim.app.canvas import SHADE, Canvas
from drive_sim.app.drivers import load_drivers
from drive_sim.app.hud import draw_key_line
from drive_sim.app.lecture_caption import BELOW_CAPTION, draw_caption
from drive_sim.app.lecture_demonstration import DemonstrationStep
from drive_sim.app.lecture_driving import OneCarStep
from drive_sim.app.lecture_record import CalmDrive, Phase
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_discovery import PAIR, newest_pair, shipped_pair
from drive_sim.app.nudge_choice import NudgeChoice
from drive_sim.app.push_story import PushStory
from drive_sim.app.rollout_handover import go_on_from
from drive_sim.app.rollout_panels import short_label
from drive_sim.app.screen import Key, Route, ToStory
from drive_sim.app.session import Session
from drive_sim.app.single_car import track_batch
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.story_above import WayDriven, WaysAbove, pushed_ways
from drive_sim.app.story_part import Part, Unpushed
from drive_sim.app.story_sentences import (
    AGAIN,
    CHOSEN,
    both_calm_sentence,
    both_pushed_sentence,
    calm_sentence,
    learned_alike,
    without_push_sentence,
)
from drive_sim.app.tally import Tally
from drive_sim.errors import InputError

KEYS = (
    Key("Any key", "skip on; at the end, the story once more"),
    Key("Enter", "skip on", "skip on"),
    Key("P", "pause", "pause"),
)
_HZ = 60
_SHOWN_S, _CALM_S, _HELD_S, _UNFOUND_S, _ABOVE_S, _DATA_S = 6.0, 5.0, 3.5, 6.0, 5.0, 9.0
_PATIENCE_S = 40.0
"""So long on the screen a push is looked for; where nobody pushes time may go faster."""
_FASTER = 8


class StoryScreen:
    """Parts that follow each other by themselves; any key leads on."""

    title, keys = "The sixty-second story", KEYS
    look_ahead: Callable[..., NudgeChoice] = NudgeChoice
    """What chooses pushes."""

    def __init__(self, session: Session, route: ToStory, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        """Raises InputError where the pair is not there."""
        self._session, self.is_paused = session, False
        self._world = session.roads.unseen(session.seed)
        names = route.models or shipped_pair() or tuple(map(str, newest_pair(session.runs).values()))
        drivers, complaints = load_drivers(session, names, track_batch(self._world[0]))
        by_name = {driver.name: driver for driver in drivers}
        if complaints or set(PAIR) - set(by_name):
            raise InputError((complaints or ["the story's pair of networks is not here; `demo` makes one"])[0])
        self._pair = by_name[PAIR[0]], by_name[PAIR[1]]
        self._alike = learned_alike(self._pair[0].folder, self._pair[1].folder)
        self._choice = self.look_ahead(self._world, self._pair)
        self._begin()

    def _begin(self) -> None:
        """From the first part on: what is looked for is looked for meanwhile."""
        self._drivers = [replace(driver, tally=Tally()) for driver in self._pair]
        rollout = LiveRollout(*self._world, self._drivers, np.random.default_rng([self._session.seed, 1]))
        self.story = PushStory([rollout], (0,), self._choice)
        self._car, self._start = OneCarStep(self.story, self._session), rollout.snapshot()
        self._shown = DemonstrationStep([], self._alike.demonstration)
        self._above: WaysAbove | None = None
        self._unpushed = [Unpushed(CalmDrive(), [])]
        self._is_hurried, self._times_as_fast = False, 1
        self._show(Part.SHOWN if self._shown.demos is not None else Part.CALM)
        self.story.seek()

    @property
    def is_over(self) -> bool:
        """Nothing comes any more."""
        return self.part is Part.DATA and self._shown_s >= _DATA_S

    @property
    def sentence(self) -> str:
        """What is said now."""
        story, part, moment = self.story, self.part, self.story.moment
        if part is Part.SHOWN:
            return self._alike.beginning
        if self._above is not None:
            return self._end_sentence(self._above)
        if part is Part.TWIN_CALM and len(self._unpushed) == 1:
            return without_push_sentence(moment, self._unpushed[0].calm)
        if part is Part.CALM and story.is_at_push:
            return CHOSEN
        if part in {Part.CLONE, Part.TWIN}:
            return self._car.sentence if story.phase is not Phase.COMING else AGAIN
        return calm_sentence(moment, story.calm, self._times_as_fast, is_twin=part is Part.TWIN_CALM)

    def _end_sentence(self, above: WaysAbove) -> str:
        """What both did, or in what they differ."""
        labels, windows = self.story.moment.labels, [way.window for way in above.ways if way.window is not None]
        if self.part is Part.DATA:
            return self._alike.difference(labels, windows)
        if windows:
            return both_pushed_sentence(labels, self.story.records[-1].trial.nudge, windows)
        return both_calm_sentence(labels, [driven.calm for driven in self._unpushed])

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:  # noqa: ARG002
        """Any key leads on."""
        if event.type == pygame.KEYDOWN and event.key == pygame.K_p:
            self.is_paused = not self.is_paused
        elif event.type == pygame.KEYDOWN or (event.type == pygame.MOUSEBUTTONDOWN and event.button == 1):
            self.is_paused = False
            self._skip()
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - networks drive
        """One frame."""
        if self.is_paused:
            return None
        self._num_frames += 1
        match self.part:
            case Part.SHOWN:
                self._shown.advance()
                if self._shown_s >= _SHOWN_S:
                    self._show(Part.CALM)
            case Part.CALM:
                self._drive_to_push()
            case Part.CLONE | Part.TWIN:
                self._follow()
            case Part.TWIN_CALM:
                self._drive_as_far()
            case Part.ABOVE:
                self._look_from_above()
            case Part.DATA:
                pass
        return None

    def draw(self, canvas: Canvas) -> None:
        """The part's picture below its sentence."""
        if self.part is Part.SHOWN:
            self._shown.draw(canvas, BELOW_CAPTION)
        elif self._above is not None:
            canvas.surface.fill(SHADE)
            self._above.draw(canvas, BELOW_CAPTION)
        else:
            self._car.draw(canvas, BELOW_CAPTION)
        draw_caption(canvas, self.sentence, None)
        draw_key_line(canvas, self.keys)

    def close(self) -> None:
        """The process that chooses pushes ends."""
        self._choice.close()

    def _show(self, part: Part) -> None:
        self.part, self._num_frames, self._is_hurried, self._times_as_fast = part, 0, False, 1

    @property
    def _shown_s(self) -> float:
        return self._num_frames / _HZ

    def _skip(self) -> None:
        """On to the next part; what is driven for it is driven faster. A second time: without a push."""
        if self.part is Part.DATA:
            self._begin()
        elif self.part in {Part.SHOWN, Part.ABOVE}:
            self._show(Part.CALM if self.part is Part.SHOWN else Part.DATA)
        elif self.part is Part.CALM and self._is_hurried and self.story.phase is Phase.SEEKING:
            self._show(Part.TWIN_CALM)
        else:
            self._is_hurried = True

    def _drive(self) -> None:
        """A frame without a push; where the car was is kept."""
        driven, rollout = self._unpushed[-1], self.story.rollouts[0]
        if rollout.car.begins_tick:
            driven.poses.append(rollout.car.state.poses[0].copy())
        self._car.advance()
        driven.calm = self.story.calm

    def _drive_to_push(self) -> None:
        """Where it is known that nobody pushes time goes faster, after some seconds."""
        story, is_fast = self.story, self._is_hurried or self._shown_s >= _CALM_S
        self._times_as_fast = _FASTER if is_fast and story.num_free_ticks else 1
        for number in range(self._times_as_fast):
            if story.phase is Phase.PUSHED or (number and not story.num_free_ticks):
                break
            self._drive()
        if story.phase is Phase.PUSHED:
            self._show(Part.CLONE)
        elif story.phase is Phase.SEEKING and self._shown_s >= _PATIENCE_S:
            self._show(Part.TWIN_CALM)

    def _follow(self) -> None:
        """What comes of the push, to its end, and a while to read it."""
        for _ in range(_FASTER if self._is_hurried else 1):
            self._car.advance()
        if self.story.phase is not Phase.OVER:
            self._num_frames = 0
        elif self._is_hurried or self._shown_s >= _HELD_S:
            if self.part is Part.CLONE:
                self._show(Part.TWIN)
                self.story.follow((1,))
            else:
                self._above = pushed_ways(self.story)
                self._show(Part.ABOVE)

    def _drive_as_far(self) -> None:
        """The twin from the same start, as far as the clone has come."""
        clone, story = self._unpushed[0], self.story
        if len(self._unpushed) == 1:
            if self._shown_s < _UNFOUND_S and not self._is_hurried:
                return
            story.drive_calmly()
            go_on_from(story.rollouts[0], self._start)
            story.rollouts[0].hand_to(self._drivers[1])
            self._unpushed.append(Unpushed(CalmDrive(), []))
        self._times_as_fast = _FASTER
        for _ in range(_FASTER):
            if len(self._unpushed[1].poses) >= len(clone.poses):
                ways = zip(self._drivers, self._unpushed, strict=True)
                shown = [WayDriven(short_label(d.label), d.colour, np.array(way.poses)) for d, way in ways]
                self._above = WaysAbove(story.rollouts[0], shown, None)
                self._show(Part.ABOVE)
                return
            self._drive()

    def _look_from_above(self) -> None:
        assert self._above is not None
        self._above.advance()
        if not self._above.is_over:
            self._num_frames = 0
        elif self._shown_s >= _ABOVE_S:
            self._show(Part.DATA)
