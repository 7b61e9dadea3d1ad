"""Worlds with a reward to find: grids of tiles, each worth something to a soft driver whose walks are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import optimize

from drive_sim.irl import maxent
from drive_sim.irl.horizon import plan_horizon
from drive_sim.irl.mdp import Features, Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.path_likelihood import PathLikelihood
from drive_sim.irl.worlds.gridworld import Grid

Objective: TypeAlias = Callable[[Mdp, PerPair, PerPair, PerState], tuple[float, PerPair]]
"""The likelihood of a reward and its gradient; see `irl.horizon.value_and_gradient`."""
PerTile = Annotated[npt.NDArray[np.float64], "f"]
SIDE, TILE = 6, 2
"""Cells of a grid's side, and of a tile's."""
HORIZON, NUM_SHOWN, NUM_HELD_OUT = 10, 100, 400
_SLIP, _DISCOUNT, _L2 = 0.2, 0.95, 0.01
_WORLD = 71
"""Second word of a world's seed."""


@dataclass(frozen=True, slots=True, eq=False)
class RewardWorld:
    """A grid, which tile each pair's cell is of (k, f), what the tiles are worth (f,), and walks: shown, held out."""

    mdp: Mdp
    features: Features
    worth: PerTile
    shown: Demonstrations
    held_out: Demonstrations

    def log_likelihood(self, worth: PerTile) -> float:
        """Of the walks that nobody has learned from, the mean in nats, if the tiles are worth that much."""
        return PathLikelihood.make(self.mdp, self.held_out).value_and_gradient(self.features @ worth)[0]


def draw_world(seed: int) -> RewardWorld:
    """The world of a seed."""
    rng = np.random.default_rng([seed, _WORLD])
    mdp = Grid(SIDE, SIDE, slip=_SLIP, discount=_DISCOUNT).mdp()
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    num_tiles = (SIDE // TILE) ** 2
    features = np.eye(num_tiles)[(row // TILE) * (SIDE // TILE) + column // TILE][mdp.state]
    worth = rng.normal(size=num_tiles)
    policy = plan_horizon(mdp, features @ worth, HORIZON, 1.0).policy
    shown, held_out = (sample(mdp, policy, num, rng, HORIZON) for num in (NUM_SHOWN, NUM_HELD_OUT))
    return RewardWorld(mdp, features, worth, shown, held_out)


def learned(world: RewardWorld, objective: Objective) -> PerTile:
    """What the tiles are worth by somebody's likelihood and gradient, climbed by L-BFGS with a little l2."""
    taken, start = world.shown.counts(world.mdp), world.shown.starts(world.mdp, HORIZON)

    def loss(worth: PerTile) -> tuple[float, PerTile]:
        value, gradient = objective(world.mdp, world.features @ worth, taken, start)
        penalty = 0.5 * _L2 * float(worth @ worth)
        return penalty - float(value), _L2 * worth - np.asarray(gradient) @ world.features

    return optimize.minimize(loss, np.zeros(len(world.worth)), jac=True, method="L-BFGS-B").x


def best(world: RewardWorld) -> PerTile:
    """The exact optimum by the project's own fit."""
    return maxent.fit(world.mdp, world.features, world.shown, maxent.Config(l2=_L2)).weights


def share_found(world: RewardWorld, worth: PerTile) -> float:
    """How much of what can be known of the held-out walks a reward knows: 0 as no reward at all, 1 as the optimum."""
    nothing, most = world.log_likelihood(np.zeros(len(worth))), world.log_likelihood(best(world))
    if not np.isfinite(worth).all():
        return 0.0
    return float(np.clip((world.log_likelihood(worth) - nothing) / (most - nothing), 0.0, 1.0))
