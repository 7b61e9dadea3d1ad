"""A convolutional network's policy, and its camera."""

from dataclasses import asdict, dataclass

import torch

from drive_sim.policies.kinds.kind import Described, Kind, Source, UnitPerM, view_of
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import ACCELERATION_UNIT_MPS2, NeuralPolicy
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class _Description:
    network: str
    curvature_unit_per_m: UnitPerM
    camera: Camera


_TOLD = {
    "told": "wanted place in half widths, left positive; whether there is one; (speed in m/s - 12) / 6",
    "second_output": f"acceleration, in {ACCELERATION_UNIT_MPS2:g} m/s2",
}
"""For readers: what a conditional network is told beside the picture, and says beside the curvature."""


def _describe(policy: NeuralPolicy) -> Described:
    config = {
        "network": policy.network_name,
        **view_of(policy.camera, "in curvature_unit_per_m"),
        **(_TOLD if policy.is_conditional else {}),
        "curvature_unit_per_m": policy.curvature_unit_per_m,
        "camera": asdict(policy.camera),
    }
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def _rebuild(source: Source) -> NeuralPolicy:
    said = source.read(_Description)
    size = (said.camera.height_px, said.camera.width_px)
    # On "meta" nothing is stored before the arrays are known to fit.
    with source.told_where(), torch.device("meta"):
        wanted = make_network(said.network, *size).state_dict()
    source.check_arrays(wanted)
    network = make_network(said.network, *size)
    network.load_state_dict(source.arrays)
    return NeuralPolicy(network.to(source.device), said.network, said.camera, said.curvature_unit_per_m)


NETWORK = Kind(NeuralPolicy, _describe, _rebuild)
