"""The kart's linear policy."""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from drive_sim.policies.kinds.kind import Described, Kind, Source, view_of
from drive_sim.policies.linear import LinearPolicy, num_features_of
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class _Description:
    camera: Camera


def _describe(policy: LinearPolicy) -> Described:
    config = {
        **view_of(policy.camera, "in 1/m"),
        "features": "LAB / 255 of each pixel, from the top left, row by row",
        "camera": asdict(policy.camera),
    }
    weights = torch.tensor(np.append(policy.weights, policy.bias_per_m))
    return config, {"weights": weights[:-1].clone(), "bias_per_m": weights[-1:].clone()}


def _rebuild(source: Source) -> LinearPolicy:
    camera = source.read(_Description).camera
    # On "meta" nothing is stored.
    weights, bias = (torch.empty(num, device="meta") for num in (num_features_of(camera), 1))
    source.check_arrays({"weights": weights, "bias_per_m": bias})
    return LinearPolicy(source.arrays["weights"].double().numpy(), float(source.arrays["bias_per_m"]), camera)


LINEAR = Kind(LinearPolicy, _describe, _rebuild)
