"""Actions that are chosen, many environments at once, and demonstrations without an expert, at Gymnasium's border."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from drive_sim.errors import InputError
from drive_sim.gym.spaces import Spaces
from drive_sim.gym.world import clone, collect, episode_returns, make_task
from drive_sim.learn import dagger
from drive_sim.policies.regressor import ExpertReader, FlatObservation
from drive_sim.policies.stochastic import TrainableCategorical, TrainableGaussian

CART_POLE, SOME_INDEX = "CartPole-v1", spaces.Discrete(3, start=5)


class Chooser:
    """Pushes at random, each way alike."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(2, size=(len(observation.inputs), 1)).astype(np.float64)


class First:
    """Always does the first of what can be done."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return np.zeros((len(observation.inputs), 1))


class Balancer:
    """Pushes the way that the pole leans and turns: it stands for the whole time limit."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        x, v, angle, turn = observation.inputs.T
        return (0.1 * x + 0.3 * v + 3.0 * angle + turn > 0.0).astype(np.float64)[:, None]


def balance(env: Any) -> int:
    """The same as an expert that is asked in the environment."""
    state = np.array(env.unwrapped.state, dtype=np.float32)[None]
    return int(Balancer().act(FlatObservation(state), np.random.default_rng(0))[0, 0])


def cart_poles(n: int) -> Any:
    return gymnasium.make_vec(CART_POLE, num_envs=n, vectorization_mode="vector_entry_point")


def counting(num_steps: int, *, ends: bool) -> Any:
    """An environment that shows how many steps it has made, and ends or is cut off after so many."""

    class Counting(gymnasium.Env[Any, Any]):
        observation_space, action_space = spaces.Box(0.0, 100.0, (1,), np.float32), SOME_INDEX

        def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
            super().reset(seed=seed)
            self.count = 0
            return np.zeros(1, np.float32), {}

        def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
            assert self.action_space.contains(action), action
            self.count += 1
            over = self.count == num_steps
            return np.full(1, self.count, np.float32), float(action), over and ends, over and not ends, {}

    return Counting()


def test_many_at_once_see_and_do_what_each_does_alone() -> None:
    rng = np.random.default_rng
    single, many = gymnasium.make(CART_POLE), SyncVectorEnv([lambda: gymnasium.make(CART_POLE)])
    alone = collect(single, Balancer(), 300, rng(3), keep_rewards=True)
    beside = collect(many, Balancer(), 300, rng(3), keep_rewards=True)
    for name in ("observation", "action", "next_observation", "terminated", "truncated", "reward", "low", "high"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(beside, name))
    assert alone.num_actions == beside.num_actions == 2
    first, again = (episode_returns(env, None, Chooser(), 1, rng(4)) for env in (single, many))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("ends", [True, False])
def test_each_row_leads_to_the_next_and_the_tick_of_a_new_beginning_is_none(ends: bool) -> None:
    many = SyncVectorEnv([lambda: counting(4, ends=ends), lambda: counting(7, ends=ends)])
    driven = collect(many, Chooser(), 11, np.random.default_rng(0))
    # Begun anew after 4 and after 9 of 11 ticks, and after 7.
    first, second = [0, 1, 2, 3, 0, 1, 2, 3, 0], [0, 1, 2, 3, 4, 5, 6, 0, 1, 2]
    np.testing.assert_array_equal(driven.observation[:, 0], first + second)
    np.testing.assert_array_equal(driven.next_observation, driven.observation + 1)
    over, cut = np.isin(np.arange(19), [3, 7, 15]), np.isin(np.arange(19), [8, 18])
    np.testing.assert_array_equal(driven.terminated, over & ends)
    np.testing.assert_array_equal(driven.truncated, cut | (over & (not ends)))


@pytest.mark.parametrize("num_ticks", [4, 5, 6])
def test_a_rollout_s_last_row_is_done_wherever_it_stops(num_ticks: int) -> None:
    driven = collect(
        SyncVectorEnv([lambda: counting(4, ends=True)] * 2), Chooser(), num_ticks, np.random.default_rng(0)
    )
    per_env = len(driven) // 2
    assert per_env == num_ticks - (num_ticks > 4)
    for last in (per_env - 1, 2 * per_env - 1):
        assert driven.done[last] and driven.terminated[last] == (num_ticks < 6)


def test_what_is_earned_stays_behind_the_border_unless_it_is_asked_for() -> None:
    for env in (counting(4, ends=True), SyncVectorEnv([lambda: counting(4, ends=True)])):
        task = make_task(env)
        assert task.rollout(1, Chooser(), 6, np.random.default_rng(0)).reward is None
        told = make_task(env, keep_rewards=True).rollout(1, Chooser(), 6, np.random.default_rng(0))
        # Index 0 is the action that the environment calls 5.
        np.testing.assert_array_equal(told.reward, told.action[:, 0] + 5.0)


