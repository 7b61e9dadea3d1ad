"""The stage: what is placed on it lies where the renderer draws the ground, in both views; cars; panels; splitting."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.app.canvas import Box, Canvas
from drive_sim.app.road_stage import RoadStage, Trail, split
from drive_sim.app.road_stage_cars import StageCar
from drive_sim.app.road_stage_views import Chase, FromAbove, StageView
from drive_sim.app.stage_panels import PanelClick, StagePanels
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import point_on_lane

SIZE_PX = (480, 270)
WHOLE = Box(0.0, 0.0, 960.0, 540.0)
TRACK = make_circle(80.0)
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
PAINTED = replace(Scene(), surface=WHITE, wheel_track=0.0, verge=BLACK, verge_patch=BLACK, shoulder=BLACK)
PLAIN = replace(PAINTED, texture_amplitude=0.0, fog_per_m=0.0, line_strength=0.0, vignette=0.0, haze=BLACK)
MAGENTA = (255, 0, 255)
metres = st.floats(-500.0, 500.0)


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    pygame.font.init()
    yield Canvas(pygame.Surface(SIZE_PX))
    pygame.quit()


def at(stage: RoadStage, s_m: float, offset_m: float = 0.0) -> tuple[float, float, float]:
    x_m, y_m, heading_rad = point_on_lane(stage.tracks, np.zeros(1, np.int64), np.array([s_m]), offset_m)[0]
    return float(x_m), float(y_m), float(heading_rad)


def views(stage: RoadStage) -> list[StageView]:
    x_m, y_m, heading_rad = at(stage, 5.0)
    turned = FromAbove(x_m + 3.0, y_m - 2.0, 45.0, up_rad=0.7)
    return [FromAbove(x_m, y_m, 30.0), turned, FromAbove(x_m, y_m, 150.0), Chase(x_m, y_m, heading_rad)]


def test_what_is_projected_lies_where_the_ground_is_drawn(canvas: Canvas) -> None:
    stage = RoadStage(TRACK, PLAIN)
    half_m = float(TRACK.width_left_m[0])
    for view in views(stage):
        stage.draw(canvas, WHOLE, view)
        for s_m in (6.0, 9.0, 14.0):
            for offset_m, is_road in ((half_m - 0.4, True), (half_m + 0.4, False), (-half_m - 0.4, False)):
                x, y = stage.point(canvas, WHOLE, view, *at(stage, s_m, offset_m)[:2])
                if WHOLE.holds((x, y)):
                    light = sum(canvas.surface.get_at((int(x * canvas.scale), int(y * canvas.scale)))[:3])
                    assert (light > 200) == is_road, f"{view} at {s_m} m, {offset_m} m aside"


@settings(max_examples=30)
@given(metres, metres, st.floats(12.0, 900.0), st.floats(-3.0, 3.0))
def test_the_mouse_finds_the_ground_that_a_map_shows(x_m: float, y_m: float, height_m: float, up_rad: float) -> None:
    view = FromAbove(20.0, -30.0, height_m, up_rad)
    column, row, _ = view.projected(np.array([x_m, y_m, 0.0]), SIZE_PX)
    assert view.ground_at((column, row), SIZE_PX) == pytest.approx((x_m, y_m), abs=1e-6)


@settings(max_examples=30)
@given(st.lists(st.tuples(metres, metres), min_size=1, max_size=5), st.floats(-3.0, 3.0))
def test_a_map_that_holds_points_shows_them(points: list[tuple[float, float]], up_rad: float) -> None:
    view = FromAbove(0.0, 0.0, 20.0, up_rad).holding(np.array(points), SIZE_PX)
    seen = view.projected(np.array([(*point, 0.0) for point in points]), SIZE_PX)
    assert (seen[:, :2] >= -1.0).all()
    assert (seen[:, :2] <= np.array(SIZE_PX)).all()


def drawn(stage: RoadStage, view: StageView, *cars: StageCar) -> int:
    """How many pixels are in the first car's colour."""
    surface = pygame.Surface(SIZE_PX, depth=24)
    stage.draw(Canvas(surface), WHOLE, view, cars)
    red, green, blue = np.moveaxis(pygame.surfarray.array3d(surface).astype(int), -1, 0)
    return int(((red > 100) & (blue > 100) & (green < 20)).sum())


