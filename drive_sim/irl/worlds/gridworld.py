"""Grids: cells row by row, four actions, walls between cells, ice underfoot, and ends.

An action moves to the next cell, and where there is a wall or the border stays. On ice one of the four directions is
taken at random with probability `slip`, whichever action was meant (Abbeel and Ng 2004).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, whole_number, whole_numbers
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
        whole_number(self.rows, "a grid's rows", 1)
        whole_number(self.columns, "a grid's columns", 1)
        whole_numbers(
            (*self.ends, *sum(self.walls, ()), *([] if self.start is None else [self.start])), "a grid's cells"
        )
        if not 0.0 <= numbers(self.slip, "a grid's slip") <= 1.0:
            raise InputError(f"a grid's slip must lie between 0 and 1, got {self.slip}")
        outside = [cell for cell in (*self.ends, *sum(self.walls, ()), self.start or 0) if not 0 <= cell < self.size]
        if outside:
            raise InputError(f"a grid of {self.rows} x {self.columns} has no cell {outside[0]}: they count from 0")
        for wall in self.walls:
            if len(wall) != 2 or not self._are_neighbours(*wall):
                raise InputError(f"a wall stands between two neighbouring cells, which {wall} are not")

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.rows * self.columns

    def _are_neighbours(self, one: int, other: int) -> bool:
        (row, column), (to_row, to_column) = divmod(one, self.columns), divmod(other, self.columns)
        return abs(row - to_row) + abs(column - to_column) == 1

    def mdp(self) -> Mdp:
        """The grid's states and transitions."""
        leads, size = self.neighbours(), self.size
        state, num_pairs = np.repeat(np.arange(size), len(MOVES)), leads.size
        meant = sparse.csr_array((np.ones(num_pairs), leads.ravel(), np.arange(num_pairs + 1)), (num_pairs, size))
        anywhere = sparse.csr_array((np.full(num_pairs, 1.0 / len(MOVES)), (state, leads.ravel())), (size, size))
        leads_on = sparse.csr_array((1.0 - self.slip) * meant + self.slip * anywhere[state])
        is_end = np.isin(state, self.ends)
        kept = np.flatnonzero(~is_end | (np.arange(num_pairs) % len(MOVES) == 0))
        onwards = sparse.csr_array(sparse.diags_array(1.0 - is_end[kept]) @ leads_on[kept])
        onwards.sort_indices()  # draws depend on the order
        start = np.full(size, 1.0 / size) if self.start is None else (np.arange(size) == self.start).astype(np.float64)
        return Mdp(state[kept], onwards, start, self.discount)

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
