"""Soft action values: Q as a network, and the temperature of its policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drive_sim.errors import InputError, one_of
from drive_sim.policies.kinds.kind import Described, Source
from drive_sim.policies.soft_q import ActionValues
from drive_sim.records import Positive

Network = tuple[type, Callable[[Any], Described], Callable[[Source], Any]]
"""A network's type, how it is described, and how it is made again."""


@dataclass(frozen=True, slots=True)
class _Description:
    values: str
    temperature: Positive


def action_values_of(networks: Mapping[str, Network]) -> Network:
    """Action values by one of these networks."""

    def describe(q: ActionValues) -> Described:
        for name, (network_type, described, _) in networks.items():
            if isinstance(q.network, network_type):
                config, arrays = described(q.network)
                return {"values": name, "temperature": q.temperature, **config}, arrays
        raise InputError(f"values of a {type(q.network).__name__} cannot be saved; there are {', '.join(networks)}")

    def rebuild(source: Source) -> ActionValues:
        said = source.read(_Description)
        with source.told_where():
            one_of("values", said.values, list(networks))
        return ActionValues(networks[said.values][2](source), said.temperature)

    return ActionValues, describe, rebuild
