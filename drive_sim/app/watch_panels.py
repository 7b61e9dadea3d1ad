"""What is shown of a rollout: who drives, what each has done, the offset over time, two wheels, errors by distance."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import (
    FAINT,
    HAIR,
    HEADING,
    INK,
    MARGIN,
    PADDING,
    POLICY_COLOURS,
    RED,
    ROAD,
    SMALL,
    TITLE,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.drivers import BIN_M, EXPERT, NUM_BINS, PolicyDriver
from drive_sim.app.hud import draw_wheel, offset_words
from drive_sim.app.live_rollout import INTERVENTION_M, LiveRollout
from drive_sim.app.steering_wheel import WheelFeel, full_turn_per_m
from drive_sim.app.view import KEY_LINE
from drive_sim.sim.vehicle import VehicleParams

LEFT_WIDTH, STRIP_HEIGHT, WHEELS_HEIGHT, ERRORS_HEIGHT = 396.0, 143.0, 84.0, 135.0
_STRIP_TOP_M = 1.5
"""The strip reaches so far to both sides; farther off, its line stays at the edge."""
_ERROR_SCALES_DEG = (2.0, 4.0, 8.0)
_ROW = 26.0
_COLUMNS = (264.0, 312.0, 384.0)
"""Right ends of the numbers in the list of drivers, from the panel's left edge."""


def who_box(num_drivers: int) -> Box:
    """Where it says who drives: the upper left corner."""
    return Box(MARGIN, MARGIN, LEFT_WIDTH, 82.0 + _ROW * num_drivers)


def strip_box(canvas: Canvas) -> Box:
    """Where the offset over time lies: the lower left corner, above the line of keys."""
    top = canvas.height - KEY_LINE - MARGIN - STRIP_HEIGHT
    return Box(MARGIN, top, min(0.36 * canvas.width, LEFT_WIDTH), STRIP_HEIGHT)


def draw_who(canvas: Canvas, rollout: LiveRollout, box: Box, title: str = "") -> None:
    """Who drives, in large letters and its colour, and what each driver has done so far."""
    canvas.panel(box)
    canvas.fill(Box(box.left, box.top + 10.0, 6.0, 30.0), rollout.active_colour, rounding=3.0)
    name = "You drive" if rollout.by_hand else title or f"{_short(rollout.driver)} drives"
    where = box.left + PADDING + 6.0, box.top + 25.0
    canvas.text(name, where, size=HEADING, colour=rollout.active_colour, bold=True, anchor="midleft")
    top = box.top + 56.0
    for right, head in zip(_COLUMNS, ("interventions", "km", "autonomy"), strict=True):
        canvas.text(head, (box.left + right, top), size=SMALL, colour=FAINT, anchor="midright")
    for number, driver in enumerate(rollout.drivers):
        _draw_row(canvas, driver, Box(box.left, top + 14.0 + _ROW * number, box.width, _ROW), driver is rollout.driver)


def draw_strip(canvas: Canvas, box: Box, rollout: LiveRollout) -> None:
    """Offsets of the last seconds, in the colours of whoever drove; dashes where an intervention is due."""
    canvas.panel(box)
    inner = Box(box.left + PADDING + 26.0, box.top + 30.0, box.width - 2 * PADDING - 26.0, box.height - 42.0)
    middle, unit = inner.centre[1], inner.height / 2 / _STRIP_TOP_M
    canvas.text("Off the lane", (box.left + PADDING, box.top + 16.0), colour=FAINT, anchor="midleft")
    canvas.text(offset_words(rollout.car.offset_m), (box.right - PADDING, box.top + 16.0), bold=True, anchor="midright")
    canvas.lines([(inner.left, middle), (inner.right, middle)], HAIR)
    for side_m, label in ((INTERVENTION_M, "1 m"), (-INTERVENTION_M, "1 m")):
        y = middle - side_m * unit
        canvas.text(label, (inner.left - 5.0, y), size=SMALL, colour=FAINT, anchor="midright")
        _draw_dashes(canvas, inner.left, inner.right, y)
    step = inner.width / max(1, (rollout.history.maxlen or 1) - 1)
    left = inner.right - step * (len(rollout.history) - 1)
    points = [
        (left + step * number, middle - unit * max(-_STRIP_TOP_M, min(_STRIP_TOP_M, moment.offset_m)))
        for number, moment in enumerate(rollout.history)
    ]
    _draw_history(canvas, rollout, points)


def draw_wheels(canvas: Canvas, box: Box, rollout: LiveRollout) -> None:
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


def draw_errors(canvas: Canvas, box: Box, drivers: Sequence[PolicyDriver]) -> None:
    """Mean error of the front wheels' angle against the expert's, by distance from the lane; a line a network."""
    canvas.panel(box)
    canvas.text("Steering error", (box.left + PADDING, box.top + 17.0), colour=FAINT, anchor="midleft")
    inner = Box(box.left + PADDING + 16.0, box.top + 38.0, box.width - 2 * PADDING - 20.0, box.height - 64.0)
    canvas.lines([(inner.left, inner.top), (inner.left, inner.bottom), (inner.right, inner.bottom)], HAIR)
    lines = [[(offset_m, _wheel_deg(error)) for offset_m, error in driver.tally.mean_errors()] for driver in drivers]
    worst_deg = max((degrees for line in lines for _, degrees in line), default=0.0)
    top_deg = next((scale for scale in _ERROR_SCALES_DEG if scale >= worst_deg), _ERROR_SCALES_DEG[-1])
    for degrees in (0.0, top_deg / 2, top_deg):
        y = inner.bottom - inner.height * degrees / top_deg
        canvas.text(f"{degrees:.0f}°", (inner.left - 4.0, y), size=SMALL, colour=FAINT, anchor="midright")
    below = inner.bottom + 14.0
    canvas.text("on the lane", (inner.left, below), size=SMALL, colour=FAINT, anchor="midleft")
    canvas.text("1.2 m off", (inner.right + 4.0, below), size=SMALL, colour=FAINT, anchor="midright")
    for driver, line in zip(drivers, lines, strict=True):
        share = BIN_M * NUM_BINS
        points = [
            (inner.left + inner.width * offset_m / share, inner.bottom - inner.height * min(1.0, degrees / top_deg))
            for offset_m, degrees in line
        ]
        canvas.lines(points, driver.colour, width=3.0)
        for point in points:
            canvas.dot(point, 4.0, driver.colour)


