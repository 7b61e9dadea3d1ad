"""A training as the screens show it: how far it is, its errors so far, and the views that the augmenter makes."""

import math
import time
from functools import lru_cache

import numpy as np
import pygame

from drive_sim import geometry
from drive_sim.app.canvas import (
    BODY,
    FAINT,
    GREEN,
    HAIR,
    INK,
    ORANGE,
    PADDING,
    POLICY_COLOURS,
    POLICY_LABELS,
    SMALL,
    VERMILION,
    Box,
    Canvas,
    Colour,
    as_surface,
)
from drive_sim.app.training import Training
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
_VIEWS_TITLE = "The same frame from elsewhere, and what to steer there"
_WIDE = 120.0
"""From this width of a view on, its words are of the larger size."""
_STRAIGHT_PER_M = 0.004
_LARGEST_PER_M, _SMALLEST_PER_M = 0.03, 0.001
"""The errors between which the curves are drawn; two log decades nearly."""
_GRID_PER_M = (0.01, 0.003, 0.001)
_BAR, _LINE = 8.0, 1.25
_AXIS_WIDTH = 44.0


def draw_training(canvas: Canvas, box: Box, training: Training) -> None:
    """How far the networks are, and their errors step by step on a logarithmic axis; or why they cannot learn."""
    canvas.panel(box)
    inner = box.inside()
    if training.error is not None:
        canvas.text("The networks could not learn", (inner.left, inner.top), bold=True, colour=VERMILION)
        canvas.paragraph(training.error, inner._replace(top=inner.top + 26.0))
        return
    _draw_heading(canvas, inner, training)
    bar = Box(inner.left, inner.top + 26.0, inner.width, _BAR)
    canvas.fill(bar, HAIR, rounding=_BAR / 2)
    canvas.fill(bar._replace(width=max(_BAR, bar.width * training.share)), GREEN, rounding=_BAR / 2)
    plot = Box(inner.left, bar.bottom + 8.0, inner.width, inner.bottom - bar.bottom - 8.0)
    if any(training.curves.values()):
        _draw_curves(canvas, plot, training)
    else:
        words = training.warning or "The networks are getting ready ..."
        canvas.paragraph(words, plot, colour=ORANGE if training.warning else FAINT)


def draw_views(canvas: Canvas, box: Box, picture: Picture, curvature_per_m: float, camera: Camera) -> None:
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
        canvas.text(_VIEWS_TITLE, (inner.left, inner.top), bold=True)
        inner = inner._replace(top=inner.top + _LINE * BODY + 4.0)
    views = _views(picture.tobytes(), camera)
    commands = corrected_curvature(curvature_per_m, _MOTIONS[0], _MOTIONS[1], _AUGMENTER.arc_length_m)
    for number, (name, _, _) in enumerate(_VIEWS):
        where = Box(inner.left + number * step, inner.top, width, height)
        size_px = canvas.rect_px(where).size
        canvas.surface.blit(_scaled(views[number], size_px), canvas.rect_px(where))
        _draw_arc(canvas, where, float(commands[number]), camera)
        middle = where.centre[0]
        canvas.text(name, (middle, where.bottom + 2.0), size=size, anchor="midtop")
        told = (middle, where.bottom + 2.0 + _LINE * size)
        canvas.text(_steering(float(commands[number])), told, size=size, bold=True, colour=ORANGE, anchor="midtop")


def warm_up_views() -> None:
    """Compile, or load, what the first row of views needs; it would make a frame late."""
    camera = Camera()
    _views(bytes(3 * camera.width_px * camera.height_px), camera)


def _draw_heading(canvas: Canvas, inner: Box, training: Training) -> None:
    if training.is_retraining:
        what = "Learning from you"
    else:
        what = "Two networks are learning" if len(training.names) > 1 else "A network is learning"
    canvas.text(what, (inner.left, inner.top - 2.0), bold=True)
    past_s = training.duration_s or time.perf_counter() - training.started_s
    state = f"done in {past_s:.0f} s" if training.is_done else f"{training.share:.0%}, {past_s:.0f} s"
    canvas.text(state, (inner.right, inner.top - 2.0), colour=FAINT, anchor="topright")


