"""Laws of SQIL: its residual on a chain solved by hand, what an absorbed state is worth, what it never reads."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from torch import Tensor

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.world import make_task
from drive_sim.learn import soft_q_rounds, sqil
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.soft_q_rounds import SoftQ
from drive_sim.policies.base import Observations
from drive_sim.policies.soft_q import ActionValues

SMALL = sqil.Config(num_rounds=3, ticks_per_round=40, batch_size=16)


class Table:
    """Q as a table: a state is a row with a 1 at its number."""

    def __init__(self, q: np.ndarray) -> None:
        self.q = torch.nn.Parameter(torch.tensor(q, dtype=torch.float64))

    def outputs(self, rows: Observations, /) -> Tensor:
        return torch.as_tensor(rows, dtype=torch.float64) @ self.q

    def parameters(self) -> Any:
        yield self.q


def tabular(q: np.ndarray, temperature: float) -> SoftQ:
    values, target = (ActionValues(Table(q), temperature) for _ in range(2))
    return SoftQ(values, target, torch.optim.Adam(values.parameters(), lr=1e-4))


def steps(states: list[int], actions: list[int], led_to: list[int], terminated: list[bool], n: int) -> Transitions:
    one, ended = np.eye(n, dtype=np.float32), np.array(terminated)
    act = np.array(actions, dtype=float)[:, None]
    return Transitions(one[states], act, one[led_to], ended, ~ended, np.zeros(1), np.ones(1), num_actions=2)


def cart_pole(*, keep_rewards: bool = False) -> ImitationTask[Transitions, Any]:
    env = gymnasium.make_vec("CartPole-v1", num_envs=2, vectorization_mode="vector_entry_point")
    rng = np.random.default_rng(8)
    seen = rng.normal(0.0, 0.1, (2, 30, 4)).astype(np.float32)
    act, ends = rng.integers(2, size=(30, 1)).astype(float), np.zeros(30, dtype=np.bool_)
    shown = Transitions(seen[0], act, seen[1], ends, ends, np.zeros(1), np.ones(1), num_actions=2)
    return make_task(env, demonstrations=shown, keep_rewards=keep_rewards)


def learned(config: sqil.Config, task: ImitationTask[Transitions, Any], seed: int = 0) -> list[np.ndarray]:
    policy = list(sqil.train(config, task, np.random.default_rng(seed)))[-1].policy
    return [parameter.detach().numpy() for parameter in policy.parameters()]


def test_the_residual_is_zero_on_a_chain_solved_by_hand() -> None:
    """State 0, action 0 (shown) leads to 1; action 1 (tried) stays. In state 1 either ends it: 0 shown, 1 tried.

    With g = gamma and t the temperature: Q(1, 0) = 1 - g, Q(1, 1) = 0, V(1) = t log(exp((1 - g) / t) + 1);
    Q(0, 0) = 1 - g + g V(1), and Q(0, 1) = g V(0), where V(0) = t log(exp(Q(0, 0) / t) + exp(g V(0) / t)).
    """
    g, t = 0.9, 0.05
    config = replace(SMALL, gamma=g, temperature=t)
    v1 = t * np.log(np.exp((1.0 - g) / t) + 1.0)
    q00, v0 = 1.0 - g + g * v1, 0.0
    for _ in range(2000):
        v0 = t * np.log(np.exp(q00 / t) + np.exp(g * v0 / t))
    learner = tabular(np.array([[q00, g * v0], [1.0 - g, 0.0]]), t)
    both = steps([0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 0, 1], [False, True, False, True], 2)
    shown = np.array([True, True, False, False])
    residual = sqil.bellman_residual(config, learner, both, shown)
    np.testing.assert_allclose(residual.detach().numpy(), 0.0, atol=1e-9)
    assert sqil.loss(config, learner, both.rows(shown), both.rows(~shown)).item() < 1e-16
    # Of another temperature, or with rewards the other way round, these values are wrong.
    assert (
        sqil.bellman_residual(
            config, tabular(learner.q.values(np.eye(2, dtype=np.float32)).detach().numpy(), 0.2), both, shown
        )
        .abs()
        .max()
        > 0.01
    )
    assert sqil.bellman_residual(config, learner, both, ~shown).abs().max() > 0.05


@pytest.mark.parametrize("was_shown", [True, False])
def test_an_absorbed_state_is_worth_its_reward_for_ever_where_the_limit_is_bootstrapped(was_shown: bool) -> None:
    """Both actions stay, so V = r + gamma V + temperature log 2: V = (r + temperature log 2) / (1 - gamma)."""
    config = replace(SMALL, gamma=0.9, temperature=0.01, target_rate=1.0)
    r = 1.0 - config.gamma if was_shown else 0.0
    learner = tabular(np.zeros((1, 2)), config.temperature)
    stay = steps([0, 0], [0, 1], [0, 0], [False, False], 1)
    for _ in range(300):
        residual = sqil.bellman_residual(config, learner, stay, np.array([was_shown] * 2))
        with torch.no_grad():
            for table in (learner.q, learner.target):
                next(iter(table.parameters())).sub_(residual.detach()[None])
    worth = learner.q.soft_values(np.eye(1, dtype=np.float32)).item()
    assert worth == pytest.approx((r + config.temperature * np.log(2.0)) / (1.0 - config.gamma), rel=1e-6)
    # An end in its place is worth its reward once.
    ended = replace(stay, terminated=np.array([True, True]), truncated=np.array([False, False]))
    q = r - sqil.bellman_residual(config, tabular(np.full((1, 2), r), 0.01), ended, np.array([was_shown] * 2))
    np.testing.assert_allclose(q.detach().numpy(), r)


def test_bounds_leave_right_values_alone_and_hold_those_that_nobody_can_earn() -> None:
    """To be shown for ever, undecided between two, is worth the most there is; wild values count as no more."""
    free = replace(SMALL, gamma=0.9, temperature=0.01)
    config, shown = replace(free, bounded=True), np.array([True, True])
    stay = steps([0, 0], [0, 1], [0, 0], [False, False], 1)
    q = sqil.most_value(config, 2) - config.temperature * np.log(2.0)
    right = tabular(np.full((1, 2), q), config.temperature)
    np.testing.assert_allclose(sqil.bellman_residual(config, right, stay, shown).detach(), 0.0, atol=1e-12)
    for wild, least in ((40.0, sqil.most_value(config, 2)), (-40.0, 0.0)):
        learner = tabular(np.full((1, 2), wild), config.temperature)
        residual = sqil.bellman_residual(config, learner, stay, ~shown).detach().numpy()
        np.testing.assert_allclose(residual, wild - config.gamma * least)
        assert np.abs(sqil.bellman_residual(free, learner, stay, ~shown).detach().numpy() - residual).min() > 30.0


def test_both_halves_weigh_alike_however_many_steps_each_has() -> None:
    learner = tabular(np.array([[0.3, 0.1], [0.2, 0.4]]), 0.01)
    shown, done = steps([0], [0], [1], [False], 2), steps([1, 0], [1, 1], [0, 0], [False, False], 2)
    once = sqil.loss(SMALL, learner, shown, done)
    torch.testing.assert_close(sqil.loss(SMALL, learner, shown, done + done), once)
    heavier = sqil.loss(replace(SMALL, sample_weight=3.0), learner, shown, done)
    assert heavier > once


def test_a_round_is_of_averaged_weights_and_tries_with_those_of_the_last_step() -> None:
    """Each step's weights count (1 - rate)^age x rate, and what the average began with has the rest."""
    rate, config = 0.25, replace(SMALL, average_rate=0.25)
    q, target, average = (ActionValues(Table(np.array([[0.3, 0.1], [0.2, 0.4]])), 0.01) for _ in range(3))
    learner = SoftQ(q, target, torch.optim.Adam(q.parameters(), lr=0.05), average)
    row, expected = np.eye(2, dtype=np.float32), q.values(np.eye(2, dtype=np.float32)).detach()
    for _ in range(5):
        learner.step(q.values(row).square().sum(), config)
        expected = (1.0 - rate) * expected + rate * q.values(row).detach()
    torch.testing.assert_close(average.values(row).detach(), expected)
    averaged, own = (list(sqil.train(c, cart_pole(), np.random.default_rng(0))) for c in (config, SMALL))
    # What is tried, and so learned from, is the same; what is kept is not.
    assert all(np.array_equal(a.rollout.action, b.rollout.action) for a, b in zip(averaged, own, strict=True))
    kept, latest = (next(iter(rounds[-1].policy.parameters())).detach().numpy() for rounds in (averaged, own))
    assert not np.array_equal(kept, latest)


