"""Rewards of the nine cells drawn at random, which of them explain walks, and the table that page and Python read."""

import base64
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.irl.horizon import state_values
from drive_sim.irl.identifiability import OPTIMAL_TOLERANCE, Matrix, explains, forced_equalities
from drive_sim.irl.mdp import Mdp, PairIndex, PerState
from drive_sim.irl.planning import policy_iteration
from drive_sim.lessons.irl.exercise_world import Flags

_CHUNK = 50_000
_SWEEPS = 12
_STEPS = 1000
"""The table's rewards are whole thousandths, so that two bytes hold each exactly."""


@dataclass(frozen=True, slots=True)
class DrawTable:
    """Draws from [-1, 1]^9 in thousandths, as text: base 64 of 16-bit integers, low byte first, draw after draw."""

    num: int
    base64: str

    @classmethod
    def draw(cls, num: int, rng: np.random.Generator) -> "DrawTable":
        """So many draws."""
        drawn = rng.integers(-_STEPS, _STEPS + 1, (num, 9)).astype("<i2")
        return cls(num, base64.b64encode(drawn.tobytes()).decode("ascii"))

    @property
    def rewards(self) -> PerState:
        """The rewards (num, 9)."""
        stored = np.frombuffer(base64.b64decode(self.base64), dtype="<i2")
        return stored.reshape(self.num, 9) / _STEPS


def imposed(rewards: PerState, equalities: Matrix) -> PerState:
    """Rewards (n, 9) with the first cell of each equality (e, 9), in echelon form, set to what the others make it."""
    made = rewards.copy()
    for equality in equalities:
        cell = int(np.argmax(np.abs(equality) > 0.5))
        made[:, cell] -= made @ equality
    return made


def uniform(num: int, rng: np.random.Generator) -> PerState:
    """Rewards (num, 9), every cell's uniform between -1 and 1."""
    return rng.uniform(-1.0, 1.0, (num, 9))


def explaining(mdp: Mdp, rewards: PerState, pairs: PairIndex) -> Flags:
    """Which rewards (n, 9) explain that these pairs are taken, in a world without chance, as `explains` says.

    It first sweeps upwards from the values of whoever takes these pairs, and leaves out the rewards by which a cell of
    theirs comes to be worth more: those are most of them.
    """
    found = np.zeros(len(rewards), dtype=np.bool_)
    for first in range(0, len(rewards), _CHUNK):
        chunk = rewards[first : first + _CHUNK]
        left = np.flatnonzero(_may_explain(mdp, chunk, pairs))
        found[first + left] = explains(mdp, chunk[left], pairs) if len(left) else False
    return found


def forced_of(mdp: Mdp, pairs: PairIndex) -> Matrix:
    """The equalities (e, 9) that these pairs force; none where no pair is given."""
    return forced_equalities(mdp, pairs) if len(pairs) else np.empty((0, mdp.num_states))


def _may_explain(mdp: Mdp, rewards: PerState, pairs: PairIndex) -> Flags:
    """Sweeps only ever raise these values, and stop at the optimal ones."""
    clearly = 1e-6 + 2.0 * OPTIMAL_TOLERANCE / (1.0 - mdp.discount)
    taking, cells = rewards @ _discounted_visits(mdp, pairs).T, np.unique(mdp.state[pairs])
    action_values = rewards[:, mdp.state] + mdp.discount * mdp.expected(taking)
    ties = np.abs(action_values - taking[:, mdp.state])[:, pairs] <= clearly
    left, values = np.flatnonzero(ties.all(axis=1)), taking.copy()
    for _ in range(_SWEEPS):
        action_values = rewards[left][:, mdp.state] + mdp.discount * mdp.expected(values[left])
        values[left] = np.maximum(values[left], state_values(mdp, action_values))
        left = left[np.all((values - taking)[left][:, cells] <= clearly, axis=1)]
    return np.isin(np.arange(len(rewards)), left)


def _discounted_visits(mdp: Mdp, pairs: PairIndex) -> npt.NDArray[np.float64]:
    """How often whoever takes these pairs, and elsewhere the shortest way, visits each state from each (s, s)."""
    shortest = policy_iteration(mdp, -np.ones(mdp.num_pairs)).policy
    taken = np.isin(np.arange(mdp.num_pairs), pairs)
    policy = np.where(np.isin(mdp.state, mdp.state[pairs]), taken, shortest)
    policy = policy / np.add.reduceat(policy, mdp.first)[mdp.state]
    return np.linalg.inv(np.eye(mdp.num_states) - mdp.discount * mdp.matrix(policy).toarray())