def draw_units(
    canvas: Canvas, box: Box, activity: npt.NDArray[np.float64], units: npt.NDArray[np.float64], rollout: LiveRollout
) -> None:
    """How active each of ALVINN's `units` (their curvatures, from left to right) is, a bar each.

    The dots above are what comes of it, and what the expert would steer.
    """
    base, top = box.bottom - SMALL, box.top + SMALL
    canvas.lines([(box.left, base), (box.right, base)], HAIR)
    step = box.width / len(activity)
    for number, share in enumerate(activity.tolist()):
        height = max(1.0, share * (base - top))
        bar = Box(box.left + step * number, base - height, max(1.0, step - 1.5), height)
        canvas.fill(bar, rollout.active_colour, rounding=0.0)
    sides = (rollout.expert_per_m, POLICY_COLOURS[EXPERT]), (rollout.command_per_m, rollout.active_colour)
    for command_per_m, colour in sides:
        share = float(np.clip((units[0] - command_per_m) / (units[0] - units[-1]), 0.0, 1.0))
        canvas.dot((box.left + step / 2 + share * (box.width - step), box.top + 4.0), 4.0, colour)
    for words, x, anchor in (("left", box.left, "midleft"), ("right", box.right, "midright")):
        canvas.text(words, (x, box.bottom - SMALL / 2 + 3.0), size=SMALL, colour=FAINT, anchor=anchor)


def draw_alarm(canvas: Canvas, rollout: LiveRollout) -> None:
    """The window's edge turns red, and large words say what happens."""
    if not (rollout.alarm or (rollout.is_off and not rollout.by_hand)):
        return
    canvas.frame(Box(0.0, 0.0, canvas.width, canvas.height - KEY_LINE), RED, width=8.0, rounding=0.0)
    if rollout.puts_back:
        draw_banner(canvas, "Off by 1 m: put back", RED)
    else:
        draw_banner(canvas, "Off the road" if rollout.car.has_left_the_road else "Off its lane", RED)


def draw_banner(canvas: Canvas, words: str, colour: Colour, line: str = "") -> None:
    """Large words in the middle of the window."""
    width = max(canvas.text_width(words, size=TITLE, bold=True), canvas.text_width(line)) + 4 * PADDING
    box = Box((canvas.width - width) / 2, 262.0, width, TITLE + (52.0 if line else 24.0))
    canvas.panel(box)
    canvas.fill(Box(box.left, box.top + 8.0, 6.0, box.height - 16.0), colour, rounding=3.0)
    canvas.text(words, (box.centre[0], box.top + 12.0 + TITLE / 2), size=TITLE, bold=True, anchor="center")
    if line:
        canvas.text(line, (box.centre[0], box.bottom - 20.0), anchor="center")


def draw_hint(canvas: Canvas, left: float, words: str) -> None:
    """What to do next, in the sky beside the panels."""
    box = Box(left, MARGIN, canvas.text_width(words, bold=True) + 2 * PADDING, 38.0)
    canvas.panel(box)
    canvas.text(words, box.centre, bold=True, anchor="center")


def _draw_row(canvas: Canvas, driver: PolicyDriver, row: Box, drives: bool) -> None:
    tally, middle = driver.tally, row.centre[1]
    if drives:
        canvas.fill(Box(row.left + 6.0, row.top + 1.0, row.width - 12.0, row.height - 2.0), HAIR, rounding=5.0)
    canvas.dot((row.left + PADDING + 6.0, middle), 6.0, driver.colour)
    canvas.text(_short(driver), (row.left + PADDING + 20.0, middle), bold=drives, anchor="midleft")
    percent = tally.autonomy_percent
    # NVIDIA's formula falls below nothing where interventions come faster than every six seconds.
    numbers = (
        str(tally.interventions),
        f"{tally.distance_m / 1000.0:.2f}",
        "-" if percent is None else f"{max(0.0, percent):.0f} %",
    )
    for right, text in zip(_COLUMNS, numbers, strict=True):
        canvas.text(text, (row.left + right, middle), bold=drives, anchor="midright")


def _short(driver: PolicyDriver) -> str:
    """Its name as the first word of a sentence."""
    label = driver.label.removeprefix("With ")
    return label[:1].upper() + label[1:]


def _draw_history(canvas: Canvas, rollout: LiveRollout, points: list[tuple[float, float]]) -> None:
    moments = list(rollout.history)
    for (before, here), (start, end) in zip(pairwise(moments), pairwise(points), strict=True):
        # Where the car is put back or thrown aside, the line breaks.
        if not before.was_put_back and abs(here.offset_m - before.offset_m) < 0.4:
            canvas.lines([start, end], here.colour, width=3.0)
    for moment, point in zip(moments, points, strict=True):
        if moment.was_put_back:
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
