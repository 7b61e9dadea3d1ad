"""What the lecture's steps show: the frames learned from, one car that is pushed aside, two cars side by side."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Protocol

import numpy as np
import pygame

from drive_sim.app.canvas import (
    FAINT,
    GAP,
    HEADING,
    INK,
    MARGIN,
    PADDING,
    RED,
    SHADE,
    SKY,
    Box,
    Canvas,
    Colour,
    as_surface,
)
from drive_sim.app.drivers import PolicyDriver, Tally
from drive_sim.app.hud import draw_wheel
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import WheelFeel, full_turn_per_m
from drive_sim.app.view import KEY_LINE, RoadAhead, RoadMap
from drive_sim.app.watch_panels import LEFT_WIDTH, draw_alarm, draw_errors, draw_strip, draw_who, strip_box, who_box
from drive_sim.arrays import Picture
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import VehicleParams

FRAMES_A_TICK = 6
PUSH_EVERY = 5 * 60
"""Frames between two pushes: time to come back, or to leave."""
_SHEET_COLUMNS, _THUMBNAIL_PX = 22, (40, 13)
_LOW_STRIP = 92.0


class Stage(Protocol):
    """What one step shows; `sentence` where it has one of its own."""

    sentence: str

    def advance(self) -> None:
        """One frame."""
        ...

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw everything below the sentence, which ends at `top`."""
        ...

    def switch(self) -> None:
        """Hand the wheel to the other network, where somebody drives."""
        ...

    def nudge(self) -> None:
        """Push the cars aside, where there are any."""
        ...

    def close(self) -> None:
        """The lecture is left."""
        ...


class Still:
    """A stage on which nobody drives."""

    sentence = ""

    def switch(self) -> None:
        """Nobody drives."""

    def nudge(self) -> None:
        """Nobody drives."""

    def close(self) -> None:
        """Nothing was begun."""


