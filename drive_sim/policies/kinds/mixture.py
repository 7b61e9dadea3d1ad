"""A mixture of policies, each described inside of it, their arrays named "0.", "1.", ... before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.mixture import Mixture
from drive_sim.records import Json


@dataclass(frozen=True, slots=True)
class _Description:
    weights: list[float]
    policies: list[Json]


def mixture_of(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[Mixture[Any, Any]]:
    """The kind, whose policies are of any kind that those two know."""

    def described(policy: Mixture[Any, Any]) -> Described:
        parts = [describe(part) for part in policy.policies]
        arrays = {f"{i}.{name}": array for i, (_, named) in enumerate(parts) for name, array in named.items()}
        return {"weights": policy.weights.tolist(), "policies": [config for config, _ in parts]}, arrays

    def rebuilt(source: Source) -> Mixture[Any, Any]:
        said = source.read(_Description)
        parts = tuple(rebuild(source.part(i, config)) for i, config in enumerate(said.policies))
        if len({getattr(part, "camera", None) for part in parts}) > 1:
            raise InputError(f"{source.config_path}: the policies of a mixture must see through one camera")
        with source.told_where():
            return Mixture(parts, np.array(said.weights))

    return Kind(Mixture, described, rebuilt)
