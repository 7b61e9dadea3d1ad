"""The scripted drivers keep the lines that they like, and what the world does to cars that nobody helps is counted."""

import numpy as np
import pytest

from drive_sim.lessons.irl.changed_roads import CLOSED_TO_M, World, drive_unaided, make_worlds
from drive_sim.lessons.irl.picture_clones import demonstrate_with_pictures
from drive_sim.lessons.irl.reward_on_the_road import Config, demonstrate
from drive_sim.lessons.irl.styled_drivers import STYLES, LaneClone, Style, StyledDriver, curvature_at, lane_inputs
from drive_sim.policies.corridor import Closed
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks

CALM = Disturbance.none()


@pytest.mark.parametrize("name", list(STYLES))
def test_a_styled_driver_keeps_his_line_in_a_bend(name: str) -> None:
    tracks = Tracks.stack([make_circle(50.0)])
    env = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0))
    driver = StyledDriver(STYLES[name], tracks)
    for _ in range(150):
        env.step(driver.act(env.timestep.observation))
    liked_m = STYLES[name].liked_m(np.array([1 / 50]))[0]
    assert env.timestep.observation.lane.offset_m[0] == pytest.approx(liked_m, abs=0.05)


def test_a_clone_of_the_lane_pose_does_as_it_was_shown() -> None:
    config = Config(seconds=30.0)
    _, weights = demonstrate(config, "likes-right", 5)
    tracks = Tracks.stack([make_circle(70.0), make_circle(45.0).mirrored()])
    env = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0))
    env.reset(start_offset_m=np.array([-0.3, -0.8]))
    seen = env.timestep.observation
    clone = LaneClone(tracks, np.array(weights)).act(seen).curvature_per_m
    shown = StyledDriver(STYLES["likes-right"], tracks).act(seen).curvature_per_m
    np.testing.assert_allclose(clone, shown, atol=2e-3)
    assert lane_inputs(tracks, seen).shape[0] == 2
    np.testing.assert_allclose(curvature_at(tracks, np.array([0, 1]), np.zeros(2)), [1 / 70, -1 / 45], rtol=1e-6)


def test_the_world_ends_at_closed_parts_and_beside_the_road() -> None:
    tracks = Tracks.stack([make_straight(300.0), make_straight(300.0)])
    closed = {1: (Closed(100.0, 140.0, -10.0, CLOSED_TO_M),)}
    middle, scenes = StyledDriver(Style(), tracks), Scenes.stack([Scene(), Scene()])
    found = drive_unaided(middle, World(tracks, scenes, closed, CALM), Style(), 250.0, np.random.default_rng(0))
    assert (found.lost, found.interventions) == (1, 0)
    assert found.km == pytest.approx(0.5)
    aside = drive_unaided(middle, World(tracks, scenes, {}, CALM), Style(-1.5), 250.0, np.random.default_rng(0))
    assert (aside.lost, aside.interventions) == (0, 2), "in the middle he is more than a metre off a line at -1.5 m"


def test_a_camera_sees_the_drive_from_which_the_reward_is_read() -> None:
    config = Config(seconds=20.0)
    seen, (trace, _) = demonstrate_with_pictures(config, "likes-right", 5), demonstrate(config, "likes-right", 5)
    assert seen.lane is not None and seen.images.shape[0] == len(trace) == 200
    np.testing.assert_array_equal(seen.lane.offset_m, trace.offset_m)


def test_worlds_differ_in_one_thing_each() -> None:
    unseen, closed, narrow, windy = make_worlds(2, CONDITIONS.evaluation).values()
    assert closed.tracks is unseen.tracks is windy.tracks
    assert closed.closed and not unseen.closed
    assert narrow.tracks.tracks[0].width_left_m[0] < unseen.tracks.tracks[0].width_left_m[0]
    assert windy.weather.gust_mps == 2.0 * unseen.weather.gust_mps


def test_a_steady_wind_blows_the_pursuer_aside() -> None:
    calm, _ = demonstrate(Config(gusts=CALM), "likes-middle", 6, seconds=20.0)
    windy, _ = demonstrate(Config(gusts=CALM), "likes-middle", 6, seconds=20.0, wind_mps=0.4)
    # Pursuit of a point 9 m ahead comes to rest where its heading makes up for the drift: 9 m x 0.4 / 12.
    assert windy.offset_m[100:].mean() - calm.offset_m[100:].mean() == pytest.approx(0.3, abs=0.05)
