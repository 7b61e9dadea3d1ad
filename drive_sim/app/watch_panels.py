"""What the watching screen shows around the road: scoreboard, charts, map, the network's picture, and what goes on."""

from drive_sim.app.basin_overlay import BasinOverlay
from drive_sim.app.canvas import BODY, GAP, INK, MARGIN, PADDING, POLICY_COLOURS, TITLE, Box, Canvas
from drive_sim.app.drivers import EXPERT
from drive_sim.app.ghost import draw_ghost_on_map, draw_ghost_on_road
from drive_sim.app.layout import LEFT_WIDTH, draw_network_picture, map_box, network_box
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.radar_panel import draw_radar
from drive_sim.app.reward_panel import draw_reward
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import CarMarker, RoadMap
from drive_sim.app.rollout_charts import (
    ERRORS_HEIGHT,
    STEERING_HEIGHT,
    draw_alvinn_units,
    draw_offset_history,
    draw_steering,
    draw_steering_errors,
    offset_history_box,
)
from drive_sim.app.rollout_panels import (
    draw_alarm,
    draw_banner,
    draw_hint,
    draw_scoreboard,
    is_alarmed,
    scoreboard_box,
)
from drive_sim.app.single_car import SingleCar
from drive_sim.app.timeline_bar import FOOTER
from drive_sim.app.training_view import draw_training
from drive_sim.app.watch_status import WatchStatus

_LEAST_WIDTH, _TRAINING_HEIGHT, _BANNER_TOP = 300.0, 134.0, 228.0


class WatchPanels:
    """The view of one car, and everything that is drawn over it."""

    def __init__(self, car: SingleCar) -> None:
        self.map, self.basin = RoadMap(car.track), BasinOverlay()
        self._road = RoadAhead(car)

    def draw(self, canvas: Canvas, status: WatchStatus) -> None:
        """Draw everything."""
        rollout = status.rollout
        self._road.draw(canvas)
        if (ghost := status.time.ghost) is not None:
            draw_ghost_on_road(canvas, ghost, rollout)
        status.liking.draw(canvas, rollout.car, status.reward_driver)
        status.saliency.draw_on_road(canvas)
        scoreboard = scoreboard_box(len(rollout.drivers))
        draw_scoreboard(canvas, rollout, scoreboard)
        history = offset_history_box(canvas, FOOTER)
        draw_offset_history(canvas, history, rollout, status.ghost_offsets)
        if status.drawer.is_open:
            status.drawer.draw(canvas, rollout.car)
        else:
            self._draw_right(canvas, status)
        if not _is_narrow(canvas):
            below = network_box(canvas, FOOTER)
            room = history._replace(left=history.right + GAP, width=below.left - history.right - 2 * GAP)
            status.drawer.draw_turned(canvas, room, rollout)
        _draw_picture(canvas, status)
        has_middle = not status.drawer.is_open and _draw_middle(canvas, status)
        if not (has_middle and _is_narrow(canvas)):
            draw_steering(canvas, Box(MARGIN, scoreboard.bottom + GAP, LEFT_WIDTH, STEERING_HEIGHT), rollout)

    def close(self) -> None:
        """Nobody looks any more."""
        self.basin.close()

    def _draw_right(self, canvas: Canvas, status: WatchStatus) -> None:
        """The map, or the close-up instead, and the steering errors below."""
        rollout, box = status.rollout, map_box(canvas)
        if status.close_up is not None:
            status.close_up.draw(canvas, box, rollout.active_colour)
        elif self.basin.is_on:
            self.basin.draw(canvas, box, rollout)
        else:
            self.map.draw(canvas, box, [CarMarker.at(rollout.car, rollout.active_colour)])
            if (ghost := status.time.ghost) is not None:
                draw_ghost_on_map(canvas, box, self.map, ghost, rollout.num_frames)
        top = box.bottom + GAP
        height = min(ERRORS_HEIGHT, network_box(canvas, FOOTER).top - GAP - top)
        errors = Box(box.left, top, box.width, height)
        if _is_narrow(canvas) and rollout.car.knobs != rollout.car.regime:
            status.drawer.draw_turned(canvas, errors, rollout)
            return
        draw_steering_errors(canvas, errors, [driver for driver in rollout.drivers if driver.folder is not None])


