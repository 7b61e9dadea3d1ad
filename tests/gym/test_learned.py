"""What was learned elsewhere, kept: it acts as before without its environment, and is held against another's spaces."""

import json
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym import learned, world
from drive_sim.gym.space_json import space_from, space_json
from drive_sim.gym.spaces import Spaces
from drive_sim.learn import classification, convolutional, dagger, regression, smile
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.regressor import ExpertReader
from drive_sim.policies.stochastic import Greedy

RNG = np.random.default_rng
PICTURE = spaces.Box(0, 255, (2, 24, 30, 3), np.uint8)
ROW = spaces.Box(-np.inf, np.inf, (3,), np.float32)
PEDALS = spaces.Box(np.array([-1.0, 0.0]), np.array([1.0, np.inf]), dtype=np.float64)
CHOICE = spaces.Discrete(3, start=2)


class World(gymnasium.Env[Any, Any]):
    """Shows anything of its space, whatever is done; episodes of five steps."""

    def __init__(self, observation: spaces.Space[Any], action: spaces.Space[Any]) -> None:
        self.observation_space, self.action_space = observation, action

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        self.count = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), action
        self.count += 1
        return self.observation_space.sample(), float(np.sum(action)), False, self.count == 5, {}


def shown(env: World, num: int = 40) -> Transitions:
    """What somebody does there by what is seen first."""

    def expert(_: Any, observation: Any) -> Any:
        first = float(np.ravel(observation)[0])
        return 2 + int(first) % 3 if env.action_space == CHOICE else np.array([np.tanh(first), abs(first)])

    keep = isinstance(env.observation_space, spaces.Box) and env.observation_space.dtype == np.uint8
    return world.collect(env, ExpertReader(), num, RNG(0), expert=expert, keep_pictures=keep)


few = regression.Config(hidden=(8,), num_steps=5)
FITTED = {
    "flat": (ROW, PEDALS, lambda data: regression.fit(few, data, RNG(0))),
    "flat, drawn": (ROW, PEDALS, lambda data: regression.fit_gaussian(few, data, RNG(0))),
    "flat, chosen": (ROW, CHOICE, lambda data: Greedy(classification.fit(few, data, RNG(0)))),
    "flat, drawn from": (ROW, CHOICE, lambda data: classification.fit(few, data, RNG(0))),
    "pixels": (
        PICTURE,
        PEDALS,
        lambda data: convolutional.fit(convolutional.Config("thumbnail", least_steps=5), data, RNG(0)),
    ),
    "pixels, chosen": (
        PICTURE,
        CHOICE,
        lambda data: convolutional.fit(convolutional.Config("thumbnail", least_steps=5), data, RNG(0)),
    ),
}


@pytest.mark.parametrize("name", FITTED)
def test_what_is_loaded_acts_as_what_was_saved(name: str, tmp_path: Path) -> None:
    observation, action, fit = FITTED[name]
    env = World(observation, action)
    policy = fit(shown(env))
    driver = learned.load(learned.save(tmp_path / "model", env, policy, metrics={"seed": 0}))
    returns = [world.episode_returns(env, None, who, 3, RNG(1)) for who in (policy, driver)]
    np.testing.assert_array_equal(returns[0], returns[1])
    seen = observation.sample()
    assert action.contains(driver(seen))
    np.testing.assert_array_equal(driver(seen), driver(seen))
    again = learned.load(learned.save(tmp_path / "again", env, driver))
    np.testing.assert_array_equal(again(seen), driver(seen))
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == [
        "config.json",
        "metrics.json",
        "weights.safetensors",
    ]


def test_a_mixture_is_kept_whole(tmp_path: Path) -> None:
    env = World(ROW, PEDALS)
    task = world.make_task(env, lambda _: np.array([0.5, 2.0]), lambda data, rng: regression.fit(few, data, rng))
    mixed = list(smile.train(smile.Config(num_rounds=2, ticks_per_round=10, alpha=0.5), task, RNG(0)))[-1].policy
    driver = learned.load(learned.save(tmp_path / "model", env, mixed))
    returns = [world.episode_returns(env, None, who, 3, RNG(1)) for who in (mixed, driver)]
    np.testing.assert_array_equal(returns[0], returns[1])


