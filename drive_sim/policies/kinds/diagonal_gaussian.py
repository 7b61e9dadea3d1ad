"""A policy that draws numbers around a flat network's mean, each with a width of its own."""

import numpy as np
import torch

from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.kinds.layers import spread
from drive_sim.policies.kinds.regressor import describe_regressor, rebuild_regressor
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.stochastic import TrainableGaussian, trainable_gaussian


def _describe(policy: TrainableGaussian) -> Described:
    if not isinstance(policy.mean, Regressor):
        raise InputError(
            f"a Gaussian around a {type(policy.mean).__name__} is saved as a GaussianPolicy (`GaussianPolicy.of`)"
        )
    config, arrays = describe_regressor(policy.mean)
    return config, {**arrays, "std": policy.log_std.detach().exp().cpu()}


def _rebuild(source: Source) -> TrainableGaussian:
    mean = rebuild_regressor(source.without(["std"]))
    source.only(["std"]).check_arrays({"std": torch.empty(len(mean.low))})
    return trainable_gaussian(mean, spread(source, "std", np.float64))


DIAGONAL_GAUSSIAN = Kind(TrainableGaussian, _describe, _rebuild)
