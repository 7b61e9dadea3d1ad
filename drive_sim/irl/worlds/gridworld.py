"""Grids: cells row by row, four actions, walls between cells, ice underfoot, and ends.

An action moves to the next cell, and where there is a wall or the border stays. On ice one of the four directions is
taken at random with probability `slip`, whichever action was meant (Abbeel and Ng 2004).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.mdp import Mdp

MOVES = {"up": (-1, 0), "right": (0, 1), "down": (1, 0), "left": (0, -1)}
"""Each action's step over rows and columns; their order is that of a cell's pairs."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a grid is made of.

    `walls`: pairs of neighbouring cells between which nobody passes. `start`: the first cell, None for any.
    """

    rows: int
    columns: int
    slip: float = 0.0
    discount: float = 1.0
    ends: tuple[int, ...] = ()
    walls: tuple[tuple[int, int], ...] = ()
    start: int | None = None

    def __post_init__(self) -> None:
        if self.rows < 1 or self.columns < 1 or not 0.0 <= self.slip <= 1.0:
            raise InputError("a grid needs rows and columns, and a slip between 0 and 1")
        outside = [cell for cell in (*self.ends, *sum(self.walls, ()), self.start or 0) if not 0 <= cell < self.size]
        if outside:
            raise InputError(f"a grid of {self.rows} x {self.columns} has no cell {outside[0]}: they count from 0")
        for wall in self.walls:
            if abs(wall[0] - wall[1]) not in (1, self.columns):
                raise InputError(f"a wall stands between neighbouring cells, which {wall[0]} and {wall[1]} are not")

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.rows * self.columns

    def mdp(self) -> Mdp:
        """The grid's states and transitions."""
        moved = np.eye(self.size)[self.neighbours()]  # (cells, actions, cells)
        transitions = (1.0 - self.slip) * moved + self.slip * moved.mean(axis=1, keepdims=True)
        start = np.full(self.size, 1.0 / self.size) if self.start is None else np.eye(self.size)[self.start]
        return Mdp.from_arrays(transitions, start, self.discount, ends=self.ends)

    def neighbours(self) -> npt.NDArray[np.int64]:
        """The cell to which each action leads from each cell, without slipping (cells, 4)."""
        row, column = np.divmod(np.arange(self.size), self.columns)
        blocked = {*self.walls, *((b, a) for a, b in self.walls)}
        leads = np.empty((self.size, len(MOVES)), dtype=np.int64)
        for action, (down, right) in enumerate(MOVES.values()):
            to_row, to_column = np.clip(row + down, 0, self.rows - 1), np.clip(column + right, 0, self.columns - 1)
            leads[:, action] = to_row * self.columns + to_column
        for cell, action in np.argwhere(leads != np.arange(self.size)[:, None]) if blocked else ():
            if (int(cell), int(leads[cell, action])) in blocked:
                leads[cell, action] = cell
        return leads