def test_episodes_are_shared_out_before_they_begin() -> None:
    """Those that end first are the short ones: counting them first would favour who falls."""
    many = SyncVectorEnv([lambda: counting(1, ends=True), lambda: counting(10, ends=True)])
    np.testing.assert_array_equal(
        episode_returns(many, None, First(), 5, np.random.default_rng(0)), [5.0, 50.0, 5.0, 50.0, 5.0]
    )
    with pytest.raises(InputError, match="has not ended after 3 steps"):
        episode_returns(many, None, First(), 5, np.random.default_rng(0), most_steps=3)


def test_a_pole_is_balanced_by_who_can_and_falls_for_who_pushes_at_random() -> None:
    can, cannot = (
        episode_returns(cart_poles(4), None, who, 8, np.random.default_rng(0)) for who in (Balancer(), Chooser())
    )
    assert (can == 500.0).all() and cannot.max() < 200.0


@pytest.mark.slow
def test_whoever_asks_an_expert_learns_to_choose_too() -> None:
    env = gymnasium.make(CART_POLE)
    task = make_task(env, balance)
    clones = clone(task, 400, np.random.default_rng(0))
    latest = list(dagger.train(dagger.Config(2, 300), task, np.random.default_rng(0)))[-1].policy
    for policy in (clones, latest):
        assert episode_returns(cart_poles(3), None, policy, 3, np.random.default_rng(1)).mean() > 300.0
    assert (episode_returns(env, balance, ExpertReader(), 2, np.random.default_rng(1)) == 500.0).all()


def test_who_learns_from_reward_begins_undecided() -> None:
    chooser = make_task(cart_poles(2)).require("ppo", ("initial_policy",)).initial_policy(np.random.default_rng(0))
    assert isinstance(chooser, TrainableCategorical)
    seen = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    assert (np.abs(chooser.log_probability(seen, np.ones((50, 1))).detach().exp().numpy() - 0.5) < 0.02).all()
    task = make_task(gymnasium.make_vec("Pendulum-v1", num_envs=3))
    pendulum = task.require("ppo", ("initial_policy",)).initial_policy(np.random.default_rng(0))
    assert isinstance(pendulum, TrainableGaussian)
    np.testing.assert_allclose(pendulum.log_std.detach().exp().numpy(), [2.0])
    assert task.rollout(1, pendulum, 5, np.random.default_rng(0)).action.shape == (15, 1)  # pyright: ignore
    assert (np.abs(pendulum.mean.means(seen[:, :3]).detach().numpy()) < 0.1).all()


@pytest.mark.parametrize(
    "observation", [spaces.Discrete(4), spaces.Dict({"a": spaces.Box(-1, 1, (2,)), "b": spaces.Discrete(3)})]
)
def test_rows_of_many_are_the_rows_of_each(observation: Any) -> None:
    class Odd(gymnasium.Env[Any, Any]):
        observation_space, action_space = observation, SOME_INDEX

    many = SyncVectorEnv([Odd] * 3)
    seen, of = many.observation_space.sample(), Spaces.of(many)
    singles = [of.row(one) for one in gymnasium.vector.utils.iterate(many.observation_space, seen)]
    np.testing.assert_array_equal(of.rows(many, seen), np.concatenate(singles))
    assert of.rows(many, seen).shape == (3, of.num_inputs)


def test_what_cannot_be_is_said() -> None:
    shown = collect(cart_poles(1), Balancer(), 20, np.random.default_rng(0))
    assert make_task(cart_poles(2), demonstrations=shown).demonstrations is shown
    with pytest.raises(InputError, match=r"Pendulum-v1: its action is Box.* but demonstrations choose from 2 actions"):
        make_task(gymnasium.make("Pendulum-v1"), demonstrations=shown)
    narrow = replace(shown, observation=shown.observation[:, :2], next_observation=shown.next_observation[:, :2])
    with pytest.raises(InputError, match=r"demonstrations are \(2,\) and \(1,\), and those of this world \(4,\)"):
        make_task(cart_poles(2), demonstrations=narrow)
    with pytest.raises(InputError, match="hold no steps"):
        make_task(cart_poles(2), demonstrations=shown.rows(np.arange(0)))
    same_step = gymnasium.make_vec(
        CART_POLE, 2, vectorization_mode="sync", vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP}
    )
    with pytest.raises(InputError, match="autoreset_mode must be NextStep"):
        make_task(same_step)
    env = gymnasium.make(CART_POLE)
    for answer in (2, 0.5, None):
        with pytest.raises(InputError, match="CartPole-v1: the expert must answer"):
            clone(make_task(env, lambda _, answer=answer: answer), 3, np.random.default_rng(0))