def test_a_car_is_larger_where_it_is_nearer_and_hides_who_is_behind_it(canvas: Canvas) -> None:
    stage = RoadStage(TRACK, PLAIN)
    view = Chase(*at(stage, 0.0))
    near, far = StageCar(*at(stage, 4.0), MAGENTA), StageCar(*at(stage, 11.0), MAGENTA)
    assert drawn(stage, view, near) > 2 * drawn(stage, view, far) > 100
    assert drawn(stage, view, StageCar(*at(stage, -30.0), MAGENTA)) == 0, "behind the camera"
    cover = replace(near, colour=(0, 255, 0))
    hidden = replace(near, x_m=near.x_m + 1.0 * np.cos(near.heading_rad), y_m=near.y_m + np.sin(near.heading_rad))
    assert drawn(stage, view, hidden, cover) < 0.5 * drawn(stage, view, hidden)
    assert drawn(stage, view, hidden, cover) == drawn(stage, view, cover, hidden), "the order does not matter"


def test_a_ghost_lets_the_road_through_and_a_car_on_a_wide_map_can_be_seen(canvas: Canvas) -> None:
    stage = RoadStage(TRACK, PLAIN)
    place = at(stage, 4.0)
    car = StageCar(*place, MAGENTA)
    for view in views(stage):
        assert drawn(stage, view, car) >= 30
        assert drawn(stage, view, replace(car, alpha=60)) == 0


def test_trails_are_drawn_before_the_camera_only(canvas: Canvas) -> None:
    stage = RoadStage(TRACK, PLAIN)
    points = np.array([at(stage, s_m)[:2] for s_m in np.linspace(-40.0, 20.0, 61)])
    for is_dashed in (False, True):
        stage.draw(canvas, WHOLE, Chase(*at(stage, 0.0)), trails=[Trail(points, MAGENTA, is_dashed=is_dashed)])
        pixels = pygame.surfarray.array3d(canvas.surface)
        lit = (pixels == MAGENTA).all(axis=-1)
        assert lit[:, 150:].any()
        assert not lit[:, :60].any(), "nothing is drawn on the sky"


def test_parts_of_a_split_stage_fill_it_without_touching() -> None:
    for stacked in (False, True):
        parts = split(WHOLE, 3, stacked=stacked)
        edges = [(part.top, part.bottom) if stacked else (part.left, part.right) for part in parts]
        assert all(before[1] < after[0] for before, after in pairwise(edges))
        assert edges[-1][1] == pytest.approx(WHOLE.bottom if stacked else WHOLE.right)


def mouse(kind: int, where: tuple[float, float], canvas: Canvas) -> pygame.event.Event:
    return pygame.event.Event(kind, pos=(where[0] * canvas.scale, where[1] * canvas.scale), button=1)


def test_panels_are_moved_hidden_and_clicked(canvas: Canvas) -> None:
    panels = StagePanels(
        {"low": lambda _: Box(10.0, 10.0, 200.0, 100.0), "top": lambda _: Box(60.0, 20.0, 200.0, 90.0)}
    )
    clicked = panels.handle(mouse(pygame.MOUSEBUTTONDOWN, (100.0, 80.0), canvas), canvas)
    assert clicked == PanelClick("top", (40.0, 60.0)), "the upper one is hit"
    assert panels.handle(mouse(pygame.MOUSEBUTTONDOWN, (70.0, 25.0), canvas), canvas) is True
    panels.handle(mouse(pygame.MOUSEMOTION, (90.0, 2000.0), canvas), canvas)
    moved = panels.box("top", canvas)
    assert moved is not None
    assert moved.left == 80.0
    assert moved.bottom <= 540.0, "it stays in the window"
    panels.handle(mouse(pygame.MOUSEBUTTONUP, (90.0, 2000.0), canvas), canvas)
    assert not panels.handle(mouse(pygame.MOUSEMOTION, (90.0, 30.0), canvas), canvas)
    panels.handle(mouse(pygame.MOUSEBUTTONDOWN, (moved.right - 5.0, moved.top + 5.0), canvas), canvas)
    assert panels.box("top", canvas) is None
    panels.show_all()
    assert panels.box("top", canvas) == Box(60.0, 20.0, 200.0, 90.0)
    assert panels.handle(mouse(pygame.MOUSEBUTTONDOWN, (500.0, 400.0), canvas), canvas) is False
