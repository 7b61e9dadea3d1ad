"""Fully connected networks between standardised numbers, as descriptions and arrays: part of several kinds."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.base import PerAction
from drive_sim.policies.flat_network import FlatNetwork
from drive_sim.policies.kinds.kind import PUT_BACK, Described, NumUnits, Source

_MOST_LAYERS = 16


@dataclass(frozen=True, slots=True)
class _Layers:
    widths: Annotated[list[NumUnits], msgspec.Meta(min_length=2, max_length=_MOST_LAYERS)]


def describe_flat(policy: FlatNetwork) -> Described:
    """A flat network: the widths of its layers, and its weights with what standardises its inputs."""
    return {"widths": widths_of(policy.network)}, {
        **network_arrays(policy.network),
        "input_mean": torch.from_numpy(policy.input_mean.copy()),
        "input_spread": torch.from_numpy(policy.input_spread.copy()),
    }


def rebuild_flat(source: Source) -> FlatNetwork:
    """The flat network of a source."""
    widths, network = empty_network(source)
    one_a_column = torch.empty(widths[0])
    source.check_arrays(network.state_dict() | {"input_mean": one_a_column, "input_spread": one_a_column})
    fill(network, source)
    return FlatNetwork(network, vector(source, "input_mean"), spread(source, "input_spread"))


def widths_of(network: nn.Sequential) -> list[int]:
    """How many numbers each layer is given, and at last how many come out."""
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    return [layers[0].in_features, *(layer.out_features for layer in layers)]


def network_arrays(network: nn.Sequential) -> dict[str, Tensor]:
    """Its weights by name."""
    return {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}


def empty_network(source: Source) -> tuple[list[int], nn.Sequential]:
    """The widths of the description, and a tanh network of these whose weights are still nowhere.

    Nothing is stored before the arrays are known to fit. Raises InputError where the widths cannot be.
    """
    widths = source.read(_Layers).widths
    with torch.device("meta"):
        layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
    return widths, nn.Sequential(*[module for layer in layers[:-1] for module in (layer, nn.Tanh())], layers[-1])


def fill(network: nn.Sequential, source: Source) -> None:
    """Give an empty network its weights."""
    weights = {name: source.arrays[name].float() for name in network.state_dict()}
    network.load_state_dict(weights, assign=True)
    network.requires_grad_()


def vector(source: Source, name: str, dtype: type[np.float32 | np.float64] = np.float32) -> np.ndarray:
    """An array of the source (f,)."""
    return source.arrays[name].numpy().astype(dtype)


def spread(source: Source, name: str, dtype: type[np.float32 | np.float64] = np.float32) -> np.ndarray:
    """An array (f,) of positive numbers. Raises InputError where one is not."""
    values = vector(source, name, dtype)
    if not (values > 0.0).all():
        raise InputError(f"{source.arrays_path}: {name} must be positive; {PUT_BACK}")
    return values


def bounds(values: PerAction) -> list[float | None]:
    """Bounds of actions (a,) for JSON, which has no infinity: None where there is no bound."""
    return [float(value) if np.isfinite(value) else None for value in values]


def unbounded(source: Source, values: list[float | None], num: int, without: float) -> PerAction:
    """The bounds (a,) again, `without` where there is none. Raises InputError where they are not `num`."""
    if len(values) != num:
        raise InputError(f"{source.config_path}: low and high must be {num} numbers or null; {PUT_BACK}")
    return np.array([without if value is None else value for value in values])
