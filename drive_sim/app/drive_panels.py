"""What the driving screen shows around the road: lamp, balance, dials, map, hint, training, the network's picture."""

from typing import TYPE_CHECKING

from drive_sim.app.canvas import (
    BODY,
    FAINT,
    GAP,
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
from drive_sim.app.hud import (
    draw_balance,
    draw_key_line,
    draw_lamp,
    draw_offset,
    draw_speed,
    draw_wheel,
)
from drive_sim.app.single_car import SingleCar
from drive_sim.app.training_view import draw_training, draw_views
from drive_sim.app.view import DIALS_WIDTH, KEY_LINE, RoadAhead, RoadMap, draw_network_picture, map_box, network_box

if TYPE_CHECKING:
    from drive_sim.app.drive import DriveScreen

DIALS_HEIGHT = 104.0
ENOUGH_S = 20.0
"""From here on the screen offers to train."""
_WORDS_TOP, _LEAST_WIDTH = 272.0, 380.0
"""Below the map's panels and above the network's picture."""
_YOU = POLICY_COLOURS["human"]


class DrivePanels:
    """The view of one car, and everything that is drawn over it."""

    def __init__(self, car: SingleCar) -> None:
        self.map = RoadMap(car.track)
        self._road = RoadAhead(car)

    def draw(self, canvas: Canvas, screen: "DriveScreen") -> None:
        """Draw everything."""
        self._road.draw(canvas)
        self._draw_left(canvas, screen)
        self._draw_dials(canvas, screen)
        self._draw_map(canvas, screen)
        self._draw_network(canvas, screen)
        self._draw_middle(canvas, screen)
        draw_key_line(canvas, screen.keys)

    def _draw_left(self, canvas: Canvas, screen: "DriveScreen") -> None:
        """The lamp, and what the recording holds so far."""
        title, line, colour = _lamp(screen)
        lamp = draw_lamp(canvas, (MARGIN, MARGIN), title, line, colour, width=DIALS_WIDTH)
        recorder = screen.recorder
        if recorder is not None and recorder.recorded_s > 0.0:
            draw_balance(canvas, Box(MARGIN, lamp.bottom + GAP, DIALS_WIDTH, 56.0), *recorder.bends)

    def _draw_dials(self, canvas: Canvas, screen: "DriveScreen") -> None:
        """The steering wheel, the speed and the offset."""
        box = Box(MARGIN, canvas.height - KEY_LINE - MARGIN - DIALS_HEIGHT, DIALS_WIDTH, DIALS_HEIGHT)
        canvas.panel(box)
        speed_mps = float(screen.car.state.speed_mps[0])
        radius = box.height / 2 - PADDING
        draw_wheel(canvas, (box.left + PADDING + radius, box.centre[1]), radius, screen.human.share(speed_mps), _YOU)
        left = box.left + 2 * PADDING + 2 * radius
        draw_speed(canvas, (left, box.top + PADDING), speed_mps)
        draw_offset(canvas, (left, box.top + 42.0), screen.car.offset_m)
        keeps = "speed is kept" if screen.human.keeps_speed else "pedals"
        canvas.text(keeps, (left, box.top + 70.0), size=SMALL, colour=FAINT)

    def _draw_map(self, canvas: Canvas, screen: "DriveScreen") -> None:
        box, state, laps = map_box(canvas), screen.car.state, screen.laps
        x_m, y_m, heading_rad = state.poses[0]
        self.map.draw(canvas, box, ((float(x_m), float(y_m), float(heading_rad), _YOU),))
        name = canvas.wrapped(screen.session.roads.name, box.width - 2 * PADDING, size=SMALL)
        below = Box(box.left, box.bottom + GAP, box.width, 40.0 + 18.0 * len(name))
        canvas.panel(below)
        canvas.text(f"Lap {laps.count}", (below.left + PADDING, below.top + 8.0), bold=True)
        canvas.text(_clock(laps.lap_s), (below.right - PADDING, below.top + 8.0), bold=True, anchor="topright")
        for number, line in enumerate(name):
            canvas.text(line, (below.left + PADDING, below.top + 34.0 + 18.0 * number), size=SMALL, colour=FAINT)

    def _draw_network(self, canvas: Canvas, screen: "DriveScreen") -> None:
        images = screen.car.observation.images
        if images is not None:
            draw_network_picture(canvas, network_box(canvas), images[0])

    def _draw_middle(self, canvas: Canvas, screen: "DriveScreen") -> None:
        """In the sky between the panels: what to do next, or how the networks learn."""
        middle = _middle(canvas)
        training, images = screen.session.training, screen.car.observation.images
        is_learning = training is not None and training.is_running
        camera = screen.car.env.config.camera
        if training is not None and is_learning:
            draw_training(canvas, middle, training)
            if images is not None and camera is not None:
                views = Box(middle.left, middle.bottom + GAP, middle.width, 76.0)
                draw_views(canvas, views, images[0], screen.human.wheel_per_m, camera)
        if screen.is_paused:
            _draw_words(canvas, "Paused", "P goes on", TITLE)
        elif not screen.rolls:
            words = "Drive with the arrow keys, the mouse or a game pad"
            _draw_words(canvas, words, "Thirty seconds of driving are enough to learn from", HEADING)
        elif not is_learning:
            _draw_hint(canvas, middle, _hint(screen))


def _middle(canvas: Canvas) -> Box:
    """The sky between the left panels and the map; in a narrow window a strip below both."""
    width = map_box(canvas).left - 3 * MARGIN - DIALS_WIDTH
    if width >= _LEAST_WIDTH:
        return Box(2 * MARGIN + DIALS_WIDTH, MARGIN, width, 130.0)
    return Box(MARGIN, _WORDS_TOP, canvas.width - 2 * MARGIN, 100.0)


def _lamp(screen: "DriveScreen") -> tuple[str, str, Colour]:
    recorder = screen.recorder
    seconds = f"{recorder.recorded_s:.1f} s recorded" if recorder is not None and recorder.recorded_s else ""
    if recorder is not None and recorder.error:
        return (
            "Disk full?" if "space" in recorder.error.lower() else "Not written",
            f"{seconds or 'nothing'}, safe",
            RED,
        )
    if screen.is_recording:
        return "Recording", seconds or "0.0 s recorded", RED
    return "Not recording", seconds or "R records", ROAD


def _hint(screen: "DriveScreen") -> str:
    """The one thing to do next."""
    recorder, recorded_s = screen.recorder, screen.recorder.recorded_s if screen.recorder else 0.0
    if screen.car.has_left_the_road:
        return "Off the road: Enter puts you back"
    if screen.session.models:
        return "The networks have learned: L lets go of the wheel"
    if recorded_s >= ENOUGH_S:
        return "Enough to learn from: T trains two networks"
    if recorder is None:
        return "Press R to record"
    return ""


def _draw_hint(canvas: Canvas, middle: Box, words: str) -> None:
    if not words:
        return
    width = canvas.text_width(words, size=BODY, bold=True) + 2 * PADDING
    box = Box(middle.centre[0] - width / 2, middle.top, width, 38.0)
    canvas.panel(box)
    canvas.text(words, box.centre, bold=True, colour=INK, anchor="center")


def _draw_words(canvas: Canvas, title: str, line: str, size: float) -> None:
    """Large words in the middle of the window, with a line below."""
    width = max(canvas.text_width(title, size=size, bold=True), canvas.text_width(line)) + 4 * PADDING
    box = Box((canvas.width - width) / 2, _WORDS_TOP, width, size + 72.0)
    canvas.panel(box)
    canvas.text(title, (box.centre[0], box.top + 20.0 + size / 2), size=size, bold=True, anchor="center")
    canvas.text(line, (box.centre[0], box.bottom - 26.0), colour=FAINT, anchor="center")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
