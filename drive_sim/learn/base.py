"""What every learner yields."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from drive_sim.policies.base import Policy

PolicyT = TypeVar("PolicyT", bound=Policy)


@dataclass(frozen=True, slots=True, eq=False)
class Round(Generic[PolicyT]):
    """One round of learning: the policy as it is now, not touched by later rounds, and numbers about it."""

    index: int
    policy: PolicyT
    metrics: dict[str, float]


def better_round(best: Round[PolicyT] | None, latest: Round[PolicyT], key: str = "validation_loss") -> Round[PolicyT]:
    """The round to keep: the one with the lower metric of that name, or the latest where it is not measured."""
    if best is None or key not in latest.metrics or key not in best.metrics:
        return latest
    return latest if latest.metrics[key] <= best.metrics[key] else best
