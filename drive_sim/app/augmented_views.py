"""One frame as it looks from elsewhere, as the augmenter makes it, and which way a driver must steer there."""

import math
from functools import lru_cache

import numpy as np
import pygame

from drive_sim.app.canvas import BODY, ORANGE, PADDING, SMALL, Box, Canvas, as_surface
from drive_sim.app.ground_arc import ground_arc
from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate, corrected_curvature, shift_rotate
from drive_sim.sim.camera import Camera

_AUGMENTER = ShiftRotate()
_SHIFT_M, _TURN_RAD = _AUGMENTER.max_shift_m, _AUGMENTER.max_turn_rad
_VIEWS = (
    (f"{_SHIFT_M:g} m left", _SHIFT_M, 0.0),
    (f"{math.degrees(_TURN_RAD):.0f}° left", 0.0, _TURN_RAD),
    ("as driven", 0.0, 0.0),
    (f"{math.degrees(_TURN_RAD):.0f}° right", 0.0, -_TURN_RAD),
    (f"{_SHIFT_M:g} m right", -_SHIFT_M, 0.0),
)
"""What it is called, the shift and the turn to the left: the farthest that the augmenter goes."""
_TITLE = "The same frame from elsewhere, and what to steer there"
_WIDE = 120.0
"""From this width of a view on, its words are of the larger size."""
_LINE = 1.25
"""From line to line, for each unit of the text's size."""
_STRAIGHT_PER_M = 0.004
_MOTIONS = np.array([view[1:] for view in _VIEWS]).T
"""Shifts and turns (2, 5)."""


def draw_augmented_views(canvas: Canvas, box: Box, picture: Picture, curvature_per_m: float, camera: Camera) -> None:
    """A row of views that nobody drove, made from one picture (h, w, 3), each with what to steer there.

    The line in each is the arc that the network is told to steer; `curvature_per_m` is what was driven.
    """
    canvas.panel(box)
    inner = box.inside(0.6 * PADDING)
    most = (inner.width - 0.5 * PADDING * (len(_VIEWS) - 1)) / len(_VIEWS)
    size = BODY if most > _WIDE else SMALL
    words = 2 * _LINE * size
    width = min(most, (inner.height - words) * camera.width_px / camera.height_px)
    height = width * camera.height_px / camera.width_px
    step = (inner.width - width) / (len(_VIEWS) - 1)
    if inner.height - height - words > _LINE * BODY + 4.0:
        canvas.text(_TITLE, (inner.left, inner.top), bold=True)
        inner = inner._replace(top=inner.top + _LINE * BODY + 4.0)
    views = _views(picture.tobytes(), camera)
    commands = corrected_curvature(curvature_per_m, _MOTIONS[0], _MOTIONS[1], _AUGMENTER.arc_length_m)
    for number, (name, _, _) in enumerate(_VIEWS):
        where = Box(inner.left + number * step, inner.top, width, height)
        rect_px = canvas.rect_px(where)
        canvas.surface.blit(_scaled(views[number], rect_px.size), rect_px)
        canvas.lines(ground_arc(where, float(commands[number]), camera), ORANGE, width=2.5)
        _draw_words(canvas, where, name, float(commands[number]), size)


def warm_up_views() -> None:
    """Compile, or load, what the first row of views needs; it would make a frame late."""
    camera = Camera()
    _views(bytes(3 * camera.width_px * camera.height_px), camera)


def _draw_words(canvas: Canvas, view: Box, name: str, curvature_per_m: float, size: float) -> None:
    """What a view is called, and what to steer there, below it."""
    middle = view.centre[0]
    canvas.text(name, (middle, view.bottom + 2.0), size=size, anchor="midtop")
    below = middle, view.bottom + 2.0 + _LINE * size
    canvas.text(_steering_words(curvature_per_m), below, size=size, bold=True, colour=ORANGE, anchor="midtop")


def _steering_words(curvature_per_m: float) -> str:
    if abs(curvature_per_m) < _STRAIGHT_PER_M:
        return "straight on"
    return "steer left" if curvature_per_m > 0 else "steer right"


@lru_cache(maxsize=2)
def _views(picture: bytes, camera: Camera) -> list[pygame.Surface]:
    """The views of one picture; made once for it, since a picture stays for six frames."""
    frame = np.frombuffer(picture, np.uint8).reshape(1, camera.height_px, camera.width_px, 3)
    views = shift_rotate(np.repeat(frame, len(_VIEWS), axis=0), camera, _MOTIONS[0], _MOTIONS[1])
    return [as_surface(view) for view in views]


@lru_cache(maxsize=2 * len(_VIEWS))
def _scaled(view: pygame.Surface, size_px: tuple[int, int]) -> pygame.Surface:
    return pygame.transform.smoothscale(view, size_px)
