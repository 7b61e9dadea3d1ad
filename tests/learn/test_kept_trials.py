"""Rounds of who tries are kept: stopped anywhere and resumed is as never stopped, to the bit."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.gym.world import collect, make_task
from drive_sim.learn import gail, iq_learn, ppo, sqil
from drive_sim.learn.base import Round
from drive_sim.learn.kept_trials import kept_trials
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.tensor_file import load_tensors, save_tensors

TRIES = ppo.Config(num_rounds=4, ticks_per_round=40, num_epochs=2, batch_size=32)
LEARNERS: dict[str, tuple[Any, Any]] = {
    "gail": (gail.Config(policy=replace(TRIES, average_rate=0.1), past_share=1.0), gail.train),
    "ppo": (TRIES, ppo.train),
    "sqil": (sqil.Config(num_rounds=4, ticks_per_round=20, batch_size=16), sqil.train),
    "sqil-averaged": (sqil.Config(ticks_per_round=20, batch_size=16, average_rate=0.3), sqil.train),
    "iq-learn": (iq_learn.Config(num_rounds=4, ticks_per_round=20, batch_size=16), iq_learn.train),
}
each_learner = pytest.mark.parametrize("name", LEARNERS)


class Balancer:
    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return (observation.inputs @ np.array([0.1, 0.3, 3.0, 1.0]) > 0.0).astype(np.float64)[:, None]


def rounds(name: str, folder: Path | None, seed: int = 0, num_rounds: int = 4) -> Iterator[Round[Any]]:
    env = gymnasium.make_vec("CartPole-v1", num_envs=2, vectorization_mode="vector_entry_point")
    shown = collect(gymnasium.make("CartPole-v1"), Balancer(), 40, np.random.default_rng(5))
    task = make_task(env, demonstrations=shown, keep_rewards=True)
    config, train = LEARNERS[name]
    fewer = {"policy": replace(config.policy, num_rounds=num_rounds)} if name == "gail" else {"num_rounds": num_rounds}
    rng = np.random.default_rng(seed)
    config = replace(config, **fewer)
    return train(config, task, rng) if folder is None else kept_trials(train, config, task, rng, folder)


def weights(of: Round[Any]) -> list[np.ndarray]:
    return [parameter.detach().numpy() for parameter in of.policy.parameters()]


def numbers(of: Round[Any]) -> dict[str, float]:
    return {name: value for name, value in of.metrics.items() if name != "cpu_s"}


@each_learner
def test_stopped_and_resumed_is_as_never_stopped_to_the_bit(name: str, tmp_path: Path) -> None:
    whole, kept = list(rounds(name, None)), list(rounds(name, tmp_path / "whole"))
    list(islice(rounds(name, tmp_path / "stopped"), 2))
    resumed = list(rounds(name, tmp_path / "stopped"))
    for a, b, c in zip(whole, kept, resumed, strict=True):
        assert all(
            np.array_equal(x, y) and np.array_equal(x, z) for x, y, z in zip(*map(weights, (a, b, c)), strict=True)
        )
        assert numbers(a) == numbers(b) == numbers(c)
    # What was learned once is not learned again.
    assert resumed[0].metrics["cpu_s"] == next(rounds(name, tmp_path / "stopped")).metrics["cpu_s"]


def test_killed_between_what_is_written_of_a_round(tmp_path: Path) -> None:
    whole = list(rounds("gail", None))
    for lost in ("state.safetensors", "metrics.json"):
        folder = tmp_path / lost
        list(islice(rounds("gail", folder), 2))
        (folder / "round-002" / lost).unlink()
        last = list(rounds("gail", folder))[-1]
        assert all(np.array_equal(a, b) for a, b in zip(weights(whole[-1]), weights(last), strict=True))
        assert numbers(last) == numbers(whole[-1])


def test_rounds_of_another_seed_or_learner_are_not_taken_for_ours(tmp_path: Path) -> None:
    next(rounds("gail", tmp_path / "seed"))
    with pytest.raises(InputError, match="another seed"):
        next(rounds("gail", tmp_path / "seed", seed=1))
    path = tmp_path / "seed" / "round-001" / "state.safetensors"
    tensors = load_tensors(path, "")
    path.unlink()
    save_tensors(path, {name: tensor.reshape(-1)[:1] for name, tensor in tensors.items() if "adam" not in name})
    with pytest.raises(InputError, match="does not fit the learner; learn in a new folder"):
        next(rounds("gail", tmp_path / "seed"))
    path.write_bytes(b"no tensors")
    with pytest.raises(InputError, match=r"state\.safetensors is damaged; delete that round's folder"):
        next(rounds("gail", tmp_path / "seed"))


@pytest.mark.parametrize(("name", "number"), [("num_steps", -1), ("num_steps", 10**400), ("round", 2), ("loss", "0.1")])
def test_numbers_that_were_changed_are_refused_and_a_count_is_counted_again(
    name: str, number: float | str, tmp_path: Path
) -> None:
    list(islice(rounds("sqil", tmp_path), 2))
    path = tmp_path / "round-001" / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: number}))
    with pytest.raises(InputError, match=rf"metrics.json.*({name} is not what it must be|number)"):
        list(rounds("sqil", tmp_path))


def test_a_run_of_more_rounds_goes_on_from_one_of_fewer(tmp_path: Path) -> None:
    list(rounds("sqil", tmp_path, num_rounds=2))
    assert [of.metrics["num_rounds"] for of in rounds("sqil", tmp_path, num_rounds=3)] == [3, 3, 3]
