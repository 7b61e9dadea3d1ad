"""ALVINN's network with its row of steering units."""

from dataclasses import asdict, dataclass

import numpy as np
import torch

from drive_sim.policies.alvinn import AlvinnNetwork, AlvinnPolicy
from drive_sim.policies.kinds.kind import Described, Kind, NumUnits, Source, view_of
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class _Description:
    num_hidden: NumUnits
    activation: str
    units_per_m: list[float]
    rule: str
    camera: Camera


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
    said = source.read(_Description)
    size = (said.camera.height_px, said.camera.width_px)
    # On "meta" nothing is drawn nor stored before the arrays are known to fit.
    with source.told_where(), torch.device("meta"):
        network = AlvinnNetwork(said.num_hidden, len(said.units_per_m), *size, said.activation)
        policy = AlvinnPolicy(network, np.array(said.units_per_m), said.rule, said.camera)
    source.check_arrays(network.state_dict())
    network.load_state_dict({name: array.float() for name, array in source.arrays.items()}, assign=True)
    return policy


ALVINN = Kind(AlvinnPolicy, _describe, _rebuild)
