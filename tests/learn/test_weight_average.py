"""The running mean of weights: how fast it follows, and that PPO and GAIL hand it on."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from torch import nn

from drive_sim.errors import InputError
from drive_sim.gym.world import collect, make_task
from drive_sim.learn import gail, ppo
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.weight_average import follow
from drive_sim.policies.regressor import FlatObservation

TRIES = ppo.Config(num_rounds=3, ticks_per_round=40, num_epochs=2, batch_size=32)


class Balancer:
    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return (observation.inputs @ np.array([0.1, 0.3, 3.0, 1.0]) > 0.0).astype(np.float64)[:, None]


def cart_pole() -> ImitationTask[Any, Any]:
    env = gymnasium.make_vec("CartPole-v1", num_envs=2, vectorization_mode="vector_entry_point")
    shown = collect(gymnasium.make("CartPole-v1"), Balancer(), 40, np.random.default_rng(5))
    return make_task(env, demonstrations=shown, keep_rewards=True)


def weights(of: Round[Any]) -> np.ndarray:
    return np.concatenate([parameter.detach().numpy().ravel() for parameter in of.policy.parameters()])


def test_it_goes_its_share_of_the_way_and_all_of_it_to_the_bit() -> None:
    mean, latest = (nn.Linear(3, 2) for _ in range(2))
    before, wanted = (of.weight.detach().clone() for of in (mean, latest))
    follow(mean, latest, 0.25)
    np.testing.assert_allclose(mean.weight.detach(), 0.75 * before + 0.25 * wanted, atol=1e-7)
    follow(mean, latest, 1.0)
    np.testing.assert_array_equal(mean.weight.detach(), wanted)


@pytest.mark.parametrize("name", ["ppo", "gail"])
def test_what_is_handed_on_is_the_mean_of_the_rounds_and_the_latest_goes_on_trying(name: str) -> None:
    found = {}
    for rate in (1.0, 0.1):
        tries = replace(TRIES, average_rate=rate)
        rng, task = np.random.default_rng(0), cart_pole()
        rounds = ppo.train(tries, task, rng) if name == "ppo" else gail.train(gail.Config(policy=tries), task, rng)
        found[rate] = list(rounds)
    latest = [weights(of) for of in found[1.0]]
    for i, of in enumerate(found[0.1]):
        np.testing.assert_allclose(weights(of), np.mean(latest[: i + 1], axis=0), atol=1e-6)
        np.testing.assert_array_equal(of.rollout.action, found[1.0][i].rollout.action)


@pytest.mark.parametrize("rate", [-0.1, 0.0, 1.1, float("nan")])
def test_a_mean_that_never_begins_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="average_rate must be above 0 and at most 1"):
        ppo.Config(average_rate=rate)
