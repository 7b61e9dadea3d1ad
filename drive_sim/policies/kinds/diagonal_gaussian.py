"""A policy that draws numbers around a flat network's mean, each with a width of its own."""

from dataclasses import dataclass

import numpy as np
import torch

from drive_sim.errors import InputError
from drive_sim.policies.base import PerAction
from drive_sim.policies.kinds.kind import PUT_BACK, Described, Kind, Source
from drive_sim.policies.kinds.layers import empty_network, fill, network_arrays, spread, vector, widths_of
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.stochastic import TrainableGaussian, trainable_gaussian

_VECTORS = ("input_mean", "input_spread", "action_mean", "action_spread")


@dataclass(frozen=True, slots=True)
class _Description:
    low: list[float | None]
    high: list[float | None]


def _describe(policy: TrainableGaussian) -> Described:
    mean = policy.mean
    if not isinstance(mean, Regressor):
        raise InputError(
            f"a Gaussian around a {type(mean).__name__} is saved as a GaussianPolicy (`GaussianPolicy.of`)"
        )
    vectors = {name: torch.from_numpy(getattr(mean, name).copy()) for name in _VECTORS}
    config = {"widths": widths_of(mean.network), "low": _bounds(mean.low), "high": _bounds(mean.high)}
    return config, {**network_arrays(mean.network), **vectors, "std": policy.log_std.detach().exp().cpu()}


def _rebuild(source: Source) -> TrainableGaussian:
    said = source.read(_Description)
    widths, network = empty_network(source)
    inputs, outputs = torch.empty(widths[0]), torch.empty(widths[-1])
    vectors = dict(zip(_VECTORS, (inputs, inputs, outputs, outputs), strict=True))
    source.check_arrays(network.state_dict() | vectors | {"std": outputs})
    fill(network, source)
    mean = Regressor(
        network,
        vector(source, "input_mean"),
        spread(source, "input_spread"),
        vector(source, "action_mean", np.float64),
        spread(source, "action_spread", np.float64),
        _unbounded(source, said.low, widths[-1], -np.inf),
        _unbounded(source, said.high, widths[-1], np.inf),
    )
    return trainable_gaussian(mean, spread(source, "std", np.float64))


def _bounds(values: PerAction) -> list[float | None]:
    """JSON has no infinity: None where there is no bound."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _unbounded(source: Source, values: list[float | None], num: int, unbounded: float) -> PerAction:
    if len(values) != num:
        raise InputError(f"{source.config_path}: low and high must be {num} numbers or null; {PUT_BACK}")
    return np.array([unbounded if value is None else value for value in values])


DIAGONAL_GAUSSIAN = Kind(TrainableGaussian, _describe, _rebuild)
