"""The wanted place: told in half widths, the same for the road driven the other way, and NaN by sight."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lateral_goal import lateral_goal, told_goal, with_lateral_goal
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks


def seen_goal(track: Track) -> np.ndarray | None:
    env = DriveEnv(Tracks.stack([track, make_straight(100.0)]), None, EnvConfig(camera=None), np.random.default_rng(0))
    return env.timestep.observation.lateral_goal


def test_what_is_asked_for_is_told() -> None:
    goal = seen_goal(with_lateral_goal(make_circle(50.0, half_width_m=6.0), 0.5))
    assert goal is not None
    assert goal[0] == pytest.approx(0.5) and np.isnan(goal[1])


def test_by_sight_nothing_is_told() -> None:
    road = make_circle(50.0)
    assert seen_goal(road) is None
    assert seen_goal(with_lateral_goal(with_lateral_goal(road, 0.3), float("nan"))) is None


def test_where_no_lines_are_seen_the_lane_is_told() -> None:
    straight = make_straight(100.0, half_width_m=3.5, lane_offset_m=-1.75)
    tracks = Tracks.stack([replace(straight, lines="two-lane"), straight])
    scenes = Scenes.stack([Scene(), Scene(line_strength=0.0)])
    roads, skies = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    env = DriveEnv(tracks, scenes, EnvConfig(), np.random.default_rng(0), track_idx=roads, scene_idx=skies)
    goal = env.timestep.observation.lateral_goal
    assert goal is not None
    np.testing.assert_allclose(goal, [np.nan, -0.5, np.nan, np.nan])
    env.change_scenes(Scenes.stack([Scene(), Scene()]))
    assert env.put_back(np.ones(4, dtype=bool)).observation.lateral_goal is None


def test_driven_the_other_way_it_is_the_drivers_same_side() -> None:
    there = with_lateral_goal(make_circle(50.0, half_width_m=6.0), 0.4)
    assert seen_goal(there.reversed())[0] == pytest.approx(0.4)  # pyright: ignore[reportOptionalSubscript]
    assert seen_goal(there.mirrored())[0] == pytest.approx(-0.4)  # pyright: ignore[reportOptionalSubscript]


@pytest.mark.parametrize("varies", [False, True])
def test_on_a_lopsided_road_it_is_so_too(varies: bool) -> None:
    """Also where only the middle moves; the file's line stays where it is on the ground."""
    circle = make_circle(50.0)
    left_m = 3.0 + varies * np.sin(np.linspace(0.0, 3.0, len(circle.x_m)))
    lopsided = replace(circle, width_left_m=left_m, width_right_m=8.0 - left_m, file_line_m=left_m - 2.0)
    there = with_lateral_goal(lopsided, 0.25)
    assert told_goal(there.reversed()) == pytest.approx(0.25)
    assert told_goal(there.mirrored()) == pytest.approx(-0.25)
    assert there.reversed().reversed().lane_offset_m == pytest.approx(there.lane_offset_m)
    np.testing.assert_allclose(there.reversed().file_line_or_zeros, -np.roll(left_m[::-1] - 2.0, 1))
    symmetric = make_circle(50.0, lane_offset_m=0.3)
    assert symmetric.reversed().lane_offset_m == 0.3


def test_no_batch_of_roads_is_kept_for_it() -> None:
    tracks, only = Tracks.stack([make_straight(50.0)]), np.zeros(1, dtype=np.int64)
    lane = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0)).timestep.observation.lane
    assert lateral_goal(tracks, lane, Scenes.stack([Scene()]), only) is None
    kept = weakref.ref(tracks.tracks[0])
    del tracks, lane
    gc.collect()
    assert kept() is None


def test_it_is_measured_from_the_middle_between_the_edges() -> None:
    circle = make_circle(50.0)
    shape = np.ones(len(circle.x_m))
    lopsided = Track(
        "lopsided", circle.x_m, circle.y_m, circle.heading_rad, circle.curvature_per_m,
        3.0 * shape, 5.0 * shape, circle.spacing_m, closed=True,
    )  # fmt: skip
    track = with_lateral_goal(lopsided, 0.25)
    assert track.lane_offset_m == pytest.approx(-1.0 + 0.25 * 4.0)
    assert seen_goal(track)[0] == pytest.approx(0.25)  # pyright: ignore[reportOptionalSubscript]


def test_no_place_near_an_edge_can_be_asked_for() -> None:
    with pytest.raises(InputError, match=r"within 0\.7 half widths"):
        with_lateral_goal(make_circle(50.0, half_width_m=6.0), 0.9)
    with pytest.raises(InputError, match=r"within 0\.4 half widths"):
        with_lateral_goal(make_circle(50.0, half_width_m=1.5), 0.5)


def test_it_changes_along_a_road_that_flares() -> None:
    straight = make_straight(100.0)
    width_m = np.linspace(2.0, 4.0, len(straight.x_m))
    road = with_lateral_goal(Track(
        "flaring", straight.x_m, straight.y_m, straight.heading_rad, straight.curvature_per_m,
        width_m, width_m, straight.spacing_m, closed=False,
    ), 0.5)  # fmt: skip
    tracks = Tracks.stack([road])
    env = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0))
    lane = env.reset(start_s_m=100.0).observation.lane
    assert lateral_goal(tracks, lane)[0] == pytest.approx(0.25)  # pyright: ignore[reportOptionalSubscript]
