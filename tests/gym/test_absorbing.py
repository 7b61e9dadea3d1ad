"""Laws of the world of fixed horizon: all episodes last alike, who fell stays down, and scores are what they were."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv

from drive_sim.errors import InputError
from drive_sim.gym.absorbing import Absorbing, AbsorbingVector, with_absorbed
from drive_sim.gym.world import collect, episode_returns, make_task
from drive_sim.policies.regressor import FlatObservation

HORIZON = 60


class Clumsy:
    """Pushes the right way two times in three by the first four numbers, and draws the same whatever else it sees."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        right = observation.inputs[:, :4] @ np.array([0.1, 0.3, 3.0, 1.0]) > 0.0
        return np.where(rng.random(len(right)) < 0.65, right, ~right).astype(np.float64)[:, None]


def cart_pole(*, fixed: bool, is_end: bool = False) -> Any:
    env = gymnasium.make("CartPole-v1", max_episode_steps=HORIZON)
    return Absorbing(gymnasium.make("CartPole-v1"), HORIZON, is_end=is_end) if fixed else env


def test_it_is_an_environment_as_gymnasium_wants_one() -> None:
    with pytest.warns(UserWarning):  # of bounds that the wrapped one has too
        check_env(cart_pole(fixed=True), skip_render_check=True)


@pytest.mark.parametrize("is_end", [False, True])
def test_all_episodes_last_alike_and_who_fell_stays_down(is_end: bool) -> None:
    driven = collect(cart_pole(fixed=True, is_end=is_end), Clumsy(), 4 * HORIZON, np.random.default_rng(0))
    np.testing.assert_array_equal(np.flatnonzero(driven.done), np.arange(1, 5) * HORIZON - 1)
    np.testing.assert_array_equal(driven.terminated, driven.done & is_end)
    flag, then = driven.observation[:, 4] == 1.0, driven.next_observation[:, 4] == 1.0
    assert flag.any() and not flag.all()
    assert then[flag].all(), "Nobody gets up."
    assert (driven.next_observation[then, :4] == 0.0).all() and (driven.observation[flag, :4] == 0.0).all()
    # In an episode's first row nobody is down; else a row is seen as the one before left it.
    np.testing.assert_array_equal(
        driven.observation[1:][~driven.done[:-1]], driven.next_observation[:-1][~driven.done[:-1]]
    )
    assert not flag[np.arange(4) * HORIZON].any()


def test_who_does_not_read_the_flag_scores_the_same_in_both_worlds() -> None:
    plain, fixed = cart_pole(fixed=False), cart_pole(fixed=True)
    for seed in range(20):
        # A generator for each episode: waiting draws too.
        before, after = (episode_returns(env, None, Clumsy(), 1, np.random.default_rng(seed)) for env in (plain, fixed))
        np.testing.assert_array_equal(before, after)


def test_absorbed_steps_earn_nothing_and_count() -> None:
    many = SyncVectorEnv([lambda: cart_pole(fixed=True)] * 3)
    driven = make_task(many, keep_rewards=True).rollout(1, Clumsy(), HORIZON, np.random.default_rng(0))
    assert len(driven) == 3 * HORIZON and driven.reward is not None
    np.testing.assert_array_equal(driven.reward, 1.0 - driven.observation[:, 4])


def test_absorbed_pairs_are_as_the_world_s_own() -> None:
    driven = collect(cart_pole(fixed=True), Clumsy(), 3 * HORIZON, np.random.default_rng(0), keep_rewards=True)
    down = driven.rows(driven.observation[:, 4] == 1.0)
    shown = with_absorbed(driven.rows(np.arange(10)), 200, np.random.default_rng(1))
    np.testing.assert_array_equal(shown.observation[:10], driven.observation[:10])
    for name in ("observation", "next_observation", "reward", "terminated"):
        wanted = np.broadcast_to(getattr(down, name)[:1], getattr(shown, name)[10:].shape)
        np.testing.assert_array_equal(getattr(shown, name)[10:], wanted)
    assert shown.truncated[10:].all() and set(shown.action[10:, 0]) == {0.0, 1.0}


def test_what_cannot_be_is_said() -> None:
    class Pictures(gymnasium.Env[Any, Any]):
        observation_space, action_space = spaces.Box(0, 255, (4, 4, 3), np.uint8), spaces.Discrete(2)

    with pytest.raises(InputError, match="absorbing: observations must be rows"):
        Absorbing(Pictures(), 10)
    with pytest.raises(InputError, match="horizon must be at least 1"):
        Absorbing(gymnasium.make("CartPole-v1"), 0)


def many(n: int, *, fixed: bool, limit: int = 500) -> Any:
    entry = {"vectorization_mode": "vector_entry_point", "max_episode_steps": limit}
    env = gymnasium.make_vec("CartPole-v1", n, **entry)
    return AbsorbingVector(env, HORIZON) if fixed else env


def test_many_at_once_are_as_each_alone() -> None:
    driven = collect(many(3, fixed=True), Clumsy(), 2 * HORIZON + 1, np.random.default_rng(0), keep_rewards=True)
    assert len(driven) == 6 * HORIZON and driven.reward is not None
    np.testing.assert_array_equal(np.flatnonzero(driven.done), np.arange(1, 7) * HORIZON - 1)
    flag = driven.observation[:, 4] == 1.0
    assert flag.any() and not flag[np.arange(6) * HORIZON].any()
    assert (driven.next_observation[flag] == [0.0, 0.0, 0.0, 0.0, 1.0]).all()
    np.testing.assert_array_equal(driven.reward, 1.0 - driven.observation[:, 4])


def test_who_does_not_read_the_flag_scores_the_same_in_both_worlds_of_many() -> None:
    before, after = (
        episode_returns(many(30, fixed=fixed, limit=HORIZON), None, Clumsy(), 30, np.random.default_rng(4))
        for fixed in (False, True)
    )
    np.testing.assert_array_equal(before, after)
    assert len(set(before)) > 5


def test_a_limit_before_the_horizon_is_refused() -> None:
    with pytest.raises(InputError, match="cut off after 20 steps, before the horizon of 60; give"):
        collect(many(8, fixed=True, limit=20), Clumsy(), 40, np.random.default_rng(0))
    with pytest.raises(InputError, match="horizon must be at least 1"):
        AbsorbingVector(many(2, fixed=False), 0)
