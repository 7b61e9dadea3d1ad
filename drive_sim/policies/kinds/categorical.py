"""A policy that chooses one of k actions by a network's logits: what a learner from reward trains."""

from collections.abc import Callable
from typing import Any

from drive_sim.errors import InputError
from drive_sim.policies.flat_network import FlatNetwork
from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.kinds.layers import describe_flat, rebuild_flat
from drive_sim.policies.kinds.pictures import describe_pictures, rebuild_pictures
from drive_sim.policies.picture_network import PictureNetwork
from drive_sim.policies.stochastic import TrainableCategorical

NETWORKS: dict[str, tuple[type, Callable[[Any], Described], Callable[[Source], Any]]] = {
    "flat": (FlatNetwork, describe_flat, rebuild_flat),
    "pictures": (PictureNetwork, describe_pictures, rebuild_pictures),
}
"""What its logits may come from."""


def _describe(policy: TrainableCategorical) -> Described:
    for name, (network_type, describe, _) in NETWORKS.items():
        if isinstance(policy.logits, network_type):
            config, arrays = describe(policy.logits)
            return {"logits": name, **config}, arrays
    raise InputError(f"logits of a {type(policy.logits).__name__} cannot be saved; there are {', '.join(NETWORKS)}")


def _rebuild(source: Source) -> TrainableCategorical:
    name = str(source.entry("logits"))
    if name not in NETWORKS:
        raise InputError(f"{source.config_path}: logits {name!r} are unknown; there are {', '.join(NETWORKS)}")
    return TrainableCategorical(NETWORKS[name][2](source))


CATEGORICAL = Kind(TrainableCategorical, _describe, _rebuild)
