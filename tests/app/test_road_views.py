"""The map and the instruments that screens share."""

from collections.abc import Iterator

import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.app.canvas import Box, Canvas
from drive_sim.app.hud import draw_balance, draw_key_line, draw_lamp, draw_wheel, offset_words
from drive_sim.app.layout import map_box, network_box
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import RoadMap
from drive_sim.app.screen import Key
from drive_sim.app.single_car import SingleCar
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene

TRACK = make_circle(80.0)
metres = st.floats(-200.0, 200.0)


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    pygame.font.init()
    yield Canvas(pygame.Surface((960, 540)))
    pygame.quit()


@given(metres, metres)
def test_the_map_leads_there_and_back(x_m: float, y_m: float) -> None:
    road_map = RoadMap(TRACK)
    assert road_map.ground_from(road_map.point_from(x_m, y_m)) == pytest.approx((x_m, y_m), abs=1e-6)


def test_on_the_map_left_of_an_eastward_car_is_up() -> None:
    road_map = RoadMap(TRACK)
    here, left = road_map.point_from(0.0, 0.0), road_map.point_from(0.0, 10.0)
    assert left[0] == here[0]
    assert left[1] < here[1]


def test_the_whole_road_lies_within_the_map(canvas: Canvas) -> None:
    road_map, box = RoadMap(TRACK), map_box(canvas)
    road_map.draw(canvas, box)
    for x_m, y_m in zip(TRACK.x_m, TRACK.y_m, strict=True):
        assert box.holds(road_map.point_from(float(x_m), float(y_m)))


def test_a_trail_has_its_drivers_colour_and_no_line_where_the_car_was_carried(canvas: Canvas) -> None:
    road_map, box = RoadMap(TRACK), map_box(canvas)
    for x_m, y_m in ((-60.0, 0.0), (-57.0, 0.0), (60.0, 0.0)):
        road_map.add(x_m, y_m, (255, 0, 255))
    road_map.draw(canvas, box)

    def colour_at(x_m: float) -> tuple[int, ...]:
        x, y = road_map.point_from(x_m, 0.0)
        return tuple(canvas.surface.get_at((round(x * canvas.scale), round(y * canvas.scale))))[:3]

    assert colour_at(-58.5) == (255, 0, 255)
    assert colour_at(0.0) != (255, 0, 255)


def test_the_view_follows_the_windows_size_and_comes_back_the_same() -> None:
    car = SingleCar(TRACK, Scene(), EnvConfig(Camera()), np.random.default_rng(0))
    road = RoadAhead(car)

    def seen(size_px: tuple[int, int]) -> np.ndarray:
        surface = pygame.Surface(size_px, depth=24)
        road.draw(Canvas(surface))
        return pygame.surfarray.array3d(surface)

    small = seen((320, 180))
    assert seen((1920, 1080)).shape[:2] == (1920, 1080)
    np.testing.assert_array_equal(seen((320, 180)), small)


def test_the_drawn_wheel_turns_left_for_left(canvas: Canvas) -> None:
    def redness(share: float) -> float:
        canvas.surface.fill((0, 0, 0))
        draw_wheel(canvas, (480.0, 270.0), 60.0, share)
        colours = pygame.surfarray.array3d(canvas.surface).astype(int)
        red = (colours[..., 0] > 150) & (colours[..., 1] < 120)
        return float(np.nonzero(red)[0].mean() / canvas.scale)

    assert redness(0.5) < 470.0 < redness(0.0) < 490.0 < redness(-0.5)


@pytest.mark.parametrize(("offset_m", "words"), [(0.02, "on the line"), (0.4, "40 cm left"), (-1.26, "1.3 m right")])
def test_offsets_in_words(offset_m: float, words: str) -> None:
    assert offset_words(offset_m) == words


@pytest.mark.parametrize("size_px", [(640, 360), (1600, 900), (700, 700)])
def test_instruments_stay_within_the_window(size_px: tuple[int, int]) -> None:
    pygame.font.init()
    canvas = Canvas(pygame.Surface(size_px))
    assert draw_lamp(canvas, (14.0, 14.0), "Recording", "12.3 s recorded", (255, 0, 0)).right < canvas.width
    draw_balance(canvas, Box(14.0, 100.0, 230.0, 56.0), 0.9, 0.1)
    draw_key_line(canvas, [Key(f"F{number}", "", "something long") for number in range(30)])
    assert map_box(canvas).bottom < network_box(canvas).top
    assert network_box(canvas).left >= 250.0
    pygame.quit()
