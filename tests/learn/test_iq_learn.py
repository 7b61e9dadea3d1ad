"""Laws of IQ-Learn: offline without its penalty it is cloning; the penalty is the implied reward's."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn import iq_learn
from drive_sim.learn.soft_q_rounds import begin
from drive_sim.policies.soft_q import soft_policy

CONFIG = iq_learn.Config(offline=True, temperature=0.01)


def rows(n: int, seed: int) -> Transitions:
    rng = np.random.default_rng(seed)
    seen = rng.normal(size=(2, n, 3)).astype(np.float32)
    ended = rng.random(n) < 0.2
    action = rng.integers(4, size=(n, 1)).astype(float)
    return Transitions(seen[0], action, seen[1], ended, ~ended, np.zeros(1), np.full(1, 3.0), num_actions=4)


def learner(config: iq_learn.Config = CONFIG) -> iq_learn.SoftQ:
    """One whose values are not all 0 any more."""
    drawn = begin(config, rows(50, 0), np.random.default_rng(0))
    with torch.no_grad():
        for seed, network in enumerate((drawn.q, drawn.target)):
            for parameter in network.parameters():
                parameter.add_(0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(seed)))
    return drawn


def test_offline_without_its_penalty_it_is_the_temperature_times_cross_entropy() -> None:
    shown, knows = rows(40, 1), learner()
    loss = iq_learn.loss(replace(CONFIG, alpha=np.inf), knows, shown, rows(10, 2))
    cross_entropy = -soft_policy(knows.q).log_probability(shown.observation, shown.action).mean()
    torch.testing.assert_close(loss, CONFIG.temperature * cross_entropy)
    # And so are its gradients: it is cloning.
    parameters = list(knows.q.parameters())
    ours, clone = (torch.autograd.grad(value, parameters) for value in (loss, CONFIG.temperature * cross_entropy))
    for a, b in zip(ours, clone, strict=True):
        torch.testing.assert_close(a, b)


def test_the_penalty_is_the_mean_square_of_the_implied_reward() -> None:
    shown, knows = rows(40, 1), learner()
    q = knows.q.values(shown.observation).gather(1, torch.as_tensor(shown.action, dtype=torch.int64)).squeeze(1)
    after = np.where(shown.terminated, 0.0, knows.target.soft_values(shown.next_observation).detach().numpy())
    reward = q.detach().numpy() - CONFIG.gamma * after
    bare, whole = (iq_learn.loss(replace(CONFIG, alpha=a), knows, shown, shown).item() for a in (np.inf, 0.5))
    assert whole - bare == pytest.approx(np.mean(reward**2) / (4.0 * 0.5 * (1.0 - CONFIG.gamma)))


def test_online_with_what_was_shown_as_what_was_done_it_is_offline() -> None:
    shown, knows = rows(40, 1), learner()
    online = iq_learn.loss(replace(CONFIG, offline=False), knows, shown, shown)
    torch.testing.assert_close(online, iq_learn.loss(CONFIG, knows, shown, shown))
    other = iq_learn.loss(replace(CONFIG, offline=False), knows, shown, rows(40, 2))
    assert abs((other - online).item()) > 1e-6


def test_what_follows_is_valued_by_the_copy_that_lags_behind() -> None:
    shown, knows = rows(40, 1), learner()
    loss = iq_learn.loss(CONFIG, knows, shown, shown)
    torch.autograd.grad(loss, list(knows.q.parameters()))
    with torch.no_grad():
        list(knows.target.parameters())[-1].add_(0.5)
    assert abs((iq_learn.loss(CONFIG, knows, shown, shown) - loss).item()) > 1e-6
    # Without the penalty nothing that follows is heeded.
    bare = replace(CONFIG, alpha=np.inf)
    elsewhere = replace(shown, next_observation=shown.next_observation + np.float32(1.0))
    torch.testing.assert_close(*(iq_learn.loss(bare, knows, steps, steps) for steps in (shown, elsewhere)))


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="iq-learn: alpha must be positive"):
        iq_learn.Config(alpha=0.0)
    with pytest.raises(InputError, match="soft Q: gamma"):
        iq_learn.Config(gamma=1.0)
