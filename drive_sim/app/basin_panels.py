"""What the basin's screen shows: a map a policy, the car in them, the road that it sees, and what came of a drive."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drive_sim.app.basin_picture import FOUND, LOST, SHOWN, BasinPicture, draw_car, point_of
from drive_sim.app.basin_search import BasinSearch
from drive_sim.app.basin_trial import BasinTrial
from drive_sim.app.canvas import (
    BACKGROUND,
    BODY,
    FAINT,
    GAP,
    GREEN,
    HAIR,
    HEADING,
    INK,
    MARGIN,
    PADDING,
    RED,
    SMALL,
    Box,
    Canvas,
)
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.hud import draw_offset, draw_progress
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.rollout_panels import short_label
from drive_sim.evaluate.basin import BasinMap

BOX_M, BOX_DEG = 1.5, 8.0
"""The lesson's box, within which a share is said."""
_HEAD, _FOOT, _LABELS, _LEGEND, _TRIAL = 62.0, 28.0, 66.0, 28.0, 44.0
_RIGHT = 236.0
_SWATCH = 16.0
_LEAST_WIDTH, _MIDDLE_FROM = 800.0, 200.0


@dataclass(frozen=True, slots=True, eq=False)
class BasinStatus:
    """The car and its drivers, what is known of each, and the drive that somebody asked for."""

    rollout: LiveRollout
    search: BasinSearch
    trial: BasinTrial | None
    trail: Sequence[tuple[float, float]]
    """Offsets and headings of the last seconds."""
    is_paused: bool
    is_posed: bool = False
    """For a picture, in which nothing can be clicked."""


def map_boxes(canvas: Canvas, num_maps: int) -> list[Box]:
    """Where the maps themselves lie."""
    beside = _right(canvas) + _LABELS + (2 + num_maps) * MARGIN + (2 * num_maps - 1) * PADDING
    height = canvas.height - KEY_LINE - 2 * MARGIN - _HEAD - _FOOT - _LEGEND - _TRIAL
    side = min((canvas.width - beside) / num_maps, height)
    step = side + 2 * PADDING + MARGIN
    return [Box(MARGIN + _LABELS + number * step, MARGIN + _HEAD, side, side) for number in range(num_maps)]


def _right(canvas: Canvas) -> float:
    """The width of the column on the right; a narrow window has none."""
    return _RIGHT if canvas.width >= _LEAST_WIDTH else 0.0


class BasinPanels:
    """The view of one car, and a picture a policy."""

    def __init__(self, rollout: LiveRollout) -> None:
        self._road = RoadAhead(rollout.car)
        self._pictures = {driver.name: BasinPicture() for driver in rollout.drivers}

    def draw(self, canvas: Canvas, status: BasinStatus) -> None:
        """Draw everything."""
        canvas.surface.fill(BACKGROUND)
        drivers = status.rollout.drivers
        boxes = map_boxes(canvas, len(drivers))
        for number, (driver, box) in enumerate(zip(drivers, boxes, strict=True)):
            self._draw_map(canvas, status, driver, box, is_first=number == 0)
        bottom, right = boxes[-1].bottom + _FOOT, boxes[-1].right + PADDING
        _draw_legend(canvas, status, Box(MARGIN, bottom + MARGIN, canvas.width - 2 * MARGIN, _LEGEND))
        left = right + MARGIN
        top = bottom + MARGIN + _LEGEND
        if not status.is_posed:
            below = canvas.height - KEY_LINE - GAP - top
            _draw_trial(canvas, status, Box(MARGIN, top, canvas.width - 2 * MARGIN, below))
        if _right(canvas):
            self._draw_right(canvas, status, Box(left, MARGIN, canvas.width - MARGIN - left, bottom - MARGIN))

    def _draw_map(self, canvas: Canvas, status: BasinStatus, driver: PolicyDriver, box: Box, *, is_first: bool) -> None:
        search, drives = status.search, driver is status.rollout.driver
        known, left = search.maps[driver.name], box.left - (_LABELS if is_first else PADDING)
        canvas.panel(Box(left, MARGIN, box.right + PADDING - left, box.bottom + _FOOT - MARGIN))
        canvas.fill(Box(box.left, MARGIN + 9.0, 6.0, 44.0), driver.colour, rounding=3.0)
        top = box.left + 14.0, MARGIN + 20.0
        name = canvas.fitting(short_label(driver.label), box.right - top[0], bold=True)
        canvas.text(name, top, bold=True, colour=driver.colour, anchor="midleft")
        share = canvas.fitting(_share_words(known), box.right - top[0], size=SMALL)
        canvas.text(share, (top[0], MARGIN + 44.0), size=SMALL, anchor="midleft")
        shown = search.shown.get(driver.name)
        self._pictures[driver.name].draw(canvas, box, known, shown, search.bend_per_m, arrows=True)
        canvas.frame(box, driver.colour if drives else HAIR, width=3.0 if drives else 1.0, rounding=0.0)
        _draw_labels(canvas, box, known, is_first=is_first)
        points = [point_of(search.config, box, *place) for place in status.trail]
        if drives and points:
            draw_car(canvas, points[-1], points, driver.colour)

    def _draw_right(self, canvas: Canvas, status: BasinStatus, box: Box) -> None:
        """The road that the car sees, where it is, and what came of the drive that was asked for."""
        view = Box(box.left, box.top, box.width, min(0.62 * box.width, 0.58 * box.height))
        self._road.draw(Canvas(canvas.surface.subsurface(canvas.rect_px(view))))
        driver, car = status.rollout.driver, status.rollout.car
        panel = Box(box.left, view.bottom + GAP, box.width, box.bottom - view.bottom - GAP)
        canvas.panel(panel)
        inner = panel.inside()
        name = canvas.fitting(f"{short_label(driver.label)} drives", inner.width, bold=True)
        canvas.text(name, (inner.left, inner.top), colour=driver.colour, bold=True)
        draw_offset(canvas, (inner.left, inner.top + 26.0), car.offset_m, car.limit_m)
        words = "Paused: Space goes on" if status.is_paused else _away_words(status)
        canvas.paragraph(words, inner._replace(top=inner.top + 58.0), size=SMALL, colour=FAINT)
        _draw_progress(canvas, inner, status.search)


