"""What the driving screen shows while networks learn live: figures, exemplars, wheels, hill and first layer."""

from drive_sim.app.canvas import (
    BODY,
    FAINT,
    GAP,
    GREEN,
    HAIR,
    INK,
    MARGIN,
    ORANGE,
    PADDING,
    POLICY_COLOURS,
    RED,
    SMALL,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.drive_status import DriveStatus
from drive_sim.app.hud import draw_offset, draw_speed, draw_wheel
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.live_learning_pictures import SIZE_OF_BUFFER, ExemplarSheet, first_layer
from drive_sim.app.live_learning_status import LiveStatus
from drive_sim.app.live_learning_table import TABLE, draw_table
from drive_sim.app.rollout_charts import draw_alvinn_units
from drive_sim.app.rollout_panels import HINT_HEIGHT
from drive_sim.arrays import Picture
from drive_sim.learn.alvinn import MAX_CURVATURE_PER_M
from drive_sim.policies.alvinn import curvature_units
from drive_sim.policies.alvinn_pictures import shown_retinas

_LOW, _WHEELS_WIDTH, _HILL_HEIGHT, _UNITS_WIDTH = 108.0, 322.0, 88.0, 326.0
_WIDE = 800.0
"""From this width on the table has room beside the knobs."""
_YOU = POLICY_COLOURS["human"]


class LivePanels:
    """All that is drawn over the road while networks learn live; the right half is the knobs' where these are open."""

    def __init__(self) -> None:
        self._sheet = ExemplarSheet()

    def draw(self, canvas: Canvas, status: DriveStatus, live: LiveStatus) -> None:
        """Draw everything."""
        left, has_knobs = MARGIN + TABLE[0] + GAP, status.drawer.is_open
        if not has_knobs or canvas.width > _WIDE:
            draw_table(canvas, Box(MARGIN, MARGIN, *TABLE), live)
        low = canvas.height - KEY_LINE - MARGIN - _LOW
        _draw_wheels(canvas, Box(MARGIN, low, _WHEELS_WIDTH, _LOW), status, live)
        if live.activity is not None:
            _draw_hill(canvas, Box(MARGIN, low - GAP - _HILL_HEIGHT, _WHEELS_WIDTH, _HILL_HEIGHT), status, live)
        if not has_knobs:
            right = canvas.width - MARGIN - _UNITS_WIDTH
            self._draw_exemplars(canvas, Box(left, MARGIN, canvas.width - MARGIN - left, TABLE[1]), live)
            _draw_first_layer(canvas, Box(right, low, _UNITS_WIDTH, _LOW), live)
            _draw_hint(canvas, MARGIN + TABLE[1] + GAP, status, live)

    def _draw_exemplars(self, canvas: Canvas, box: Box, live: LiveStatus) -> None:
        canvas.panel(box)
        inner, twin = box.inside(), live.chosen
        what = "views" if twin.name == "views" and twin.network == "alvinn" else "frames"
        words = f"{len(twin.pictures)} of {SIZE_OF_BUFFER} {what}, by steering"
        canvas.text(canvas.fitting(words, inner.width), (inner.left, inner.top - 3.0), colour=FAINT)
        sheet = Box(inner.left, inner.top + 22.0, inner.width, inner.height - 22.0 - SMALL - 2.0)
        self._sheet.draw(canvas, sheet, twin)
        below = inner.bottom + 2.0
        canvas.text("left", (inner.left, below), size=SMALL, colour=FAINT, anchor="bottomleft")
        canvas.text("right", (inner.right, below), size=SMALL, colour=FAINT, anchor="bottomright")
        canvas.text("framed: new", (inner.centre[0], below), size=SMALL, colour=twin.colour, anchor="midbottom")


def _draw_wheels(canvas: Canvas, box: Box, status: DriveStatus, live: LiveStatus) -> None:
    """The person's, the network's beside it, the speed and the offset."""
    canvas.panel(box)
    speed_mps = float(status.car.state.speed_mps[0]) if status.has_started else 0.0
    radius = (box.height - PADDING - SMALL - 14.0) / 2
    top = box.top + 10.0 + radius
    left = box.left + PADDING + radius
    its_per_m = live.command_per_m or 0.0
    sides = (status.human.wheel_per_m, _YOU, "you"), (its_per_m, live.chosen.colour, "it")
    for number, (command_per_m, colour, words) in enumerate(sides):
        centre = left + number * (2 * radius + 14.0), top
        share = status.human.share_of(command_per_m, speed_mps)
        has_wheel = live.drives == (number == 1)
        draw_wheel(canvas, centre, radius, share, colour if has_wheel else _dimmed(colour))
        below = centre[0], box.bottom - 6.0
        canvas.text(words, below, size=SMALL, bold=has_wheel, colour=colour, anchor="midbottom")
    right = left + 3 * radius + 14.0 + PADDING
    draw_speed(canvas, (right, box.top + PADDING), speed_mps)
    draw_offset(canvas, (right, box.top + 44.0), status.car.offset_m, status.car.limit_m)
    words = "it drives" if live.drives else "you drive"
    canvas.text(words, (right, box.top + 72.0), bold=True, colour=live.chosen.colour if live.drives else _YOU)


def _draw_hill(canvas: Canvas, box: Box, status: DriveStatus, live: LiveStatus) -> None:
    """The row of units, with a dot for what each of both steers."""
    assert live.activity is not None
    canvas.panel(box)
    units = curvature_units(len(live.activity), MAX_CURVATURE_PER_M)
    marks = [(status.human.wheel_per_m, _YOU)]
    if live.command_per_m is not None:
        marks.append((live.command_per_m, live.chosen.colour))
    draw_alvinn_units(canvas, box.inside(0.7 * PADDING), live.activity, units, live.chosen.colour, marks)


def _draw_first_layer(canvas: Canvas, box: Box, live: LiveStatus) -> None:
    """What it sees, and beside it what the units of its first layer look for."""
    canvas.panel(box)
    if live.picture is None:
        canvas.text("Drive: it has seen nothing yet", box.centre, colour=FAINT, anchor="center")
        return
    is_alvinn = live.chosen.network == "alvinn"
    seen = shown_retinas(live.picture[None])[0] if is_alvinn else live.picture
    inner, weights = box.inside(), live.chosen.weights
    top, high = inner.top + 24.0, inner.height - 22.0
    width = min(0.45 * inner.width, high * seen.shape[1] / seen.shape[0])
    _draw_picture(canvas, Box(inner.left, top, width, width * seen.shape[0] / seen.shape[1]), seen)
    canvas.text("It sees", (inner.left, inner.top - 3.0), colour=FAINT)
    if weights is None:
        return
    left = inner.left + width + PADDING
    pictures = first_layer(weights)
    words = f"{len(pictures)} hidden units" if is_alvinn else f"{len(pictures)} first filters"
    canvas.text(words, (left, inner.top - 3.0), colour=FAINT)
    rows = 1 if is_alvinn else 2
    columns = -(-len(pictures) // rows)
    cell = (inner.right - left - 4.0 * (columns - 1)) / columns
    shape = pictures.shape[1] / pictures.shape[2]
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        where = Box(left + column * (cell + 4.0), top + row * (cell * shape + 4.0), cell, cell * shape)
        _draw_picture(canvas, where, picture)


def _draw_picture(canvas: Canvas, where: Box, picture: Picture) -> None:
    canvas.picture(picture, where)
    canvas.frame(where, HAIR, width=1.0, rounding=0.0)


def _draw_hint(canvas: Canvas, top: float, status: DriveStatus, live: LiveStatus) -> None:
    """The one thing to know now, in the middle below the panels."""
    words, colour = _hint(status, live)
    if not words:
        return
    width = canvas.text_width(words, size=BODY, bold=True) + 2 * PADDING
    box = Box((canvas.width - width) / 2, top, width, HINT_HEIGHT)
    canvas.panel(box)
    canvas.text(words, box.centre, bold=True, colour=colour, anchor="center")


def _hint(status: DriveStatus, live: LiveStatus) -> tuple[str, Colour]:
    """Of all that could be said what comes first."""
    twin = live.chosen
    waiting = f"Hold on: {live.behind_s:.1f} s are still to be learned, then it drives; L: at once"
    is_off = live.drives and status.car.has_left_the_road
    cases = (
        (status.is_paused, "Paused: Space goes on", INK),
        (not status.has_started, "Drive, and it learns behind you: arrow keys, mouse or game pad", INK),
        (is_off, f"{twin.label} has left the road: Enter puts it back", RED),
        (live.drives, f"{twin.label} drives: a touch of the wheel takes it back", twin.colour),
        (bool(live.why_not), live.why_not, ORANGE),
        (live.is_letting_go, waiting, ORANGE),
        (twin.is_ready, "Its virtual car stays on, in views made of yours: L lets go", GREEN),
    )
    return next(((words, colour) for holds, words, colour in cases if holds), ("", INK))


def _dimmed(colour: Colour) -> Colour:
    red, green, blue = (int(0.55 * part) for part in colour)
    return red, green, blue
