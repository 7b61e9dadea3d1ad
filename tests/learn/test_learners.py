"""What every learner promises: it gets better, repeats itself, goes on after a stop, saves and loads."""

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.gym.world import collect, episode_returns, make_task
from drive_sim.learn import alvinn, alvinn_1989, bc, dagger, fem, gail, iq_learn, ppo, ridge, ridge_sums, smile, sqil
from drive_sim.learn.algorithms import ALGORITHMS
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.resume import kept_rounds, num_kept
from drive_sim.learn.road import road_task
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy, curvature_units, make_alvinn
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import KART_CAMERA, LinearPolicy
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.model_kinds import KINDS, describe
from drive_sim.policies.regressor import FlatObservation
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks

KICKED = Disturbance(kick_rate_hz=0.5, kick_shift_m=0.4, kick_turn_rad=0.05)
BC = bc.Config("small", num_steps=40, batch_size=16, steps_per_round=10, shift_rotate=None, device="cpu")
TRIES = ppo.Config(num_rounds=5, ticks_per_round=250)
SOFT_Q = sqil.Config(ticks_per_round=50, updates_per_step=0.5, learning_rate=3e-3, batch_size=32)
IQ = iq_learn.Config(num_rounds=5, ticks_per_round=50, updates_per_step=0.5, learning_rate=3e-3, batch_size=32)
ALVINN = alvinn.Config(num_frames=20, ticks_per_frame=6)
Rounds = Iterator[Round[Any]]
Task = ImitationTask[Demonstrations, Any]


@cache
def tracks() -> Tracks:
    return Tracks.stack([make_circuit(np.random.default_rng(3), kind=ROAD_KINDS["country"], length_m=600.0)])


@cache
def scenes() -> Scenes:
    return Scenes.stack([make_scene("day", np.random.default_rng(3))])


@cache
def expert_drive(camera: Camera, seed: int) -> tuple[Demonstrations, list[rollout.Tick]]:
    env = DriveEnv(tracks(), scenes(), EnvConfig(camera, disturbance=KICKED), np.random.default_rng(seed))
    ticks = list(rollout.drive(env, PursuitExpert(tracks()), 120, np.random.default_rng(seed)))
    return rollout.demonstrations_from(ticks, env), ticks


def road(camera: Camera = KART_CAMERA) -> Task:
    """A task that offers all there is but demonstrations: a learner that asks the expert drives with it itself."""
    config = EnvConfig(camera, disturbance=KICKED)
    return road_task(tracks(), scenes(), config, partial(ridge.fit, ridge.Config()))


def demonstrated(camera: Camera) -> Task:
    return replace(road(camera), demonstrations=expert_drive(camera, 0)[0])


