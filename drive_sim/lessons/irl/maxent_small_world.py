"""The small world: a grid on ice, in which fits are timed, and faults of popular copies show what they do."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.irl import maxent
from drive_sim.irl.horizon import occupancy_horizon, plan_horizon
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.path_likelihood import PathLikelihood, World
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.lessons import kit
from drive_sim.lessons.irl.maxent_faults import FAULTS, Walks, ascend, expected_visits, policy_of_reward

SIZE, SLIP, SPREAD = 5, 0.3, 0.5
"""Cells to a side, how often one slips, and the spread of the rewards of states."""
_GRID = 62
"""Second word of the seed of what is drawn in the small world."""


@dataclass(frozen=True, slots=True)
class SmallWorld:
    """How long walks are, how many there are, and how many steps are learned from them at which rate."""

    horizon: int = 20
    num_walks: int = 200
    num_steps: int = 1000
    rate: float = 0.1

    def __post_init__(self) -> None:
        if min(self.horizon, self.num_walks, self.num_steps) < 1 or not self.rate > 0.0:
            raise InputError("maxent-2008: it takes walks of some steps, and steps of learning at a rate above 0")

    @property
    def told_steps(self) -> list[int]:
        """The steps of learning after which the likelihood is told."""
        return sorted({0, *np.geomspace(1, self.num_steps, 25).astype(int).tolist()})


@dataclass(frozen=True, slots=True, eq=False)
class Faults:
    """The small world of one seed, by fault: how many nats a walk is less likely than at the optimum (steps + 1,).

    `slope`: the norm of the gradient that the algorithm has at last, as it computes it; `gap`: of visits expected and
    shown, the sum of differences; `like_truth`: the correlation with the true reward; `rewards`: the maps (s,), of the
    truth and the optimum as well, their means taken off.
    """

    lost: dict[str, Numbers]
    slope: dict[str, float]
    gap: dict[str, float]
    like_truth: dict[str, float]
    rewards: dict[str, Numbers]


def small_world(seed: int) -> tuple[Mdp, Numbers]:
    """The grid on ice, and the true reward of its states."""
    reward = np.random.default_rng([seed, _GRID]).normal(0.0, SPREAD, SIZE**2)
    return Grid(SIZE, SIZE, slip=SLIP).mdp(), reward


def exact_world(config: SmallWorld, seed: int) -> World:
    """The small world with the expectations of the soft driver in place of walks."""
    mdp, reward = small_world(seed)
    policy = plan_horizon(mdp, reward[mdp.state], config.horizon, 1.0).policy
    start = np.outer(np.arange(config.horizon + 1) == config.horizon, mdp.start)
    return World(PathLikelihood(mdp, occupancy_horizon(mdp, policy), start, config.horizon), np.eye(SIZE**2)[mdp.state])


def find_faults(config: SmallWorld, seed: int, report: kit.Report) -> Faults:
    """The small world of a seed, learned with each fault from the same walks and first weights."""
    mdp, true = small_world(seed)
    rng = np.random.default_rng([seed, _GRID, 2])
    walks = Walks.draw(mdp, true[mdp.state], config.num_walks, config.horizon, rng)
    likelihood, first = PathLikelihood.make(mdp, walks.taken), rng.random(SIZE**2)
    best = maxent.fit(mdp, np.eye(SIZE**2), walks.taken)
    found = Faults({}, {}, {}, {}, {"truth": true - true.mean(), "optimum": best.weights - best.weights.mean()})
    for number, fault in enumerate(FAULTS):
        report(number / len(FAULTS), fault)
        weights = ascend(mdp, walks, first, fault, num_steps=config.num_steps, rate=config.rate)
        at_last = weights[-1] - weights[-1].mean()
        lost = [best.objective - likelihood.value_and_gradient(of[mdp.state])[0] for of in weights[config.told_steps]]
        policy = policy_of_reward(mdp, at_last[mdp.state], config.horizon)
        visits = expected_visits(mdp, policy, walks.taken.starts(mdp))
        found.lost[fault] = np.array(lost)
        found.slope[fault] = float(np.linalg.norm(weights[-1] - weights[-2]) / config.rate)
        found.gap[fault] = float(np.abs(visits - walks.visits(mdp, "none")).sum())
        found.like_truth[fault] = float(np.corrcoef(at_last, true)[0, 1])
        found.rewards[fault] = at_last
    return found
