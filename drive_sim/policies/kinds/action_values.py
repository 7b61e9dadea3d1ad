"""Soft action values: Q as a network, and the temperature of its policy."""

from collections.abc import Callable, Mapping
from typing import Any

from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import Described, Source
from drive_sim.policies.soft_q import ActionValues

Network = tuple[type, Callable[[Any], Described], Callable[[Source], Any]]
"""A network's type, how it is described, and how it is made again."""


def action_values_of(networks: Mapping[str, Network]) -> Network:
    """Action values by one of these networks."""

    def describe(q: ActionValues) -> Described:
        for name, (network_type, described, _) in networks.items():
            if isinstance(q.network, network_type):
                config, arrays = described(q.network)
                return {"values": name, "temperature": q.temperature, **config}, arrays
        raise InputError(f"values of a {type(q.network).__name__} cannot be saved; there are {', '.join(networks)}")

    def rebuild(source: Source) -> ActionValues:
        name = str(source.entry("values"))
        if name not in networks:
            raise InputError(f"{source.config_path}: values {name!r} are unknown; there are {', '.join(networks)}")
        return ActionValues(networks[name][2](source), source.number("temperature"))

    return ActionValues, describe, rebuild
