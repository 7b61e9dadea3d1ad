"""What the driving screen shows around the road: lamp, balance, dials, map, hint, training, the network's picture."""

from drive_sim.app.augmented_views import draw_augmented_views
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
from drive_sim.app.drive_status import DriveStatus
from drive_sim.app.hud import (
    draw_balance,
    draw_lamp,
    draw_offset,
    draw_speed,
    draw_wheel,
)
from drive_sim.app.layout import DIALS_WIDTH, KEY_LINE, draw_network_picture, map_box, network_box
from drive_sim.app.reward_overlay import PERSON
from drive_sim.app.reward_panel import RewardStatus, draw_reward
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import CarMarker, RoadMap
from drive_sim.app.rollout_panels import HINT_HEIGHT
from drive_sim.app.single_car import SingleCar
from drive_sim.app.training_view import draw_training

DIALS_HEIGHT = 104.0
ENOUGH_S = 20.0
"""From here on the screen offers to train."""
_WORDS_TOP, _LEAST_WIDTH = 272.0, 380.0
"""Below the map's panels and above the network's picture."""
_BELOW_LAMP, _REWARD_WIDTH = 160.0, 328.0
_YOU = POLICY_COLOURS["human"]


class DrivePanels:
    """The view of one car, and everything that is drawn over it."""

    def __init__(self, car: SingleCar) -> None:
        self.map = RoadMap(car.track)
        self._road = RoadAhead(car)

    def draw(self, canvas: Canvas, status: DriveStatus) -> None:
        """Draw everything."""
        self._road.draw(canvas)
        status.liking.draw(canvas, status.car, PERSON)
        self._draw_left(canvas, status)
        self._draw_dials(canvas, status)
        self._draw_map(canvas, status)
        self._draw_network(canvas, status)
        self._draw_middle(canvas, status)

    def _draw_left(self, canvas: Canvas, status: DriveStatus) -> None:
        """The lamp, and what the recording holds so far."""
        title, line, colour = _lamp(status)
        off_road = f"{status.off_road_s:.1f} s of it off the road" if status.off_road_s else ""
        lamp = draw_lamp(canvas, (MARGIN, MARGIN), title, line, colour, width=DIALS_WIDTH, warning=off_road)
        recorder = status.recorder
        if recorder is not None and recorder.recorded_s > 0.0:
            draw_balance(canvas, Box(MARGIN, lamp.bottom + GAP, DIALS_WIDTH, 56.0), *recorder.bends)

    def _draw_dials(self, canvas: Canvas, status: DriveStatus) -> None:
        """The steering wheel, the speed and the offset."""
        box = Box(MARGIN, canvas.height - KEY_LINE - MARGIN - DIALS_HEIGHT, DIALS_WIDTH, DIALS_HEIGHT)
        canvas.panel(box)
        speed_mps = float(status.car.state.speed_mps[0])
        radius = box.height / 2 - PADDING
        draw_wheel(canvas, (box.left + PADDING + radius, box.centre[1]), radius, status.human.share(speed_mps), _YOU)
        left = box.left + 2 * PADDING + 2 * radius
        draw_speed(canvas, (left, box.top + PADDING), speed_mps)
        draw_offset(canvas, (left, box.top + 42.0), status.car.offset_m)
        keeps = "speed is kept" if status.human.keeps_speed else "pedals"
        canvas.text(keeps, (left, box.top + 70.0), size=SMALL, colour=FAINT)

    def _draw_map(self, canvas: Canvas, status: DriveStatus) -> None:
        box, laps = map_box(canvas), status.laps
        self.map.draw(canvas, box, [CarMarker.at(status.car, _YOU)])
        name = canvas.wrapped(status.road_name, box.width - 2 * PADDING, size=SMALL)
        below = Box(box.left, box.bottom + GAP, box.width, 40.0 + 18.0 * len(name))
        canvas.panel(below)
        canvas.text(f"Lap {laps.count}", (below.left + PADDING, below.top + 8.0), bold=True)
        canvas.text(_clock(laps.lap_s), (below.right - PADDING, below.top + 8.0), bold=True, anchor="topright")
        for number, line in enumerate(name):
            canvas.text(line, (below.left + PADDING, below.top + 34.0 + 18.0 * number), size=SMALL, colour=FAINT)

    def _draw_network(self, canvas: Canvas, status: DriveStatus) -> None:
        images = status.car.observation.images
        if images is not None:
            draw_network_picture(canvas, network_box(canvas), images[0])

    def _draw_middle(self, canvas: Canvas, status: DriveStatus) -> None:
        """In the sky between the panels: what to do next, or how the networks learn."""
        middle = _middle(canvas)
        if status.training is not None:
            draw_training(canvas, middle, status.training)
            if _has_sky(canvas) and status.reward is None:
                _draw_augmented_views(canvas, Box(middle.left, middle.bottom + GAP, middle.width, 76.0), status)
        if status.is_paused:
            _draw_words(canvas, "Paused", "P goes on", TITLE)
        elif not status.has_started:
            words = "Drive with the arrow keys, the mouse or a game pad"
            _draw_words(canvas, words, "Thirty seconds of driving are enough to learn from", HEADING)
        elif status.training is None:
            _draw_hint(canvas, middle, _hint(status))
        if status.reward is not None:
            _draw_reward(canvas, middle, status, status.reward)


