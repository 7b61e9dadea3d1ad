"""All that a learner from reward changes, as arrays by name and back again: weights, and what optimisers remember."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

from drive_sim.errors import InputError

LearnerState: TypeAlias = Mapping[str, Sequence[nn.Parameter] | torch.optim.Optimizer]
"""Weights and optimisers by name; both are changed in place as the learner learns."""


def tensors_of(state: LearnerState) -> dict[str, Tensor]:
    """A state as arrays, which later learning does not touch."""
    return {name: tensor.detach().clone() for name, tensor in _named(state)}


def restore(state: LearnerState, tensors: Mapping[str, Tensor], where: str) -> None:
    """Put a state back to what it was, in place. Raises InputError where the arrays are not of such a state."""
    for name, part in state.items():
        if isinstance(part, torch.optim.Optimizer):
            _restore_optimiser(part, {key: t for key, t in tensors.items() if key.startswith(f"{name}.")}, name, where)
            continue
        for number, parameter in enumerate(part):
            found = tensors.get(f"{name}.{number}")
            if found is None or found.shape != parameter.shape:
                raise InputError(f"{where}: {name}.{number} does not fit the learner; learn in a new folder")
            with torch.no_grad():
                parameter.copy_(found)


def _named(state: LearnerState) -> Iterable[tuple[str, Tensor]]:
    for name, part in state.items():
        if not isinstance(part, torch.optim.Optimizer):
            yield from ((f"{name}.{number}", parameter) for number, parameter in enumerate(part))
            continue
        for number, remembered in part.state_dict()["state"].items():
            yield from ((f"{name}.{number}.{key}", torch.as_tensor(value)) for key, value in remembered.items())


def _restore_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor], name: str, where: str) -> None:
    described = optimiser.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, _, what = key.removeprefix(f"{name}.").partition(".")
        if not (number.isdigit() and what):
            raise InputError(f"{where}: {key} does not fit the learner; learn in a new folder")
        state.setdefault(int(number), {})[what] = tensor
    optimiser.load_state_dict({**described, "state": state})
