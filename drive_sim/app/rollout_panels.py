"""What is said of a rollout: who drives, what each driver has done, and alarms and hints."""

from drive_sim.app.canvas import FAINT, HAIR, HEADING, MARGIN, PADDING, RED, SMALL, TITLE, Box, Canvas, Colour
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.layout import KEY_LINE, LEFT_WIDTH
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.tally import Tally

HINT_HEIGHT = 38.0
_ROW = 26.0
_COLUMNS = (264.0, 312.0, 384.0)
"""Right ends of the numbers in the list of drivers, from the panel's left edge."""


def scoreboard_box(num_drivers: int) -> Box:
    """Where it says who drives: the upper left corner."""
    return Box(MARGIN, MARGIN, LEFT_WIDTH, 82.0 + _ROW * num_drivers)


def draw_scoreboard(canvas: Canvas, rollout: LiveRollout, box: Box) -> None:
    """Who drives, in large letters and its colour, and what each driver has done so far."""
    canvas.panel(box)
    canvas.fill(Box(box.left, box.top + 10.0, 6.0, 30.0), rollout.active_colour, rounding=3.0)
    name = "You drive" if rollout.by_hand else f"{_short(rollout.driver)} drives"
    where = box.left + PADDING + 6.0, box.top + 25.0
    canvas.text(name, where, size=HEADING, colour=rollout.active_colour, bold=True, anchor="midleft")
    top = box.top + 56.0
    heads = ("interventions", "km", "autonomy") if rollout.puts_back else ("off lane", "off road", "left")
    for right, head in zip(_COLUMNS, heads, strict=True):
        canvas.text(head, (box.left + right, top), size=SMALL, colour=FAINT, anchor="midright")
    for number, driver in enumerate(rollout.drivers):
        _draw_row(
            canvas, driver, _row_box(box, number), _numbers(driver.tally, rollout.puts_back), driver is rollout.driver
        )


def driver_at(rollout: LiveRollout, box: Box, where: tuple[float, float]) -> PolicyDriver | None:
    """The driver whose row of the scoreboard in `box` lies at a point, to be clicked."""
    return next((driver for number, driver in enumerate(rollout.drivers) if _row_box(box, number).holds(where)), None)


def _row_box(box: Box, number: int) -> Box:
    return Box(box.left, box.top + 70.0 + _ROW * number, box.width, _ROW)


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
    box = Box(left, MARGIN, canvas.text_width(words, bold=True) + 2 * PADDING, HINT_HEIGHT)
    canvas.panel(box)
    canvas.text(words, box.centre, bold=True, anchor="center")


def _numbers(tally: Tally, puts_back: bool) -> tuple[str, str, str]:
    """What is counted: interventions and autonomy where the car is put back, else the seconds that it was astray."""
    if not puts_back:
        return f"{tally.off_lane_s:.1f} s", f"{tally.off_road_s:.1f} s", f"{tally.departures} x"
    percent = tally.autonomy_percent
    # NVIDIA's formula falls below nothing where interventions come faster than every six seconds.
    autonomy = "-" if percent is None else f"{max(0.0, percent):.0f} %"
    return str(tally.interventions), f"{tally.distance_m / 1000.0:.2f}", autonomy


def _draw_row(canvas: Canvas, driver: PolicyDriver, row: Box, numbers: tuple[str, str, str], drives: bool) -> None:
    middle = row.centre[1]
    if drives:
        canvas.fill(Box(row.left + 6.0, row.top + 1.0, row.width - 12.0, row.height - 2.0), HAIR, rounding=5.0)
    canvas.dot((row.left + PADDING + 6.0, middle), 6.0, driver.colour)
    canvas.text(_short(driver), (row.left + PADDING + 20.0, middle), bold=drives, anchor="midleft")
    for right, text in zip(_COLUMNS, numbers, strict=True):
        canvas.text(text, (row.left + right, middle), bold=drives, anchor="midright")


def _short(driver: PolicyDriver) -> str:
    """Its name as the first word of a sentence."""
    label = driver.label.removeprefix("With ")
    return label[:1].upper() + label[1:]
