"""Soft values and the soft policy of a reward on a lattice of road, by one backward pass over its stations.

    Q(o, h, p, a) = r(o, a) + j(p, a) + E V'(o', h', a) ,   V(o, h, p) = log sum over a of exp Q(o, h, p, a)

at each station, with p the curvature that was driven last, at temperature 1. What is of the change from p to a, j, does
not depend on the pose, and where one gets to does not depend on p: so with x(o, h, a) = r + E V', its maximum m, and
K = exp(j), V = m + log(exp(x - m) K^T), and a memory of the last curvature costs a product with a 7 x 7 matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.policies.corridor import Corridor
from drive_sim.policies.lattice import Grid
from drive_sim.policies.lattice_reward import (
    FEATURES,
    NUM_PLACE,
    PlaceFeatures,
    RoadReward,
    jerking,
    place_features,
    turning,
)

PerState = Annotated[npt.NDArray[np.float64], "i p"]
"""A number a pose (offset with heading) and curvature driven last."""
Kernel = Annotated[npt.NDArray[np.float64], "p a"]
_LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A corridor with its grid, the features of its places (n, o, p), and where it ends (n, o)."""

    corridor: Corridor
    grid: Grid
    place: PlaceFeatures
    is_end: Annotated[npt.NDArray[np.bool_], "n o"]

    @classmethod
    def make(cls, corridor: Corridor, grid: Grid | None = None, keep_off_m: float = 0.0) -> Self:
        """A lattice on a corridor, with the usual grid over its surface; see `Corridor.is_end`."""
        grid = grid or Grid.covering(corridor)
        return cls(corridor, grid, place_features(corridor, grid.offset_m), corridor.is_end(grid.offset_m, keep_off_m))

    def __len__(self) -> int:
        return len(self.corridor)

    def ends(self, station: int) -> npt.NDArray[np.bool_]:
        """Which poses (i,) are ends at a station."""
        return np.repeat(self.is_end[station], len(self.grid.heading_rad))


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What is known of a station: its number, its values, and the soft policy's two factors.

    pi(a | i, p) = choice[i, a] kernel[p, a] / total[i, p].
    """

    station: int
    values: PerState
    choice: PerState
    total: PerState


def kernel_of(grid: Grid, reward: RoadReward) -> Kernel:
    """The exponential of the reward of changing from one curvature to another."""
    return np.exp(np.clip(reward.weight("jerking") * jerking(grid), -600.0, 600.0))


def backward(lattice: Lattice, reward: RoadReward) -> Iterator[Step]:
    """The stations from the last to the first, each planned to the end of the corridor."""
    grid, weights = lattice.grid, np.array(reward.weights)
    num_poses, num_turns = grid.num_poses, len(grid.turn_per_m)
    place = lattice.place @ weights[:NUM_PLACE]
    done = weights[FEATURES.index("turning")] * turning(grid)
    across = kernel_of(grid, reward).T.copy()
    values = np.zeros((num_poses, num_turns))
    for station in range(len(lattice) - 1, -1, -1):
        after = (grid.moves(lattice.corridor.curvature_per_m[station]) @ values.ravel()).reshape(num_poses, num_turns)
        after += done
        after += np.repeat(place[station], len(grid.heading_rad))[:, None]
        best = after.max(axis=1, keepdims=True)
        choice = np.exp(after - best)
        total = np.maximum(choice @ across, _LEAST)
        values = best + np.log(total)
        values[lattice.ends(station)] = -reward.end_price * (len(lattice) - station)
        yield Step(station, values, choice, total)


def mean_turn_per_m(grid: Grid, reward: RoadReward, step: Step) -> PerState:
    """The soft policy's mean curvature beyond the road's, in each pose after each curvature (i, p)."""
    return step.choice @ (kernel_of(grid, reward) * grid.turn_per_m).T / step.total
