"""What was seen a tick before: the very pictures, of cars that were put somewhere those of now, whatever happens."""

import pickle

import numpy as np
import pytest

from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command
from tests.same_value import assert_same

CAMERA = Camera(width_px=40, height_px=24, focal_px=22.0, horizon_px=6.0)
OTHER_CAMERA = Camera(width_px=30, height_px=20, focal_px=16.0, horizon_px=5.0)
TRACKS = Tracks.stack([make_circle(60.0), make_circle(80.0).mirrored(), make_straight(500.0)])
ROUGH = Disturbance(gust_mps=0.5, kick_rate_hz=1.0, kick_shift_m=0.4, kick_turn_rad=0.1)


def make_scenes(seed: int) -> Scenes:
    return Scenes.stack([make_scene("day", np.random.default_rng([seed, i])) for i in range(3)])


def make_env(seed: int = 0, car_idx: np.ndarray | None = None) -> DriveEnv:
    return DriveEnv(TRACKS, make_scenes(0), EnvConfig(CAMERA, disturbance=ROUGH), rng_of(seed), car_idx=car_idx)


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def seen(env: DriveEnv) -> np.ndarray:
    images = env.timestep.observation.images
    assert images is not None
    return images.copy()


def something_happens(env: DriveEnv, rng: np.random.Generator) -> np.ndarray:
    """One of what may happen within a tick; returns who was put somewhere."""
    where, what = rng.random(3) < 0.4, rng.integers(6)
    if what == 0:
        env.put_back(where)
    elif what == 1:
        env.reset(where, start_s_m=10.0, start_offset_m=rng.normal(size=3))
    elif what == 2:
        env.change_tracks(TRACKS, env.timestep.observation.lane.s_m)
    elif what == 3:
        env.change_scenes(make_scenes(int(rng.integers(100))))
    elif what == 4:
        env.reset()
        where = np.ones(3, bool)
    return where if what in (0, 1, 4) else np.zeros(3, bool)


@pytest.mark.parametrize("car_idx", [None, np.array([4, 5, 6])])
@pytest.mark.parametrize("seed", range(6))
def test_they_are_those_of_the_tick_before_and_of_now_where_there_was_none(seed: int, car_idx: np.ndarray) -> None:
    """Whatever is done between, and if a state is kept and restored, here or in another env, at any time."""
    env, other, rng = make_env(seed, car_idx), make_env(99, car_idx), rng_of(seed)
    before, is_first = seen(env), np.ones(3, bool)
    for tick in range(12):
        for _ in range(rng.integers(4)):
            is_first = is_first | something_happens(env, rng)
            if rng.random() < 0.5:
                kept = env.timestep
                env, other = other, env
                assert_same(env.restore(pickle.loads(pickle.dumps(other.snapshot()))), kept)
            expected = np.where(is_first[:, None, None, None], seen(env), before)
            np.testing.assert_array_equal(env.timestep.observation.previous_images, expected)
        before, is_first = seen(env), np.zeros(3, bool)
        env.step(Command.steer(0.02 * np.sin(tick + np.arange(3))))
        assert env.timestep.observation.images_before is not None
        np.testing.assert_array_equal(env.timestep.observation.previous_images, before)


def test_nobody_copies_a_picture_for_who_does_not_ask() -> None:
    env = make_env()
    images = env.timestep.observation.images
    assert env.step(Command.steer(np.zeros(3))).observation.images_before is images
    assert env.timestep.observation.previous_images is images


def test_no_state_keeps_pictures_that_can_be_drawn_again() -> None:
    env = make_env(car_idx=np.arange(3))
    for tick in range(3):
        env.step(Command.steer(np.zeros(3)))
        env.put_back(np.array([False, True, False]))
        env.change_scenes(make_scenes(tick))
        kept = env.snapshot().observation
        assert kept.images is None and kept.images_before is None


def test_another_camera_saw_a_tick_before_what_it_sees_now() -> None:
    env = make_env()
    assert env.view_before(OTHER_CAMERA) is None
    for _ in range(3):
        before = env.view(OTHER_CAMERA)
        env.step(Command.steer(np.zeros(3)))
        np.testing.assert_array_equal(env.view_before(OTHER_CAMERA), before)


def test_without_a_camera_there_are_none() -> None:
    env = DriveEnv(TRACKS, None, EnvConfig(None), rng_of(0))
    assert env.step(Command.steer(np.zeros(3))).observation.previous_images is None
