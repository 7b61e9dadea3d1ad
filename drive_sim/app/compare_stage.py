"""The fan on the stage: every policy's cars from one place, with trails, seen from above or from behind one of them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import INK, SMALL, Box, Canvas, Colour
from drive_sim.app.comparison import Comparison
from drive_sim.app.road_stage import RoadStage, Trail
from drive_sim.app.road_stage_cars import SOLID, StageCar
from drive_sim.app.road_stage_views import Chase, FromAbove, StageView
from drive_sim.arrays import Poses
from drive_sim.sim.track import lane_pose, nearest_s, point_on_lane

_GHOST = 110
_LEAST_M, _MOST_M = 55.0, 180.0
_TRAIL_EVERY = 3
_EASE = 0.05
_RAISED = 0.1
MOST_OFF_M = 8.0
"""The start may lie so far off the lane."""
_REACH, _RING, _NOSE = 16.0, 13.0, 24.0
"""How near to a car's middle the mouse takes it; the start's ring, and how far its nose reaches; in units."""
_ONE = np.zeros(1, dtype=np.int64)


class Place(NamedTuple):
    """A pose on the road: arc length, offset and heading against the lane, left positive."""

    s_m: float
    offset_m: float
    heading_rad: float


class CompareStage:
    """Where the camera is, and what is drawn there."""

    def __init__(self, comparison: Comparison) -> None:
        task = comparison.task
        self.stage = RoadStage(task.track, task.scene)
        self.zoom = 1.0
        self.behind: str | None = None
        """The policy whose car the camera follows from behind; None: from above."""
        self.carried: Place | None = None
        """Where a mouse holds the start."""
        self._grip_m = 0.0, 0.0
        """From the mouse to the middle of what it holds."""
        x_m, y_m, _ = self._start_pose(comparison)
        self._above = FromAbove(x_m, y_m, _LEAST_M)
        self._box = Box(0.0, 0.0, 1.0, 1.0)

    def advance(self, comparison: Comparison) -> None:
        """The camera follows, softly; it waits while the start is carried."""
        if self.carried is not None:
            return
        wanted = self._wanted(comparison)
        now, ease = self._above, _EASE
        self._above = FromAbove(
            now.x_m + ease * (wanted.x_m - now.x_m),
            now.y_m + ease * (wanted.y_m - now.y_m),
            now.height_m + ease * (wanted.height_m - now.height_m),
        )

    def draw(self, canvas: Canvas, box: Box, comparison: Comparison) -> None:
        """The road, trails, ghosts, the cars that share a wind, and the start."""
        self._box = box
        view = self._view(comparison)
        trails, cars = self._trails(comparison), self._cars(comparison)
        self.stage.draw(canvas, box, view, cars, trails)
        if isinstance(view, FromAbove):
            self._draw_start(canvas, view, comparison)

    def ground_at(self, canvas: Canvas, where: tuple[float, float]) -> tuple[float, float] | None:
        """The ground under a point of the canvas; None where no map is shown there."""
        if self.behind is not None or not self._box.holds(where):
            return None
        return self.stage.ground_at(canvas, self._box, self._above, where)

    def grasp(self, canvas: Canvas, where: tuple[float, float], comparison: Comparison) -> None:
        """A mouse takes hold, where there is ground: of a car with the way it heads, of the start, or of a new one."""
        ground_m = self.ground_at(canvas, where)
        if ground_m is None:
            return
        pose = min(self._poses(comparison), key=lambda pose: self._distance(canvas, where, pose), default=None)
        if pose is None or self._distance(canvas, where, pose) > _REACH:
            pose = np.array([*ground_m, 0.0])
            self._grip_m, self.carried = (0.0, 0.0), self._place_of(pose)._replace(heading_rad=0.0)
        else:
            self._grip_m = float(pose[0] - ground_m[0]), float(pose[1] - ground_m[1])
            self.carried = self._place_of(pose)

    def carry(self, ground_m: tuple[float, float]) -> None:
        """What is held goes with the mouse; it keeps its angle to the lane."""
        if self.carried is not None:
            pose = np.array([ground_m[0] + self._grip_m[0], ground_m[1] + self._grip_m[1], 0.0])
            self.carried = self._place_of(pose)._replace(heading_rad=self.carried.heading_rad)

    def turn(self, angle_rad: float) -> None:
        """What is held is turned, to the left where positive."""
        if self.carried is not None:
            self.carried = self.carried._replace(heading_rad=self.carried.heading_rad + angle_rad)

    def _place_of(self, pose: npt.NDArray[np.float64]) -> Place:
        """A pose (3,) as a place of the road, no farther off than a start may be."""
        s_m = nearest_s(self.stage.tracks, _ONE, pose[None])
        lane = lane_pose(self.stage.tracks, _ONE, pose[None], s_m)
        offset_m = float(np.clip(lane.offset_m[0], -MOST_OFF_M, MOST_OFF_M))
        return Place(float(lane.s_m[0]), offset_m, float(lane.heading_rad[0]))

    def _poses(self, comparison: Comparison) -> list[npt.NDArray[np.float64]]:
        """Of all that a mouse can take: cars in front of the start."""
        shown = [comparison.shown_poses(policy.name) for policy in comparison.policies]
        cars = [pose.astype(np.float64) for poses in shown if poses is not None for pose in poses]
        return [*cars, self._start_pose(comparison)]

    def _distance(self, canvas: Canvas, where: tuple[float, float], pose: npt.NDArray[np.float64]) -> float:
        """From a point of the canvas to a pose on the map, in units."""
        return math.dist(where, self.stage.point(canvas, self._box, self._above, float(pose[0]), float(pose[1])))

    def _pose_at(self, place: Place) -> Poses:
        s_m = np.array([place.s_m])
        return point_on_lane(self.stage.tracks, _ONE, s_m, place.offset_m, place.heading_rad)

    def _start_pose(self, comparison: Comparison) -> npt.NDArray[np.float64]:
        start = comparison.start
        return self._pose_at(Place(start.s_m, start.offset_m, start.heading_rad))[0]

    def _wanted(self, comparison: Comparison) -> FromAbove:
        """A map that holds all cars, if that is not too wide; who is farthest from the first is left out first."""
        seen = [comparison.shown_poses(policy.name) for policy in comparison.policies]
        places = [place for poses in seen if poses is not None for place in poses[:, :2]]
        size_px = round(100.0 * self._box.width / max(self._box.height, 1.0)), 100
        if not places:
            x_m, y_m, _ = self._start_pose(comparison)
            return FromAbove(x_m, y_m, _LEAST_M / self.zoom)
        least = FromAbove(float(places[0][0]), float(places[0][1]), _LEAST_M)
        by_distance = sorted(places, key=lambda place: float(np.hypot(*(place - places[0]))))
        for count in range(len(places), 0, -1):
            view = least.holding(np.array(by_distance[:count], dtype=np.float64), size_px, margin=1.5)
            if view.height_m <= _MOST_M:
                return self._raised(view.zoomed(self.zoom))
        return self._raised(least.zoomed(self.zoom))

    @staticmethod
    def _raised(view: FromAbove) -> FromAbove:
        """What is looked at lies a little above the picture's middle: panels lie below."""
        return view.moved_to(view.x_m, view.y_m - _RAISED * view.height_m)

    def _view(self, comparison: Comparison) -> StageView:
        poses = None if self.behind is None else comparison.shown_poses(self.behind)
        return self._above if poses is None else Chase(*map(float, poses[0]))

    def _trails(self, comparison: Comparison) -> list[Trail]:
        trails = []
        for car in range(comparison.task.num_winds - 1, -1, -1):
            for policy in comparison.policies:
                fan = comparison.fans.get(policy.name)
                if fan is not None:
                    shown = fan.poses[: comparison.frame + 1, car, :2]
                    points = np.concatenate([shown[::_TRAIL_EVERY], shown[-1:]]).astype(np.float64)
                    colour, width = (policy.colour, 3.5) if car == 0 else (_dark(policy.colour), 1.5)
                    trails.append(Trail(points, colour, width))
        return trails

    def _cars(self, comparison: Comparison) -> list[StageCar]:
        ghosts: list[StageCar] = []
        mains: list[StageCar] = []
        for policy in comparison.policies:
            poses = comparison.shown_poses(policy.name)
            if poses is not None:
                ghosts += _bodies(poses[1:], policy.colour, _GHOST)
                mains += _bodies(poses[:1], policy.colour, SOLID)
        carried = [] if self.carried is None else _bodies(self._pose_at(self.carried), INK, SOLID)
        return [*ghosts, *mains, *carried]

    def _draw_start(self, canvas: Canvas, view: FromAbove, comparison: Comparison) -> None:
        """A ring where all began, with the way it heads: it can be dragged."""
        pose = self._start_pose(comparison) if self.carried is None else self._pose_at(self.carried)[0]
        x_m, y_m, heading_rad = map(float, pose)
        where = self.stage.point(canvas, self._box, view, x_m, y_m)
        if self._box.inside(_NOSE).holds(where):
            ahead = self.stage.point(canvas, self._box, view, x_m + math.cos(heading_rad), y_m + math.sin(heading_rad))
            far = math.dist(where, ahead)
            canvas.ring(where, _RING, INK, width=2.0)
            reach = [(w + (a - w) * units / far) for units in (_RING, _NOSE) for w, a in zip(where, ahead, strict=True)]
            canvas.lines([(reach[0], reach[1]), (reach[2], reach[3])], INK, width=2.5)
            canvas.text("start", (where[0], where[1] - 24.0), size=SMALL, bold=True, anchor="center")


def _bodies(poses: npt.NDArray[np.floating], colour: Colour, alpha: int) -> list[StageCar]:
    return [StageCar(float(x_m), float(y_m), float(heading), colour, alpha) for x_m, y_m, heading in poses]


def _dark(colour: Colour) -> Colour:
    """A ghost's trail."""
    red, green, blue = (round(0.62 * part) for part in colour)
    return red, green, blue


def shown_names(comparison: Comparison) -> Sequence[str]:
    """Whose cars can be followed."""
    return [policy.name for policy in comparison.policies if policy.name in comparison.fans]
