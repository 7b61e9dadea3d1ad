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
    RED,
    ROAD,
    SMALL,
    TITLE,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.drive_status import DriveStatus
from drive_sim.app.ghost import draw_ghost_on_map, draw_ghost_on_road
from drive_sim.app.hud import (
    draw_balance,
    draw_lamp,
    draw_offset,
    draw_speed,
    draw_wheel,
)
from drive_sim.app.layout import DIALS_WIDTH, draw_network_picture, map_box, network_box
from drive_sim.app.live_learning_panels import LivePanels
from drive_sim.app.reward_overlay import PERSON
from drive_sim.app.reward_panel import draw_reward
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import CarMarker, RoadMap
from drive_sim.app.single_car import SingleCar
from drive_sim.app.timeline_bar import FOOTER
from drive_sim.app.training_view import draw_training

DIALS_HEIGHT = 104.0
_BELOW_LAMP = 198.0
ENOUGH_S = 20.0
"""From here on the screen offers to train."""
_LEAST_WIDTH, _TRAINING_HEIGHT, _VIEWS_HEIGHT = 380.0, 134.0, 92.0
_BEGIN = "Drive with the arrow keys, the mouse or a game pad"


class DrivePanels:
    """The view of one car, and everything that is drawn over it."""

    def __init__(self, car: SingleCar) -> None:
        self.map = RoadMap(car.track)
        self._road, self._live = RoadAhead(car), LivePanels()

    def draw(self, canvas: Canvas, status: DriveStatus) -> None:
        """Draw everything."""
        self._road.draw(canvas)
        if status.live is None and (ghost := status.time.ghost) is not None:
            draw_ghost_on_road(canvas, ghost, status.rollout)
        status.liking.draw(canvas, status.car, PERSON)
        if status.live is not None:
            self._live.draw(canvas, status, status.live)
            if status.drawer.is_open:
                status.drawer.draw(canvas, status.car)
            return
        self._draw_left(canvas, status)
        self._draw_dials(canvas, status)
        if status.drawer.is_open:
            status.drawer.draw(canvas, status.car)
        else:
            self._draw_map(canvas, status)
        self._draw_network(canvas, status)
        if not status.drawer.is_open:
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
        box = Box(MARGIN, canvas.height - FOOTER - MARGIN - DIALS_HEIGHT, DIALS_WIDTH, DIALS_HEIGHT)
        canvas.panel(box)
        speed_mps = float(status.car.state.speed_mps[0]) if status.has_started else 0.0
        radius = box.height / 2 - PADDING
        hub, colour = (box.left + PADDING + radius, box.centre[1]), status.rollout.active_colour
        draw_wheel(canvas, hub, radius, status.human.share(speed_mps), colour)
        left = box.left + 2 * PADDING + 2 * radius
        draw_speed(canvas, (left, box.top + PADDING), speed_mps)
        draw_offset(canvas, (left, box.top + 42.0), status.car.offset_m, status.car.limit_m)
        keeps = "speed is kept" if status.human.keeps_speed else "pedals"
        canvas.text(keeps, (left, box.top + 70.0), size=SMALL, colour=FAINT)
        room = box._replace(top=_BELOW_LAMP, height=box.top - GAP - _BELOW_LAMP)
        status.drawer.draw_turned(canvas, room, status.rollout)

    def _draw_map(self, canvas: Canvas, status: DriveStatus) -> None:
        box, laps = map_box(canvas), status.rollout.laps
        self.map.draw(canvas, box, [CarMarker.at(status.car, status.rollout.active_colour)])
        if (ghost := status.time.ghost) is not None:
            draw_ghost_on_map(canvas, box, self.map, ghost, status.rollout.num_frames)
        name = canvas.wrapped(status.road_name, box.width - 2 * PADDING, size=SMALL)
        below = Box(box.left, box.bottom + GAP, box.width, 42.0 + 20.0 * len(name))
        canvas.panel(below)
        canvas.text(f"Lap {laps.count}", (below.left + PADDING, below.top + 8.0), bold=True)
        canvas.text(_clock(laps.lap_s), (below.right - PADDING, below.top + 8.0), bold=True, anchor="topright")
        for number, line in enumerate(name):
            canvas.text(line, (below.left + PADDING, below.top + 34.0 + 20.0 * number), size=SMALL, colour=FAINT)

    def _draw_network(self, canvas: Canvas, status: DriveStatus) -> None:
        images = status.car.observation.images
        if images is not None:
            draw_network_picture(canvas, network_box(canvas, FOOTER), images[0])

    def _draw_middle(self, canvas: Canvas, status: DriveStatus) -> None:
        """In the sky between the panels, one thing below the other: what to do next, or how the networks learn."""
        middle = _middle(canvas)
        says = "Paused" if status.is_paused else "" if status.has_started else _BEGIN
        if status.training is not None:
            draw_training(canvas, middle._replace(height=_TRAINING_HEIGHT), status.training)
            middle = _below(middle, _TRAINING_HEIGHT)
        elif not says and (hint := _hint(status)):
            middle = _below(middle, _draw_words(canvas, middle, hint, BODY))
        if status.reward is not None:
            middle = _below(middle, draw_reward(canvas, middle, status.reward, is_short=_is_crowded(canvas, status)))
        if says:
            line = "Space goes on" if status.is_paused else "Thirty seconds are enough to learn from"
            _draw_words(canvas, middle, says, TITLE if status.is_paused else HEADING, line)
        elif status.training is not None and status.reward is None and _has_sky(canvas):
            _draw_augmented_views(canvas, middle._replace(height=_VIEWS_HEIGHT), status)


