"""A map of the whole road with the cars on it, and where they have been, in their drivers' colours."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pygame

from drive_sim.app.canvas import INK, PADDING, POLICY_COLOURS, RED, ROAD, Box, Canvas, Colour
from drive_sim.app.layout import MAP_SIDE
from drive_sim.app.single_car import SingleCar
from drive_sim.sim.track import Track

_TRAIL_LENGTH, _JUMP_M = 6000, 6.0
_CAR_UNITS = 9.0
"""Of a drawn car: from its middle to its nose."""
_SHADED = RED
"""Behind what was recorded off the road."""


class DrivenStretch(NamedTuple):
    """Of a trail: from where to where, whose, whether it is shaded, and at which frame."""

    from_m: tuple[float, float]
    to_m: tuple[float, float]
    colour: Colour
    is_shaded: bool
    frame: int = 0


class CarMarker(NamedTuple):
    """A car on the map, in its driver's colour."""

    x_m: float
    y_m: float
    heading_rad: float
    colour: Colour

    @classmethod
    def at(cls, car: SingleCar, colour: Colour) -> "CarMarker":
        """Where a car is now."""
        x_m, y_m, heading_rad = map(float, car.state.poses[0])
        return cls(x_m, y_m, heading_rad, colour)


class RoadMap:
    """The whole road from above, with where the cars have been, in their drivers' colours."""

    def __init__(self, track: Track) -> None:
        self._x_m, self._y_m, self._closed = track.x_m[::4], track.y_m[::4], track.closed
        self._extent_m = max(float(np.ptp(track.x_m)), float(np.ptp(track.y_m)), 1.0)
        self._centre_m = _middle(track.x_m), _middle(track.y_m)
        self._trail: list[DrivenStretch] = []
        self._last_m: dict[Colour, tuple[float, float]] = {}
        self._num_drawn = 0
        self._ground: pygame.Surface | None = None
        self._box = Box(0.0, 0.0, MAP_SIDE, MAP_SIDE)

    def add_car(
        self, car: SingleCar, colour: Colour = POLICY_COLOURS["human"], *, is_shaded: bool = False, frame: int = 0
    ) -> None:
        """Once a frame: where a control tick begins, the car that this colour drives is added to its trail."""
        if car.begins_tick:
            x_m, y_m, _ = car.state.poses[0]
            self.add(x_m, y_m, colour, is_shaded=is_shaded, frame=frame)

    def cut(self, frame: int) -> list[DrivenStretch]:
        """Take away, and return, where cars have been after a frame."""
        after = [part for part in self._trail if part.frame > frame]
        self._trail = [part for part in self._trail if part.frame <= frame]
        self._last_m, self._ground = {}, None
        return after

    def put(self, stretches: Sequence[DrivenStretch]) -> None:
        """What was cut is there again."""
        self._trail += stretches
        self._last_m = {part.colour: part.to_m for part in stretches}

    def add(
        self,
        x_m: float,
        y_m: float,
        colour: Colour = POLICY_COLOURS["human"],
        *,
        is_shaded: bool = False,
        frame: int = 0,
    ) -> None:
        """The car that this colour drives is here now, at a frame; what is shaded is so for good, behind its trail."""
        here_m = float(x_m), float(y_m)
        before_m = self._last_m.get(colour)
        if before_m is not None and math.dist(here_m, before_m) < _JUMP_M:
            self._trail.append(DrivenStretch(before_m, here_m, colour, is_shaded, frame))
        self._last_m[colour] = here_m
        if len(self._trail) > _TRAIL_LENGTH:
            del self._trail[: _TRAIL_LENGTH // 4]
            self._ground = None

    def draw(self, canvas: Canvas, box: Box, cars: Sequence[CarMarker] = ()) -> None:
        """Draw the road, the trails and the cars into `box`."""
        where = canvas.rect_px(box)
        if self._ground is None or self._ground.get_size() != where.size or self._box != box:
            self._box, self._num_drawn = box, 0
            self._ground = self._make_ground(canvas, where.size)
        self._draw_new_trail(self._ground, canvas)
        canvas.panel(box)
        canvas.surface.blit(self._ground, where)
        inner = box.inside(_CAR_UNITS)
        for x_m, y_m, heading_rad, colour in cars:
            # A car that is lost beyond the map stands at its edge.
            x, y = self.point_from(x_m, y_m)
            place = min(max(x, inner.left), inner.right), min(max(y, inner.top), inner.bottom)
            self._draw_car(canvas, place, heading_rad, colour)

    def point_from(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Where a place on the ground lies on the canvas, in units; y grows upwards on the map."""
        middle, scale = self._box.centre, self._scale
        return middle[0] + (x_m - self._centre_m[0]) * scale, middle[1] - (y_m - self._centre_m[1]) * scale

    def ground_from(self, point: tuple[float, float]) -> tuple[float, float]:
        """The place on the ground, x_m and y_m, that is drawn at a point of the canvas: for dragging."""
        middle, scale = self._box.centre, self._scale
        return (
            self._centre_m[0] + (point[0] - middle[0]) / scale,
            self._centre_m[1] - (point[1] - middle[1]) / scale,
        )

    @property
    def _scale(self) -> float:
        """Units on the canvas for a metre."""
        return (min(self._box.width, self._box.height) - 3 * PADDING) / self._extent_m

    def _make_ground(self, canvas: Canvas, size_px: tuple[int, int]) -> pygame.Surface:
        ground = pygame.Surface(size_px, pygame.SRCALPHA)
        # Drawn three times as large and shrunk, so that its edges are smooth.
        large = pygame.Surface((3 * size_px[0], 3 * size_px[1]), pygame.SRCALPHA)
        large.fill((*ROAD, 0))
        places = [self._pixel(canvas, x, y) for x, y in zip(self._x_m, self._y_m, strict=True)]
        points = [(3 * x, 3 * y) for x, y in places]
        pygame.draw.lines(large, ROAD, self._closed, points, max(6, canvas.px(3 * 4.5)))
        ground.blit(pygame.transform.smoothscale(large, size_px), (0, 0))
        return ground

    def _draw_new_trail(self, ground: pygame.Surface, canvas: Canvas) -> None:
        """Only what has been driven since the last frame is drawn."""
        for before_m, here_m, colour, is_shaded, _ in self._trail[self._num_drawn :]:
            ends = self._pixel(canvas, *before_m), self._pixel(canvas, *here_m)
            if is_shaded:
                pygame.draw.circle(ground, _SHADED, ends[1], max(3, canvas.px(4.5)))
            pygame.draw.line(ground, colour, *ends, max(2, canvas.px(2.5)))
        self._num_drawn = len(self._trail)

    def _pixel(self, canvas: Canvas, x_m: float, y_m: float) -> tuple[float, float]:
        """Within the map's own surface."""
        x, y = self.point_from(float(x_m), float(y_m))
        return (x - self._box.left) * canvas.scale, (y - self._box.top) * canvas.scale

    @staticmethod
    def _draw_car(canvas: Canvas, where: tuple[float, float], heading_rad: float, colour: Colour) -> None:
        """An arrow head in the driver's colour, with a light rim."""
        corners = [(_CAR_UNITS, 0.0), (-6.0, 5.5), (-6.0, -5.5)]
        cos, sin = math.cos(heading_rad), math.sin(heading_rad)
        points = [
            ((where[0] + x * cos - y * sin) * canvas.scale, (where[1] - x * sin - y * cos) * canvas.scale)
            for x, y in corners
        ]
        pygame.draw.polygon(canvas.surface, colour, points)
        pygame.draw.polygon(canvas.surface, INK, points, max(1, canvas.px(1.5)))


def _middle(values_m: np.ndarray) -> float:
    return float(values_m.max() + values_m.min()) / 2
