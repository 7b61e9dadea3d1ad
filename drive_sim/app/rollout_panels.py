"""What is said of a rollout: who drives, what each driver has done, and alarms and hints."""

from drive_sim.app.canvas import FAINT, GAP, HAIR, HEADING, MARGIN, PADDING, RED, SMALL, TITLE, Box, Canvas, Colour
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.layout import KEY_LINE, LEFT_WIDTH
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.tally import Tally

HINT_HEIGHT = 38.0
_ROW = 26.0
_MOST_ROWS = 4
"""So many drivers are shown at a time."""
_COLUMNS, _ALONE_COLUMNS = (143.0, 95.0, 12.0), (138.0, 60.0, 12.0)
"""Right ends of the numbers in the list of drivers, from the panel's right edge; where the car is left alone."""


def scoreboard_box(num_drivers: int) -> Box:
    """Where it says who drives: the upper left corner."""
    return Box(MARGIN, MARGIN, LEFT_WIDTH, 82.0 + _ROW * min(num_drivers, _MOST_ROWS))


def draw_scoreboard(canvas: Canvas, rollout: LiveRollout, box: Box) -> None:
    """Who drives, in large letters and its colour, and what each driver has done so far."""
    canvas.panel(box)
    canvas.fill(Box(box.left, box.top + 10.0, 6.0, 30.0), rollout.active_colour, rounding=3.0)
    name = "You drive" if rollout.by_hand else f"{short_label(rollout.driver.label)} drives"
    where = box.left + PADDING + 6.0, box.top + 25.0
    speed = canvas.text(f"{3.6 * float(rollout.car.state.speed_mps[0]):.0f} km/h", _speed_place(box), anchor="midright")
    name = canvas.fitting(name, speed.left - GAP - where[0], size=HEADING, bold=True)
    canvas.text(name, where, size=HEADING, colour=rollout.active_colour, bold=True, anchor="midleft")
    top = box.top + 56.0
    heads = ("interventions", "km", "autonomy") if rollout.puts_back else ("off lane", "off road", "left")
    columns = _COLUMNS if rollout.puts_back else _ALONE_COLUMNS
    words = f"{_MOST_ROWS} of {len(rollout.drivers)}" if len(rollout.drivers) > _MOST_ROWS else ""
    whose = (
        "your speed" if rollout.by_hand and rollout.car.speed.is_own else rollout.car.speed.words(rollout.driver.policy)
    )
    words = ", ".join(filter(None, (words, whose)))
    canvas.text(words, (box.left + PADDING, top), size=SMALL, colour=FAINT, anchor="midleft")
    for right, head in zip(columns, heads, strict=True):
        canvas.text(head, (box.right - right, top), size=SMALL, colour=FAINT, anchor="midright")
    for number, driver in enumerate(_shown(rollout)):
        numbers = zip(columns, _numbers(driver.tally, rollout.puts_back), strict=True)
        name = short_label(driver.label) if len(rollout.drivers) > 1 else ""
        _draw_row(canvas, driver, _row_box(box, number), name, list(numbers), driver is rollout.driver)


def _speed_place(box: Box) -> tuple[float, float]:
    return box.right - PADDING, box.top + 25.0


def driver_at(rollout: LiveRollout, box: Box, where: tuple[float, float]) -> PolicyDriver | None:
    """The driver whose row of the scoreboard in `box` lies at a point, to be clicked."""
    return next((driver for number, driver in enumerate(_shown(rollout)) if _row_box(box, number).holds(where)), None)


def _shown(rollout: LiveRollout) -> list[PolicyDriver]:
    """As many drivers as there are rows for, and among them whose turn it is."""
    first = max(0, rollout.driver_index - _MOST_ROWS + 1)
    return rollout.drivers[first : first + _MOST_ROWS]


def _row_box(box: Box, number: int) -> Box:
    return Box(box.left, box.top + 70.0 + _ROW * number, box.width, _ROW)


def draw_alarm(canvas: Canvas, rollout: LiveRollout, box: Box) -> None:
    """The window's edge turns red, and large words at the top of `box` say what happens."""
    if not is_alarmed(rollout):
        return
    canvas.frame(Box(0.0, 0.0, canvas.width, canvas.height - KEY_LINE), RED, width=8.0, rounding=0.0)
    if rollout.puts_back:
        draw_banner(canvas, box, f"Off by {rollout.car.limit_m:.2g} m: put back", RED)
    else:
        draw_banner(canvas, box, "Off the road" if rollout.car.has_left_the_road else "Off its lane", RED)


def is_alarmed(rollout: LiveRollout) -> bool:
    """The car has just been put back, or is off its lane."""
    return (rollout.alarm and rollout.puts_back) or (rollout.is_off and not rollout.by_hand)


def draw_banner(canvas: Canvas, box: Box, words: str, colour: Colour, line: str = "") -> None:
    """Words at the top of `box`, as large as there is room for, with a line below."""
    room = box.width - 4 * PADDING
    size = min(TITLE, TITLE * room / canvas.text_width(words, size=TITLE, bold=True))
    width = max(canvas.text_width(words, size=size, bold=True), canvas.text_width(line)) + 4 * PADDING
    plate = Box(box.centre[0] - width / 2, box.top, width, size + (46.0 if line else 18.0))
    canvas.panel(plate)
    canvas.fill(Box(plate.left, plate.top + 8.0, 6.0, plate.height - 16.0), colour, rounding=3.0)
    canvas.text(words, (plate.centre[0], plate.top + 9.0 + size / 2), size=size, bold=True, anchor="center")
    if line:
        canvas.text(line, (plate.centre[0], plate.bottom - 20.0), anchor="center")


def draw_hint(canvas: Canvas, box: Box, words: str) -> Box:
    """What to do next, at the top of `box`; returns where it stands."""
    plate = Box(box.left, box.top, min(box.width, canvas.text_width(words, bold=True) + 2 * PADDING), HINT_HEIGHT)
    canvas.panel(plate)
    canvas.text(words, plate.centre, bold=True, anchor="center")
    return plate


def _numbers(tally: Tally, puts_back: bool) -> tuple[str, str, str]:
    """What is counted: interventions and autonomy where the car is put back, else the seconds that it was astray."""
    if not puts_back:
        return f"{tally.off_lane_s:.1f} s", f"{tally.off_road_s:.1f} s", f"{tally.departures} x"
    percent = tally.autonomy_percent
    autonomy = "-" if percent is None else f"{percent:.0f} %"
    distance_km = tally.distance_m / 1000.0
    return str(tally.interventions), f"{distance_km:.{2 if distance_km < 9.995 else 0}f}", autonomy


def _draw_row(
    canvas: Canvas, driver: PolicyDriver, row: Box, name: str, numbers: list[tuple[float, str]], drives: bool
) -> None:
    middle = row.centre[1]
    if drives:
        canvas.fill(Box(row.left + 6.0, row.top + 1.0, row.width - 12.0, row.height - 2.0), HAIR, rounding=5.0)
    canvas.dot((row.left + PADDING + 6.0, middle), 6.0, driver.colour)
    left = row.left + PADDING + 20.0
    for right, text in numbers:
        canvas.text(text, (row.right - right, middle), bold=drives, anchor="midright")
    right, text = numbers[0]
    room = row.right - right - canvas.text_width(text, bold=drives) - GAP - left
    canvas.text(canvas.fitting(name, room, bold=drives), (left, middle), bold=drives, anchor="midleft")


def short_label(label: str) -> str:
    """Its name as the first word of a sentence."""
    label = label.removeprefix("With ")
    return label[:1].upper() + label[1:]
