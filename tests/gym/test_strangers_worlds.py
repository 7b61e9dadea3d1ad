"""Worlds as strangers wrap them: pictures by Gymnasium's own wrappers, frames on end, dictionaries, many at once."""

import importlib.util
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import SyncVectorEnv
from gymnasium.wrappers import (
    AddRenderObservation,
    DtypeObservation,
    FrameStackObservation,
    GrayscaleObservation,
    RepeatAction,
    RescaleObservation,
    ResizeObservation,
    TransformObservation,
)

from drive_sim.errors import InputError
from drive_sim.gym.base_learners import FITS
from drive_sim.gym.world import clone, collect, episode_returns, make_task
from drive_sim.learn import convolutional, dagger
from drive_sim.policies.regressor import ExpertReader

RNG = np.random.default_rng
few = convolutional.Config("thumbnail", least_steps=5)


def balance(env: Any) -> int:
    """Pushes the way that the pole leans and turns."""
    x, v, angle, turn = env.unwrapped.state
    return int(0.1 * x + 0.3 * v + 3.0 * angle + turn > 0.0)


def filmed(**settings: Any) -> Any:
    """CartPole as its pictures."""
    env = gymnasium.make("CartPole-v1", render_mode="rgb_array", **settings)
    return ResizeObservation(AddRenderObservation(env, render_only=True), (24, 36))


def grey_stack() -> Any:
    return FrameStackObservation(GrayscaleObservation(filmed()), 3)


