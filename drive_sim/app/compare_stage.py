"""The fan on the stage: every policy's cars from one place, with trails, seen from above or from behind one of them."""

from collections.abc import Sequence

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
_ONE = np.zeros(1, dtype=np.int64)


class CompareStage:
    """Where the camera is, and what is drawn there."""

    def __init__(self, comparison: Comparison) -> None:
        task = comparison.task
        self.stage = RoadStage(task.track, task.scene)
        self.zoom = 1.0
        self.behind: str | None = None
        """The policy whose car the camera follows from behind; None: from above."""
        self.carried: Poses | None = None
        """Where a mouse holds the start, (1, 3)."""
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

    def place_of(self, ground_m: tuple[float, float]) -> tuple[float, float]:
        """Arc length and offset of a place on the ground, no farther off than a start may be."""
        pose = np.array([[*ground_m, 0.0]])
        s_m = nearest_s(self.stage.tracks, _ONE, pose)
        lane = lane_pose(self.stage.tracks, _ONE, pose, s_m)
        return float(lane.s_m[0]), float(np.clip(lane.offset_m[0], -MOST_OFF_M, MOST_OFF_M))

    def carry(self, ground_m: tuple[float, float]) -> None:
        """A mouse holds the start over a place of the ground."""
        s_m, offset_m = self.place_of(ground_m)
        self.carried = point_on_lane(self.stage.tracks, _ONE, np.array([s_m]), offset_m)

    def _start_pose(self, comparison: Comparison) -> npt.NDArray[np.float64]:
        start = comparison.start
        return point_on_lane(self.stage.tracks, _ONE, np.array([start.s_m]), start.offset_m, start.heading_rad)[0]

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
        carried = [] if self.carried is None else _bodies(self.carried, INK, SOLID)
        return [*ghosts, *mains, *carried]

    def _draw_start(self, canvas: Canvas, view: FromAbove, comparison: Comparison) -> None:
        """A ring where all began: it can be dragged."""
        x_m, y_m, _ = self._start_pose(comparison) if self.carried is None else self.carried[0]
        where = self.stage.point(canvas, self._box, view, float(x_m), float(y_m))
        if self._box.inside(20.0).holds(where):
            canvas.ring(where, 13.0, INK, width=2.0)
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
