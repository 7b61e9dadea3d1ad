"""Charts of a rollout: the offset over time, two wheels, steering errors by distance, and ALVINN's row of units."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import (
    FAINT,
    HAIR,
    INK,
    MARGIN,
    PADDING,
    POLICY_COLOURS,
    RED,
    ROAD,
    SMALL,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.drivers import EXPERT, PolicyDriver
from drive_sim.app.hud import draw_wheel, offset_words
from drive_sim.app.layout import KEY_LINE, LEFT_WIDTH
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.steering_wheel import WheelFeel, full_turn_per_m
from drive_sim.app.tally import BIN_M, NUM_BINS
from drive_sim.sim.vehicle import VehicleParams

HISTORY_HEIGHT, STEERING_HEIGHT, ERRORS_HEIGHT = 143.0, 84.0, 135.0
_SIDES = 86.0
"""The width of the words left of the history."""
_SHOWN_LIMITS = 1.5
"""The history reaches so far to both sides; farther off, its line stays at the edge."""
_ERROR_GRID_DEG = (0.0, 2.0, 8.0)
"""The errors' axis ends at the last, from the first moment on; what is larger stays at its edge."""


def offset_history_box(canvas: Canvas, footer: float = KEY_LINE) -> Box:
    """Where the offset over time lies: the lower left corner, above so many units."""
    top = canvas.height - footer - MARGIN - HISTORY_HEIGHT
    return Box(MARGIN, top, min(0.36 * canvas.width, LEFT_WIDTH), HISTORY_HEIGHT)


def draw_offset_history(
    canvas: Canvas, box: Box, rollout: LiveRollout, ghost: Sequence[tuple[float, float]] = ()
) -> None:
    """Offsets of the last seconds, in the colours of whoever drove; dashes where an intervention is due.

    The ghost's are faint: how many ticks ago, and how far off it was.
    """
    canvas.panel(box)
    inner = Box(box.left + PADDING + _SIDES, box.top + 30.0, box.width - 2 * PADDING - _SIDES, box.height - 42.0)
    shown_m, limit_m = _SHOWN_LIMITS * rollout.car.widest_limit_m, rollout.car.limit_m
    middle, unit = inner.centre[1], inner.height / 2 / shown_m
    canvas.text("Off the lane", (box.left + PADDING, box.top + 16.0), colour=FAINT, anchor="midleft")
    canvas.text(offset_words(rollout.car.offset_m), (box.right - PADDING, box.top + 16.0), bold=True, anchor="midright")
    canvas.lines([(inner.left, middle), (inner.right, middle)], HAIR)
    for side_m, label in ((limit_m, f"left {limit_m:.2g} m"), (-limit_m, f"right {limit_m:.2g} m")):
        y = middle - side_m * unit
        canvas.text(label, (inner.left - 5.0, y), size=SMALL, colour=FAINT, anchor="midright")
        _draw_dashes(canvas, inner.left, inner.right, y)
    step = inner.width / max(1, (rollout.history.maxlen or 1) - 1)
    left = inner.right - step * (len(rollout.history) - 1)
    points = [
        (left + step * number, middle - unit * max(-shown_m, min(shown_m, tick.offset_m)))
        for number, tick in enumerate(rollout.history)
    ]
    beside = [
        (inner.right - step * ago, middle - unit * max(-shown_m, min(shown_m, offset_m))) for ago, offset_m in ghost
    ]
    canvas.lines([point for point in beside if inner.left <= point[0] <= inner.right], FAINT, width=2.0)
    _draw_history(canvas, rollout, points)


def draw_steering(canvas: Canvas, box: Box, rollout: LiveRollout) -> None:
    """What is commanded, and beside it what the expert would command."""
    canvas.panel(box)
    full_per_m = full_turn_per_m(VehicleParams().cruise_mps, WheelFeel())
    is_network = rollout.driver.network is not None or rollout.driver.alvinn is not None
    you = "You" if rollout.by_hand else "The network" if is_network else "The driver"
    sides = (
        (you, rollout.command_per_m, rollout.active_colour),
        ("The expert", rollout.expert_per_m, POLICY_COLOURS[EXPERT]),
    )
    radius = box.height / 2 - PADDING
    for number, (label, command_per_m, colour) in enumerate(sides):
        left = box.left + PADDING + number * (box.width / 2 - 4.0)
        draw_wheel(canvas, (left + radius, box.centre[1]), radius, command_per_m / full_per_m, colour)
        words = left + 2 * radius + 8.0
        canvas.text(label, (words, box.centre[1] - 13.0), bold=True, anchor="midleft")
        canvas.text(_steering_words(command_per_m), (words, box.centre[1] + 13.0), colour=INK, anchor="midleft")


