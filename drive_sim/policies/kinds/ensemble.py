"""An ensemble of networks, each described inside of it, their arrays named "0.", "1.", ... before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_sim.errors import InputError
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.kinds.kind import PUT_BACK, Described, Kind, Source
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.records import Json


@dataclass(frozen=True, slots=True)
class _Description:
    policies: list[Json]


def ensemble_of(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[Ensemble]:
    """The kind, whose networks those two know."""

    def described(policy: Ensemble) -> Described:
        parts = [describe(part) for part in policy.policies]
        arrays = {f"{i}.{name}": array for i, (_, named) in enumerate(parts) for name, array in named.items()}
        return {"policies": [config for config, _ in parts]}, arrays

    def rebuilt(source: Source) -> Ensemble:
        parts = [rebuild(source.part(i, config)) for i, config in enumerate(source.read(_Description).policies)]
        networks = tuple(part for part in parts if isinstance(part, NeuralPolicy))
        if len(networks) < len(parts):
            raise InputError(f"{source.config_path}: an ensemble is of networks; {PUT_BACK}")
        with source.told_where():
            return Ensemble(networks)

    return Kind(Ensemble, described, rebuilt)