def _draw_reward(canvas: Canvas, middle: Box, status: DriveStatus, reward: RewardStatus) -> None:
    """In the sky, below what is said there; in a narrow window below the lamp."""
    if not _has_sky(canvas):
        draw_reward(canvas, Box(MARGIN, _BELOW_LAMP, _REWARD_WIDTH, 0.0), reward, is_short=True)
        return
    taken = middle.height if status.training is not None else HINT_HEIGHT if _hint(status) else -GAP
    left = middle.centre[0] - _REWARD_WIDTH / 2
    below = Box(left, middle.top + taken + GAP, _REWARD_WIDTH, 0.0)
    draw_reward(canvas, below, reward, is_short=status.training is not None)


def _draw_augmented_views(canvas: Canvas, box: Box, status: DriveStatus) -> None:
    images, camera = status.car.observation.images, status.car.env.config.camera
    if images is not None and camera is not None:
        draw_augmented_views(canvas, box, images[0], status.human.wheel_per_m, camera)


def _middle(canvas: Canvas) -> Box:
    """The sky between the left panels and the map; in a narrow window a strip below both."""
    if _has_sky(canvas):
        return Box(2 * MARGIN + DIALS_WIDTH, MARGIN, _sky_width(canvas), 130.0)
    return Box(MARGIN, _WORDS_TOP, canvas.width - 2 * MARGIN, 100.0)


def _has_sky(canvas: Canvas) -> bool:
    """There is room between the left panels and the map."""
    return _sky_width(canvas) >= _LEAST_WIDTH


def _sky_width(canvas: Canvas) -> float:
    return map_box(canvas).left - 3 * MARGIN - DIALS_WIDTH


def _lamp(status: DriveStatus) -> tuple[str, str, Colour]:
    recorder = status.recorder
    seconds = f"{status.recorded_s:.1f} s recorded" if status.recorded_s else ""
    if recorder is not None and recorder.error:
        return (
            "Disk full?" if "space" in recorder.error.lower() else "Not written",
            f"{seconds or 'nothing'}, safe",
            RED,
        )
    if recorder is not None and recorder.is_recording:
        return "Recording", seconds or "0.0 s recorded", RED
    return "Not recording", seconds or "R records", ROAD


def _hint(status: DriveStatus) -> str:
    """The one thing to do next."""
    if status.car.has_left_the_road:
        return "Off the road: Enter puts you back"
    if status.has_models:
        return "The networks have learned: L lets go of the wheel"
    if status.recorded_s >= ENOUGH_S:
        return "Enough to learn from: T trains two networks"
    if status.recorder is None:
        return "Press R to record"
    return ""


def _draw_hint(canvas: Canvas, middle: Box, words: str) -> None:
    if not words:
        return
    width = canvas.text_width(words, size=BODY, bold=True) + 2 * PADDING
    box = Box(middle.centre[0] - width / 2, middle.top, width, HINT_HEIGHT)
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