def test_same_seed_same_policy_whatever_the_environment_pays() -> None:
    plain, told = (learned(SMALL, cart_pole(keep_rewards=keeps)) for keeps in (False, True))
    assert all(np.array_equal(a, b) for a, b in zip(plain, told, strict=True))
    assert not np.array_equal(plain[0], learned(SMALL, cart_pole(), seed=1)[0])


def test_a_first_policy_knows_nothing_and_later_ones_are_not_touched_by_rounds_to_come() -> None:
    rounds = list(sqil.train(SMALL, cart_pole(), np.random.default_rng(0)))
    first = rounds[0].rollout.action.mean()
    assert 0.3 < first < 0.7
    before, after = (next(iter(r.policy.parameters())).detach().numpy() for r in rounds[:2])
    assert not np.array_equal(before, after)
    assert [r.metrics["num_steps"] for r in rounds] == np.cumsum([len(r.rollout) for r in rounds]).tolist()


def test_pictures_are_learned_from_as_rows_are() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(256, size=(2, 12, 30, 32, 3)).astype(np.uint8)
    act, ends = rng.integers(2, size=(12, 1)).astype(float), np.zeros(12, dtype=np.bool_)
    shown = Transitions(pictures[0], act, pictures[1], ends, ends, np.zeros(1), np.ones(1), num_actions=2)
    task: ImitationTask[Any, Any] = ImitationTask(shown, lambda _: None, collect=lambda *_, **__: shown)  # pyright: ignore
    config = replace(SMALL, num_rounds=2)
    first, second = sqil.train(config, task, np.random.default_rng(0))
    assert first.policy.likeliest(pictures[0]).shape == (12, 1) and second.metrics["loss"] < first.metrics["loss"]
    with pytest.raises(InputError, match="too small for their network"):
        tiny = replace(shown, observation=pictures[0][:, :4, :4], next_observation=pictures[1][:, :4, :4])
        next(sqil.train(config, replace(task, demonstrations=tiny), np.random.default_rng(0)))


