"""A policy of another world than our road, with the spaces that it sees and acts in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_sim.policies.kinds.kind import Described, Kind, Source
from drive_sim.policies.world_policy import WorldPolicy
from drive_sim.records import Json


@dataclass(frozen=True, slots=True)
class _Description:
    world: str
    observation_space: Json
    action_space: Json
    policy: Json


def world_with(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[WorldPolicy]:
    """The kind, whose inner policy is of a kind that those two know."""

    def described(policy: WorldPolicy) -> Described:
        inner, arrays = describe(policy.policy)
        config = {
            "world": policy.world,
            "observation_space": policy.observation_space,
            "action_space": policy.action_space,
            "policy": inner,
        }
        return config, {f"0.{name}": array for name, array in arrays.items()}

    def rebuilt(source: Source) -> WorldPolicy:
        said = source.read(_Description)
        inner = rebuild(source.part(0, said.policy))
        return WorldPolicy(inner, said.world, said.observation_space, said.action_space)

    return Kind(WorldPolicy, described, rebuilt)