PICTURES = {
    "coloured": (filmed, (24, 36, 3)),
    "grey": (lambda: GrayscaleObservation(filmed()), (24, 36)),
    "grey with an axis": (lambda: GrayscaleObservation(filmed(), keep_dim=True), (24, 36, 1)),
    "frames": (lambda: FrameStackObservation(filmed(), 2), (2, 24, 36, 3)),
    "grey frames": (grey_stack, (3, 24, 36)),
    "repeated": (lambda: FrameStackObservation(RepeatAction(filmed(), 2), 2), (2, 24, 36, 3)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_any_wrapper_stay_bytes_and_are_learned_from(name: str) -> None:
    make, shape = PICTURES[name]
    env = make()
    task = make_task(env, balance, lambda data, rng: convolutional.fit(few, data, rng), keep_pictures=True)
    rounds = list(dagger.train(dagger.Config(num_rounds=2, ticks_per_round=12), task, RNG(0)))
    assert rounds[-1].rollout.observation.shape == (12, *shape)
    assert rounds[-1].rollout.observation.dtype == np.uint8
    returns = [episode_returns(env, None, rounds[-1].policy, 1, RNG(0), keep_pictures=keep) for keep in (False, True)]
    np.testing.assert_array_equal(returns[0], returns[1], "Whoever reads pictures reads them as rows, too.")


def test_many_at_once_see_the_same_pictures_as_one() -> None:
    many = SyncVectorEnv([grey_stack] * 2)
    one = collect(grey_stack(), ExpertReader(), 9, RNG(0), expert=balance, keep_pictures=True)

    def each(envs: Any) -> Any:
        return np.array([balance(env) for env in envs.envs])

    both = collect(many, ExpertReader(), 9, RNG(0), expert=each, keep_pictures=True)
    assert both.observation.dtype == np.uint8 and both.observation.shape == (18, 3, 24, 36)
    np.testing.assert_array_equal(both.observation[:9], one.observation)
    np.testing.assert_array_equal(both.action[:9], one.action)


@pytest.mark.slow
@pytest.mark.parametrize("fit", FITS[1:])
def test_each_named_base_learner_makes_a_policy_of_pictures(fit: str) -> None:
    env = ResizeObservation(AddRenderObservation(gymnasium.make("CartPole-v1", render_mode="rgb_array")), (66, 66))
    policy = clone(make_task(env, balance, fit), 30, RNG(0))
    assert episode_returns(env, None, policy, 1, RNG(0)).shape == (1,)


class Seen(gymnasium.Env[Any, Any]):
    """A world that shows anything of a space and takes three numbers."""

    action_space = spaces.Box(-1.0, 1.0, (3,), np.float32)

    def __init__(self, observation: spaces.Space[Any], showing: Any = None) -> None:
        self.observation_space, self.showing = observation, showing

    def _seen(self) -> Any:
        return self.observation_space.sample() if self.showing is None else self.showing

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), action
        return self._seen(), 0.0, False, False, {}


def box(*shape: int, dtype: Any = np.float64) -> spaces.Box:
    return spaces.Box(-2.0, 2.0, shape, dtype)


# As highway-env, MiniGrid, and worlds with goals show themselves.
ROWS = {
    "kinematics": (box(5, 5, dtype=np.float32), 25),
    "goals": (spaces.Dict({"observation": box(6), "achieved_goal": box(6), "desired_goal": box(6)}), 18),
    "occupancy": (box(2, 11, 11, dtype=np.float32), 242),
    "several": (spaces.Tuple([box(3), spaces.Discrete(4)]), 7),
    "grid": (spaces.Dict({"image": spaces.Box(0, 255, (7, 7, 3), np.uint8), "direction": spaces.Discrete(4)}), 151),
    "halves": (box(3, dtype=np.float16), 3),
    "whole": (spaces.Box(-5, 5, (3,), np.int64), 3),
    "flags": (spaces.MultiBinary(4), 4),
    "a number": (spaces.MultiDiscrete([3, 4]), 7),
}


@pytest.mark.parametrize("name", ROWS)
def test_whatever_is_seen_becomes_a_row_of_numbers(name: str) -> None:
    space, width = ROWS[name]
    driven = collect(Seen(space), ExpertReader(), 4, RNG(0), expert=lambda env: np.zeros(3))
    assert driven.observation.shape == (4, width) and driven.observation.dtype == np.float32


def still(env: Any) -> Any:
    return np.zeros(3)


PHOTO = spaces.Box(0, 255, (40, 50, 3), np.uint8)


@pytest.mark.parametrize(
    ("observation", "fit", "message"),
    [
        (
            spaces.Dict({"image": PHOTO, "speed": box(1)}),
            "pilotnet",
            r"seen\['image'\], env.observation_space\['image'\]",
        ),
        (spaces.Dict({"speed": box(1)}), "pilotnet", "use fit='flat'"),
        (box(5, 5, dtype=np.float32), "small", r"float32 are seen; make bytes of them: .*RescaleObservation"),
        (spaces.Box(0.0, 1.0, (84, 96, 3), np.float64), "pilotnet", "float64 are seen; make bytes of them"),
        (box(4), "small", "use fit='flat'"),
        (spaces.Box(0, 255, (40, 50, 3), np.uint8), "pilotnet", "Seen: network pilotnet: 50x40 pictures are too small"),
        (spaces.Box(0, 255, (400, 600, 3), np.uint8), "small", r"Seen: .*ResizeObservation\(env, \(96, 96\)\)"),
        (PHOTO, "resnet", "unknown fit 'resnet': there are flat, pilotnet"),
    ],
)
def test_what_a_network_of_pictures_cannot_read_is_said_with_the_wrapper_that_helps(
    observation: Any, fit: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as raised:
        make_task(Seen(observation), still, fit)
    assert "\n" not in str(raised.value)


def test_the_wrappers_that_are_named_help() -> None:
    photo = spaces.Dict({"image": PHOTO, "speed": box(1)})
    alone = TransformObservation(Seen(photo), lambda seen: seen["image"], photo["image"])
    grey = Seen(spaces.Box(np.float32(0.0), np.float32(1.0), (40, 50), np.float32))
    for env in (alone, DtypeObservation(RescaleObservation(grey, np.float32(0.0), np.float32(255.0)), np.uint8)):
        assert make_task(env, still, "small").base_learner is not None


@pytest.mark.parametrize(
    ("space", "shown", "fit", "message"),
    [
        (box(3), np.zeros(4), "flat", "an observation is no Box"),
        (box(3), None, "flat", "an observation is no Box"),
        (spaces.Dict({"a": box(2)}), {"b": np.zeros(2)}, "flat", "an observation is no Dict"),
        (box(3), np.array([0.0, np.nan, 0.0]), "flat", "an observation holds nan"),
        (PHOTO, np.zeros((50, 40, 3), np.uint8), "small", r"an observation is uint8 of \(50, 40, 3\)"),
        (
            PHOTO,
            np.zeros((40, 50, 3)),
            "small",
            r"an observation is float64 of \(40, 50, 3\), and its space says uint8",
        ),
    ],
)
def test_a_world_that_shows_what_its_space_does_not_hold_is_told(
    space: Any, shown: Any, fit: str, message: str
) -> None:
    env = Seen(space, showing=shown)
    if shown is None:
        env._seen = lambda: "nothing"
    with pytest.raises(InputError, match=f"^Seen: {message}"):
        clone(make_task(env, still, fit), 3, RNG(0))


def test_a_policy_that_answers_no_number_is_told() -> None:
    class Lost:
        def act(self, observation: Any, rng: Any) -> Any:
            return np.array([[0.0, np.nan, 0.0]])

    for env in (Seen(box(3)), SyncVectorEnv([lambda: Seen(box(3))])):
        with pytest.raises(InputError, match="an action holds nan"):
            collect(env, Lost(), 3, RNG(0))


needs_box2d = pytest.mark.skipif(importlib.util.find_spec("Box2D") is None, reason="Box2D is not installed")


@needs_box2d
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("continuous", [False, True])
def test_a_lander_is_cloned_whether_its_action_is_chosen_or_numbers(continuous: bool) -> None:
    """Four actions have no order: who takes their numbers for amounts lands on the average of two of them."""
    from gymnasium.envs.box2d.lunar_lander import heuristic

    env = gymnasium.make("LunarLander-v3", continuous=continuous)

    def lands(env: Any, observation: Any) -> Any:
        return heuristic(env.unwrapped, observation)

    task = make_task(env, lands)
    policy = list(dagger.train(dagger.Config(num_rounds=3, ticks_per_round=1000), task, RNG(0)))[-1].policy
    assert task.expert is not None
    expert = episode_returns(env, lands, task.expert, 10, RNG(0)).mean()
    assert expert > 200.0
    assert episode_returns(env, None, policy, 10, RNG(0)).mean() > 0.7 * expert
