"""The lecture's exercise: a grid of 3 x 3 cells with an end, walks on it, and rewards that explain them.

Cells are named 1 to 9 row by row, as on the board; in code they count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import root_scalar

from drive_sim.irl.horizon import Plan
from drive_sim.irl.identifiability import optimal_pairs
from drive_sim.irl.mdp import Mdp, PairIndex, PerState
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.planning import value_iteration
from drive_sim.irl.worlds.gridworld import Grid

DISCOUNT, PATIENCE, SLIP = 0.9, 0.5, 0.3
"""The exercise's discount; the other patience's; how slippery ice is."""
WALKS = ((0, 1, 2, 5, 8), (0, 1, 4, 5, 8))
"""What the lecture shows."""
THIRD = (0, 3, 4, 5, 8)
SHORTEST = (*WALKS, THIRD, (0, 1, 4, 7, 8), (0, 3, 4, 7, 8), (0, 3, 6, 7, 8))
"""All shortest walks from 1 to 9."""
WALLS = tuple((a, b) for a in range(9) for b in (a + 1, a + 3) if b < 9 and (b == a + 3 or b % 3))
"""Every place for a wall: between which cells."""
REWARDS: dict[str, tuple[float, ...]] = {
    "The end alone pays": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    "Each step costs, 9 as well": (-0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.2),
    "Keep off 4, 7 and 8": (0.0, 0.0, 0.0, -1.0, 0.0, 0.0, -1.0, -1.0, 0.2),
    "All cells hurt but 2, 6 and 9": (-0.3, 0.0, -0.3, -0.3, -0.3, 0.0, -0.3, -0.3, 0.6),
}
"""Four of many that explain both walks."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class World:
    """What may be changed about the exercise's world."""

    walls: tuple[tuple[int, int], ...] = ()
    slip: float = 0.0
    discount: float = DISCOUNT

    def mdp(self) -> Mdp:
        """Its states and transitions: 9 is an end, and every walk begins in 1."""
        return Grid(3, 3, self.slip, self.discount, (8,), self.walls, start=0).mdp()

    def open_walks(self, walks: Sequence[Sequence[int]]) -> list[Sequence[int]]:
        """Those of the walks across which no wall stands."""
        return [walk for walk in walks if not any(tuple(sorted(step)) in self.walls for step in pairwise(walk))]

    def pairs(self, walks: Sequence[Sequence[int]] = WALKS) -> PairIndex:
        """The actions that are taken on the walks that are open, each once; on ice, those that were meant."""
        straight, meant = World(self.walls).mdp(), self.open_walks(walks)
        paths = Demonstrations.from_states(straight, meant).paths if meant else (np.empty(0, dtype=np.int64),)
        return np.unique(np.concatenate(paths))


def plan_of(mdp: Mdp, reward: PerState, temperature: float = 0.0) -> Plan:
    """The values of a reward of cells (..., 9), so exactly that they may be compared to 1e-9."""
    return value_iteration(mdp, np.asarray(reward)[..., mdp.state], temperature, tolerance=1e-12)


def shortfall(mdp: Mdp, reward: PerState, pairs: PairIndex) -> npt.NDArray[np.float64]:
    """By how much the worst of these actions is worse than the best in its cell, for rewards (..., 9)."""
    plan = plan_of(mdp, reward)
    return np.asarray(np.max((plan.values[..., mdp.state] - plan.action_values)[..., pairs], axis=-1))


def reached_optimally(mdp: Mdp, rewards: PerState) -> Flags:
    """Which pairs (n, k) an optimal driver of each reward (n, 9) may ever take, from the start on; without chance."""
    best = optimal_pairs(plan_of(mdp, rewards), mdp)
    reached = np.broadcast_to(mdp.start > 0.0, (len(best), mdp.num_states))
    for _ in range(mdp.num_states):
        taken = best & reached[:, mdp.state]
        reached = reached | (taken.astype(np.float64) @ mdp.transition.toarray() > 0.0)
    return best & reached[:, mdp.state]


def reward_for_ice(reward: Sequence[float]) -> PerState:
    """A reward like this one but for cell 5, by which both actions of the walks in cell 2 tie on ice."""
    ice = World(slip=SLIP)
    mdp, pairs = ice.mdp(), ice.pairs()
    right, down = pairs[mdp.state[pairs] == 1]

    def with_cell_5(value: float) -> PerState:
        return np.array([*reward[:4], value, *reward[5:]])

    def difference(value: float) -> float:
        action_values = plan_of(mdp, with_cell_5(value)).action_values
        return float(action_values[right] - action_values[down])

    return with_cell_5(root_scalar(difference, bracket=(-1.0, 1.0), xtol=1e-15).root)
