"""torch's optimisers without its compiler, which any of them would import as it begins: two seconds, for nothing here.

torch wraps their methods so that whoever compiles a training may do so. Below the wrappers they are the same functions,
so what they compute is the same to the bit; a lesson's worker, or a window that retrains, just begins earlier.
"""

import inspect
from collections.abc import Callable
from typing import Any

import torch


def _plain_step(wrapped: Callable[..., Any]) -> Any:
    """A step's own function; in torch its wrapper switches gradients off, too."""
    bare = inspect.unwrap(wrapped)

    @torch.no_grad()
    def step(self: torch.optim.Optimizer) -> None:
        bare(self)

    return step


class _Plain(torch.optim.Optimizer):
    add_param_group = inspect.unwrap(torch.optim.Optimizer.add_param_group)
    zero_grad = inspect.unwrap(torch.optim.Optimizer.zero_grad)
    state_dict = inspect.unwrap(torch.optim.Optimizer.state_dict)
    load_state_dict = inspect.unwrap(torch.optim.Optimizer.load_state_dict)


class Adam(_Plain, torch.optim.Adam):
    """torch.optim.Adam."""

    step = _plain_step(torch.optim.Adam.step)


class AdamW(_Plain, torch.optim.AdamW):
    """torch.optim.AdamW."""

    step = _plain_step(torch.optim.AdamW.step)


class SGD(_Plain, torch.optim.SGD):
    """torch.optim.SGD."""

    step = _plain_step(torch.optim.SGD.step)
