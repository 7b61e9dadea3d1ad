"""A Gaussian around another policy, which is described inside of it, its arrays named "0." before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.kinds.kind import Described, Kind, Source, UnitPerM
from drive_sim.records import Json


@dataclass(frozen=True, slots=True)
class _Description:
    width_per_m: UnitPerM
    mean: Json


def gaussian_around(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[GaussianPolicy]:
    """The kind, whose mean is of any kind that those two know."""

    def described(policy: GaussianPolicy) -> Described:
        config, arrays = describe(policy.mean)
        return {"width_per_m": policy.width_per_m, "mean": config}, {f"0.{name}": a for name, a in arrays.items()}

    def rebuilt(source: Source) -> GaussianPolicy:
        said = source.read(_Description)
        return GaussianPolicy(rebuild(source.part(0, said.mean)), said.width_per_m)

    return Kind(GaussianPolicy, described, rebuilt)
