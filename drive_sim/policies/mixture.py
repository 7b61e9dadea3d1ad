"""A mixture of policies: each car draws anew, at every step, which of them it follows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex
from drive_sim.errors import InputError
from drive_sim.policies.base import Actor

ObsT = TypeVar("ObsT")
ActT = TypeVar("ActT")
Weights = Annotated[npt.NDArray[np.float64], "p"]
"""One number a policy."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture(Generic[ObsT, ActT]):
    """Policies and the probabilities (p,) with which each is followed; the draws of cars and steps are independent.

    It mixes in any world whose observations and actions are arrays, or records of arrays, with n rows each.
    """

    policies: tuple[Actor[ObsT, ActT], ...]
    weights: Weights

    def __post_init__(self) -> None:
        if not self.policies or np.shape(self.weights) != (len(self.policies),):
            raise InputError(
                f"mixture: {len(self.policies)} policies need as many weights, got {np.shape(self.weights)}"
            )
        if not (np.min(self.weights) >= 0.0 and abs(np.sum(self.weights) - 1.0) < 1e-9):
            raise InputError(f"mixture: weights must not be negative and sum to 1, got {self.weights}")

    @property
    def camera(self) -> Any:
        """The camera of the policies that have one (`Camera`); None where none does."""
        return next((camera for policy in self.policies if (camera := getattr(policy, "camera", None))), None)

    def act(self, observation: ObsT, rng: np.random.Generator) -> ActT:
        """What each car's policy of this step does; a policy is shown only the cars that follow it now."""
        component = rng.choice(len(self.policies), size=num_rows(observation), p=self.weights)
        rows = [np.flatnonzero(component == index) for index in np.unique(component)]
        parts = [self.policies[component[index[0]]].act(rows_of(observation, index), rng) for index in rows]
        return joined(parts, np.concatenate(rows))


def mixed(policies: Sequence[Actor[ObsT, ActT]], weights: Sequence[float]) -> Actor[ObsT, ActT]:
    """The mixture of those policies whose weight is not zero; the policy itself where one alone is left."""
    kept = [(policy, weight) for policy, weight in zip(policies, weights, strict=True) if weight != 0.0]
    if len(kept) == 1 and kept[0][1] == 1.0:
        return kept[0][0]
    return Mixture(tuple(policy for policy, _ in kept), np.array([weight for _, weight in kept]))


def num_rows(record: Any) -> int:
    """How many rows an array, or a record of arrays, has."""
    if isinstance(record, np.ndarray):
        return len(record)
    return next(num_rows(value) for f in fields(record) if (value := getattr(record, f.name)) is not None)


def rows_of(record: Any, index: CarIndex) -> Any:
    """The rows `index` of an array, or of every array of a record (of records); None stays None."""
    if record is None:
        return None
    if not is_dataclass(record):
        return record[index]
    rows = {f.name: rows_of(getattr(record, f.name), index) for f in fields(record)}
    return replace(record, **rows)  # pyright: ignore[reportArgumentType]


def joined(parts: Sequence[Any], index: CarIndex) -> Any:
    """Parts as one, their rows in turn put at the places `index` (n,): undoes `rows_of`."""
    if parts[0] is None:
        return None
    if not is_dataclass(parts[0]):
        return np.concatenate(parts)[np.argsort(index)]
    rows = {f.name: joined([getattr(part, f.name) for part in parts], index) for f in fields(parts[0])}
    return replace(parts[0], **rows)  # pyright: ignore[reportArgumentType]
