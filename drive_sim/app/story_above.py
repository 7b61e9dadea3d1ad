"""Two cars of the sixty-second story from above, side by side in time: the ways that they went, at half their speed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import GAP, GREEN, HEADING, MARGIN, PADDING, SMALL, Box, Canvas, Colour
from drive_sim.app.driven_window import DrivenWindow
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.left_alone_panels import SURVIVED_SIZE, draw_survived
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.push_story import PushStory
from drive_sim.app.road_stage import RoadStage, Trail
from drive_sim.app.road_stage_cars import StageCar
from drive_sim.app.road_stage_views import FromAbove
from drive_sim.app.rollout_panels import short_label
from drive_sim.arrays import Poses

FRAMES_A_TICK, HALF_SPEED = 6, 2
_LEAST_M, _NAME, _BEHIND_M, _AFTER_S = 20.0, 34.0, 6.0, 1.0
_JUMP_M = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class WayDriven:
    """Where a car was, tick by tick (k, 3), and whose it is; `window` where it was pushed at the first of them."""

    label: str
    colour: Colour
    poses: Poses
    window: DrivenWindow | None = None


class WaysAbove:
    """Ways of one road, the expert's (k, 3) dashed beside them; `advance` plays them to the end, once."""

    def __init__(self, rollout: LiveRollout, ways: Sequence[WayDriven], expert: Poses | None) -> None:
        self._stage, self.ways, self._expert = RoadStage(rollout.car.track, rollout.car.scene), tuple(ways), expert
        self._num_ticks = max(len(way.poses) for way in ways) - 1
        self.is_pushed = all(way.window is not None for way in ways)
        self._frame = 0

    @property
    def is_over(self) -> bool:
        """All was shown; ways without a push are shown whole from the beginning."""
        return not self.is_pushed or self._tick >= self._num_ticks

    def advance(self, num_frames: int = 1) -> None:
        """So many frames on."""
        self._frame += num_frames

    def draw(self, canvas: Canvas, top: float) -> None:
        """The road with all ways on it, and below who drove them, with seconds since the push."""
        height = SURVIVED_SIZE[1] + _NAME if self.is_pushed else _NAME
        boards_top = canvas.height - KEY_LINE - MARGIN - height
        stage = Box(MARGIN, top, canvas.width - 2 * MARGIN, boards_top - GAP - top)
        canvas.panel(stage, alpha=255)
        self._draw_stage(canvas, stage)
        width = (stage.width - GAP) / 2
        for number, way in enumerate(self.ways):
            self._draw_board(canvas, Box(stage.left + number * (width + GAP), boards_top, width, height), way)

    @property
    def _tick(self) -> float:
        return self._frame / (FRAMES_A_TICK * HALF_SPEED)

    def _draw_stage(self, canvas: Canvas, box: Box) -> None:
        tick = self._tick if self.is_pushed else float(self._num_ticks)
        trails, cars = [], []
        for way in self.ways:
            so_far = way.poses[: int(tick) + 1]
            here = _at(way.poses, tick)
            trails += [Trail(part, way.colour, 5.0) for part in _parts(np.vstack([so_far, here])[:, :2])]
            cars.append(StageCar(*here, way.colour))
        if self._expert is not None:
            trails.append(Trail(self._expert[:, :2], GREEN, 2.5, is_dashed=True))
        self._stage.draw(canvas, box, self._view(canvas.rect_px(box).size), cars, trails)

    def _view(self, size_px: tuple[int, int]) -> FromAbove:
        """From where the first car starts to the right; a pushed car's map ends shortly after it has left."""
        start, points = self.ways[0].poses[0], [way.poses[:, :2] for way in self.ways]
        if self.is_pushed:
            ahead = np.array([np.cos(start[2]), np.sin(start[2])])
            points.append(start[None, :2] - _BEHIND_M * ahead)
        return FromAbove(0.0, 0.0, _LEAST_M, float(start[2]) + np.pi / 2).holding(np.concatenate(points), size_px)

    def _draw_board(self, canvas: Canvas, box: Box, way: WayDriven) -> None:
        name = Box(box.left, box.top, box.width, _NAME - GAP / 2)
        canvas.panel(name)
        where = name.left + PADDING, name.centre[1]
        canvas.text(way.label, where, size=HEADING, bold=True, colour=way.colour, anchor="midleft")
        if self._expert is not None and way is self.ways[-1]:
            where = name.right - PADDING, name.centre[1]
            canvas.text("dashed: expert", where, size=SMALL, colour=GREEN, anchor="midright")
        if way.window is not None:
            k = min(int(self._tick), len(way.window.offset_m))
            below = Box(box.left, box.top + _NAME, box.width, SURVIVED_SIZE[1])
            draw_survived(canvas, below, way.window.until(k), way.colour, is_slow=not self.is_over)


def pushed_ways(story: PushStory) -> WaysAbove:
    """What the clone and its twin drove one after the other, after the same push."""
    rollout, records = story.rollouts[0], story.records[-2:]
    pairs = [(rollout.drivers[record.drivers[0]], record.windows[0]) for record in records]
    ways = [WayDriven(short_label(driver.label), driver.colour, window.poses, window) for driver, window in pairs]
    return WaysAbove(rollout, ways, records[0].trial.expert.poses)


def _at(poses: Poses, tick: float) -> tuple[float, float, float]:
    """The pose between two ticks; the last one afterwards."""
    before = min(int(tick), len(poses) - 1)
    after, share = min(before + 1, len(poses) - 1), min(tick, len(poses) - 1.0) - before
    x_m, y_m = (1.0 - share) * poses[before, :2] + share * poses[after, :2]
    turn = (poses[after, 2] - poses[before, 2] + np.pi) % (2.0 * np.pi) - np.pi
    return float(x_m), float(y_m), float(poses[before, 2] + share * turn)


def _parts(points: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """A way without the jumps where its car was put back."""
    far = np.hypot(*np.diff(points, axis=0).T) > _JUMP_M
    return np.split(points, np.flatnonzero(far) + 1)