def _draw_picture(canvas: Canvas, status: WatchStatus) -> None:
    """What the driver sees, and for ALVINN what its units say to it; or the radar in that place."""
    rollout, saliency, box = status.rollout, status.saliency, network_box(canvas, FOOTER)
    if status.radar.is_on:
        draw_radar(canvas, box, status.radar.status(rollout))
        return
    if saliency.picture is None:
        return
    alvinn = rollout.driver.alvinn
    if alvinn is None or saliency.activity is None:
        has_marks = rollout.driver.network is not None and saliency.has_marks
        title = "What the network looks at" if has_marks else "What the network sees"
        if rollout.driver.network is None:
            title = "What a network would see"
        draw_network_picture(canvas, box, saliency.picture, title)
        return
    where = draw_network_picture(canvas, box, saliency.picture, "What ALVINN sees; its units")
    beside = Box(where.right + PADDING, where.top, box.right - where.right - 2 * PADDING, where.height)
    marks = (rollout.expert_per_m, POLICY_COLOURS[EXPERT]), (rollout.command_per_m, rollout.active_colour)
    draw_alvinn_units(canvas, beside, saliency.activity, alvinn.units, rollout.active_colour, marks)


def _middle(canvas: Canvas, rollout: LiveRollout) -> Box:
    """The place of what goes on besides driving: in the sky, in a narrow window where the steering wheels are else."""
    if not _is_narrow(canvas):
        left = 2 * MARGIN + LEFT_WIDTH
        return Box(left, MARGIN, map_box(canvas).left - MARGIN - left, _TRAINING_HEIGHT)
    top = scoreboard_box(len(rollout.drivers)).bottom + GAP
    return Box(MARGIN, top, LEFT_WIDTH, offset_history_box(canvas, FOOTER).top - GAP - top)


def _is_narrow(canvas: Canvas) -> bool:
    """There is no room between the scoreboard and the map."""
    return map_box(canvas).left - 3 * MARGIN - LEFT_WIDTH < _LEAST_WIDTH


def _draw_middle(canvas: Canvas, status: WatchStatus) -> bool:
    """What goes on besides driving, one thing below the other, in a narrow window one thing; whether there is any."""
    middle, rollout = _middle(canvas, status.rollout), status.rollout
    has_banner = not status.time.looks_back and (status.is_paused or is_alarmed(rollout))
    if has_banner:
        banner = middle if _is_narrow(canvas) else middle._replace(top=_BANNER_TOP)
        if status.is_paused:
            draw_banner(canvas, banner, "Paused", INK, "Space goes on")
        else:
            draw_alarm(canvas, rollout, banner)
        if _is_narrow(canvas):
            return True
    taken = 0.0
    if status.time.looks_back:
        taken = _draw_ago(canvas, middle, status.time.seconds_ago) + GAP
    elif status.has_wheel:
        taken = draw_hint(canvas, middle, "G lets go, T retrains").height + GAP
    elif status.training is not None:
        draw_training(canvas, middle, status.training)
        taken = middle.height + GAP
    if status.reward is not None and not (taken and _is_narrow(canvas)):
        is_short = bool(taken) or has_banner or _is_narrow(canvas)
        draw_reward(canvas, middle._replace(top=middle.top + taken), status.reward, is_short=is_short)
        return True
    return bool(taken) or has_banner


def _draw_ago(canvas: Canvas, middle: Box, seconds: float) -> float:
    """In large digits, how long ago what is shown was; returns how high that is."""
    words = f"{seconds:.1f} s ago"
    size = TITLE if canvas.text_width(words, size=TITLE, bold=True) + 2 * PADDING < middle.width else BODY
    width = canvas.text_width(words, size=size, bold=True) + 2 * PADDING
    box = Box(middle.centre[0] - width / 2, middle.top, width, 1.5 * size)
    canvas.panel(box)
    canvas.text(words, box.centre, size=size, bold=True, anchor="center")
    return box.height
