"""What is computed, not drawn, of the lecture's exercise: which rewards the methods pick, and what is left open."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.irl import max_margin_planning, maxent
from drive_sim.irl.identifiability import (
    bellman_matrix,
    optimal_pairs,
    rank,
    reward_distance,
    soft_driver_freedom,
    walks_freedom,
)
from drive_sim.irl.mdp import PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.lessons.irl import exercise_world as world
from drive_sim.lessons.irl.exercise_world import World

Distances = Annotated[npt.NDArray[np.float64], "n n"]
LECTURE = World()
WALKS_SEEN = {
    "no walk": (),
    "one of the two": world.WALKS[:1],
    "both": world.WALKS,
    "a third as well, 1-4-5-6-9": (*world.WALKS, world.THIRD),
    "all six shortest": world.SHORTEST,
}
SECOND_WORLDS = {
    "the same world again": LECTURE,
    "a wall between 1 and 2": World(((0, 1),)),
    "walls between 1 and 2, 2 and 3": World(((0, 1), (1, 2))),
    "less patience": World(discount=world.PATIENCE),
    "ice": World(slip=world.SLIP),
}
"""What a known soft driver is seen in besides the lecture's world."""


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """A reward (9,); by how much an action of the walks falls short of the best; how far it is from max-margin's."""

    reward: PerState
    shortfall: float
    distance: float

    @property
    def difference(self) -> float:
        """r(3) - r(5)."""
        return float(self.reward[2] - self.reward[4])


@dataclass(frozen=True, slots=True, eq=False)
class MaxEntPick:
    """Maximum entropy's pick for an l2, and how often its soft driver visits each cell (9,), discounted.

    `visits_if_tied`: the same of the best reward with r(3) = r(5).
    """

    l2: float
    pick: Pick
    visits: PerState
    visits_if_tied: PerState


@dataclass(frozen=True, slots=True)
class Wall:
    """What a wall between two cells, counted from 0, leaves: degrees of freedom of a soft driver who is known
    everywhere, and of one seen on the walks alone; and the share of explaining rewards, in the mean over drivers.
    """

    between: tuple[int, int]
    soft: int
    seen: int
    share: float


def walked() -> Demonstrations:
    """The lecture's two walks."""
    return Demonstrations.from_states(LECTURE.mdp(), world.WALKS)


def pick_of(reward: PerState, margin: PerState, where: World = LECTURE) -> Pick:
    """A reward, with what is told of it."""
    mdp = where.mdp()
    apart = reward_distance(mdp, reward[mdp.state], margin[mdp.state])
    return Pick(reward, float(world.shortfall(mdp, reward, where.pairs())), apart)


def margin_reward() -> PerState:
    """The smallest reward by which the walks' actions are better than all others at their cells, by gaps of 1."""
    mdp, shown = LECTURE.mdp(), walked()
    return max_margin_planning.fit(mdp, np.eye(9), shown, max_margin_planning.loss_of_gaps(mdp, shown)).weights


def maxent_pick(l2: float, margin: PerState) -> MaxEntPick:
    """Maximum entropy's reward for an l2, of paths of any length to the end."""
    mdp, shown, config = LECTURE.mdp(), walked(), maxent.Config(l2=l2, horizon=False, tolerance=1e-8)
    together = np.delete(np.eye(9), 4, axis=1)
    together[[2, 4], 2] = np.sqrt(0.5)  # so that the penalty of both is what it was
    fits = [maxent.fit(mdp, features, shown, config) for features in (np.eye(9), together)]
    free, tied = (visits_of(occupancy(mdp, fit.plan.policy)) for fit in fits)
    return MaxEntPick(l2, pick_of(fits[0].weights, margin), free, tied)


def visits_of(taken: PerState) -> PerState:
    """How often each cell is visited (9,), of how often each pair is taken (k,)."""
    return np.add.reduceat(taken, LECTURE.mdp().first)


def distances(rewards: list[PerState]) -> Distances:
    """The distance of each reward from each, shaping and scale aside."""
    mdp = LECTURE.mdp()
    return np.array([[reward_distance(mdp, a[mdp.state], b[mdp.state]) for a in rewards] for b in rewards])


def left_by_walks() -> dict[str, int]:
    """Degrees of freedom of r(s)."""
    mdp = LECTURE.mdp()
    return {name: walks_freedom(mdp, LECTURE.pairs(walks)) for name, walks in WALKS_SEEN.items()}


def left_by_soft_driver() -> dict[str, int]:
    """Degrees of freedom of r(s, a), of a soft driver known in the lecture's world and in another."""
    return {name: soft_driver_freedom([LECTURE.mdp(), other.mdp()]) for name, other in SECOND_WORLDS.items()}


def ranks() -> dict[str, int]:
    """The published test of the same: the rank of both worlds' matrices side by side (Rolland and others 2022)."""
    both = {name: [bellman_matrix(one.mdp()) for one in (LECTURE, other)] for name, other in SECOND_WORLDS.items()}
    return {name: rank(np.hstack((first, -second))) for name, (first, second) in both.items()}


def left_on_the_walks() -> int:
    """Degrees of freedom of r(s, a) on the walks, of a soft driver seen on them alone."""
    return soft_driver_freedom([LECTURE.mdp()], LECTURE.pairs())


def left_by_wall(between: tuple[int, int], explaining: PerState) -> Wall:
    """What a wall leaves; each of the explaining rewards (n, 9) is once the driver's own.

    The driver is seen to walk in both worlds, and of all explaining rewards those are left by which its actions beside
    the wall are optimal as well.
    """
    walled = World((between,)).mdp()
    both = [LECTURE.mdp(), walled]
    drivers, counts = np.unique(world.reached_optimally(walled, explaining), axis=0, return_counts=True)
    best = optimal_pairs(world.plan_of(walled, explaining), walled)
    shares = [best[:, driver].all(axis=1).mean() for driver in drivers]
    share = float(np.average(shares, weights=counts)) if len(explaining) else 1.0
    return Wall(between, soft_driver_freedom(both), soft_driver_freedom(both, LECTURE.pairs()), share)
