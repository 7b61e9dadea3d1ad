"""All paths of a world so small that they can be counted one by one: what both passes of maximum entropy must equal."""

import itertools

import numpy as np

from drive_sim.irl.mdp import Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.worlds.gridworld import Grid

HORIZON = 4


def world(discount: float = 1.0) -> tuple[Mdp, PerPair]:
    """A grid of 2 x 2 in which everybody begins in cell 0, and a reward of pairs."""
    mdp = Grid(2, 2, start=0, discount=discount).mdp()
    return mdp, np.random.default_rng(3).normal(size=mdp.num_pairs)


def all_paths(mdp: Mdp, first: int, horizon: int) -> list[list[int]]:
    """Every path of so many steps, as its pairs: in this world chance has no part."""
    paths = []
    for actions in itertools.product(range(4), repeat=horizon):
        state, pairs = first, []
        for action in actions:
            pairs.append(int(mdp.first[state]) + action)
            state = int(mdp.transition.indices[pairs[-1]])
        paths.append(pairs)
    return paths


def starting_in(mdp: Mdp, *places: tuple[int, int, float]) -> PerState:
    """Starts (horizon + 1, s): in which state with how many steps to go begins which share."""
    start = np.zeros((HORIZON + 1, mdp.num_states))
    for state, to_go, share in places:
        start[to_go, state] = share
    return start


def counted(mdp: Mdp, policy: PerPair, start: PerState, discount: float) -> PerPair:
    """How often each pair is taken, by adding up all paths with their probabilities."""
    taken = np.zeros(mdp.num_pairs)
    for to_go, state in np.argwhere(start > 0.0).tolist():
        for path in all_paths(mdp, state, to_go):
            chances = [policy[to_go - step, pair] for step, pair in enumerate(path)]
            for step, pair in enumerate(path):
                taken[pair] += start[to_go, state] * np.prod(chances) * discount**step
    return taken


def demonstrated(mdp: Mdp) -> tuple[Demonstrations, PerPair, PerState]:
    """Some paths, how often they take each pair, and where they begin with how many steps to go."""
    paths = Demonstrations(tuple(np.array(path) for path in (*all_paths(mdp, 2, 4)[::60], *all_paths(mdp, 1, 2)[::7])))
    return paths, paths.counts(mdp), paths.starts(mdp, HORIZON)