class Balancer:
    """Pushes the way that the pole leans and turns."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return (observation.inputs @ np.array([0.1, 0.3, 3.0, 1.0]) > 0.0).astype(np.float64)[:, None]


class Constant:
    """Pushes one way."""

    def __init__(self, index: float) -> None:
        self.index = index

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return np.full((len(observation.inputs), 1), self.index)


def poles(num_envs: int) -> Any:
    return gymnasium.make_vec("CartPole-v1", num_envs=num_envs, vectorization_mode="vector_entry_point")


def balancing() -> ImitationTask[Any, Any]:
    """Poles, twenty pairs of who can balance them, and what the environment pays, for who reads that."""
    shown = collect(poles(1), Balancer(), 200, np.random.default_rng(5)).rows(np.arange(0, 200, 10))
    return make_task(poles(4), demonstrations=shown, keep_rewards=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """Small settings for a learner, a task that offers what it needs, and more, and whether it draws anything.

    `on_the_road`: it learns to drive here, by policies that are saved as models; else to balance a pole.
    """

    config: Any
    make_task: Callable[[], Any]
    draws: bool = True
    on_the_road: bool = True


TASKS = {
    "bc": Trial(BC, partial(demonstrated, Camera())),
    "ridge": Trial(ridge.Config(), partial(demonstrated, KART_CAMERA), draws=False),
    "alvinn": Trial(ALVINN, partial(demonstrated, ALVINN_CAMERA)),
    "alvinn-1989": Trial(alvinn_1989.Config(), partial(demonstrated, ALVINN_CAMERA)),
    "dagger": Trial(dagger.Config(3, 40), road),
    "smile": Trial(smile.Config(3, 40), road),
    "gail": Trial(gail.Config(policy=TRIES), balancing, on_the_road=False),
    "fem": Trial(fem.Config(policy=replace(TRIES, num_rounds=9, learning_rate=3e-3)), balancing, on_the_road=False),
    "sqil": Trial(replace(SOFT_Q, num_rounds=5), balancing, on_the_road=False),
    "iq-learn": Trial(IQ, balancing, on_the_road=False),
    "ppo": Trial(TRIES, balancing, on_the_road=False),
}
NEEDS: dict[str, tuple[Need, ...]] = {
    name: sys.modules[train.__module__].NEEDS for name, (_, train) in ALGORITHMS.items()
}
INTERACTIVE = tuple(name for name, needs in NEEDS.items() if "expert" in needs)
each_learner = pytest.mark.parametrize("name", TASKS)
each_on_the_road = pytest.mark.parametrize("name", [name for name, trial in TASKS.items() if trial.on_the_road])
each_that_tries = pytest.mark.parametrize("name", [name for name, trial in TASKS.items() if not trial.on_the_road])


def run(name: str, seed: int, folder: Path) -> Rounds:
    """The rounds of a learner; those of one that drives are kept in a folder."""
    trial = TASKS[name]
    if name in INTERACTIVE:
        return kept(name, trial.config, seed, folder)
    return ALGORITHMS[name][1](trial.config, trial.make_task(), np.random.default_rng(seed))


def kept(name: str, config: Any, seed: int, folder: Path) -> Rounds:
    return kept_rounds(ALGORITHMS[name][1], config, TASKS[name].make_task(), np.random.default_rng(seed), folder)


def start(name: str) -> Any:
    """What has not learned yet: a fresh network, or no weights."""
    if name == "bc":
        return bc.make_policy(BC, expert_drive(Camera(), 0)[0], np.random.default_rng(0))
    if name == "alvinn":
        units = curvature_units(ALVINN.num_units, alvinn.MAX_CURVATURE_PER_M)
        network = make_alvinn(np.random.default_rng(0), ALVINN.num_hidden, ALVINN.num_units)
        return AlvinnPolicy(network, units, ALVINN.rule)
    if name == "alvinn-1989":
        return next(run(name, 0, Path())).policy
    return LinearPolicy(np.zeros(1425), 0.0)


def error_per_m(policy: Any) -> float:
    """Root mean square difference to the expert's commands on a drive that nobody learned from."""
    _, ticks = expert_drive(policy.camera, 1)
    rng = np.random.default_rng(0)
    errors = [policy.act(t.observation, rng).curvature_per_m - t.command.curvature_per_m for t in ticks]
    return float(np.sqrt(np.mean(np.square(errors))))


def commands_per_m(camera: Camera) -> list[float]:
    """The expert's on that drive. The constant nearest to them is their mean, and misses by their deviation."""
    return [float(tick.command.curvature_per_m[0]) for tick in expert_drive(camera, 1)[1]]


def has_learned(policy: Any, at_the_start: Any) -> bool:
    """Clearly better than at the start, and than the best constant: whoever never looks at the picture."""
    error, best_constant = error_per_m(policy), float(np.std(commands_per_m(policy.camera)))
    return error < 0.7 * error_per_m(at_the_start) and error < 0.9 * best_constant


def described(policy: Any) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """As it is saved, or, where it is of no kind that is, all that was trained."""
    if isinstance(policy, tuple(kind.policy for kind in KINDS.values())):
        return describe(policy)
    return {}, {str(i): parameter.detach() for i, parameter in enumerate(policy.parameters())}


