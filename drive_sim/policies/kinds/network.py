"""A convolutional network's policy, and its camera."""

from dataclasses import asdict

from drive_sim.policies.kinds.kind import Described, Kind, Source, view_of
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy


def _describe(policy: NeuralPolicy) -> Described:
    config = {
        "network": policy.network_name,
        **view_of(policy.camera, "in curvature_unit_per_m"),
        "curvature_unit_per_m": policy.curvature_unit_per_m,
        "camera": asdict(policy.camera),
    }
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def _rebuild(source: Source) -> NeuralPolicy:
    camera = source.camera()
    name = str(source.entry("network"))
    with source.told_where():
        network = make_network(name, camera.height_px, camera.width_px)
    source.check_arrays(network.state_dict())
    network.load_state_dict(source.arrays)
    unit_per_m = source.number("curvature_unit_per_m")
    return NeuralPolicy(network.to(source.device), name, camera, unit_per_m)


NETWORK = Kind(NeuralPolicy, _describe, _rebuild)
