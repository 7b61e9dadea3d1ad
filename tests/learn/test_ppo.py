"""Laws of PPO: its ratio, its clip, where its reward comes from, and that it learns to balance a pole."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.absorbing import AbsorbingVector
from drive_sim.gym.world import episode_returns, make_task
from drive_sim.learn import ppo
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.divergence import DivergedError
from drive_sim.learn.initial_flat import initial_policy
from drive_sim.policies.stochastic import Greedy, TrainableCategorical

SMALL = ppo.Config(num_rounds=3, ticks_per_round=40, num_epochs=4, batch_size=32)


def cart_poles(n: int = 4) -> Any:
    return gymnasium.make_vec("CartPole-v1", num_envs=n, vectorization_mode="vector_entry_point")


def task(*, name: str = "CartPole-v1", keep_rewards: bool = True) -> ImitationTask[Transitions, Any]:
    return make_task(gymnasium.make_vec(name, num_envs=4), keep_rewards=keep_rewards)


def pushed_right(rollout: Transitions) -> np.ndarray:
    return rollout.action[:, 0]


def weights(policy: Any) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in policy.parameters()]


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))


def started(name: str = "CartPole-v1") -> tuple[ppo.ActorCritic, Transitions]:
    """What PPO has before its first step, and what was driven."""
    offered, rng = task(name=name), np.random.default_rng(0)
    policy = offered.require("ppo", ppo.NEEDS).initial_policy(rng)
    rollout = offered.rollout(1, policy, 50, rng)
    learner = ppo.begin(SMALL, policy, rollout, rng)
    return learner, rollout


def gradient(learner: ppo.ActorCritic, loss: torch.Tensor) -> np.ndarray:
    """By the policy's parameters, as one vector."""
    parts = torch.autograd.grad(loss, list(learner.policy.parameters()), allow_unused=True, materialize_grads=True)
    return torch.cat([part.double().reshape(-1) for part in parts]).numpy()


@pytest.mark.parametrize("name", ["CartPole-v1", "Pendulum-v1"])
def test_the_ratio_is_1_before_the_first_step_and_the_gradient_the_policy_gradient(name: str) -> None:
    learner, rollout = started(name)
    batch = ppo.prepared(SMALL, learner, rollout, ppo.earned(rollout))
    loss, numbers = ppo.batch_loss(SMALL, learner, batch)
    assert numbers["ratio"] == 1.0 and numbers["clipped"] == 0.0
    A = (batch.advantage - batch.advantage.mean()) / batch.advantage.std()
    log_p = learner.policy.log_probability(batch.observation, batch.action)
    wanted = gradient(learner, -(A * log_p).mean())
    np.testing.assert_allclose(gradient(learner, loss), wanted, atol=1e-6 * np.abs(wanted).max())
    assert np.abs(wanted).max() > 0.0


@pytest.mark.parametrize("A", [2.0, -3.0])
def test_beyond_the_clip_nothing_pulls_further_and_all_that_leads_back_does(A: float) -> None:
    ratio = torch.tensor([0.5, 0.79, 0.81, 1.0, 1.19, 1.21, 2.0], requires_grad=True)
    ppo.clipped_surrogate(ratio, torch.full((7,), A), 0.2).sum().backward()
    assert ratio.grad is not None
    too_far = ratio.detach() > 1.2 if A > 0 else ratio.detach() < 0.8
    np.testing.assert_array_equal(ratio.grad.numpy(), np.where(too_far, 0.0, A))


@pytest.mark.parametrize("name", ["CartPole-v1", "Pendulum-v1"])
def test_same_seed_same_policy(name: str) -> None:
    def last(seed: int) -> Any:
        return list(ppo.train(SMALL, task(name=name), np.random.default_rng(seed)))[-1].policy

    assert same(last(0), last(0)) and not same(last(0), last(1))


def test_rounds_stay_as_they_were_and_count_what_was_done() -> None:
    kept: list[tuple[Round[Any], list[np.ndarray]]] = []
    for latest in ppo.train(SMALL, task(), np.random.default_rng(0)):
        kept.append((latest, weights(latest.policy)))
    for latest, then in kept:
        assert all(np.array_equal(a, b) for a, b in zip(weights(latest.policy), then, strict=True))
    assert not same(kept[0][0].policy, kept[1][0].policy)
    rollouts = [latest.rollout for latest, _ in kept]
    assert [latest.metrics["num_steps"] for latest, _ in kept] == np.cumsum([len(r) for r in rollouts]).tolist()
    assert kept[-1][0].metrics["mean_return"] == pytest.approx(len(rollouts[-1]) / rollouts[-1].done.sum())