def _draw_curves(canvas: Canvas, plot: Box, training: Training) -> None:
    """Each network's error with its name at the end; lines of equal error behind."""
    label_width = 8.0 + max(canvas.text_width(_label(name), size=SMALL, bold=True) for name in training.names)
    left, right = plot.left + _AXIS_WIDTH, plot.right - label_width
    for error_per_m in _GRID_PER_M:
        y = _height_of(error_per_m, plot)
        canvas.lines([(left, y), (right, y)], HAIR, width=1.0)
        canvas.text(f"{error_per_m:g}", (left - 6.0, y), size=SMALL, colour=FAINT, anchor="midright")
    ends: list[tuple[float, str]] = []
    for name in training.names:
        num_steps = training.num_steps.get(name, 1)
        points = [
            (left + (right - left) * step / num_steps, _height_of(error_per_m, plot))
            for step, error_per_m in training.curves[name]
        ]
        if points:
            canvas.lines(points, _colour(name), width=2.5)
            canvas.dot(points[-1], 3.5, _colour(name))
            ends.append((points[-1][1], name))
    canvas.text("error, 1/m", (plot.right, plot.top - 4.0), size=SMALL, colour=FAINT, anchor="topright")
    below = plot._replace(top=plot.top + 1.5 * SMALL)
    for y, name in _apart(sorted(ends), _LINE * SMALL, below):
        canvas.text(_label(name), (right + 8.0, y), size=SMALL, bold=True, colour=_colour(name), anchor="midleft")


def _height_of(error_per_m: float, plot: Box) -> float:
    """Where an error lies on the logarithmic axis, top and bottom included."""
    share = math.log(_LARGEST_PER_M / max(error_per_m, 1e-9)) / math.log(_LARGEST_PER_M / _SMALLEST_PER_M)
    return plot.top + plot.height * min(1.0, max(0.0, share))


def _apart(ends: list[tuple[float, str]], distance: float, plot: Box) -> list[tuple[float, str]]:
    """Labels from top to bottom, moved so that none lies on another and all stay within the plot."""
    placed: list[tuple[float, str]] = []
    for number, (y, name) in enumerate(ends):
        lowest = plot.bottom - distance * (len(ends) - 1 - number)
        highest = placed[-1][0] + distance if placed else plot.top
        placed.append((max(min(y, lowest), highest), name))
    return placed


def _label(name: str) -> str:
    return POLICY_LABELS.get(name, name)


def _colour(name: str) -> Colour:
    return POLICY_COLOURS.get(name, INK)


def _steering(curvature_per_m: float) -> str:
    if abs(curvature_per_m) < _STRAIGHT_PER_M:
        return "straight on"
    return "steer left" if curvature_per_m > 0 else "steer right"


_MOTIONS = np.array([view[1:] for view in _VIEWS]).T
"""Shifts and turns (2, 5)."""
_ARC_M = np.linspace(3.4, 14.0, 10)
"""Places along a commanded arc, counted from the rear axle."""


def _draw_arc(canvas: Canvas, where: Box, curvature_per_m: float, camera: Camera) -> None:
    """The arc that a command leads along, as the camera would see it on the ground."""
    forward_m, left_m = geometry.arc_end_point(curvature_per_m, _ARC_M)
    across, down, depth = camera.image_from_ground @ np.stack([forward_m, left_m, np.ones_like(forward_m)])
    u, v = (across / depth + 0.5) / camera.width_px, (down / depth + 0.5) / camera.height_px
    seen = (u >= 0.0) & (u <= 1.0) & (v >= 0.0) & (v <= 1.0)
    points = [
        (where.left + x * where.width, where.top + y * where.height) for x, y in zip(u[seen], v[seen], strict=True)
    ]
    canvas.lines(points, ORANGE, width=2.5)


@lru_cache(maxsize=2)
def _views(picture: bytes, camera: Camera) -> list[pygame.Surface]:
    """The views of one picture; made once for it, since a picture stays for six frames."""
    frame = np.frombuffer(picture, np.uint8).reshape(1, camera.height_px, camera.width_px, 3)
    views = shift_rotate(np.repeat(frame, len(_VIEWS), axis=0), camera, _MOTIONS[0], _MOTIONS[1])
    return [as_surface(view) for view in views]


@lru_cache(maxsize=2 * len(_VIEWS))
def _scaled(view: pygame.Surface, size_px: tuple[int, int]) -> pygame.Surface:
    return pygame.transform.smoothscale(view, size_px)
