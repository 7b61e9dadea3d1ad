"""A mixture of policies, each described inside of it, their arrays named "0.", "1.", ... before."""

from collections.abc import Callable
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.mixture import Mixture


def mixture_of(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[Mixture[Any, Any]]:
    """The kind, whose policies are of any kind that those two know."""

    def described(policy: Mixture[Any, Any]) -> Described:
        parts = [describe(part) for part in policy.policies]
        arrays = {f"{i}.{name}": array for i, (_, named) in enumerate(parts) for name, array in named.items()}
        return {"weights": policy.weights.tolist(), "policies": [config for config, _ in parts]}, arrays

    def rebuilt(source: Source) -> Mixture[Any, Any]:
        weights, policies = source.entry("weights"), source.entry("policies")
        if not (
            isinstance(weights, list) and isinstance(policies, list) and all(isinstance(w, float) for w in weights)
        ):
            raise InputError(f"{source.config_path}: weights and policies must be lists; put back the file")
        parts = tuple(rebuild(source.part(i, config)) for i, config in enumerate(policies))
        if len({part.camera for part in parts}) > 1:
            raise InputError(f"{source.config_path}: the policies of a mixture must see through one camera")
        return Mixture(parts, np.array(weights))

    return Kind(Mixture, described, rebuilt)
