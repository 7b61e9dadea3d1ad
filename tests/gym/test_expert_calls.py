"""How an expert is asked: by its signature, with what is seen, and told when an episode begins."""

from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import SyncVectorEnv

from drive_sim.errors import InputError
from drive_sim.gym.expert import num_arguments
from drive_sim.gym.world import collect, episode_returns, make_task
from drive_sim.policies.regressor import ExpertReader

RNG = np.random.default_rng


class Counting(gymnasium.Env[Any, Any]):
    """Shows the number of its steps, and ends after `num_steps`."""

    observation_space = spaces.Dict({"count": spaces.Box(0.0, 100.0, (1,), np.float32)})
    action_space = spaces.Box(-100.0, 100.0, (1,), np.float32)

    def __init__(self, num_steps: int) -> None:
        self.num_steps, self.count = num_steps, 0

    def _seen(self) -> dict[str, Any]:
        return {"count": np.full(1, self.count, np.float32)}

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.count = 0
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.count += 1
        return self._seen(), float(action[0]), self.count == self.num_steps, False, {}


class Remembers:
    """Counts the steps of the episode itself, from what it is told."""

    def __init__(self) -> None:
        self.count: Any = None

    def __call__(self, env: Any, observation: Any, episode_start: Any) -> Any:
        if self.count is None:
            assert np.all(episode_start), "an episode begins"
            self.count = np.zeros(np.shape(episode_start))
        self.count = np.where(episode_start, 0.0, self.count + 1.0)
        return np.reshape(self.count, np.shape(observation["count"]))


def by_env(env: Any) -> Any:
    return np.full(1, env.unwrapped.count, np.float64)


def by_observation(env: Any, observation: Any) -> Any:
    assert env.unwrapped.count == observation["count"][0]
    return observation["count"]


@pytest.mark.parametrize("make", [lambda: by_env, lambda: by_observation, Remembers])
def test_each_kind_of_expert_is_told_what_it_takes(make: Any) -> None:
    driven = collect(Counting(4), ExpertReader(), 10, RNG(0), expert=make())
    np.testing.assert_array_equal(driven.action[:, 0], [0, 1, 2, 3, 0, 1, 2, 3, 0, 1])
    np.testing.assert_array_equal(driven.observation, driven.action)
    returns = episode_returns(Counting(4), make(), ExpertReader(), 2, RNG(0))
    np.testing.assert_array_equal(returns, [6.0, 6.0])


@pytest.mark.parametrize("make", [lambda: lambda env, observation: observation["count"], Remembers])
def test_of_many_environments_each_has_its_own_beginnings(make: Any) -> None:
    many = SyncVectorEnv([lambda: Counting(3), lambda: Counting(5)])
    driven = collect(many, ExpertReader(), 8, RNG(0), expert=make())
    # The tick in which one begins anew is none of its rows.
    np.testing.assert_array_equal(driven.action[:, 0], [0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 4, 0, 1])
    np.testing.assert_array_equal(driven.observation, driven.action)
    np.testing.assert_array_equal(episode_returns(many, make(), ExpertReader(), 4, RNG(0)), [3.0, 10.0, 3.0, 10.0])


def test_a_signature_says_how_much_an_expert_is_told() -> None:
    def with_default(env: Any, gain: float = 1.0) -> Any: ...

    def any_number(*said: Any) -> Any: ...

    class Method:
        def act(self, env: Any, observation: Any) -> Any: ...

    for expert, num in (
        (by_env, 1),
        (with_default, 1),
        (by_observation, 2),
        (Method().act, 2),
        (partial(by_observation), 2),
        (Remembers(), 3),
        (any_number, 3),
    ):
        assert num_arguments("World", expert) == num


@pytest.mark.parametrize(
    ("expert", "found"),
    [
        (lambda: 0, r"this one is <lambda>\(\)"),
        (lambda a, b, c, d: 0, r"<lambda>\(a, b, c, d\)"),
        (lambda env, *, gain: 0, r"<lambda>\(env, \*, gain\)"),
        (Remembers, "the class Remembers"),
        (np.zeros(2), "a ndarray was given"),
        ("left", "a str was given"),
    ],
)
def test_what_is_no_expert_is_said_before_anything_is_driven(expert: Any, found: str) -> None:
    with pytest.raises(InputError, match=rf"^Counting: an expert is a callable: expert\(env\), .*{found}"):
        make_task(Counting(3), expert)
    with pytest.raises(InputError, match=found):
        collect(Counting(3), ExpertReader(), 3, RNG(0), expert=expert)