def draw_steering_errors(canvas: Canvas, box: Box, drivers: Sequence[PolicyDriver]) -> None:
    """Mean error of the front wheels' angle against the expert's, by distance from the lane; a line a network."""
    canvas.panel(box)
    canvas.text("Steering error", (box.left + PADDING, box.top + 17.0), colour=FAINT, anchor="midleft")
    inner = Box(box.left + PADDING + 16.0, box.top + 36.0, box.width - 2 * PADDING - 20.0, box.height - 60.0)
    canvas.lines([(inner.left, inner.top), (inner.left, inner.bottom), (inner.right, inner.bottom)], HAIR)
    lines = [[(offset_m, _wheel_deg(error)) for offset_m, error in driver.tally.mean_errors()] for driver in drivers]
    for degrees in _ERROR_GRID_DEG if inner.height > 3 * SMALL else (_ERROR_GRID_DEG[0], _ERROR_GRID_DEG[-1]):
        y = inner.bottom - inner.height * _error_share(degrees)
        canvas.text(f"{degrees:.0f}°", (inner.left - 4.0, y), size=SMALL, colour=FAINT, anchor="midright")
    below = inner.bottom + 14.0
    canvas.text("0 m", (inner.left, below), size=SMALL, colour=FAINT, anchor="midleft")
    canvas.text("1.2 m off", (inner.right + 4.0, below), size=SMALL, colour=FAINT, anchor="midright")
    for driver, line in zip(drivers, lines, strict=True):
        share = BIN_M * NUM_BINS
        points = [
            (inner.left + inner.width * offset_m / share, inner.bottom - inner.height * _error_share(degrees))
            for offset_m, degrees in line
        ]
        canvas.lines(points, driver.colour, width=3.0)
        for point in points:
            canvas.dot(point, 4.0, driver.colour)


def _error_share(degrees: float) -> float:
    """Where an error lies on its axis, 0 to 1: by its root, so that small ones are told apart, too."""
    return min(1.0, degrees / _ERROR_GRID_DEG[-1]) ** 0.5


def draw_alvinn_units(
    canvas: Canvas,
    box: Box,
    activity: npt.NDArray[np.float64],
    units: npt.NDArray[np.float64],
    colour: Colour,
    marks: Sequence[tuple[float, Colour]],
) -> None:
    """How active each of ALVINN's `units` (their curvatures, from left to right) is, a bar each.

    The dots above are `marks`: curvatures that somebody steers, each in a colour.
    """
    base, top = box.bottom - SMALL, box.top + SMALL
    canvas.lines([(box.left, base), (box.right, base)], HAIR)
    step = box.width / len(activity)
    for number, share in enumerate(activity.tolist()):
        height = max(1.0, share * (base - top))
        bar = Box(box.left + step * number, base - height, max(1.0, step - 1.5), height)
        canvas.fill(bar, colour, rounding=0.0)
    for command_per_m, mark in marks:
        share = float(np.clip((units[0] - command_per_m) / (units[0] - units[-1]), 0.0, 1.0))
        canvas.dot((box.left + step / 2 + share * (box.width - step), box.top + 4.0), 4.0, mark)
    for words, x, anchor in (("left", box.left, "midleft"), ("right", box.right, "midright")):
        canvas.text(words, (x, box.bottom - SMALL / 2 + 3.0), size=SMALL, colour=FAINT, anchor=anchor)


def _draw_history(canvas: Canvas, rollout: LiveRollout, points: list[tuple[float, float]]) -> None:
    ticks = list(rollout.history)
    for (before, here), (start, end) in zip(pairwise(ticks), pairwise(points), strict=True):
        # Where the car is put back or thrown aside, the line breaks.
        if not before.was_put_back and abs(here.offset_m - before.offset_m) < 0.4:
            canvas.lines([start, end], here.colour, width=3.0)
    for tick, point in zip(ticks, points, strict=True):
        if tick.was_put_back:
            canvas.dot(point, 5.0, RED)


def _draw_dashes(canvas: Canvas, left: float, right: float, y: float) -> None:
    for start in np.arange(left, right, 12.0):
        canvas.lines([(float(start), y), (float(min(start + 6.0, right)), y)], ROAD)


def _steering_words(curvature_per_m: float) -> str:
    degrees = round(_wheel_deg(curvature_per_m))
    return "straight" if degrees == 0 else f"{abs(degrees)}° {'left' if degrees > 0 else 'right'}"


def _wheel_deg(curvature_per_m: float) -> float:
    """The front wheels' angle that drives a curvature, left positive."""
    return float(np.degrees(VehicleParams().wheel_angle_rad(np.array(curvature_per_m))))
