"""Soft policies of action values: their laws, and that they are kept whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.policies.model_folder import load_policy, save_model
from drive_sim.policies.soft_q import ActionValues, make_action_values, soft_maximum, soft_policy

Q = torch.tensor([[0.3, 0.1, 0.2], [-1.0, 4.0, 4.0]], dtype=torch.float64)


def values(seen: np.ndarray, temperature: float = 0.1) -> ActionValues:
    drawn = make_action_values(seen, 3, temperature, np.random.default_rng(0))
    with torch.no_grad():
        for parameter in drawn.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    return drawn


def rows(n: int = 6) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(n, 5)).astype(np.float32)


def pictures(n: int = 4) -> np.ndarray:
    return np.random.default_rng(2).integers(256, size=(n, 30, 32, 3)).astype(np.uint8)


def test_the_soft_maximum_lies_above_the_maximum_by_temperature_log_k_at_most() -> None:
    for temperature in (1.0, 0.1, 1e-4):
        above = soft_maximum(Q, temperature) - Q.max(dim=1).values
        assert (above >= 0.0).all() and (above <= temperature * np.log(3.0)).all()
    torch.testing.assert_close(soft_maximum(torch.zeros(1, 4).double(), 0.5), torch.tensor([0.5 * np.log(4.0)]))


@pytest.mark.parametrize("seen", [rows(), pictures()], ids=["rows", "pictures"])
def test_an_advantage_is_the_temperature_times_the_log_probability(seen: np.ndarray) -> None:
    q = values(seen)
    policy, action = soft_policy(q), np.arange(len(seen), dtype=np.float64)[:, None] % 3
    chosen = q.values(seen).gather(1, torch.from_numpy(action).long()).squeeze(1)
    advantage = (chosen - q.soft_values(seen)) / q.temperature
    torch.testing.assert_close(policy.log_probability(seen, action), advantage)


@pytest.mark.parametrize("seen", [rows(), pictures()], ids=["rows", "pictures"])
def test_it_begins_undecided(seen: np.ndarray) -> None:
    policy = soft_policy(make_action_values(seen, 3, 1e-3, np.random.default_rng(0)))
    np.testing.assert_allclose(policy.entropy(seen).detach().numpy(), np.log(3.0))


@pytest.mark.parametrize("seen", [rows(), pictures()], ids=["rows", "pictures"])
def test_it_is_kept_whole(seen: np.ndarray, tmp_path: Path) -> None:
    policy = soft_policy(values(seen))
    loaded: Any = load_policy(save_model(tmp_path / "model", policy, {}, {}))
    torch.testing.assert_close(loaded.logits.values(seen), policy.logits.outputs(seen) * 0.1)
    again, once = (p.sample(seen, np.random.default_rng(3)) for p in (loaded, policy))
    np.testing.assert_array_equal(again, once)


def test_what_it_cannot_read_is_said() -> None:
    with pytest.raises(InputError, match="rows of numbers or RGB pictures"):
        make_action_values(np.zeros((2, 3, 3), np.float32), 2, 0.1, np.random.default_rng(0))
    with pytest.raises(InputError, match="a network for 32x30 pictures"):
        values(pictures()).values(pictures()[:, :20])