class Pictures(Still):
    """All frames that the networks have learned from, and the commands that went with them, as they were recorded."""

    def __init__(self, recordings: Sequence[Path]) -> None:
        self.demos = _read(recordings)
        self._sheet = None if self.demos is None else _contact_sheet(self.demos)
        self._fitted: pygame.Surface | None = None
        self._frame = 0

    def advance(self) -> None:
        """The recording plays, ten pictures a second."""
        self._frame += 1

    def draw(self, canvas: Canvas, top: float) -> None:
        """The picture of this moment with its command, and all of them small."""
        canvas.surface.fill(SHADE)
        demos, sheet = self.demos, self._sheet
        if demos is None or sheet is None:
            canvas.text(
                "The recording is not there any more.", (MARGIN + PADDING, top + 30.0), size=HEADING, colour=FAINT
            )
            return
        number = self._frame // FRAMES_A_TICK % len(demos)
        width = min(0.6 * canvas.width, 3.0 * (canvas.height - top) * 0.5)
        picture = Box(MARGIN, top, width, width * demos.images.shape[1] / demos.images.shape[2])
        canvas.picture(demos.images[number], picture)
        command_per_m = float(demos.curvature_per_m[number])
        left = picture.right + 2 * PADDING
        full_per_m = full_turn_per_m(VehicleParams().cruise_mps, WheelFeel())
        draw_wheel(canvas, (left + 62.0, picture.top + 62.0), 62.0, command_per_m / full_per_m)
        canvas.text(f"{len(demos)} pictures", (left + 144.0, picture.top + 30.0), size=HEADING, bold=True)
        canvas.text(f"{demos.duration_s:.0f} seconds", (left + 144.0, picture.top + 66.0), size=HEADING, bold=True)
        canvas.text("Each with one number: the steering", (left, picture.bottom - 26.0), colour=INK)
        self._draw_sheet(canvas, sheet, number, picture.bottom + GAP)

    def _draw_sheet(self, canvas: Canvas, sheet: Picture, number: int, top: float) -> None:
        room = Box(MARGIN, top, canvas.width - 2 * MARGIN, canvas.height - KEY_LINE - GAP - top)
        scale = min(room.width / sheet.shape[1], room.height / sheet.shape[0])
        box = Box(room.left, room.top, scale * sheet.shape[1], scale * sheet.shape[0])
        where = canvas.rect_px(box)
        if self._fitted is None or self._fitted.get_size() != where.size:
            self._fitted = pygame.transform.smoothscale(as_surface(sheet), where.size)
        canvas.surface.blit(self._fitted, where)
        demos = self.demos
        assert demos is not None
        row, column = divmod(number * _num_shown(demos) // len(demos), _SHEET_COLUMNS)
        wide, high = scale * _THUMBNAIL_PX[0], scale * _THUMBNAIL_PX[1]
        canvas.frame(Box(box.left + column * wide, box.top + row * high, wide, high), SKY, width=2.0, rounding=0.0)


class OneCar(Still):
    """One car and two networks that take turns; `pushes` it aside every few seconds."""

    def __init__(self, rollout: LiveRollout, session: Session) -> None:
        self.rollout, self.pushes = rollout, False
        self._session = session
        self._map, self._road = RoadMap(rollout.car.track), RoadAhead(rollout.car)
        self._frame = 0

    def advance(self) -> None:
        """One frame of driving."""
        rollout = self.rollout
        self._frame += 1
        if self.pushes and self._frame % PUSH_EVERY == 0:
            rollout.nudge()
        _drive(rollout, self._map)
        tally = rollout.driver.tally
        self._session.frame_history.add(rollout.car, rollout.active_name, rollout.car.offset_m, tally.interventions)
        self._session.scores[rollout.driver.name] = tally.score

    def draw(self, canvas: Canvas, top: float) -> None:
        """The road, who drives, offsets and errors."""
        rollout = self.rollout
        self._road.draw(canvas)
        draw_alarm(canvas, rollout)
        draw_who(canvas, rollout, who_box(len(rollout.drivers))._replace(top=top))
        draw_strip(canvas, strip_box(canvas), rollout)
        side = 170.0
        right = canvas.width - MARGIN
        plan = Box(right - side, top, side, side)
        self._map.draw(canvas, plan, (_place(rollout),))
        bottom = canvas.height - KEY_LINE - MARGIN
        draw_errors(canvas, Box(right - 286.0, bottom - 200.0, 286.0, 200.0), rollout.drivers)

    def switch(self) -> None:
        """The other network has the wheel."""
        self.rollout.switch()

    def nudge(self) -> None:
        """Aside."""
        self.rollout.nudge()


class Both(Still):
    """Two cars on the same road in the same wind, pushed at the same moments; each driven by one network."""

    def __init__(self, world: tuple[Track, Scene], drivers: Sequence[PolicyDriver], session: Session) -> None:
        self.rollouts = [
            LiveRollout(*world, [_fresh(driver)], np.random.default_rng([session.seed, 2])) for driver in drivers
        ]
        self._roads = [RoadAhead(rollout.car) for rollout in self.rollouts]
        self._map, self._frames = RoadMap(world[0]), count(1)
        self._sides = np.random.default_rng([session.seed, 3])

    def advance(self) -> None:
        """One frame of both."""
        if next(self._frames) % PUSH_EVERY == 0:
            self.nudge()
        for rollout in self.rollouts:
            _drive(rollout, self._map)

    def draw(self, canvas: Canvas, top: float) -> None:
        """A half of the window each, and the map between."""
        width_px, height_px = canvas.surface.get_size()
        for number, (rollout, road) in enumerate(zip(self.rollouts, self._roads, strict=True)):
            half = Canvas(canvas.surface.subsurface((number * (width_px // 2), 0, width_px // 2, height_px)))
            road.draw(half)
            box = Box(MARGIN, top, half.width - 2 * MARGIN, 0.0)
            draw_who(half, rollout, box._replace(height=who_box(1).height, width=min(box.width, LEFT_WIDTH)))
            strip = strip_box(half)
            low = strip._replace(top=strip.bottom - _LOW_STRIP, width=half.width - 2 * MARGIN, height=_LOW_STRIP)
            draw_strip(half, low, rollout)
            if rollout.alarm:
                half.frame(Box(0.0, 0.0, half.width, half.height - KEY_LINE), RED, width=8.0, rounding=0.0)
        middle = canvas.width / 2
        plan = Box(middle - 65.0, top + who_box(1).height + GAP, 130.0, 130.0)
        # Panels let shine through what lies behind them, so the divider goes between them.
        for upper, lower in ((top - GAP, plan.top), (plan.bottom, canvas.height - KEY_LINE)):
            canvas.fill(Box(middle - 1.5, upper, 3.0, lower - upper), SHADE)
        self._map.draw(canvas, plan, tuple(map(_place, self.rollouts)))

    def nudge(self) -> None:
        """Both to the same side."""
        side = int(self._sides.choice([-1, 1]))
        for rollout in self.rollouts:
            rollout.nudge(side)


def _drive(rollout: LiveRollout, road_map: RoadMap) -> None:
    if rollout.car.begins_tick:
        x_m, y_m, _ = rollout.car.state.poses[0]
        road_map.add(x_m, y_m, rollout.active_colour)
    rollout.advance()


def _place(rollout: LiveRollout) -> tuple[float, float, float, Colour]:
    x_m, y_m, heading_rad = map(float, rollout.car.state.poses[0])
    return x_m, y_m, heading_rad, rollout.active_colour


def _fresh(driver: PolicyDriver) -> PolicyDriver:
    """The same network, counted anew."""
    return replace(driver, tally=Tally())


def _read(recordings: Sequence[Path]) -> Demonstrations | None:
    try:
        return load_recording(recordings[0]).demonstrations() if recordings else None
    except InputError:
        return None


def _num_shown(demos: Demonstrations) -> int:
    """Thumbnails: as many as there are frames, up to a sheet of 16 rows."""
    return min(len(demos), 16 * _SHEET_COLUMNS)


def _contact_sheet(demos: Demonstrations) -> Picture:
    """All frames as thumbnails, row by row; of very many, evenly chosen ones."""
    num, (width, height) = _num_shown(demos), _THUMBNAIL_PX
    rows = -(-num // _SHEET_COLUMNS)
    sheet = np.full((rows * height, _SHEET_COLUMNS * width, 3), SHADE, np.uint8)
    for place, frame in enumerate(np.arange(num) * len(demos) // num):
        row, column = divmod(place, _SHEET_COLUMNS)
        small = pygame.transform.smoothscale(as_surface(demos.images[frame]), (width - 1, height - 1))
        part = pygame.surfarray.array3d(small).swapaxes(0, 1)
        sheet[row * height : (row + 1) * height - 1, column * width : (column + 1) * width - 1] = part
    return sheet