def test_whatever_is_rewarded_is_learned_and_what_the_environment_pays_is_not_needed() -> None:
    """A reward for pushing right, in a task that tells none; who looks ahead would balance first."""
    config = replace(SMALL, num_rounds=10, gamma=0.0)
    seen = np.random.default_rng(0).normal(0.0, 0.05, (100, 4)).astype(np.float32)
    shares = {}
    for name, reward in {"right": pushed_right, "left": lambda rollout: -pushed_right(rollout)}.items():
        learned = list(ppo.train(config, task(keep_rewards=False), np.random.default_rng(0), reward=reward))[-1]
        shares[name] = learned.policy.log_probability(seen, np.ones((100, 1))).exp().mean().item()
        assert "mean_return" not in learned.metrics
    assert shares["right"] > 0.8 and shares["left"] < 0.2


def test_it_goes_on_from_what_has_learned_before() -> None:
    cloned = initial_policy(4, np.zeros(1), np.ones(1), 2, np.random.default_rng(7))
    start = replace(task(), initial_policy=lambda _: cloned)
    first = next(ppo.train(replace(SMALL, learning_rate=1e-12), start, np.random.default_rng(0))).policy
    for a, b in zip(weights(first), weights(cloned), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)


@pytest.mark.slow
def test_it_learns_to_balance_a_pole() -> None:
    """Who pushes at random stands for about 22 steps, and 500 is the limit; here after 16,000 steps."""
    config = replace(ppo.Config(), num_rounds=8)
    learned = list(ppo.train(config, task(), np.random.default_rng(0)))[-1].policy
    assert isinstance(learned, TrainableCategorical)
    assert episode_returns(cart_poles(20), None, Greedy(learned), 20, np.random.default_rng(1)).mean() > 200.0


def test_what_cannot_be_is_said() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match=r"ppo needs an environment .* and a policy that draws"):
        next(ppo.train(SMALL, replace(task(), make_env=None, initial_policy=None), rng))
    with pytest.raises(InputError, match="make it with keep_rewards=True"):
        next(ppo.train(SMALL, task(keep_rewards=False), rng))
    with pytest.raises(DivergedError, match="the loss of training step 1 is nan"):
        next(ppo.train(SMALL, task(), rng, reward=lambda rollout: np.full(len(rollout), np.nan)))
    cannot: tuple[dict[str, Any], ...] = (
        {"gamma": 1.1},
        {"lambda_": -0.1},
        {"clip": 0.0},
        {"batch_size": 1},
        {"num_rounds": 0},
    )
    for wrong in cannot:
        with pytest.raises(InputError, match=f"^ppo: {next(iter(wrong))} must be"):
            ppo.Config(**wrong)


def test_a_constant_reward_where_nothing_ends_leaves_the_policy_as_it_was_and_is_worth_its_sum_for_ever() -> None:
    """An absorbed state included: r / (1 - gamma), since the horizon is a cut."""
    start = initial_policy(5, np.zeros(1), np.ones(1), 2, np.random.default_rng(7))
    before = weights(start)
    config = replace(SMALL, ticks_per_round=60)
    world = replace(make_task(AbsorbingVector(cart_poles(), 60)), initial_policy=lambda _: start)

    def three(rollout: Transitions) -> np.ndarray:
        return np.full(len(rollout), 3.0)

    kept = list(ppo.train(config, world, np.random.default_rng(0), reward=three))
    for latest in kept:
        for a, b in zip(weights(latest.policy), before, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
        assert (latest.rollout.observation[:, 4] == 1.0).any()
    rollout = kept[-1].rollout
    learner = ppo.begin(config, start, rollout, np.random.default_rng(1))
    np.testing.assert_allclose(ppo.prepared(config, learner, rollout, three(rollout)).advantage.numpy(), 0.0, atol=1e-9)


def test_a_fall_costs_what_would_have_been_earned_for_ever() -> None:
    """Where an episode ends nothing more is earned: lambda = 0 sees r - r / (1 - gamma) there, and 0 elsewhere."""
    learner, rollout = started()
    config = replace(SMALL, lambda_=0.0)
    A = ppo.prepared(config, learner, rollout, np.full(len(rollout), 2.0)).advantage.numpy()
    np.testing.assert_allclose(A, np.where(rollout.terminated, -2.0 * 0.99 / (1.0 - 0.99), 0.0), atol=1e-9)


def test_advantages_that_are_small_beside_what_all_is_worth_are_not_made_large() -> None:
    learner, rollout = started()
    rollout = replace(rollout, terminated=np.zeros(len(rollout), dtype=np.bool_), truncated=rollout.done)
    reward = 1.0 + 0.001 * rollout.action[:, 0]
    sizes = []
    for least_spread in (0.0, 0.01):
        config = replace(SMALL, least_spread=least_spread)
        loss, _ = ppo.batch_loss(config, learner, ppo.prepared(config, learner, rollout, reward))
        sizes.append(float(np.abs(gradient(learner, loss)).max()))
    assert sizes[1] < 0.1 * sizes[0]
    falls = replace(config, least_spread=1e-4)
    learner, rollout = started()
    losses = [ppo.batch_loss(c, learner, ppo.prepared(c, learner, rollout, reward))[0].item() for c in (SMALL, falls)]
    assert losses[0] == losses[1], "What is large is standardised as ever."
