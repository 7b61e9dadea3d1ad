"""What ridge regression needs of its data are sums, and sums add up: data that grow round by round are read once.

To read all rows again in every round is, for twenty rounds of a lap each, ten times the work.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.policies.linear import lab_features

MIDDLE = 0.5
"""Taken off every feature before it is summed: features lie around it, and sums of smaller numbers are more exact."""
ROWS_AT_ONCE = 2048
"""A few thousand rows at a time, so that many laps need not be in memory as numbers of 8 bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Of n rows of features x (f,), `MIDDLE` taken off, and commands y: the sums of x, y, x x' and x y."""

    n: int
    x: Annotated[npt.NDArray[np.float64], "f"]
    y: float
    xx: Annotated[npt.NDArray[np.float64], "f f"]
    xy: Annotated[npt.NDArray[np.float64], "f"]

    @classmethod
    def of(cls, demos: Demonstrations) -> "Sums":
        """The sums over demonstrations' rows."""
        starts = range(0, len(demos), ROWS_AT_ONCE)
        return reduce(add, (cls._of_part(demos, slice(start, start + ROWS_AT_ONCE)) for start in starts))

    @classmethod
    def _of_part(cls, demos: Demonstrations, rows: slice) -> "Sums":
        x, y = lab_features(demos.images[rows]) - MIDDLE, demos.curvature_per_m[rows]
        return cls(len(y), x.sum(axis=0), float(y.sum()), x.T @ x, x.T @ y)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.x + other.x, self.y + other.y, self.xx + other.xx, self.xy + other.xy)


class SummedDemonstrations:
    """Drives that can be put together, with their sums: demonstrations that grow round by round."""

    def __init__(self, drives: tuple[Demonstrations, ...], sums: Sums | None = None) -> None:
        self.drives = drives
        self._sums = sums

    def __len__(self) -> int:
        return sum(len(drive) for drive in self.drives)

    def __add__(self, other: "SummedDemonstrations") -> "SummedDemonstrations":
        sums = None if self._sums is None else self._sums + other.sums  # where nobody has asked yet, nobody may
        return SummedDemonstrations(self.drives + other.drives, sums)

    @property
    def sums(self) -> Sums:
        """Over all rows; each is read once, when it is first asked for."""
        if self._sums is None:
            self._sums = reduce(add, (Sums.of(drive) for drive in self.drives))
        return self._sums

    def with_expert_labels(self) -> "SummedDemonstrations":
        """The same rows, labelled with what the expert would have done there."""
        return SummedDemonstrations(tuple(drive.with_expert_labels() for drive in self.drives))
