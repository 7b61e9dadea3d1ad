"""What every learner yields, and what one that asks the expert while it drives is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np

from drive_sim.data import rollout
from drive_sim.policies.base import Actor

PolicyT = TypeVar("PolicyT", bound=Actor[Any, Any])


class Visited(Protocol):
    """What was seen and done: rows that can be counted and put together (`Demonstrations` in our world)."""

    def __len__(self) -> int: ...

    def __add__(self, other: Self, /) -> Self: ...

    def with_expert_labels(self) -> Self:
        """The same rows, labelled with what the expert would have done there."""
        ...


DataT = TypeVar("DataT", bound=Visited)


@dataclass(frozen=True, slots=True, eq=False)
class Round(Generic[PolicyT]):
    """One round of learning: the policy as it is now, not touched by later rounds, and numbers about it.

    `visited`: what this round drove and had labelled, where the learner drives (`Demonstrations` in our world).
    """

    index: int
    policy: PolicyT
    metrics: dict[str, float]
    visited: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Lesson(Generic[DataT, PolicyT]):
    """A world to learn in, the expert who can be asked there, and the base learner: what DAgger and SMILe are given.

    `make_env(rng)` makes the world anew; `fit(data, rng)` is the base learner. Another world than ours brings a
    `collect` of its own, `collect(env, policy, num_ticks, rng, labeller=expert)`. `first_drive` is what the expert has
    driven already: sent out alone, it hands that in and does not drive.
    """

    make_env: Callable[[np.random.Generator], Any]
    expert: Actor[Any, Any]
    fit: Callable[[DataT, np.random.Generator], PolicyT]
    collect: Callable[..., DataT] = rollout.collect  # pyright: ignore[reportAssignmentType] - DataT is ours then
    first_drive: DataT | None = None

    def visit(self, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator) -> DataT:
        """What a policy sees in a drive of its own, each state labelled with what the expert would have done there."""
        if policy is self.expert and self.first_drive is not None:
            return self.first_drive
        env_rng, drive_rng = rng.spawn(2)
        visited = self.collect(self.make_env(env_rng), policy, num_ticks, drive_rng, labeller=self.expert)
        return visited.with_expert_labels()


def better_round(best: Round[PolicyT] | None, latest: Round[PolicyT], key: str = "validation_loss") -> Round[PolicyT]:
    """The round to keep: the one with the lower metric of that name, or the latest where it is not measured."""
    if best is None or key not in latest.metrics or key not in best.metrics:
        return latest
    return latest if latest.metrics[key] <= best.metrics[key] else best