def assert_same(a: Any, b: Any) -> None:
    (config_a, arrays_a), (config_b, arrays_b) = described(a), described(b)
    assert config_a == config_b
    assert arrays_a.keys() == arrays_b.keys()
    assert all(torch.equal(arrays_a[name], arrays_b[name]) for name in arrays_a)


def last(rounds: Rounds) -> Round[Any]:
    return list(rounds)[-1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Round[Any]]:
    """The last round of a learner's run with seed 0 that nobody stopped."""
    return cache(lambda name: last(run(name, 0, tmp_path_factory.mktemp("whole"))))


def test_every_learner_is_tried() -> None:
    assert set(TASKS) == set(ALGORITHMS)


@pytest.mark.parametrize(("name", "need"), [(name, need) for name, needs in NEEDS.items() for need in needs])
def test_what_is_missing_is_named_before_anything_is_done(name: str, need: Need, tmp_path: Path) -> None:
    config, task = TASKS[name].config, replace(TASKS[name].make_task(), **{need: None})
    with pytest.raises(InputError, match=f"^{name} needs .*{need}.* does not offer"):
        next(ALGORITHMS[name][1](config, task, np.random.default_rng(0)))
    with pytest.raises(InputError, match=f"^{name} needs"):
        next(kept_rounds(ALGORITHMS[name][1], config, task, np.random.default_rng(0), tmp_path))
    assert not list(tmp_path.iterdir())


@each_learner
def test_what_is_not_needed_may_be_missing(name: str) -> None:
    config, task = TASKS[name].config, TASKS[name].make_task()
    least = ImitationTask(**{need: getattr(task, need) for need in NEEDS[name]}, collect=task.collect)
    first, same = (next(ALGORITHMS[name][1](config, offered, np.random.default_rng(0))) for offered in (least, task))
    assert_same(first.policy, same.policy)


@each_on_the_road
def test_better_than_at_the_start_and_than_any_constant_command(name: str, whole: Callable[[str], Round[Any]]) -> None:
    assert has_learned(whole(name).policy, start(name))


@pytest.mark.slow
@each_that_tries
def test_who_tries_balances_a_pole_for_longer_than_at_the_start_and_than_any_constant_push(
    name: str, whole: Callable[[str], Round[Any]]
) -> None:
    at_the_start = balancing().require(name, ("initial_policy",)).initial_policy(np.random.default_rng(0))
    learned, *others = (
        episode_returns(poles(16), None, policy, 16, np.random.default_rng(1)).mean()
        for policy in (whole(name).policy, at_the_start, Constant(0.0), Constant(1.0))
    )
    assert learned > 2.0 * max(others)


def test_a_constant_command_is_not_taken_for_learning() -> None:
    """A learner that finds the right mean and never looks is far better than its start, and fails the law above."""
    mean_per_m = float(np.mean(commands_per_m(KART_CAMERA)))
    constant, at_the_start = LinearPolicy(np.zeros(1425), mean_per_m), start("ridge")
    assert error_per_m(constant) < 0.7 * error_per_m(at_the_start)
    assert not has_learned(constant, at_the_start)


@each_learner
def test_same_seed_same_policy(name: str, whole: Callable[[str], Round[Any]], tmp_path: Path) -> None:
    again, other = (run(name, seed, tmp_path / f"{seed}") for seed in (0, 1))
    begun = next(again)
    first = deepcopy(begun.policy)  # what learns on may be the same network
    with pytest.raises(AssertionError) if TASKS[name].draws else nullcontext():
        assert_same(first, next(other).policy)
    assert_same([begun, *again][-1].policy, whole(name).policy)


