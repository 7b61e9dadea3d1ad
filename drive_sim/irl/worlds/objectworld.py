"""Objectworlds (Levine, Popovic and Koltun 2011): a grid with coloured objects, whose reward is not linear in them.

Each object has an outer and an inner colour. A cell is worth +1 within 3 cells of the first outer colour and within 2
of the second, -1 within 3 of the first alone, and 0 elsewhere; inner colours only distract. What a learner sees of a
cell are its distances to the nearest object of each outer and of each inner colour. An action moves to one of four
neighbours or stays, and slips to any of the five with probability `slip`.
"""

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl.arguments import whole_numbers
from drive_sim.irl.mdp import Mdp, PerState
from drive_sim.irl.worlds.gridworld import Grid

Distances = Annotated[npt.NDArray[np.float64], "s f"]
Objects = Annotated[npt.NDArray[np.int64], "o"]
NEAR_FIRST, NEAR_SECOND = 3.0, 2.0
"""Within how many cells of the first and of the second outer colour the true reward looks."""


@dataclass(frozen=True, slots=True)
class Config:
    """The size of the grid, its objects and their colours, and the dynamics.

    `reach`: up to how many cells the thresholds of `Objectworld.within` go.
    """

    size: int = 32
    num_objects: int = 50
    num_colours: int = 2
    reach: int = 10
    slip: float = 0.3
    discount: float = 0.9

    def __post_init__(self) -> None:
        whole_numbers((self.size, self.num_objects, self.num_colours, self.reach), "an objectworld's counts")
        if not (self.size >= 1 and self.num_colours >= 2 and self.reach >= 1 and 1 <= self.num_objects <= self.size**2):
            raise InputError("an objectworld needs two colours or more, a reach of 1 or more, and room for its objects")
        if not (0.0 <= self.slip <= 1.0 and 0.0 < self.discount < 1.0):
            raise InputError("an objectworld's slip must lie in 0 to 1, and its discount between 0 and 1")


@dataclass(frozen=True, slots=True, eq=False)
class Objectworld:
    """Where the objects are, as cells row by row (o,), and their outer and inner colours (o,), counted from 0."""

    config: Config
    cells: Objects
    outer: Objects
    inner: Objects

    @classmethod
    def draw(cls, config: Config, rng: np.random.Generator) -> Self:
        """Objects in cells of their own, their colours drawn alike."""
        cells = rng.choice(config.size**2, config.num_objects, replace=False)
        outer, inner = rng.integers(config.num_colours, size=(2, config.num_objects))
        return cls(config, cells, outer, inner)

    def distances(self) -> Distances:
        """How far the nearest object of each outer and then each inner colour is, in cells, as the crow flies (s, f).

        Where there is none it is as far as the grid's diagonal.
        """
        size, places = self.config.size, np.stack(np.divmod(np.arange(self.config.size**2), self.config.size), axis=1)
        apart = np.linalg.norm((places[:, None] - places[self.cells]).astype(np.float64), axis=-1)
        has = [of == colour for of in (self.outer, self.inner) for colour in range(self.config.num_colours)]
        return np.stack([np.where(one, apart, np.sqrt(2.0) * size).min(axis=1) for one in has], axis=1)

    def within(self) -> Distances:
        """The same as ones and zeros: whether each distance is at most 1, 2 and so on to `reach` cells (s, f reach)."""
        steps = np.arange(1.0, self.config.reach + 1.0)
        return (self.distances()[:, :, None] <= steps).reshape(self.config.size**2, -1).astype(np.float64)

    def reward(self) -> PerState:
        """The true reward (s,)."""
        distances = self.distances()
        near_first, near_second = distances[:, 0] <= NEAR_FIRST, distances[:, 1] <= NEAR_SECOND
        return np.where(near_first, np.where(near_second, 1.0, -1.0), 0.0)

    def mdp(self) -> Mdp:
        """The dynamics: five actions, of which the last stays; every cell may be the first."""
        size, slip = self.config.size, self.config.slip
        leads = np.column_stack((Grid(size, size).neighbours(), np.arange(size**2)))  # (s, 5)
        state, num_pairs = np.repeat(np.arange(size**2), leads.shape[1]), leads.size
        meant = sparse.csr_array((np.ones(num_pairs), leads.ravel(), np.arange(num_pairs + 1)), (num_pairs, size**2))
        anywhere = sparse.csr_array((np.full(num_pairs, 0.2), (state, leads.ravel())), (size**2, size**2))
        start = np.full(size**2, 1.0 / size**2)
        return Mdp(state, sparse.csr_array((1.0 - slip) * meant + slip * anywhere[state]), start, self.config.discount)
