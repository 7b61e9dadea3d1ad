"""Our learners in other people's worlds: as good as the expert, the same again, and clear words for what cannot be."""

from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

import drive_sim.gym  # registers the road
from drive_sim.errors import InputError
from drive_sim.gym.road import pursuit_expert
from drive_sim.gym.world import clone, collect, episode_returns, make_task
from drive_sim.learn import dagger, regression, smile
from drive_sim.policies.regressor import ExpertReader, FlatObservation
from drive_sim.policies.stochastic import TrainableGaussian
from drive_sim.sim.camera import Camera

base_learner = partial(regression.fit, regression.Config(num_steps=300))


def pushing(env: Any) -> np.ndarray:
    """The mountain car's expert: push the way that it rolls, and to the right at rest."""
    _, velocity = env.unwrapped.state
    return np.array([40.0 * velocity + 0.1])


def learn(method: str, env: Any, rng: np.random.Generator) -> Any:
    task = make_task(env, pushing, base_learner)
    if method == "bc":
        return clone(task, 400, rng)
    if method == "dagger":
        return list(dagger.train(dagger.Config(num_rounds=2, ticks_per_round=200), task, rng))[-1].policy
    return list(smile.train(smile.Config(num_rounds=2, ticks_per_round=200, alpha=0.5), task, rng))[-1].policy


@pytest.mark.parametrize("method", ["bc", "dagger", "smile"])
def test_each_drives_the_mountain_car_and_the_same_again_from_the_same_seed(method: str) -> None:
    env = gymnasium.make("MountainCarContinuous-v0")
    policies = [learn(method, env, np.random.default_rng(2)) for _ in range(2)]
    returns = [episode_returns(env, pushing, policy, 3, np.random.default_rng(3)) for policy in policies]
    np.testing.assert_array_equal(returns[0], returns[1])
    expert = episode_returns(env, pushing, ExpertReader(), 3, np.random.default_rng(3))
    # Who stands still gets 0, who arrives 100 less the fuel.
    assert expert.min() > 60.0 and returns[0].min() > 60.0


def test_a_clone_that_draws_drives_too_and_is_as_wide_as_its_error() -> None:
    env, config = gymnasium.make("MountainCarContinuous-v0"), regression.Config(num_steps=300)
    task = make_task(env, pushing, partial(regression.fit_gaussian, config))
    assert task.expert is not None
    shown = task.labelled_rollout(1, task.expert, 400, np.random.default_rng(2), expert_alone=True)
    policy = regression.fit_gaussian(config, shown, np.random.default_rng(3))
    error = policy.mean.means(shown.observation).detach().numpy() - shown.action
    assert float(policy.log_std.detach().exp()) == pytest.approx(np.sqrt(np.mean(error**2)))
    assert episode_returns(env, None, policy, 2, np.random.default_rng(3)).min() > 60.0
    assert isinstance(clone(task, 400, np.random.default_rng(2)), TrainableGaussian)


def test_our_own_road_is_such_a_world_too() -> None:
    env = gymnasium.make(drive_sim.gym.ROAD_ID, camera=Camera().resized(60, 20), num_roads=1, time_limit_s=6.0)
    policy = clone(make_task(env, pursuit_expert, base_learner), 80, np.random.default_rng(0))
    returns = episode_returns(env, pursuit_expert, policy, 2, np.random.default_rng(1))
    assert np.isfinite(returns).all() and (returns > 5.0).all()


class OddWorld(gymnasium.Env[Any, Any]):
    """Episodes of three steps, asymmetric bounds; it keeps what it was given and fails on what is no action of its."""

    def __init__(self, observation: spaces.Space[Any], action: spaces.Space[Any]) -> None:
        self.observation_space, self.action_space = observation, action
        self.given: list[Any] = []
        self.num_steps = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.observation_space.seed(seed)
        self.num_steps = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), action
        assert self.num_steps < 3, "reset after the end of an episode"
        self.given.append(action)
        self.num_steps += 1
        return self.observation_space.sample(), 1.0, False, self.num_steps == 3, {}