def test_it_is_held_against_the_spaces_of_a_world_before_it_drives_there(tmp_path: Path) -> None:
    env = World(PICTURE, PEDALS)
    driver = learned.load(learned.save(tmp_path / "model", env, FITTED["pixels"][2](shown(env))))
    brakes = spaces.Box(np.array([-1.0, -1.0]), np.array([1.0, np.inf]), dtype=np.float64)
    many = gymnasium.vector.SyncVectorEnv([lambda: World(ROW, PEDALS)])
    for other, message in (
        (World(PICTURE, brakes), "World: the policy learned in World, whose action is Box"),
        (World(spaces.Box(0, 255, (24, 30, 3), np.uint8), PEDALS), "whose observation is Box"),
        (many, "whose observation is Box"),
    ):
        with pytest.raises(InputError, match=message):
            world.episode_returns(other, None, driver, 1, RNG(0))
        with pytest.raises(InputError, match=message):
            world.collect(other, driver, 1, RNG(0))
    with pytest.raises(InputError, match="an observation is no Box"):
        driver(np.zeros(5))


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    rows, pictures = World(ROW, PEDALS), World(PICTURE, PEDALS)
    policy = FITTED["flat"][2](shown(rows))
    with pytest.raises(InputError, match="World: Regressor does not act there"):
        learned.save(tmp_path / "model", pictures, policy)
    with pytest.raises(InputError, match=r"World: Regressor answers \(2,\) numbers, not Discrete"):
        learned.save(tmp_path / "model", World(ROW, CHOICE), policy)
    with pytest.raises(InputError, match="World: ExpertReader does not act there: no expert was asked"):
        learned.save(tmp_path / "model", rows, ExpertReader())
    learned.save(tmp_path / "model", rows, policy)
    with pytest.raises(InputError, match="nothing is overwritten"):
        learned.save(tmp_path / "model", rows, policy)
    with pytest.raises(InputError, match="acts in another world than our road"):
        load_model(tmp_path / "model")
    assert list(tmp_path.iterdir()) == [tmp_path / "model"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("action_space"), "action_space"),
        (lambda c: c["observation_space"].update(shape=[10**9, 10**9]), "no space can be made of this"),
        (lambda c: c["observation_space"].update(shape=[4]), "does not act there"),
        (lambda c: c["observation_space"].update(dtype="object"), "no space can be made"),
        (lambda c: c["observation_space"].update(space="Graph"), "no space can be made"),
        (lambda c: c["action_space"].update(low=[0.0, 0.0, 0.0]), "no space can be made"),
        (lambda c: c.update(action_space={"space": "Discrete", "n": 2, "start": 0}), "answers"),
        (lambda c: c.update(action_space={"space": "MultiBinary", "shape": [2]}), "Box or Discrete"),
        (lambda c: c["policy"].update(low=[0.0]), "low and high must be 2 numbers"),
        (lambda c: c["policy"].update(widths=[3, 9, 2]), "does not fit"),
        (lambda c: c["policy"].update(kind="world"), "world"),
    ],
)
def test_nothing_damaged_gets_in(change: Any, message: str, tmp_path: Path) -> None:
    env = World(ROW, PEDALS)
    path = learned.save(tmp_path / "model", env, FITTED["flat"][2](shown(env))) / "config.json"
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))
    with pytest.raises(InputError, match=message):
        learned.load(tmp_path / "model")


@pytest.mark.parametrize(
    "space",
    [
        PICTURE,
        ROW,
        PEDALS,
        CHOICE,
        spaces.Box(-(2**62), 2**62, (2, 2), np.int64),
        spaces.Box(np.array([-np.inf, 0.0]), np.array([1.0, np.inf]), dtype=np.float64),
        spaces.Box(-1.0, 1.0, (), np.float16),
        spaces.MultiDiscrete([3, 4]),
        spaces.MultiBinary((2, 3)),
        spaces.Dict({"image": PICTURE, "state": spaces.Tuple([ROW, CHOICE])}),
    ],
)
def test_a_space_is_the_same_after_json(space: Any) -> None:
    text = json.dumps(space_json(space), allow_nan=False)
    assert len(text) < 400
    assert space_from(json.loads(text), "here") == space


@pytest.mark.parametrize("said", [None, 3, [], {}, {"space": "Dict"}, {"space": "Discrete", "n": -1, "start": 0}])
def test_what_is_no_space_is_said(said: Any) -> None:
    with pytest.raises(InputError, match=r"^here: no space can be made of this"):
        space_from(said, "here")
    nested: Any = space_json(ROW)
    for _ in range(12):
        nested = {"space": "Tuple", "spaces": [nested]}
    with pytest.raises(InputError, match="more than 8 others"):
        space_from(nested, "here")


def test_a_task_s_policy_may_go_on_from_what_was_kept(tmp_path: Path) -> None:
    env = World(ROW, PEDALS)
    driver = learned.load(learned.save(tmp_path / "model", env, FITTED["flat"][2](shown(env))))
    task = world.make_task(env, lambda _: np.zeros(2), lambda data, rng: driver)
    rounds = list(dagger.train(dagger.Config(num_rounds=2, ticks_per_round=6), task, RNG(0)))
    assert rounds[-1].policy is driver and len(rounds[-1].rollout) == 6
    assert Spaces.of(env).check_policy(driver) is None
