"""The road near the car from above, so large that a mouse can push the car by centimetres."""

import math

import numpy as np
import pygame

from drive_sim.app.canvas import FAINT, INK, ROAD, SMALL, Box, Canvas, Colour
from drive_sim.app.single_car import SingleCar
from drive_sim.report.road_lines import Points, make_road_lines
from drive_sim.sim.track import lane_pose, nearest_s, point_on_lane

_REACH_M = 9.0
"""Metres from the picture's middle to its edges."""
_CAR_M = np.array([[3.6, 0.5], [3.6, -0.5], [3.0, -0.9], [-0.9, -0.9], [-0.9, 0.9], [3.0, 0.9]])
"""The car's outline, forward and left of its rear axle."""
_ONE = np.zeros(1, dtype=np.int64)


class CloseUp:
    """A view from above that stands still while the car is dragged; the lane runs upwards."""

    def __init__(self, car: SingleCar, s_m: float, offset_m: float, grabbed: tuple[float, float]) -> None:
        self.s_m, self.offset_m = s_m, offset_m
        """Where the car is dragged to."""
        self._car, self._grabbed = car, grabbed
        self._middle = point_on_lane(car.tracks, _ONE, np.array([s_m]))[0]
        self._car_m = point_on_lane(car.tracks, _ONE, np.array([s_m]), offset_m)[0, :2]
        self._lines = make_road_lines(car.track, s_m - 2.0 * _REACH_M, s_m + 2.0 * _REACH_M)

    @classmethod
    def at(
        cls, car: SingleCar, ground_m: tuple[float, float], grabbed: tuple[float, float], *, near_m: float
    ) -> "CloseUp":
        """Around the car where it is near a place on the ground (x_m, y_m), else around that place."""
        car_m = car.state.poses[0, :2]
        if math.dist(car_m, ground_m) <= near_m:
            lane = car.observation.lane
            return cls(car, float(lane.s_m[0]), float(lane.offset_m[0]), grabbed)
        s_m = nearest_s(car.tracks, _ONE, np.array([[*ground_m, 0.0]]))
        return cls(car, float(s_m[0]), 0.0, grabbed)

    def drag(self, box: Box, where: tuple[float, float], most_m: float) -> None:
        """The mouse is at a point of the canvas; the car follows it, at most so far off its lane."""
        scale = _scale(box)
        right_m, up_m = (where[0] - self._grabbed[0]) / scale, (self._grabbed[1] - where[1]) / scale
        heading_rad = self._middle[2]
        forward, left = np.array([math.cos(heading_rad), math.sin(heading_rad)]), -right_m
        aim_m = self._car_m + up_m * forward + left * np.array([-forward[1], forward[0]])
        pose = np.array([[*aim_m, heading_rad]])
        lane = lane_pose(self._car.tracks, _ONE, pose, np.array([self.s_m]))
        self.s_m, self.offset_m = float(lane.s_m[0]), float(np.clip(lane.offset_m[0], -most_m, most_m))

    def draw(self, canvas: Canvas, box: Box, colour: Colour) -> None:
        """The surface, the limits of an intervention, and the car."""
        canvas.panel(box, alpha=255)
        clip = canvas.surface.get_clip()
        canvas.surface.set_clip(canvas.rect_px(box))
        pygame.draw.polygon(canvas.surface, ROAD, self._seen(canvas, box, self._lines.surface))
        for limit in (self._lines.limit_left, self._lines.limit_right):
            pygame.draw.lines(canvas.surface, INK, False, self._seen(canvas, box, limit), max(1, canvas.px(1.0)))
        pose = point_on_lane(self._car.tracks, _ONE, np.array([self.s_m]), self.offset_m)[0]
        cos, sin = math.cos(pose[2]), math.sin(pose[2])
        outline = pose[:2] + _CAR_M @ np.array([[cos, sin], [-sin, cos]])
        pygame.draw.polygon(canvas.surface, colour, self._seen(canvas, box, outline))
        canvas.surface.set_clip(clip)
        canvas.text("Drag the car, let go", (box.centre[0], box.bottom - 12.0), size=SMALL, colour=INK, anchor="center")
        canvas.frame(box, FAINT)

    def _seen(self, canvas: Canvas, box: Box, points: Points) -> list[tuple[float, float]]:
        """Ground points as pixels; the lane's direction in the middle is upwards."""
        cos, sin = math.cos(self._middle[2]), math.sin(self._middle[2])
        away = points - self._middle[:2]
        forward, left = away[:, 0] * cos + away[:, 1] * sin, away[:, 1] * cos - away[:, 0] * sin
        x, y = box.centre[0] - left * _scale(box), box.centre[1] - forward * _scale(box)
        return list(zip(x * canvas.scale, y * canvas.scale, strict=True))


def _scale(box: Box) -> float:
    """Units for a metre."""
    return min(box.width, box.height) / (2.0 * _REACH_M)
