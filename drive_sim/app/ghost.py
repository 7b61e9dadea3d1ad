"""A future that did not come to pass, faint beside the one that does: on the map, and on the road from the seat."""

import numpy as np
import numpy.typing as npt
import pygame
from pygame import gfxdraw

from drive_sim.app.canvas import Box, Canvas, Colour
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.road_map import RoadMap
from drive_sim.app.road_stage_cars import StageCar, draw_cars
from drive_sim.app.road_stage_views import FromSeat
from drive_sim.app.timeline import FRAMES_HZ, DrivenPath
from drive_sim.sim.camera import Camera

_ALPHA, _AHEAD_S = 120, 6.0
"""How solid the ghost is, and how much of its path the road shows."""
_HALF_WIDTH_M, _NEAR_M, _FARTHEST_PX = 0.25, 1.0, 10_000.0
_LEAST_M = 0.15
"""Nearer to the car itself no ghost is drawn: it would hide in it."""


def draw_ghost_on_road(canvas: Canvas, path: DrivenPath, rollout: LiveRollout) -> None:
    """Its path as a ribbon on the road ahead, and itself where it would be now."""
    car, now = rollout.car, rollout.num_frames
    view = FromSeat(car.state.poses, car.env.config.camera or Camera())
    for points in path.stretches(now, now + round(FRAMES_HZ * _AHEAD_S)):
        _draw_ribbon(canvas.surface, view, points, path.colour)
    pose = path.pose_at(now)
    if pose is not None and np.hypot(pose[0] - car.state.poses[0, 0], pose[1] - car.state.poses[0, 1]) > _LEAST_M:
        draw_cars(canvas.surface, view, [StageCar(*pose, path.colour, _ALPHA)])


def draw_ghost_on_map(canvas: Canvas, box: Box, road_map: RoadMap, path: DrivenPath, num_frames: int) -> None:
    """Its whole path, and itself as a ring, on a map that is drawn already."""
    clip = canvas.surface.get_clip()
    canvas.surface.set_clip(canvas.rect_px(box))
    for points in path.stretches(num_frames, int(path.frames[-1]) if len(path.frames) else 0):
        canvas.lines([road_map.point_from(x_m, y_m) for x_m, y_m in points], faint(path.colour), width=2.0)
    if (pose := path.pose_at(num_frames)) is not None:
        x, y = road_map.point_from(*pose[:2])
        canvas.frame(Box(x - 5.0, y - 5.0, 10.0, 10.0), faint(path.colour), width=2.0, rounding=5.0)
    canvas.surface.set_clip(clip)


def _draw_ribbon(surface: pygame.Surface, view: FromSeat, points: npt.NDArray[np.float64], colour: Colour) -> None:
    """Wider than any marking on the road, and the road shines through: points (k, 2) of the ground, in their order."""
    ahead = np.gradient(points, axis=0)
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.maximum(np.hypot(ahead[:, :1], ahead[:, 1:]), 1e-9)
    edges = np.stack([points + _HALF_WIDTH_M * left, points - _HALF_WIDTH_M * left])
    seen = view.projected(np.dstack([edges, np.zeros(edges.shape[:2])]), surface.get_size())
    is_shown = ((seen[..., 2] > _NEAR_M) & (np.abs(seen[..., :2]) < _FARTHEST_PX).all(axis=-1)).all(axis=0)
    if is_shown.sum() > 1:
        one, other = seen[:, is_shown, :2]
        gfxdraw.filled_polygon(surface, [*one.tolist(), *other[::-1].tolist()], (*faint(colour), _ALPHA))


def faint(colour: Colour) -> Colour:
    """Half of a colour, half of a light grey."""
    red, green, blue = ((part + 200) // 2 for part in colour)
    return red, green, blue
