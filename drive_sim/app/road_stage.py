"""A stage: a road as it looks from above or from behind a car, with trails on it and cars that have bodies."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pygame

from drive_sim.app.canvas import GAP, Box, Canvas, Colour
from drive_sim.app.road_stage_cars import StageCar, draw_cars
from drive_sim.app.road_stage_views import Chase, FromAbove, StageView
from drive_sim.app.single_car import track_batch
from drive_sim.arrays import Images
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track

_NEAR_M = 0.6
_FARTHEST_PX = 20_000.0
_DASH_M, _DASH_POINTS = 1.5, 4
_DAY = Scene()


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Where a car was, points (k, 2) of the ground from the oldest on, in its driver's colour."""

    points: npt.NDArray[np.float64]
    colour: Colour
    width: float = 3.0
    """In units."""
    is_dashed: bool = False


class RoadStage:
    """One road under one sky; the ground of a view that has not changed is not drawn again."""

    def __init__(self, track: Track, scene: Scene) -> None:
        self.tracks = track_batch(track)
        self._scenes = {Chase: Scenes.stack([scene]), FromAbove: Scenes.stack([plan_scene(scene)])}
        self._only = np.zeros(1, dtype=np.int64)
        self._num_threads = min(8, os.cpu_count() or 1)
        self._out: Images = np.empty((1, 0, 0, 3), dtype=np.uint8)
        self._ground = pygame.Surface((0, 0))
        self._drawn: tuple[StageView, tuple[int, int]] | None = None

    def draw(
        self, canvas: Canvas, box: Box, view: StageView, cars: Sequence[StageCar] = (), trails: Sequence[Trail] = ()
    ) -> None:
        """Fill `box` with the view: the ground, the trails, and the cars over them in their order from above."""
        where = canvas.rect_px(box).clip(canvas.surface.get_rect())
        if where.width < 1 or where.height < 1:
            return
        canvas.surface.blit(self._ground_of(view, where.size), where)
        part = canvas.surface.subsurface(where)
        for trail in trails:
            _draw_trail(part, view, trail, max(1, canvas.px(trail.width)))
        draw_cars(part, view, cars)

    def point(self, canvas: Canvas, box: Box, view: StageView, x_m: float, y_m: float) -> tuple[float, float]:
        """Where a place on the ground lies on the canvas, in units."""
        where = canvas.rect_px(box)
        column, row, _ = view.projected(np.array([x_m, y_m, 0.0]), where.size)
        return (where.left + float(column)) / canvas.scale, (where.top + float(row)) / canvas.scale

    def ground_at(self, canvas: Canvas, box: Box, view: FromAbove, point: tuple[float, float]) -> tuple[float, float]:
        """The place on the ground, x_m and y_m, that a point of the canvas shows from above."""
        where = canvas.rect_px(box)
        pixel = point[0] * canvas.scale - where.left, point[1] * canvas.scale - where.top
        return view.ground_at(pixel, where.size)

    def _ground_of(self, view: StageView, size_px: tuple[int, int]) -> pygame.Surface:
        if self._drawn != (view, size_px):
            if self._out.shape[1:3] != size_px[::-1]:
                self._out = np.empty((1, size_px[1], size_px[0], 3), dtype=np.uint8)
                self._ground = pygame.image.frombuffer(self._out.data, size_px, "RGB")
            scenes = self._scenes[FromAbove if isinstance(view, FromAbove) else Chase]
            camera, threads = view.camera(size_px), self._num_threads
            render(self.tracks, scenes, camera, view.pose, self._only, self._only, num_threads=threads, out=self._out)
            self._drawn = view, size_px
        return self._ground


def plan_scene(scene: Scene) -> Scene:
    """A scene as its map: surface, verge and lines as they are, in plain daylight and clear air, a little subdued."""
    light = tuple(0.8 * part for part in _DAY.sun_light), tuple(0.8 * part for part in _DAY.sky_light)
    clear = replace(scene, headlight=0.0, shadow=0.0, wet=0.0, fog_per_m=0.0, vignette=0.0, noise_grey=0.0)
    return replace(clear, sun_light=light[0], sky_light=light[1], sun_elevation_rad=_DAY.sun_elevation_rad)


def split(box: Box, count: int, *, stacked: bool = False, gap: float = GAP / 2) -> list[Box]:
    """A stage's box cut into so many of one size, beside each other or one above the other."""
    whole = box.height if stacked else box.width
    size = (whole - (count - 1) * gap) / count
    if stacked:
        return [Box(box.left, box.top + number * (size + gap), box.width, size) for number in range(count)]
    return [Box(box.left + number * (size + gap), box.top, size, box.height) for number in range(count)]


def _draw_trail(surface: pygame.Surface, view: StageView, trail: Trail, width_px: int) -> None:
    """As far as a trail lies before the camera of a surface's view; dashes are of the ground: they stand still."""
    if len(trail.points) < 2:
        return
    points, is_inked = _dashed(trail.points) if trail.is_dashed else (trail.points, True)
    seen = view.projected(np.column_stack([points, np.zeros(len(points))]), surface.get_size())
    shown = (seen[:, 2] > _NEAR_M) & (np.abs(seen[:, :2]) < _FARTHEST_PX).all(axis=1) & is_inked
    ends = np.flatnonzero(np.diff(shown.astype(np.int8), prepend=0, append=0))
    for first, after in zip(ends[::2], ends[1::2], strict=True):
        if after - first > 1:
            pygame.draw.lines(surface, trail.colour, False, seen[first:after, :2].tolist(), width_px)


def _dashed(points: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Points of the same way (k, 2) that are so near to each other that dashes can begin and end at them, and which are
    in a dash."""
    long_m = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    at_m = np.arange(0.0, long_m[-1], _DASH_M / _DASH_POINTS)
    finer = np.column_stack([np.interp(at_m, long_m, axis) for axis in points.T])
    return finer, np.arange(len(at_m)) // _DASH_POINTS % 2 == 0
