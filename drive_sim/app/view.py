"""What the window shows of a car: the road ahead, a map with the trail, and the picture that the network gets."""

import math
import os

import numpy as np
import pygame

from drive_sim.app.canvas import (
    FAINT,
    HAIR,
    INK,
    MARGIN,
    PADDING,
    PANEL,
    POLICY_COLOURS,
    ROAD,
    ROUNDING,
    SMALL,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.single_car import SingleCar
from drive_sim.arrays import Images, Picture
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.track import Track

KEY_LINE = 30.0
"""Units at the window's bottom that belong to the line of keys."""
MAP_SIDE, NETWORK_WIDTH, DIALS_WIDTH = 180.0, 324.0, 236.0
"""Sides of the panels in the upper right, lower right and left corners; in a narrow window the second one shrinks."""
_MOST_PIXELS = 1_500_000
"""A larger window shows a picture of this size, stretched: more would take longer than a frame."""
_TRAIL_LENGTH, _JUMP_M = 6000, 6.0

Place = tuple[float, float, float, Colour]
"""A car on the map: x_m, y_m, heading_rad and its driver's colour."""


def map_box(canvas: Canvas) -> Box:
    """Where the map lies on every screen: the upper right corner."""
    return Box(canvas.width - MARGIN - MAP_SIDE, MARGIN, MAP_SIDE, MAP_SIDE)


def network_box(canvas: Canvas) -> Box:
    """Where the network's own picture lies on every screen: the lower right corner, above the line of keys."""
    width = min(NETWORK_WIDTH, canvas.width - DIALS_WIDTH - 3 * MARGIN)
    usual = Camera()
    height = (width - 2 * PADDING) * usual.height_px / usual.width_px + SMALL + 2.5 * PADDING
    return Box(canvas.width - MARGIN - width, canvas.height - KEY_LINE - MARGIN - height, width, height)


class RoadAhead:
    """The road as a camera of the window's size sees it, from the pose between two control ticks."""

    def __init__(self, car: SingleCar, camera: Camera | None = None) -> None:
        self.car = car
        self._small = self.camera = camera or car.env.config.camera or Camera()
        self._only = np.zeros(1, dtype=np.int64)
        self._num_threads = min(8, os.cpu_count() or 1)
        self._out: Images = np.empty((1, 0, 0, 3), dtype=np.uint8)

    def draw(self, canvas: Canvas) -> None:
        """Fill the window with the view, whatever its size is now."""
        size_px = canvas.surface.get_size()
        share = min(1.0, math.sqrt(_MOST_PIXELS / (size_px[0] * size_px[1])))
        self._fit(round(share * size_px[0]), round(share * size_px[1]))
        car = self.car
        render(
            car.tracks,
            car.scenes,
            self.camera,
            car.state.poses,
            self._only,
            self._only,
            num_threads=self._num_threads,
            out=self._out,
        )
        if self._surface.get_size() == size_px:
            canvas.surface.blit(self._surface, (0, 0))
        else:
            canvas.surface.blit(pygame.transform.scale(self._surface, size_px), (0, 0))

    def _fit(self, width_px: int, height_px: int) -> None:
        """Room for a picture of another size; the surface lies on the same bytes, so nothing is copied."""
        if self._out.shape[1:3] != (height_px, width_px):
            self.camera = self._small.resized(width_px, height_px)
            self._out = np.empty((1, height_px, width_px, 3), dtype=np.uint8)
            self._surface = pygame.image.frombuffer(self._out.data, (width_px, height_px), "RGB")


class RoadMap:
    """The whole road from above, with where the cars have been, in their drivers' colours."""

    def __init__(self, track: Track) -> None:
        self._x_m, self._y_m, self._closed = track.x_m[::4], track.y_m[::4], track.closed
        self._extent_m = max(float(np.ptp(track.x_m)), float(np.ptp(track.y_m)), 1.0)
        self._centre_m = _middle(track.x_m), _middle(track.y_m)
        self._trail: list[tuple[tuple[float, float], tuple[float, float], Colour]] = []
        self._last_m: dict[Colour, tuple[float, float]] = {}
        self._num_drawn = 0
        self._ground: pygame.Surface | None = None
        self._box = Box(0.0, 0.0, MAP_SIDE, MAP_SIDE)

    def add(self, x_m: float, y_m: float, colour: Colour = POLICY_COLOURS["human"]) -> None:
        """The car that this colour drives is here now."""
        here_m = float(x_m), float(y_m)
        before_m = self._last_m.get(colour)
        if before_m is not None and math.dist(here_m, before_m) < _JUMP_M:
            self._trail.append((before_m, here_m, colour))
        self._last_m[colour] = here_m
        if len(self._trail) > _TRAIL_LENGTH:
            del self._trail[: _TRAIL_LENGTH // 4]
            self._ground = None

    def draw(self, canvas: Canvas, box: Box, cars: tuple[Place, ...] = ()) -> None:
        """Draw the road, the trails and the cars into `box`."""
        where = canvas.rect_px(box)
        if self._ground is None or self._ground.get_size() != where.size or self._box != box:
            self._box, self._num_drawn = box, 0
            self._ground = self._make_ground(canvas, where.size)
        self._draw_new_trail(self._ground, canvas)
        canvas.surface.blit(self._ground, where)
        for x_m, y_m, heading_rad, colour in cars:
            self._draw_car(canvas, self.point_from(x_m, y_m), heading_rad, colour)

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
        pygame.draw.rect(ground, (*PANEL, 205), ground.get_rect(), border_radius=canvas.px(ROUNDING))
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
        for before_m, here_m, colour in self._trail[self._num_drawn :]:
            ends = self._pixel(canvas, *before_m), self._pixel(canvas, *here_m)
            pygame.draw.line(ground, colour, *ends, max(2, canvas.px(2.5)))
        self._num_drawn = len(self._trail)

    def _pixel(self, canvas: Canvas, x_m: float, y_m: float) -> tuple[float, float]:
        """Within the map's own surface."""
        x, y = self.point_from(float(x_m), float(y_m))
        return (x - self._box.left) * canvas.scale, (y - self._box.top) * canvas.scale

    @staticmethod
    def _draw_car(canvas: Canvas, where: tuple[float, float], heading_rad: float, colour: Colour) -> None:
        """An arrow head in the driver's colour, with a light rim."""
        corners = [(9.0, 0.0), (-6.0, 5.5), (-6.0, -5.5)]
        cos, sin = math.cos(heading_rad), math.sin(heading_rad)
        points = [
            ((where[0] + x * cos - y * sin) * canvas.scale, (where[1] - x * sin - y * cos) * canvas.scale)
            for x, y in corners
        ]
        pygame.draw.polygon(canvas.surface, colour, points)
        pygame.draw.polygon(canvas.surface, INK, points, max(1, canvas.px(1.5)))


def draw_network_picture(canvas: Canvas, box: Box, picture: Picture, title: str = "") -> Box:
    """Draw the picture that the network gets, with a line above it; returns where the picture itself lies.

    One that is less wide than the car's usual camera's leaves room to its right.
    """
    canvas.panel(box)
    title = title or f"What a network sees: {picture.shape[1]} x {picture.shape[0]} pixels"
    canvas.text(title, (box.left + PADDING, box.top + 0.6 * PADDING), size=SMALL, colour=FAINT)
    height = box.height - SMALL - 2.5 * PADDING
    width = min(box.width - 2 * PADDING, height * picture.shape[1] / picture.shape[0])
    height = width * picture.shape[0] / picture.shape[1]
    where = Box(box.left + PADDING, box.bottom - PADDING - height, width, height)
    canvas.picture(picture, where)
    canvas.frame(where, HAIR, width=1.0, rounding=0.0)
    return where


def _middle(values_m: np.ndarray) -> float:
    return float(values_m.max() + values_m.min()) / 2
