"""A training as the screens show it: how far it is, and each network's errors so far."""

import math
import time

from drive_sim.app.canvas import (
    FAINT,
    HAIR,
    INK,
    ORANGE,
    POLICY_COLOURS,
    POLICY_LABELS,
    SMALL,
    VERMILION,
    YELLOW,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.hud import draw_progress
from drive_sim.app.training import RETRAINED, Training

_LARGEST_PER_M, _SMALLEST_PER_M = 0.1, 0.0001
"""The errors between which the curves are drawn; trainings end between them, and what is beyond stays at the edge."""
_GRID_PER_M = (0.1, 0.01, 0.001, 0.0001)
_LINE = 1.25
"""From line to line, for each unit of the text's size."""
_AXIS_WIDTH = 56.0


def draw_training(canvas: Canvas, box: Box, training: Training) -> None:
    """How far the networks are, and their errors step by step on a logarithmic axis; or why they cannot learn."""
    canvas.panel(box)
    inner = box.inside()
    if training.error is not None:
        canvas.text("The networks could not learn", (inner.left, inner.top), bold=True, colour=VERMILION)
        canvas.paragraph(training.error, inner._replace(top=inner.top + 26.0))
        return
    _draw_heading(canvas, inner, training)
    bar = draw_progress(canvas, (inner.left, inner.top + 26.0), inner.width, training.share)
    plot = Box(inner.left, bar.bottom + 8.0, inner.width, inner.bottom - bar.bottom - 8.0)
    if any(training.curves.values()):
        _draw_curves(canvas, plot, training)
    else:
        words = training.warning or "The networks are getting ready ..."
        canvas.paragraph(words, plot, colour=ORANGE if training.warning else FAINT)


def _draw_heading(canvas: Canvas, inner: Box, training: Training) -> None:
    what = "Learning from you" if training.is_retraining else training.words
    if canvas.text_width(what, bold=True) > inner.width - canvas.text_width("100%") - 8.0:
        what = "Learning"
    heading = canvas.text(what, (inner.left, inner.top - 2.0), bold=True)
    past_s = training.duration_s or time.perf_counter() - training.started_s
    state = f"done in {past_s:.0f} s" if training.is_done else f"{training.share:.0%}, {past_s:.0f} s"
    if heading.right + canvas.text_width(state) + 8.0 > inner.right:
        state = f"{training.share:.0%}"
    canvas.text(state, (inner.right, inner.top - 2.0), colour=FAINT, anchor="topright")


def _draw_curves(canvas: Canvas, plot: Box, training: Training) -> None:
    """Each network's error with its name at the end; lines of equal error behind."""
    label_width = 8.0 + max(canvas.text_width(_label(name), size=SMALL, bold=True) for name in training.names)
    left, right = plot.left + _AXIS_WIDTH, plot.right - label_width
    grid = plot._replace(top=plot.top + SMALL / 2, height=plot.height - SMALL)
    for error_per_m in _GRID_PER_M[:: 1 if grid.height > 3.5 * SMALL else 3]:
        y = _height_of(error_per_m, grid)
        canvas.lines([(left, y), (right, y)], HAIR, width=1.0)
        canvas.text(f"{error_per_m:.4g}", (left - 6.0, y), size=SMALL, colour=FAINT, anchor="midright")
    ends: list[tuple[float, str]] = []
    for name in training.names:
        num_steps = training.num_steps.get(name, 1)
        points = [
            (left + (right - left) * step / num_steps, _height_of(error_per_m, grid))
            for step, error_per_m in training.curves[name]
        ]
        if points:
            canvas.lines(points, _colour(name), width=2.5)
            canvas.dot(points[-1], 3.5, _colour(name))
            ends.append((points[-1][1], name))
    canvas.text("error, 1/m", (plot.right, plot.top - 4.0), size=SMALL, colour=FAINT, anchor="topright")
    below = plot._replace(top=plot.top + 1.5 * SMALL, height=plot.height - 2.0 * SMALL)
    for y, name in _spread_apart(sorted(ends), _LINE * SMALL, below):
        canvas.text(_label(name), (right + 8.0, y), size=SMALL, bold=True, colour=_colour(name), anchor="midleft")


def _height_of(error_per_m: float, plot: Box) -> float:
    """Where an error lies on the logarithmic axis, top and bottom included."""
    share = math.log(_LARGEST_PER_M / max(error_per_m, 1e-9)) / math.log(_LARGEST_PER_M / _SMALLEST_PER_M)
    return plot.top + plot.height * min(1.0, max(0.0, share))


def _spread_apart(ends: list[tuple[float, str]], distance: float, plot: Box) -> list[tuple[float, str]]:
    """Labels from top to bottom, moved so that none lies on another and all stay within the plot."""
    placed: list[tuple[float, str]] = []
    for number, (y, name) in enumerate(ends):
        lowest = plot.bottom - distance * (len(ends) - 1 - number)
        highest = placed[-1][0] + distance if placed else plot.top
        placed.append((max(min(y, lowest), highest), name))
    return placed


def _label(name: str) -> str:
    """A policy's name; one that learns on still has its old one."""
    name = name.removesuffix(RETRAINED)
    return POLICY_LABELS.get(name, name)


def _colour(name: str) -> Colour:
    return POLICY_COLOURS.get(name, YELLOW if name.endswith(RETRAINED) else INK)
