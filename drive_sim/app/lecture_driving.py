"""The lecture's steps on the road: one car that two networks drive in turns, and two cars side by side."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from drive_sim.app.canvas import GAP, MARGIN, RED, SHADE, Box, Canvas
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.layout import KEY_LINE, LEFT_WIDTH
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import CarMarker, RoadMap
from drive_sim.app.rollout_charts import draw_offset_history, draw_steering_errors, offset_history_box
from drive_sim.app.rollout_panels import draw_alarm, draw_scoreboard, scoreboard_box
from drive_sim.app.session import Session
from drive_sim.app.tally import Tally
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

NUDGE_EVERY = 5 * 60
"""Frames between two nudges: time to come back, or to leave."""
_LOW_HISTORY = 92.0
_MAP_SIDE, _LEAST_WIDTH = 170.0, 280.0


class OneCarStep(LectureStep):
    """One car and two networks that take turns; where `nudges`, it is thrown aside every few seconds."""

    def __init__(self, rollout: LiveRollout, session: Session) -> None:
        self.rollout, self.nudges = rollout, False
        self._session = session
        self._map, self._road = RoadMap(rollout.car.track), RoadAhead(rollout.car)
        self._frame = 0

    def advance(self) -> None:
        """One frame of driving."""
        rollout = self.rollout
        self._frame += 1
        if self.nudges and self._frame % NUDGE_EVERY == 0:
            rollout.nudge()
        self._map.add_car(rollout.car, rollout.active_colour)
        rollout.advance()
        tally = rollout.driver.tally
        self._session.frame_history.add(rollout.car, rollout.active_name, rollout.car.offset_m, tally.interventions)
        self._session.scores[rollout.driver.name] = tally.score

    def draw(self, canvas: Canvas, top: float) -> None:
        """The road, who drives, offsets and errors."""
        rollout = self.rollout
        self._road.draw(canvas)
        scoreboard = scoreboard_box(len(rollout.drivers))._replace(top=top)
        draw_alarm(canvas, rollout, _banner_box(canvas, scoreboard))
        draw_scoreboard(canvas, rollout, scoreboard)
        draw_offset_history(canvas, offset_history_box(canvas), rollout)
        side, right = _MAP_SIDE, canvas.width - MARGIN
        self._map.draw(canvas, Box(right - side, top, side, side), [_marker(rollout)])
        bottom = canvas.height - KEY_LINE - MARGIN
        draw_steering_errors(canvas, Box(right - 286.0, bottom - 200.0, 286.0, 200.0), rollout.drivers)

    def switch(self) -> None:
        """The other network has the wheel."""
        self.rollout.switch()

    def nudge(self) -> None:
        """Aside."""
        self.rollout.nudge()


class TwoCarsStep(LectureStep):
    """Two cars on the same road in the same wind, nudged at the same moments; each driven by one network."""

    def __init__(self, world: tuple[Track, Scene], drivers: Sequence[PolicyDriver], session: Session) -> None:
        seed = session.seed
        self.rollouts = [
            LiveRollout(*world, [replace(driver, tally=Tally())], np.random.default_rng([seed, 2]))
            for driver in drivers
        ]
        self._roads = [RoadAhead(rollout.car) for rollout in self.rollouts]
        self._map, self._frame = RoadMap(world[0]), 0
        self._sides = np.random.default_rng([seed, 3])

    def advance(self) -> None:
        """One frame of both."""
        self._frame += 1
        if self._frame % NUDGE_EVERY == 0:
            self.nudge()
        for rollout in self.rollouts:
            self._map.add_car(rollout.car, rollout.active_colour)
            rollout.advance()

    def draw(self, canvas: Canvas, top: float) -> None:
        """A half of the window each, and the map between."""
        width_px, height_px = canvas.surface.get_size()
        for number, (rollout, road) in enumerate(zip(self.rollouts, self._roads, strict=True)):
            half = Canvas(canvas.surface.subsurface((number * (width_px // 2), 0, width_px // 2, height_px)))
            road.draw(half)
            _draw_half(half, rollout, top)
        middle = canvas.width / 2
        plan = Box(middle - 65.0, top + scoreboard_box(1).height + GAP, 130.0, 130.0)
        # Panels let shine through what lies behind them, so the divider goes between them.
        for upper, lower in ((top - GAP, plan.top), (plan.bottom, canvas.height - KEY_LINE)):
            canvas.fill(Box(middle - 1.5, upper, 3.0, lower - upper), SHADE)
        self._map.draw(canvas, plan, [_marker(rollout) for rollout in self.rollouts])

    def nudge(self) -> None:
        """Both to the same side."""
        side = int(self._sides.choice([-1, 1]))
        for rollout in self.rollouts:
            rollout.nudge(side)


def _banner_box(canvas: Canvas, scoreboard: Box) -> Box:
    """The sky between the scoreboard and the map; in a narrow window below the scoreboard."""
    left = scoreboard.right + GAP
    width = canvas.width - MARGIN - _MAP_SIDE - GAP - left
    if width < _LEAST_WIDTH:
        return scoreboard._replace(top=scoreboard.bottom + GAP)
    return Box(left, scoreboard.top, width, scoreboard.height)


def _draw_half(half: Canvas, rollout: LiveRollout, top: float) -> None:
    """Who drives one of two cars, its offsets, and its alarm."""
    box = Box(MARGIN, top, min(half.width - 2 * MARGIN, LEFT_WIDTH), scoreboard_box(1).height)
    draw_scoreboard(half, rollout, box)
    history = offset_history_box(half)
    low = Box(history.left, history.bottom - _LOW_HISTORY, half.width - 2 * MARGIN, _LOW_HISTORY)
    draw_offset_history(half, low, rollout)
    if rollout.alarm:
        half.frame(Box(0.0, 0.0, half.width, half.height - KEY_LINE), RED, width=8.0, rounding=0.0)


def _marker(rollout: LiveRollout) -> CarMarker:
    return CarMarker.at(rollout.car, rollout.active_colour)