def _is_crowded(canvas: Canvas, status: DriveStatus) -> bool:
    return status.training is not None or status.is_paused or not _has_sky(canvas)


def _below(box: Box, height: float) -> Box:
    """What is left of a box below something so high."""
    return box._replace(top=box.top + height + GAP, height=box.height - height - GAP)


def _draw_augmented_views(canvas: Canvas, box: Box, status: DriveStatus) -> None:
    images, camera = status.car.observation.images, status.car.env.config.camera
    if images is not None and camera is not None:
        draw_augmented_views(canvas, box, images[0], status.human.wheel_per_m, camera)


def _middle(canvas: Canvas) -> Box:
    """The sky between the left panels and the map, down to the network's picture."""
    bottom = network_box(canvas, FOOTER).top - GAP
    return Box(2 * MARGIN + DIALS_WIDTH, MARGIN, map_box(canvas).left - 3 * MARGIN - DIALS_WIDTH, bottom - MARGIN)


def _has_sky(canvas: Canvas) -> bool:
    """There is room between the left panels and the map for what is wide."""
    return _middle(canvas).width >= _LEAST_WIDTH


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
    if not status.rollout.by_hand and not status.time.repeats:
        return f"{status.rollout.driver.label} drives: a touch takes back"
    if status.car.has_left_the_road:
        return "Off the road: Enter puts you back"
    if status.has_models:
        return "The networks have learned: L lets go of the wheel"
    if status.recorded_s >= ENOUGH_S:
        return "Enough to learn from: T trains two networks"
    if status.recorder is None:
        return "Press R to record"
    return ""


def _draw_words(canvas: Canvas, box: Box, words: str, size: float, line: str = "") -> float:
    """Words at the top of a box, in the middle, with a line below; returns how high they are."""
    room = box.width - 2 * PADDING
    rows = [(row, size, INK, True) for row in canvas.wrapped(words, room, size=size, bold=True)]
    rows += [(row, BODY, FAINT, False) for row in canvas.wrapped(line, room)]
    widest = max(canvas.text_width(row, size=size, bold=bold) for row, size, _, bold in rows)
    width = min(box.width, widest + 4 * PADDING)
    plate = Box(box.centre[0] - width / 2, box.top, width, sum(1.3 * row[1] for row in rows) + 1.2 * PADDING)
    canvas.panel(plate)
    top = plate.top + 0.6 * PADDING
    for row, row_size, colour, bold in rows:
        middle = plate.centre[0], top + 0.65 * row_size
        canvas.text(row, middle, size=row_size, colour=colour, bold=bold, anchor="center")
        top += 1.3 * row_size
    return plate.height


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
