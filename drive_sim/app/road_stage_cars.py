"""Cars with bodies, on a stage: shaded boxes with a cabin, in perspective or from above, solid or as ghosts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pygame
from pygame import gfxdraw

from drive_sim.app.canvas import INK, Colour
from drive_sim.app.road_stage_bodies import (
    ARROW,
    BOXES,
    FACES,
    LENGTH_M,
    OUTLINE,
    REAR_WINDOW,
    SHADES,
    WHEELS,
    WINDSCREEN,
)
from drive_sim.app.road_stage_views import FromAbove, Projected, StageView

_LEAST_LONG_PX, _LEAST_LONG_SHARE = 15.0, 0.03
"""From above a car is drawn at least so long, and so much of the picture's height: a wide map shows who is where."""
_NEAR_M, _FARTHEST_PX = 0.6, 20_000.0
"""Nothing nearer to the camera, or farther outside the picture, is drawn."""
SOLID = 255
_GLASS: Colour = (38, 48, 58)
_TYRE: Colour = (24, 26, 28)
_PLAN = np.concatenate([OUTLINE, WINDSCREEN, REAR_WINDOW])
_PLAN_PARTS = [len(OUTLINE), len(OUTLINE) + len(WINDSCREEN)]
_SHADOW_M = np.array([0.3, 0.35])


@dataclass(frozen=True, slots=True)
class StageCar:
    """A car on a stage: the pose of its rear axle, its driver's colour, and how solid it is (less: a ghost)."""

    x_m: float
    y_m: float
    heading_rad: float
    colour: Colour
    alpha: int = SOLID


def draw_cars(surface: pygame.Surface, view: StageView, cars: Sequence[StageCar]) -> None:
    """Draw cars onto a surface that shows the view: from above in their order, else those farther off first."""
    if not cars:
        return
    if isinstance(view, FromAbove):
        _draw_from_above(surface, view, cars)
    else:
        _draw_bodies(surface, view, cars)


def _draw_from_above(surface: pygame.Surface, view: FromAbove, cars: Sequence[StageCar]) -> None:
    """Outlines with their windows; on a wide map arrow heads, which say as well where the cars go."""
    px_per_m = surface.get_height() / view.height_m
    least_px = max(_LEAST_LONG_PX, _LEAST_LONG_SHARE * surface.get_height())
    if px_per_m * LENGTH_M < least_px:
        arrows = _seen(view, surface, ARROW * (least_px / 1.75 / px_per_m), cars)[..., :2]
        for car, arrow in zip(cars, arrows, strict=True):
            with _layer(surface, car, arrow) as (layer, moved):
                _fill(layer, arrow - moved, car.colour, rim=car.alpha == SOLID)
        return
    bodies = _seen(view, surface, _PLAN, cars)[..., :2]
    shadow_px = px_per_m * _SHADOW_M
    for car, body in zip(cars, bodies, strict=True):
        outline, windscreen, rear_window = np.split(body, _PLAN_PARTS)
        if car.alpha == SOLID:
            _fill(surface, outline + shadow_px, (0, 0, 0), alpha=90)
        with _layer(surface, car, outline) as (layer, moved):
            _fill(layer, outline - moved, car.colour, rim=car.alpha == SOLID)
            _fill(layer, windscreen - moved, _GLASS)
            _fill(layer, rear_window - moved, _GLASS)


def _draw_bodies(surface: pygame.Surface, view: StageView, cars: Sequence[StageCar]) -> None:
    """Shadow, wheels, body, cabin and roof, each with the faces that look at the camera."""
    shadows = _seen(view, surface, 1.06 * OUTLINE, cars)
    faces = _seen(view, surface, BOXES.reshape(-1, 3), cars).reshape(len(cars), len(BOXES), 8, 3)
    faces = faces[:, :, FACES, :2]
    looks_here = _looks_here(faces)
    for number in np.argsort(-shadows[..., 2].mean(axis=1), kind="stable"):
        car, shadow = cars[number], shadows[number]
        if shadow[:, 2].min() < _NEAR_M:
            continue
        if car.alpha == SOLID:
            _fill(surface, shadow[:, :2], (0, 0, 0), alpha=100)
        roof: Colour = tuple(min(255, round(1.08 * part)) for part in car.colour)  # type: ignore[assignment]
        colours = (*(_TYRE,) * len(WHEELS), car.colour, _GLASS, roof)
        with _layer(surface, car, faces[number].reshape(-1, 2)) as (layer, moved):
            for part, side in np.argwhere(looks_here[number]):
                shaded = tuple(round(SHADES[side] * channel) for channel in colours[part])
                _fill(layer, faces[number, part, side] - moved, shaded)


def _seen(
    view: StageView, surface: pygame.Surface, points: npt.NDArray[np.float64], cars: Sequence[StageCar]
) -> Projected:
    """Where points (k, 2 or 3) of each car's frame lie in the picture (n, k, 3)."""
    poses = np.array([(car.x_m, car.y_m, car.heading_rad) for car in cars])[:, None]
    cos, sin = np.cos(poses[..., 2]), np.sin(poses[..., 2])
    x_m, y_m = (
        poses[..., 0] + cos * points[:, 0] - sin * points[:, 1],
        poses[..., 1] + sin * points[:, 0] + cos * points[:, 1],
    )
    z_m = np.broadcast_to(points[:, 2] if points.shape[1] == 3 else 0.0, x_m.shape)
    return view.projected(np.stack([x_m, y_m, z_m], axis=-1), surface.get_size())


def _looks_here(faces: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which faces (..., 4, 2) are seen from outside: counter-clockwise there, a negative area where rows go down."""
    x, y = faces[..., 0], faces[..., 1]
    return np.sum(x * np.roll(y, -1, axis=-1) - np.roll(x, -1, axis=-1) * y, axis=-1) < 0.0


@contextmanager
def _layer(
    surface: pygame.Surface, car: StageCar, points: npt.NDArray[np.float64]
) -> Iterator[tuple[pygame.Surface, npt.NDArray[np.float64]]]:
    """What to draw a car on, and where its corner lies: the surface itself, or for a ghost a layer laid over it."""
    low, high = np.floor(points.min(axis=0)) - 2.0, np.ceil(points.max(axis=0)) + 2.0
    is_seen = (
        (high > 0.0).all()
        and (low < surface.get_size()).all()
        and (high - low < 2 * np.array(surface.get_size())).all()
    )
    if car.alpha == SOLID or not is_seen:
        yield surface, np.zeros(2)
        return
    layer = pygame.Surface((high - low).tolist(), pygame.SRCALPHA)
    yield layer, low
    layer.set_alpha(car.alpha)
    surface.blit(layer, low.tolist())


def _fill(
    surface: pygame.Surface,
    points: npt.NDArray[np.float64],
    colour: tuple[int, ...],
    *,
    alpha: int = SOLID,
    rim: bool = False,
) -> None:
    """A polygon (k, 2) with smooth edges, as far as it lies near the picture."""
    is_out = (points.max(axis=0) < 0).any() or (points.min(axis=0) > surface.get_size()).any()
    if is_out or np.abs(points).max() > _FARTHEST_PX:
        return
    pixels = points.tolist()
    gfxdraw.filled_polygon(surface, pixels, (*colour, alpha))
    if surface.get_flags() & pygame.SRCALPHA:
        return  # on a ghost's layer half a pixel's colour would be mixed with nothing's black
    gfxdraw.aapolygon(surface, pixels, (*(INK if rim else colour), alpha))
