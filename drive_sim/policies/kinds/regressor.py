"""Policies of numbers in other worlds: a network of rows or of pixels, what its outputs mean, and where they end."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.kinds.layers import (
    bounds,
    empty_network,
    fill,
    network_arrays,
    spread,
    unbounded,
    vector,
    widths_of,
)
from drive_sim.policies.kinds.pixels import describe_pixels, rebuild_pixels
from drive_sim.policies.pixel_regressor import PixelRegressor
from drive_sim.policies.regressor import Regressor

INPUT_VECTORS, ACTION_VECTORS = ("input_mean", "input_spread"), ("action_mean", "action_spread")


@dataclass(frozen=True, slots=True)
class _Description:
    low: list[float | None]
    high: list[float | None]


def describe_regressor(policy: Regressor) -> Described:
    """A network of rows: the widths of its layers, the bounds of actions, its weights, and what standardises both."""
    vectors = {name: torch.from_numpy(getattr(policy, name).copy()) for name in INPUT_VECTORS + ACTION_VECTORS}
    config = {"widths": widths_of(policy.network), **_said_bounds(policy)}
    return config, {**network_arrays(policy.network), **vectors}


def rebuild_regressor(source: Source) -> Regressor:
    """The regressor of a source. Raises InputError where its arrays are not all that it holds."""
    widths, network = empty_network(source)
    inputs, outputs = torch.empty(widths[0]), torch.empty(widths[-1])
    vectors = dict(zip(INPUT_VECTORS + ACTION_VECTORS, (inputs, inputs, outputs, outputs), strict=True))
    source.check_arrays(network.state_dict() | vectors)
    fill(network, source)
    inputs = (vector(source, "input_mean"), spread(source, "input_spread"))
    return Regressor(network, *inputs, **_actions(source, widths[-1]))


def _describe_pixels(policy: PixelRegressor) -> Described:
    config, arrays = describe_pixels(policy.network)
    vectors = {name: torch.from_numpy(getattr(policy, name).copy()) for name in ACTION_VECTORS}
    return {**config, **_said_bounds(policy)}, {**arrays, **vectors}


def _rebuild_pixels(source: Source) -> PixelRegressor:
    network = rebuild_pixels(source.without(ACTION_VECTORS))
    source.only(ACTION_VECTORS).check_arrays(dict.fromkeys(ACTION_VECTORS, torch.empty(network.num_outputs)))
    return PixelRegressor(network, **_actions(source, network.num_outputs))


def _said_bounds(policy: Regressor | PixelRegressor) -> dict[str, Any]:
    return {"low": bounds(policy.low), "high": bounds(policy.high)}


def _actions(source: Source, num: int) -> dict[str, Any]:
    said = source.read(_Description)
    return {
        "action_mean": vector(source, "action_mean", np.float64),
        "action_spread": spread(source, "action_spread", np.float64),
        "low": unbounded(source, said.low, num, -np.inf),
        "high": unbounded(source, said.high, num, np.inf),
    }


REGRESSOR = Kind(Regressor, describe_regressor, rebuild_regressor)
PIXEL_REGRESSOR = Kind(PixelRegressor, _describe_pixels, _rebuild_pixels)
