"""Our optimisers are torch's, to the bit, through steps, schedules, and a state that is kept and brought back."""

import copy
from typing import Any

import pytest
import torch

from drive_sim.learn import optimisers


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Adam", {"lr": 1e-3}),
        ("Adam", {"lr": 1e-3, "eps": 1e-5, "fused": True}),
        ("AdamW", {"lr": 1e-3, "weight_decay": 0.1, "fused": True}),
        ("SGD", {"lr": 1e-5, "momentum": 0.9, "weight_decay": 0.01}),
    ],
)
def test_it_steps_as_torch_s(name: str, settings: dict[str, Any]):
    ours, theirs = (trained(getattr(of, name), settings) for of in (optimisers, torch.optim))
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def trained(kind: Any, settings: dict[str, Any]) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    weights = [torch.nn.Parameter(torch.randn(size, generator=generator)) for size in ((20, 30), (30,))]
    before = [weight.detach().clone() for weight in weights]
    optimiser = kind(weights, **settings)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 10)
    for step in range(6):
        optimiser.zero_grad()
        (weights[0] @ weights[1]).square().sum().backward()
        optimiser.step()
        schedule.step()
        if step == 3:
            kept = copy.deepcopy(optimiser.state_dict())
            optimiser = kind(weights, **settings)
            optimiser.load_state_dict(kept)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 10)
    assert not any(torch.equal(weight, old) for weight, old in zip(weights, before, strict=True))
    assert optimiser.defaults["lr"] == settings["lr"]
    return [weight.detach() for weight in weights]
