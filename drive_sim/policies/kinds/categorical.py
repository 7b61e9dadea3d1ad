"""Policies that choose one of k actions by a network's logits: by drawing, or always the likeliest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_sim.errors import InputError, one_of
from drive_sim.policies.flat_network import FlatNetwork
from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.kinds.layers import describe_flat, rebuild_flat
from drive_sim.policies.kinds.pictures import describe_pictures, rebuild_pictures
from drive_sim.policies.kinds.pixels import describe_pixels, rebuild_pixels
from drive_sim.policies.picture_network import PictureNetwork
from drive_sim.policies.pixel_network import PixelNetwork
from drive_sim.policies.soft_q import ActionValues
from drive_sim.policies.stochastic import Greedy, TrainableCategorical
from drive_sim.records import Positive

NETWORKS: dict[str, tuple[type, Callable[[Any], Described], Callable[[Source], Any]]] = {
    "flat": (FlatNetwork, describe_flat, rebuild_flat),
    "pictures": (PictureNetwork, describe_pictures, rebuild_pictures),
    "pixels": (PixelNetwork, describe_pixels, rebuild_pixels),
}
"""What its logits may come from."""


@dataclass(frozen=True, slots=True)
class _Description:
    logits: str
    temperature: Positive | None = None


def _describe(policy: TrainableCategorical) -> Described:
    logits, soft = policy.logits, {}
    if isinstance(logits, ActionValues):
        logits, soft = logits.network, {"temperature": logits.temperature}
    for name, (network_type, describe, _) in NETWORKS.items():
        if isinstance(logits, network_type):
            config, arrays = describe(logits)
            return {"logits": name, **soft, **config}, arrays
    raise InputError(f"logits of a {type(logits).__name__} cannot be saved; there are {', '.join(NETWORKS)}")


def _rebuild(source: Source) -> TrainableCategorical:
    said = source.read(_Description)
    with source.told_where():
        one_of("logits", said.logits, list(NETWORKS))
    network = NETWORKS[said.logits][2](source)
    # Logits with a temperature are action values divided by it.
    return TrainableCategorical(network if said.temperature is None else ActionValues(network, said.temperature))


CATEGORICAL = Kind(TrainableCategorical, _describe, _rebuild)
GREEDY = Kind(Greedy, lambda policy: _describe(policy.policy), lambda source: Greedy(_rebuild(source)))
