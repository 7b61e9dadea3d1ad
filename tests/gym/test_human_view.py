"""`render_mode="human"`: the window opens, shows, is closed by hand or by the environment, and warns of nothing."""

import pickle
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pygame
import pytest
from gymnasium.utils.env_checker import check_env

import drive_sim.gym
from drive_sim.gym.road import RoadEnv, RoadVectorEnv

SMALL: dict[str, Any] = {"track": "village-loop", "screen_px": (80, 45), "render_mode": "human"}


@pytest.fixture
def env() -> Iterator[RoadEnv]:
    env = gymnasium.make(drive_sim.gym.ROAD_ID, **SMALL).unwrapped
    assert isinstance(env, RoadEnv)
    yield env
    env.close()


def shown() -> np.ndarray:
    return pygame.surfarray.array3d(pygame.display.get_surface()).transpose(1, 0, 2)


@pytest.mark.slow
def test_gymnasiums_own_checker_finds_nothing(env: RoadEnv) -> None:
    # Warnings are errors here, so whatever it would only warn of fails too.
    check_env(env)


def test_nothing_opens_before_the_first_reset_and_nothing_stays_after_close(env: RoadEnv) -> None:
    assert not pygame.display.get_init()
    env.reset(seed=0)
    assert pygame.display.get_init() and env.render() is None
    env.close()
    assert not pygame.display.get_init()


def test_every_step_is_shown(env: RoadEnv) -> None:
    env.reset(seed=0)
    before = shown()
    env.step(np.array([0.5], dtype=np.float32))
    assert (shown() != before).any()


def test_what_is_shown_is_the_screen_picture(env: RoadEnv) -> None:
    """The corner below, where no text stands, has the colours that `rgb_array` gives."""
    env.reset(seed=0)
    picture = env.batch.screens()[0]
    error = np.abs(shown()[-60:].mean(axis=(0, 1)) - picture[-5:].mean(axis=(0, 1)))
    assert error.max() < 2.0


def test_a_person_may_close_it_and_the_episode_goes_on(env: RoadEnv) -> None:
    env.reset(seed=0)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    for _ in range(2):
        observation, *_ = env.step(np.zeros(1, dtype=np.float32))
        assert not pygame.display.get_init()
        assert observation.shape == env.observation_space.shape


def test_two_environments_share_the_one_window_of_a_process(env: RoadEnv) -> None:
    env.reset(seed=0)
    other = pickle.loads(pickle.dumps(env))
    other.step(np.zeros(1, dtype=np.float32))
    other.close()
    env.step(np.zeros(1, dtype=np.float32))
    assert pygame.display.get_init()


def test_a_batch_shows_its_cars_side_by_side() -> None:
    env = gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=4, **SMALL)
    assert isinstance(env, RoadVectorEnv)
    env.reset(seed=0)
    picture = shown().astype(float)
    height, width = picture.shape[:2]
    for top, left in ((0, 0), (0, width // 2), (height // 2, 0), (height // 2, width // 2)):
        assert np.ptp(picture[top : top + height // 2, left : left + width // 2]) > 50.0
    env.close()
    assert not pygame.display.get_init()