def _draw_trial(canvas: Canvas, status: BasinStatus, box: Box) -> None:
    """What came of the drive that was asked for, in large letters; how to ask where nobody has."""
    trial = status.trial
    if trial is None:
        words, colour = "Click into a map: the car is put there. N: where it is lost.", FAINT
    else:
        words = f"{trial.title}: {trial.verdict}"
        colour = INK if trial.found_back is None else GREEN if trial.found_back else RED
    fits = (size for size in (HEADING, BODY) if canvas.text_width(words, size=size, bold=True) <= box.width)
    size = next(fits, SMALL)
    canvas.text(words, (box.left, box.centre[1]), size=size, colour=colour, bold=True, anchor="midleft")


def _away_words(status: BasinStatus) -> str:
    """How far the car is from the place that was searched."""
    track = status.rollout.car.track
    away_m = float(status.rollout.car.observation.lane.s_m[0]) - status.search.s_m
    if track.closed:
        away_m = (away_m + track.length_m / 2) % track.length_m - track.length_m / 2
    if abs(away_m) < 1.0:
        return "at the place of the maps"
    return f"{abs(away_m):.0f} m {'past' if away_m > 0.0 else 'before'} the maps' place"


def _draw_progress(canvas: Canvas, inner: Box, search: BasinSearch) -> None:
    """How fine the maps are, at the panel's foot."""
    words = f"{search.done:.0%} of the poses driven" if search.is_running else _weather_words(search)
    canvas.text(words, (inner.left, inner.bottom - 22.0), size=SMALL, colour=FAINT, anchor="midleft")
    if search.is_running:
        draw_progress(canvas, (inner.left, inner.bottom - 8.0), inner.width, search.done)


def _weather_words(search: BasinSearch) -> str:
    cells = search.config.sides[-1]
    return f"{cells} x {cells} poses, " + (f"{search.config.num_winds} winds" if search.config.num_winds else "calm")


def _share_words(known: BasinMap) -> str:
    """What the map says, in a line."""
    share = known.share_within(BOX_M, BOX_DEG)
    if math.isnan(share):
        return "its cars are on their way"
    return f"within {BOX_M:g} m and {BOX_DEG:g}°: {100.0 * share:.0f} % back"


def _draw_labels(canvas: Canvas, box: Box, known: BasinMap, *, is_first: bool) -> None:
    """What its edges are."""
    most_m, most_deg = known.config.most_off_m, known.config.most_turned_deg
    foot = box.bottom + _FOOT / 2 + 2.0
    canvas.text(f"{most_m:g} m left", (box.left, foot), size=SMALL, colour=FAINT, anchor="midleft")
    if box.width >= _MIDDLE_FROM:
        canvas.text("lane", (box.centre[0], foot), size=SMALL, colour=FAINT, anchor="center")
    canvas.text(f"{most_m:g} m right", (box.right, foot), size=SMALL, colour=FAINT, anchor="midright")
    if is_first:
        edge = box.left - 8.0
        for height, words in ((box.top + 10.0, f"{most_deg:g}°"), (box.bottom - 28.0, f"{most_deg:g}°")):
            canvas.text(words, (edge, height), size=SMALL, colour=FAINT, anchor="midright")
        canvas.text("to left", (edge, box.top + 28.0), size=SMALL, colour=FAINT, anchor="midright")
        canvas.text("to right", (edge, box.bottom - 10.0), size=SMALL, colour=FAINT, anchor="midright")
        canvas.text("straight", (edge, box.centre[1]), size=SMALL, colour=FAINT, anchor="midright")


def _draw_legend(canvas: Canvas, status: BasinStatus, box: Box) -> None:
    """What the colours are, in one line."""
    left, middle = box.left, box.centre[1]
    winds = status.search.config.num_winds
    entries = [(FOUND, f"found back{' in all winds' if winds else ''}"), (LOST, f"lost{' in all' if winds else ''}")]
    for colour, words in entries:
        canvas.fill(Box(left, middle - _SWATCH / 2, _SWATCH, _SWATCH), colour, rounding=3.0)
        left = canvas.text(words, (left + _SWATCH + 6.0, middle), size=SMALL, anchor="midleft").right + 2 * GAP
    if status.search.shown and any(len(places) for places in status.search.shown.values()):
        canvas.fill(Box(left - 2.0, middle - _SWATCH / 2, _SWATCH, _SWATCH), FOUND, rounding=3.0)
        canvas.dot((left + 6.0, middle), 4.0, SHOWN)
        left = canvas.text("what was shown", (left + 20.0, middle), size=SMALL, anchor="midleft").right + 2 * GAP
    words = "arrows: where its first command leads"
    if left + canvas.text_width(words, size=SMALL) < box.right:
        canvas.text(words, (left, middle), size=SMALL, colour=FAINT, anchor="midleft")
