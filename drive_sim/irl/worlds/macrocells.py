"""The gridworld of Abbeel and Ng 2004: 128 x 128 cells in macrocells of 16 x 16, each of which is a feature.

In 30 % of the steps a direction is drawn at random; the border holds who walks against it. All cells are first ones,
and no path ends. The policy and its values are found by sweeps that are four shifts of an array,

    V = r + g ((1 - slip) max over a of N_a V + slip mean over a of N_a V),    N_a V the values at a's neighbours,

and occupancies by a sparse factorisation. Pairs are those of `gridworld.Grid`: cell after cell, four actions each.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import splu

from drive_sim.errors import InputError
from drive_sim.irl.horizon import Plan
from drive_sim.irl.max_margin import Planned, Planner
from drive_sim.irl.mdp import Mdp, PerPair, PerState
from drive_sim.irl.path_likelihood import PathLikelihood, Weights
from drive_sim.irl.worlds.gridworld import Grid

Cells = Annotated[npt.NDArray[np.int64], "m t"]
"""The cells of m paths of t steps."""
_NUM_ACTIONS = 4
_OPTIMAL = 1e-9
_TINY = np.finfo(np.float64).tiny
_SWEEPS_A_LOOK = 10
"""To see whether values have come to rest takes as long as a third of a sweep."""


@dataclass(frozen=True, slots=True)
class Macrocells:
    """What the world is made of; `num` macrocells lie along each side of so many cells."""

    side: int = 128
    num: int = 8
    slip: float = 0.3
    discount: float = 0.99

    def __post_init__(self) -> None:
        if self.num < 1 or self.side < 2 or self.side % self.num:
            raise InputError(f"macrocells must part the side evenly: {self.side} cells in {self.num}")
        if not (0.0 <= self.slip <= 1.0 and 0.0 < self.discount < 1.0):
            raise InputError("macrocells: the slip must lie between 0 and 1, and the discount above 0 and below 1")

    @property
    def num_cells(self) -> int:
        """How many cells there are."""
        return self.side**2

    def neighbours(self) -> npt.NDArray[np.int64]:
        """The cell to which each action leads from each cell, without slipping (cells, 4)."""
        return Grid(self.side, self.side).neighbours()

    def mdp(self) -> Mdp:
        """The states and transitions, stored sparsely."""
        pairs, leads = np.arange(_NUM_ACTIONS * self.num_cells), self.neighbours()
        ones = np.ones(_NUM_ACTIONS * len(pairs))
        meant = sparse.csr_array((ones[: len(pairs)], leads.ravel(), np.arange(len(pairs) + 1)))
        rows = np.arange(0, len(ones) + 1, _NUM_ACTIONS)
        slipped = sparse.csr_array((ones, np.repeat(leads, _NUM_ACTIONS, axis=0).ravel(), rows))
        moves = (1.0 - self.slip) * meant + self.slip / _NUM_ACTIONS * slipped
        return Mdp(pairs // _NUM_ACTIONS, moves, np.full(self.num_cells, 1.0 / self.num_cells), self.discount)

    def indicators(self) -> npt.NDArray[np.float64]:
        """In which macrocell each cell lies (s, f): one 1 a row."""
        along = np.arange(self.side) * self.num // self.side
        return np.eye(self.num**2)[(along[:, None] * self.num + along).ravel()]


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """Plans in a world without walls by shifts of arrays.

    `tolerance`: sweeps end where values rise alike, to this share of the reward's range: what they lack then is a
    constant (Puterman 1994, section 6.6.3), which is added.
    """

    world: Macrocells
    tolerance: float = 1e-6
    most_sweeps: int = 20_000

    def values(self, reward: PerState, temperature: float = 0.0, first: PerState | None = None) -> PerState:
        """The hard or soft values (s,) of a reward of cells (s,), swept from `first` on."""
        world, shape = self.world, (self.world.side,) * 2
        padded = np.zeros((world.side + 2,) * 2)
        inside, paid = padded[1:-1, 1:-1], np.reshape(reward, shape)
        inside[:] = 0.0 if first is None else np.reshape(first, shape)
        enough = self.tolerance * (float(np.ptp(reward)) + temperature)
        for sweep in range(self.most_sweeps):
            after = _swept(world, padded, paid, temperature)
            if sweep % _SWEEPS_A_LOOK == 0:
                rise = after - inside
                low, high = float(rise.min()), float(rise.max())
                if high - low <= enough:
                    return (after + world.discount / (1.0 - world.discount) * 0.5 * (low + high)).ravel()
            inside[:] = after
        raise InputError("values have not come to rest; give a larger tolerance")

    def policy(self, values: PerState, temperature: float = 0.0) -> PerPair:
        """The policy (4 s,) of values: all optimal actions alike, or exp((Q - V) / temperature)."""
        world, padded = self.world, np.zeros((self.world.side + 2,) * 2)
        padded[1:-1, 1:-1] = values.reshape(world.side, world.side)
        ahead = np.stack(_neighbours(padded), axis=-1).reshape(-1, _NUM_ACTIONS)
        above = world.discount * (1.0 - world.slip) * (ahead - ahead.max(axis=1, keepdims=True))
        shares = np.exp(above / temperature) if temperature > 0.0 else (above >= -_OPTIMAL).astype(np.float64)
        return (shares / shares.sum(axis=1, keepdims=True)).ravel()

    def visits(self, policy: PerPair) -> PerState:
        """How often a policy (4 s,) is in each cell (s,), discounted, from all cells alike."""
        world = self.world
        shares = (1.0 - world.slip) * policy + world.slip / _NUM_ACTIONS
        leads = world.neighbours().ravel()
        rows = np.arange(0, len(leads) + 1, _NUM_ACTIONS)
        moves = sparse.csr_array((shares, leads, rows), shape=(world.num_cells,) * 2)
        flow = sparse.csc_array(sparse.eye_array(world.num_cells) - world.discount * moves)
        factors = splu(flow, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        return factors.solve(np.full(world.num_cells, 1.0 / world.num_cells), trans="T")

    def planner(self, features: npt.NDArray[np.float64]) -> Planner[PerPair]:
        """Plans for max-margin and projection, with features of cells (s, f)."""

        def plan(weights: Weights) -> Planned[PerPair]:
            reward = features @ weights
            policy = self.policy(self.values(reward))
            return Planned(policy, self.visits(policy) @ features)

        return plan


@dataclass(frozen=True, slots=True, eq=False)
class ShiftLikelihood(PathLikelihood):
    """The likelihood of demonstrations without a horizon, from all cells alike, planned by shifts."""

    shifts: Shifts

    def plan(self, reward: PerPair, near: PerPair | None = None) -> Plan:  # noqa: ARG002  # sweeps need no policy
        """The soft values and policy of a reward of pairs that is one of cells (4 s,)."""
        paid = reward[::_NUM_ACTIONS]
        values = self.shifts.values(paid, 1.0)
        policy = self.shifts.policy(values, 1.0)
        return Plan(values, values[self.mdp.state] + np.log(np.maximum(policy, _TINY)), policy)

    def occupancy(self, policy: PerPair) -> PerPair:
        """How often a policy takes each pair."""
        return self.shifts.visits(policy)[self.mdp.state] * policy


def _swept(world: Macrocells, padded: PerState, paid: PerState, temperature: float) -> PerState:
    """A sweep: the best, or the soft best, of four shifts, and their mean."""
    up, right, down, left = _neighbours(padded)
    slipped = up + down
    slipped += right
    slipped += left
    best = np.maximum(up, down)
    np.maximum(best, right, out=best)
    np.maximum(best, left, out=best)
    meant = world.discount * (1.0 - world.slip)
    if temperature > 0.0:
        above = sum(np.exp(meant / temperature * (ahead - best)) for ahead in (up, right, down, left))
        paid = paid + temperature * np.log(above)
    best *= meant
    slipped *= world.discount * world.slip / _NUM_ACTIONS
    best += slipped
    best += paid
    return best


def _neighbours(padded: PerState) -> tuple[PerState, PerState, PerState, PerState]:
    """What lies up, right, down and left of each cell: shifted views, after the border has been repeated."""
    padded[0], padded[-1] = padded[1], padded[-2]
    padded[:, 0], padded[:, -1] = padded[:, 1], padded[:, -2]
    return padded[:-2, 1:-1], padded[1:-1, 2:], padded[2:, 1:-1], padded[1:-1, :-2]
