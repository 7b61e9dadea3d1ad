"""Laws of cloning by cross-entropy: it draws as often as it was shown, and its loss is the demonstrator's entropy."""

import math
from functools import partial

import gymnasium
import numpy as np
import pytest
import torch

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.world import clone, episode_returns, make_task
from drive_sim.learn import classification
from drive_sim.learn.regression import Config
from drive_sim.policies.stochastic import Greedy, TrainableCategorical

LINEAR = Config(hidden=(), num_steps=1500, batch_size=256, learning_rate=0.05, weight_decay=0.0)
N = 8000


def shown(num_actions: int | None = 3) -> Transitions:
    """Two kinds of rows, apart; what was done there: .2 .3 .5, and .7 .3 0."""
    rng = np.random.default_rng(0)
    kind = rng.integers(2, size=N)
    drawn = [rng.choice(3, size=N, p=p) for p in ([0.2, 0.3, 0.5], [0.7, 0.3, 0.0])]
    action = np.where(kind == 0, *drawn)[:, None].astype(np.float64)
    seen = kind[:, None].astype(np.float32) * np.array([[2.0, 0.0]], np.float32)
    over = np.zeros(N, np.bool_)
    return Transitions(seen, action, seen, over, over, np.zeros(1), np.full(1, 2.0), num_actions=num_actions)


def test_it_draws_as_often_as_was_shown_and_a_constant_column_does_no_harm() -> None:
    data = shown()
    policy = classification.fit(LINEAR, data, np.random.default_rng(0))
    for kind in (0, 1):
        rows = data.observation[:, 0] == 2.0 * kind
        share = np.bincount(data.action[rows, 0].astype(np.int64), minlength=3) / rows.sum()
        seen = np.repeat(data.observation[rows][:1], 3, axis=0)
        p = policy.log_probability(seen, np.arange(3.0)[:, None]).detach().exp().numpy()
        np.testing.assert_allclose(p, share, atol=0.02)


def test_the_loss_at_the_best_is_the_entropy_of_what_was_shown() -> None:
    data = shown()
    fitted = classification.fit(LINEAR, data, np.random.default_rng(0))
    with torch.no_grad():
        loss = -fitted.log_probability(data.observation, data.action).mean().item()
    entropy = 0.0
    for kind in (0, 1):
        rows = data.observation[:, 0] == 2.0 * kind
        share = np.bincount(data.action[rows, 0].astype(np.int64)) / rows.sum()
        entropy -= rows.mean() * float((share[share > 0] * np.log(share[share > 0])).sum())
    assert entropy < loss < entropy + 0.005 < math.log(3.0)


def test_a_pole_is_balanced_by_a_clone_the_same_again_from_the_same_seed() -> None:
    env = gymnasium.make("CartPole-v1")

    def balance(env: gymnasium.Env) -> int:
        return int(np.array(env.unwrapped.state) @ np.array([0.1, 0.3, 3.0, 1.0]) > 0.0)  # pyright: ignore

    task = make_task(env, balance, partial(classification.fit, Config(num_steps=400)))
    policies = [clone(task, 400, np.random.default_rng(2)) for _ in range(2)]
    assert isinstance(policies[0], TrainableCategorical) and isinstance(policies[1], TrainableCategorical)
    for a, b in zip(policies[0].parameters(), policies[1].parameters(), strict=True):
        assert torch.equal(a, b)
    assert episode_returns(env, None, Greedy(policies[0]), 3, np.random.default_rng(1)).mean() > 300.0


def test_numbers_are_not_chosen() -> None:
    with pytest.raises(InputError, match="these actions are numbers"):
        classification.fit(LINEAR, shown(num_actions=None), np.random.default_rng(0))
