"""ALVINN's network with its row of steering units."""

from dataclasses import asdict

import numpy as np
import torch

from drive_sim.policies.alvinn import AlvinnNetwork, AlvinnPolicy
from drive_sim.policies.kinds.kind import Described, Kind, Source, view_of


def _describe(policy: AlvinnPolicy) -> Described:
    config = {
        **view_of(policy.camera, "in 1/m"),
        "num_hidden": policy.network.num_hidden,
        "activation": policy.network.activation,
        "units_per_m": policy.units.tolist(),
        "rule": policy.rule,
        "camera": asdict(policy.camera),
    }
    return config, {name: tensor.contiguous() for name, tensor in policy.network.state_dict().items()}


def _rebuild(source: Source) -> AlvinnPolicy:
    camera, units, num_hidden = source.camera(), source.numbers("units_per_m"), source.count("num_hidden")
    size, activation = (camera.height_px, camera.width_px), str(source.entry("activation"))
    # On "meta" nothing is drawn nor stored before the arrays are known to fit.
    with source.told_where(), torch.device("meta"):
        network = AlvinnNetwork(num_hidden, len(units), *size, activation)
        policy = AlvinnPolicy(network, np.array(units), str(source.entry("rule")), camera)
    source.check_arrays(network.state_dict())
    network.load_state_dict({name: array.float() for name, array in source.arrays.items()}, assign=True)
    return policy


ALVINN = Kind(AlvinnPolicy, _describe, _rebuild)