class Still:
    """Does nothing."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return np.zeros((1, 2))


BOX = spaces.Box(-1.0, 1.0, (2,), np.float64)
AHEAD = spaces.Box(np.array([0.0, -3.0]), np.array([0.5, 1.0]), dtype=np.float64)


@pytest.mark.parametrize(
    ("observation", "action"),
    [
        (BOX, AHEAD),
        (spaces.Box(-np.inf, np.inf, (), np.float32), spaces.Box(-np.inf, np.inf, (1,), np.float32)),
        (spaces.Box(0, 255, (4, 5, 3), np.uint8), spaces.Box(-1.0, 1.0, (2, 2), np.float32)),
        (spaces.Discrete(4), spaces.Box(0, 5, (1,), np.int64)),
        (spaces.Dict({"place": BOX, "gear": spaces.Discrete(3)}), spaces.Box(0.0, 1.0, (), np.float32)),
    ],
)
def test_any_box_action_and_whatever_can_be_made_numbers(observation: Any, action: Any) -> None:
    env = OddWorld(observation, action)
    task = make_task(env, lambda _: np.full(action.shape, 0.4), base_learner)
    rounds = list(dagger.train(dagger.Config(num_rounds=2, ticks_per_round=7), task, np.random.default_rng(0)))
    assert rounds[-1].metrics["num_labels"] == 14 and len(env.given) == 14
    assert (
        episode_returns(env, lambda _: env.action_space.sample(), rounds[-1].policy, 2, np.random.default_rng(0)).max()
        == 3.0
    )


def test_the_experts_answer_is_cut_to_the_bounds_and_asked_wherever_the_learner_goes() -> None:
    env = OddWorld(BOX, AHEAD)

    driven = collect(
        env, Still(), 5, np.random.default_rng(0), labeller=ExpertReader(), expert=lambda _: np.array([9.0, -9.0])
    )
    np.testing.assert_array_equal(driven.action, np.zeros((5, 2)))
    np.testing.assert_array_equal(driven.with_expert_labels().action, [[0.5, -3.0]] * 5)


def test_each_step_leads_to_the_next_and_the_ends_are_marked() -> None:
    env = OddWorld(BOX, AHEAD)
    driven = collect(env, Still(), 8, np.random.default_rng(0))
    assert driven.expert_action is None
    assert not driven.terminated.any()
    # Episodes of three steps, and the end of the rollout.
    np.testing.assert_array_equal(np.flatnonzero(driven.truncated), [2, 5, 7])
    leads_on = (driven.next_observation[:-1] == driven.observation[1:]).all(axis=1)
    np.testing.assert_array_equal(leads_on, ~driven.done[:-1])


def test_the_end_of_the_mountain_car_is_no_time_limit() -> None:
    env = gymnasium.make("MountainCarContinuous-v0")
    task = make_task(env, pushing)
    assert task.expert is not None
    driven = task.rollout(1, task.expert, 400, np.random.default_rng(0))
    ends = np.flatnonzero(driven.terminated)
    assert len(ends) > 1
    assert (driven.next_observation[ends, 0] >= 0.45).all(), "The goal was reached there."
    np.testing.assert_array_equal(np.flatnonzero(driven.truncated), [399])


def test_without_an_expert_there_is_a_world_and_what_was_demonstrated() -> None:
    env = OddWorld(BOX, AHEAD)
    demonstrations = collect(env, Still(), 8, np.random.default_rng(0))
    task = make_task(env, demonstrations=demonstrations)
    offer = task.require("gail", ("demonstrations", "make_env"))
    assert offer.demonstrations is demonstrations
    assert task.rollout(1, Still(), 5, np.random.default_rng(0)).expert_action is None
    with pytest.raises(InputError, match="dagger needs an expert who can be asked"):
        next(dagger.train(dagger.Config(), task, np.random.default_rng(0)))


def test_what_cannot_be_is_said() -> None:
    def zeros(_: Any) -> np.ndarray:
        return np.zeros(2)

    with pytest.raises(InputError, match="OddWorld: our learners need a Box or Discrete action"):
        make_task(OddWorld(BOX, spaces.MultiBinary(2)), zeros)
    with pytest.raises(InputError, match="cannot be made a row of numbers"):
        make_task(OddWorld(spaces.Sequence(BOX), AHEAD), zeros)
    poles = gymnasium.make_vec("Pendulum-v1", num_envs=3)
    with pytest.raises(InputError, match="Pendulum-v1: the expert must answer for 3 environments"):
        clone(make_task(poles, zeros), 5, np.random.default_rng(0))
    with pytest.raises(InputError, match="str is no environment of Gymnasium's"):
        make_task("CartPole-v1", zeros)  # pyright: ignore[reportArgumentType]
    rng = np.random.default_rng(0)
    for answer in (np.zeros(3), np.array([np.nan, 0.0]), None, "left"):
        with pytest.raises(InputError, match=r"must answer \(2,\) finite numbers"):
            clone(make_task(OddWorld(BOX, AHEAD), lambda _, answer=answer: answer), 3, rng)
    endless = OddWorld(spaces.Box(-np.inf, np.inf, (1,)), AHEAD)
    endless.observation_space.sample = lambda *_, **__: np.array([np.nan], dtype=np.float32)  # pyright: ignore
    with pytest.raises(InputError, match="an observation holds nan"):
        clone(make_task(endless, zeros), 3, rng)
    with pytest.raises(InputError, match="at least one step"):
        clone(make_task(OddWorld(BOX, AHEAD), zeros), 0, rng)
