"""What was tried lately, to be learned from again: the latest steps of whoever drives, in any order.

A learner of action values reads each step many times, long after the policy that made it is gone; what it learns of a
step holds whoever made it.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError


class ReplayBuffer:
    """The latest `capacity` steps, as a ring: what comes when it is full takes the place of the oldest."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise InputError(f"replay buffer: capacity must be at least 1, got {capacity}")
        self.capacity, self._num_added = capacity, 0
        self._steps: Transitions | None = None

    def __len__(self) -> int:
        return min(self._num_added, self.capacity)

    def add(self, steps: Transitions) -> None:
        """Keep these steps; of more than fit, the last ones."""
        steps = steps.rows(np.arange(max(0, len(steps) - self.capacity), len(steps)))
        if self._steps is None:
            self._steps = _room(steps, self.capacity)
        place = (self._num_added + np.arange(len(steps))) % self.capacity
        for name, column in _columns(steps).items():
            kept = getattr(self._steps, name)
            if kept is not None:
                kept[place] = column
        self._num_added += len(steps)

    def sample(self, num_steps: int, rng: np.random.Generator) -> Transitions:
        """So many steps, each drawn evenly from all that are kept. Raises InputError where there are none."""
        if self._steps is None:
            raise InputError("replay buffer: nothing was added yet")
        return self._steps.rows(rng.integers(len(self), size=num_steps))


def _columns(steps: Transitions) -> dict[str, npt.NDArray[Any] | None]:
    """All that is one a step: bounds and the number of actions are of the world."""
    whole = ("low", "high", "num_actions")
    return {f.name: getattr(steps, f.name) for f in fields(steps) if f.name not in whole}


def _room(like: Transitions, capacity: int) -> Transitions:
    """Empty arrays for so many steps like these."""
    columns = {name: c for name, c in _columns(like).items() if c is not None}
    return replace(like, **{name: np.empty((capacity, *c.shape[1:]), c.dtype) for name, c in columns.items()})
