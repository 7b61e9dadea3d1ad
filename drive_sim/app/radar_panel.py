"""The radar's panel: training pictures by offset and heading, and by the lane's bend below; the car among them."""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pygame

from drive_sim.app.canvas import BODY, FAINT, HAIR, INK, PADDING, SHADE, SKY, SMALL, Box, Canvas
from drive_sim.app.radar import RadarStatus, what_it_says
from drive_sim.app.training_places import TrainingPlaces
from drive_sim.evaluate.familiarity import LanePlaces

_REACH_M, _REACH_RAD, _REACH_PER_M = 2.2, math.radians(13.0), 0.04
"""What the panel shows, to either side; what lies beyond it stays at its edge."""
_MAP_SHARE, _BEND_HEIGHT, _BETWEEN = 0.52, 12.0, 8.0
_CELLS = 44, 26
_DOT, _CAR = 1.4, 6.0
_LINE = 1.35 * SMALL


def draw_radar(canvas: Canvas, box: Box, status: RadarStatus) -> None:
    """Left turns up, offsets to the left at the left; what it means in words beside."""
    canvas.panel(box)
    inner = box.inside()
    canvas.text("Offset across, heading up, bend below", (inner.left, inner.top - 4.0), size=SMALL, colour=FAINT)
    top = inner.top + 20.0
    width, height = _MAP_SHARE * inner.width, inner.bottom - top - _BEND_HEIGHT - _BETWEEN
    area = Box(inner.left, top, width, height)
    bends = Box(inner.left, area.bottom + _BETWEEN, width, _BEND_HEIGHT)
    words = Box(area.right + PADDING, top - 2.0, inner.right - area.right - PADDING, inner.bottom - top)
    canvas.fill(area, SHADE)
    canvas.fill(bends, SHADE)
    if status.places is not None:
        _draw_places(canvas, area, bends, status.places)
    canvas.lines([(area.centre[0], area.top), (area.centre[0], area.bottom)], HAIR)
    canvas.lines([(area.left, area.centre[1]), (area.right, area.centre[1])], HAIR)
    _draw_car(canvas, area, bends, status)
    _draw_words(canvas, words, status)


def _draw_places(canvas: Canvas, area: Box, bends: Box, places: TrainingPlaces) -> None:
    """How many training pictures are from where, and each frame that somebody drove as a dot."""
    for box, picture in zip((area, bends), _densities(places), strict=True):
        where = canvas.rect_px(box)
        canvas.surface.blit(_stretched(picture, where.size), where)
    for place in places.shown[:: max(1, len(places.shown) // 300)]:
        canvas.fill(Box(*_at(area, place), _DOT, _DOT), INK)


def _draw_car(canvas: Canvas, area: Box, bends: Box, status: RadarStatus) -> None:
    """The way of the last seconds, and where the car is."""
    points = [_at(area, place[0]) for place in status.trail]
    canvas.lines(points, status.colour, width=1.5)
    if not points:
        return
    canvas.dot(points[-1], _CAR + 1.5, SHADE)
    canvas.dot(points[-1], _CAR, status.colour)
    bend = _share(-status.trail[-1][0, 2], _REACH_PER_M)
    canvas.dot((bends.left + bend * bends.width, bends.centre[1]), _CAR, status.colour)


def _draw_words(canvas: Canvas, box: Box, status: RadarStatus) -> None:
    if status.reading is None or status.places is None:
        lines = canvas.wrapped(status.says, box.width, size=SMALL)
        room = max(1, int(box.height / _LINE))
        if len(lines) > room:
            lines[room - 1 :] = [canvas.fitting(f"{lines[room - 1]} ...", box.width, size=SMALL)]
        for number, line in enumerate(lines):
            canvas.text(line, (box.left, box.top + number * _LINE), size=SMALL)
        return
    words, colour = status.reading.words
    top = canvas.paragraph(words, box, size=BODY, colour=colour, bold=True)
    nearest = f"nearest {status.reading.distance_m:.2f} m"
    top = canvas.paragraph(nearest, box._replace(top=top), size=SMALL)
    canvas.paragraph(what_it_says(status.places), box._replace(top=top), size=SMALL, colour=FAINT)


def _at(area: Box, place: LanePlaces) -> tuple[float, float]:
    """Where a place (3,) lies in the map of offsets and headings."""
    return (
        area.left + _share(-place[0], _REACH_M) * area.width,
        area.top + _share(-place[1], _REACH_RAD) * area.height,
    )


def _share(value: float, reach: float) -> float:
    """From 0 at minus its reach to 1."""
    return float(min(max(0.5 + 0.5 * value / reach, 0.0), 1.0))


@lru_cache(maxsize=8)
def _densities(places: TrainingPlaces) -> tuple[pygame.Surface, pygame.Surface]:
    """Pictures of how many training pictures are from where: offset and heading, and bend."""
    found, (columns, rows) = places.familiarity.places, _CELLS
    edges = np.linspace(-_REACH_RAD, _REACH_RAD, rows + 1), np.linspace(-_REACH_M, _REACH_M, columns + 1)
    counts = np.histogram2d(-found[:, 1], -found[:, 0], bins=edges)[0]
    bends = np.histogram(-found[:, 2], bins=np.linspace(-_REACH_PER_M, _REACH_PER_M, columns + 1))[0]
    return _tinted(counts), _tinted(bends[None].astype(np.float64))


def _tinted(counts: npt.NDArray[np.float64]) -> pygame.Surface:
    """From dark, for none, to bright; a hundredth of the most is half as bright."""
    strength = np.log1p(1e4 * counts / max(1.0, counts.max())) / np.log1p(1e4)
    pixels = np.array(SHADE) + 0.85 * strength[..., None] * (np.array(SKY) - np.array(SHADE))
    return pygame.image.frombuffer(pixels.astype(np.uint8).tobytes(), counts.shape[::-1], "RGB")


@lru_cache(maxsize=16)
def _stretched(picture: pygame.Surface, size_px: tuple[int, int]) -> pygame.Surface:
    return pygame.transform.scale(picture, size_px)