def test_what_cannot_be_is_said() -> None:
    task, rng = cart_pole(), np.random.default_rng(0)
    settings: tuple[tuple[dict[str, Any], str], ...] = (
        ({"gamma": 1.0}, "gamma"),
        ({"temperature": 0.0}, "temperature"),
        ({"capacity": 0}, "capacity"),
        ({"target_rate": 2.0}, "target_rate"),
        ({"average_rate": 0.0}, "average_rate"),
    )
    for wrong, said in settings:
        with pytest.raises(InputError, match=f"soft Q: {said} must be"):
            sqil.Config(**wrong)
    with pytest.raises(InputError, match=r"temperature x log\(2\) is 0.0139, and must be below the reward of a tick"):
        next(sqil.train(replace(SMALL, temperature=0.02), task, rng))
    with pytest.raises(InputError, match="sqil needs demonstrations with next observations"):
        next(sqil.train(SMALL, replace(task, demonstrations=np.zeros(3)), rng))
    assert task.demonstrations is not None
    numbers = replace(task.demonstrations, num_actions=None)
    with pytest.raises(InputError, match="sqil values each of k actions, and these are numbers"):
        next(sqil.train(SMALL, replace(task, demonstrations=numbers), rng))
    with pytest.raises(InputError, match="hold no steps"):
        soft_q_rounds.checked_demonstrations("sqil", task.demonstrations.rows(np.arange(0)))


def test_a_training_that_diverges_names_the_step() -> None:
    rounds = sqil.train(replace(SMALL, learning_rate=1e30), cart_pole(), np.random.default_rng(0))
    with pytest.raises(InputError, match=r"the loss of training step \d+ is nan"):
        list(rounds)
