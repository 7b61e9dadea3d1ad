"""The kart's linear policy."""

from dataclasses import asdict

import numpy as np
import torch

from drive_sim.policies.kinds.kind import Described, Kind, Source, view_of
from drive_sim.policies.linear import LinearPolicy, num_features_of


def _describe(policy: LinearPolicy) -> Described:
    config = {
        **view_of(policy.camera, "in 1/m"),
        "features": "LAB / 255 of each pixel, from the top left, row by row",
        "camera": asdict(policy.camera),
    }
    weights = torch.tensor(np.append(policy.weights, policy.bias_per_m))
    return config, {"weights": weights[:-1].clone(), "bias_per_m": weights[-1:].clone()}


def _rebuild(source: Source) -> LinearPolicy:
    camera = source.camera()
    source.check_arrays({"weights": torch.empty(num_features_of(camera)), "bias_per_m": torch.empty(1)})
    return LinearPolicy(source.arrays["weights"].double().numpy(), float(source.arrays["bias_per_m"]), camera)


LINEAR = Kind(LinearPolicy, _describe, _rebuild)