@pytest.mark.parametrize("name", INTERACTIVE)
def test_goes_on_after_a_stop_as_if_nothing_had_happened(
    name: str, whole: Callable[[str], Round[Any]], tmp_path: Path
) -> None:
    next(run(name, 0, tmp_path / "stopped"))
    assert num_kept(tmp_path / "stopped") == 1
    resumed = last(run(name, 0, tmp_path / "stopped"))
    assert_same(resumed.policy, whole(name).policy)
    assert resumed.index == whole(name).index


@each_on_the_road
def test_loaded_as_saved(name: str, whole: Callable[[str], Round[Any]], tmp_path: Path) -> None:
    policy = whole(name).policy
    assert_same(load_model(save_model(tmp_path / "model", policy, {}, {}), device="cpu"), policy)


@pytest.mark.parametrize("moment", ["drive", "fit"])
def test_a_kill_within_a_round_costs_that_round_only(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dagger.Config(3, 20)
    whole = last(kept("dagger", config, 0, tmp_path / "whole"))
    calls: list[int] = []

    def killed(real: Callable[..., Any]) -> Callable[..., Any]:
        def once(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        return once

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        where, what = (rollout, "demonstrations_from") if moment == "drive" else (ridge_sums, "lab_features")
        patch.setattr(where, what, killed(getattr(where, what)))
        list(kept("dagger", config, 0, tmp_path / "killed"))
    assert num_kept(tmp_path / "killed") < 3
    assert_same(last(kept("dagger", config, 0, tmp_path / "killed")).policy, whole.policy)


def test_numbers_of_kept_rounds_are_those_of_the_first_time(tmp_path: Path) -> None:
    config = dagger.Config(2, 20)
    first = [r.metrics for r in kept("dagger", config, 0, tmp_path)]
    again = [r.metrics for r in kept("dagger", dagger.Config(3, 20), 0, tmp_path)]
    # A run may be made longer later; times and counts of its beginning stay.
    assert again[:2] == first
    assert len(again) == 3
    assert num_kept(tmp_path) == 3


def test_rounds_of_another_seed_are_not_taken_for_ours(tmp_path: Path) -> None:
    next(kept("dagger", dagger.Config(2, 20), 0, tmp_path))
    with pytest.raises(InputError, match="another seed"):
        next(kept("dagger", dagger.Config(2, 20), 1, tmp_path))


def test_what_is_kept_lies_in_its_own_round_whoever_learns(tmp_path: Path) -> None:
    """A learner that drives in each round and fits in every second one: nothing counts its calls."""

    def every_second(config: None, task: Task, rng: np.random.Generator) -> Rounds:
        policy: Any = task.expert
        for i in range(1, 5):
            rollout = task.labelled_rollout(i, policy, 10, rng, expert_alone=i == 1)
            if i % 2 == 0:
                policy = task.fit(i, rollout, rng)
            yield Round(i - 1, policy, {}, rollout)

    whole = list(kept_rounds(every_second, None, road(), np.random.default_rng(0), tmp_path))
    assert [sorted(path.name for path in tmp_path.glob(f"round-00{i}/model")) for i in range(1, 5)] == [
        [],
        ["model"],
        [],
        ["model"],
    ]
    again = list(kept_rounds(every_second, None, road(), np.random.default_rng(0), tmp_path))
    assert_same(again[-1].policy, whole[-1].policy)


def test_nor_is_what_was_fitted_with_another_seed_to_what_had_been_driven_before(tmp_path: Path) -> None:
    config, task = dagger.Config(1, 20), demonstrated(KART_CAMERA)
    next(kept_rounds(dagger.train, config, task, np.random.default_rng(0), tmp_path))
    with pytest.raises(InputError, match="another seed"):
        next(kept_rounds(dagger.train, config, task, np.random.default_rng(1), tmp_path))


def test_kept_or_not_the_policy_is_the_same(tmp_path: Path) -> None:
    config = dagger.Config(2, 20)
    bare = last(dagger.train(config, road(), np.random.default_rng(0)))
    assert_same(last(kept("dagger", config, 0, tmp_path)).policy, bare.policy)
