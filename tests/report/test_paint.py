"""Paint lies where the place is that it is a function of, and on nothing but the road."""

import numpy as np
import pytest

from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.report.paint import END, colours, liking, paint
from drive_sim.report.reward_figures import plot_painted_road, widening
from drive_sim.sim.camera import Camera
from drive_sim.sim.ground_view import ground_view
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks, point_on_lane

TRACK = make_circuit(np.random.default_rng(0), kind=ROAD_KINDS["two-lane"], length_m=800.0)
TRACKS, FIRST = Tracks.stack([TRACK]), np.zeros(1, dtype=np.int64)
CAMERA = Camera().resized(240, 120)


@pytest.mark.parametrize("s_m", [30.0, 410.0, 790.0])
def test_each_pixel_knows_its_place(s_m: float) -> None:
    pose = point_on_lane(TRACKS, FIRST, np.array([s_m]), 0.4, 0.05)[0]
    view = ground_view(TRACKS, 0, CAMERA, pose, s_m)
    seen = np.argwhere(view.on_surface)
    assert len(seen) > 1000
    places = view.s_m[tuple(seen.T)], view.offset_m[tuple(seen.T)]
    points = point_on_lane(TRACKS, np.zeros(len(seen), dtype=np.int64), *places)
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    ahead = (points[:, :2] - pose[:2]) @ np.array([[cos, -sin], [sin, cos]])
    across, down, depth = CAMERA.image_from_ground @ np.column_stack([ahead, np.ones(len(ahead))]).T
    np.testing.assert_allclose(np.column_stack([down / depth, across / depth]), seen, atol=0.02)


def test_paint_lies_on_the_road_alone() -> None:
    pose = point_on_lane(TRACKS, FIRST, np.array([100.0]))
    picture = render(TRACKS, Scenes.stack([Scene()]), CAMERA, pose, FIRST, FIRST)[0]
    painted = paint(picture, TRACKS, CAMERA, pose[0], 100.0, lambda s_m, _: np.ones_like(s_m))
    changed = np.any(painted != picture, axis=-1)
    on = ground_view(TRACKS, 0, CAMERA, pose[0], 100.0).on_surface
    assert not changed[~on].any()
    assert changed[on].mean() > 0.95


def test_the_most_liked_place_is_the_brightest_and_ends_have_a_colour_of_their_own() -> None:
    of_place = liking(RoadReward.named(offset=-1.0, offset_squared=-1.0), TRACK)
    offset_m = np.linspace(-1.7, 3.0, 100)
    values = of_place(np.full(100, 50.0), offset_m)
    assert offset_m[np.argmax(values)] == pytest.approx(-0.5, abs=0.05)
    assert values.max() == pytest.approx(1.0, abs=1e-3)
    assert tuple(colours(np.array([np.nan]))[0]) == END
    brightness = colours(np.linspace(0.0, 1.0, 50)).sum(axis=-1)
    assert np.all(np.diff(brightness.astype(np.int64)) >= -3)


def test_from_above_any_function_of_the_place_is_drawn() -> None:
    figure = plot_painted_road(TRACK, lambda s_m, offset_m: np.sin(s_m) * offset_m)
    assert len(figure.axes[0].collections) == 1
    assert 1.0 <= widening(TRACK) <= 4.0
