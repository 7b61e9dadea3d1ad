"""ALVINN's buffer: what a network on the fly learns from again and again, and what leaves it for what is new."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, PerCar


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Views as a network reads them (n, ...), what to steer in each (n,) in 1/m, and which frame each is of (n,)."""

    inputs: Annotated[npt.NDArray[Any], "n ..."]
    curvature_per_m: PerCar
    frame: CarIndex

    def __len__(self) -> int:
        return len(self.curvature_per_m)

    def put(self, new: "Patterns", size: int, eviction: str) -> "Patterns":
        """These and the new ones; beyond `size`, each new one takes the place of one that was here before.

        `eviction` is one of EVICTIONS.
        """
        room = max(0, min(size - len(self), len(new)))
        buffer = Patterns(
            np.concatenate([self.inputs, new.inputs[:room]]),
            np.concatenate([self.curvature_per_m, new.curvature_per_m[:room]]),
            np.concatenate([self.frame, new.frame[:room]]),
        )
        is_new = np.arange(len(buffer)) >= len(self)
        for i in range(room, len(new)):
            unlike = EVICTIONS[eviction](buffer, float(new.curvature_per_m[i]))
            place = int(np.where(is_new, np.inf, unlike).argmin())
            buffer.inputs[place] = new.inputs[i]
            buffer.curvature_per_m[place] = new.curvature_per_m[i]
            buffer.frame[place] = new.frame[i]
            is_new[place] = True
        return buffer


EVICTIONS: dict[str, Callable[[Patterns, float], PerCar]] = {
    "alike": lambda buffer, k: np.abs(buffer.curvature_per_m - k),
    "straight": lambda buffer, k: np.abs(buffer.curvature_per_m - k - buffer.curvature_per_m.sum()),
    "oldest": lambda buffer, _: buffer.frame.astype(np.float64),
}
"""What leaves the buffer for a pattern of curvature k: that for which this is least.

"alike" is the rule of 1991: the pattern whose steering is most like the new one's. "straight", the later one, is how
far from 0 the sum of all curvatures would be afterwards; while it is 0 the two are the same. "oldest" is no rule at
all: first in, first out.
"""
