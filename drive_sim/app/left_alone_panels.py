"""What is shown of cars that nobody puts back: seconds in large digits, and from above where they went."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import BODY, FAINT, GREEN, HEADING, HUGE, INK, PADDING, RED, SMALL, TITLE, Box, Canvas, Colour
from drive_sim.app.driven_window import DrivenWindow
from drive_sim.app.nudge_search import NudgeTrial
from drive_sim.app.push_story import PushStory
from drive_sim.app.road_stage import RoadStage, Trail
from drive_sim.app.road_stage_cars import StageCar
from drive_sim.app.road_stage_views import FromAbove

SURVIVED_SIZE = 346.0, 84.0
_GHOST = 120
_LEAST_M, _AFTER_S, _BEFORE_TICKS = 34.0, 1.2, 10
_TITLE = 26.0


def draw_survived(canvas: Canvas, box: Box, window: DrivenWindow, colour: Colour, *, is_slow: bool) -> None:
    """Seconds since the push, or until the road (else the lane) was left, in digits for the back of a room."""
    canvas.panel(box, alpha=235)
    left_s, word = window.left_road_s, "OFF THE ROAD"
    if left_s is None:
        left_s, word = window.left_lane_s, "off its lane"
    has_left = left_s is not None
    canvas.fill(Box(box.left, box.top + 8.0, 6.0, box.height - 16.0), RED if has_left else colour, rounding=3.0)
    is_wide = box.width > 320.0
    digits = f"{window.duration_s if left_s is None else left_s:.1f} s"
    where = canvas.text(
        digits,
        (box.left + PADDING + 8.0, box.centre[1]),
        size=HUGE if is_wide else TITLE,
        bold=True,
        colour=colour,
        anchor="midleft",
    )
    left = where.right + PADDING
    canvas.text(
        word if has_left else "on its lane",
        (left, box.centre[1] - 13.0),
        size=HEADING if is_wide else BODY,
        bold=True,
        colour=RED if has_left else INK,
        anchor="midleft",
    )
    below = "in slow motion" if is_slow else "after the push"
    canvas.text(below, (left, box.centre[1] + 17.0), size=SMALL, colour=FAINT, anchor="midleft")


class GhostsAbove:
    """The road near a push from above: the last good second, the ways from there on, and the expert's, dashed."""

    def __init__(self, story: PushStory) -> None:
        car = story.rollouts[0].car
        self._stage, self._view = RoadStage(car.track, car.scene), FromAbove(0.0, 0.0)
        self._of: tuple[NudgeTrial, Box] | None = None

    def draw(self, canvas: Canvas, box: Box, story: PushStory) -> None:
        """All of it, while a push is coming, followed, or over."""
        trial = story.trial
        if trial is None:
            return
        canvas.panel(box, alpha=255)
        inner = Box(box.left + 4.0, box.top + _TITLE, box.width - 8.0, box.height - 2 * _TITLE)
        if self._of is None or self._of[0] is not trial or self._of[1] != box:
            self._view, self._of = _view_of(trial, canvas.rect_px(inner).size), (trial, box)
        windows = list(_shown(story, trial))
        trails: list[Trail] = []
        before = np.array(story.approach_poses)[-_BEFORE_TICKS:].reshape(-1, 3)
        if len(before) > 1:
            trails.append(Trail(before[:, :2], INK, 4.0))
        trails += [Trail(window.poses[:, :2], colour, 4.0) for window, colour, _ in windows]
        trails.append(Trail(trial.expert.poses[:, :2], GREEN, 2.5, is_dashed=True))
        self._stage.draw(canvas, inner, self._view, list(_cars(story, windows)), trails)
        canvas.text("From above", (box.left + PADDING, box.top + _TITLE / 2), size=SMALL, colour=INK, anchor="midleft")
        canvas.text(
            "dashed: expert",
            (box.left + PADDING, box.bottom - _TITLE / 2),
            size=SMALL,
            colour=GREEN,
            anchor="midleft",
        )


def _shown(story: PushStory, trial: NudgeTrial) -> Iterator[tuple[DrivenWindow, Colour, bool]]:
    """Windows that were driven after this push, whose they are, and whether they are over and done: ghosts."""
    drivers = story.rollouts[0].drivers
    seen = set(story.drivers) if story.windows else set()
    for record in reversed(story.records):
        if record.trial is trial:
            for window, own in zip(record.windows, record.drivers, strict=True):
                if own not in seen:
                    seen.add(own)
                    yield window, drivers[own].colour, True
    for window, own in zip(story.windows, story.drivers, strict=False):
        yield window, drivers[own].colour, False


def _cars(story: PushStory, windows: Sequence[tuple[DrivenWindow, Colour, bool]]) -> Iterator[StageCar]:
    """The last good place, ghosts where they ended, or where they were at this time, and the cars of now."""
    num_ticks = len(story.windows[0].offset_m) if story.windows else 0
    if story.windows:
        yield StageCar(*_pose(story.windows[0].poses[0]), INK, _GHOST)
    for window, colour, is_ghost in windows:
        if is_ghost:
            yield StageCar(*_pose(window.poses[min(num_ticks, len(window.poses) - 1)]), colour, _GHOST)
    for rollout in story.rollouts:
        yield StageCar(*_pose(rollout.car.state.poses[0]), rollout.active_colour)


def _view_of(trial: NudgeTrial, size_px: tuple[int, int]) -> FromAbove:
    """A map that holds what is expected until shortly after the road is left."""
    clone = trial.clone
    end_s = (clone.left_road_s or clone.left_lane_s or clone.duration_s) + _AFTER_S
    num = 1 + round(end_s / clone.tick_s)
    start = clone.poses[0]
    behind = start[:2] - 9.0 * np.array([np.cos(start[2]), np.sin(start[2])])
    points = np.concatenate([behind[None], *(window.poses[:num, :2] for window in (clone, trial.twin, trial.expert))])
    return FromAbove(0.0, 0.0, _LEAST_M, float(start[2])).holding(points, size_px)


def _pose(pose: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    return float(pose[0]), float(pose[1]), float(pose[2])
