"""What behaviour leaves open of a reward: degrees of freedom, and a distance between rewards.

Two counts, kept apart. With A the matrix of V(s) - g E V(s') a pair (k, s):

1. A *known soft driver*: all probabilities of its actions are known. Then r(s, a) = log pi(a|s) + (A V)(s, a) for some
   V, and r is known but for range(A), s numbers (Cao, Cohen and Szpruch 2021, theorem 1). The same reward in several
   worlds is known but for the intersection of their ranges. For two worlds in which everything is seen that has
   2s - rank [A_1, -A_2] dimensions (Rolland and others 2022, theorem 3).
2. *Walks* under optimality: of some pairs it is known that they are optimal, V = r + g E V' there, and of others only
   that they are no better. What the equalities force of r(s), whatever all other values are, is c . r = 0 for each c
   with c A = 0 on these pairs. The inequalities bound a cone (Ng and Russell 2000) and take no dimension away.

Rewards that differ by a potential (zero at ends; Ng, Harada and Russell 1999) and by scale are one reward here.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers
from drive_sim.irl.horizon import Plan
from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.planning import value_iteration

Matrix = npt.NDArray[np.float64]
RANK_TOLERANCE = 1e-9
"""A pivot that is no larger counts as zero; the entries of these matrices are at most 1."""
OPTIMAL_TOLERANCE = 1e-9


def bellman_matrix(mdp: Mdp) -> Matrix:
    """A (k, s): A @ V is V(s) - g E V(s') of each pair, which adding -V as a potential adds to a reward."""
    return state_matrix(mdp) - mdp.discount * mdp.transition.toarray()


def state_matrix(mdp: Mdp) -> Matrix:
    """From rewards of states to rewards of pairs (k, s)."""
    return np.eye(mdp.num_states)[mdp.state]


def soft_driver_freedom(worlds: Sequence[Mdp], pairs: npt.ArrayLike | None = None, *, of_states: bool = False) -> int:
    """Degrees of freedom that a known soft driver leaves of r(s, a), the same in all worlds.

    `pairs`: where the driver is seen, by default everywhere; then it is r at these pairs that is counted. `of_states`:
    it is known beforehand that r depends on the state alone. Raises InputError for worlds with different pairs.
    """
    if not worlds or any(not np.array_equal(world.state, worlds[0].state) for world in worlds):
        raise InputError("degrees of freedom need at least one world, and in all of them the same states and actions")
    seen = np.arange(worlds[0].num_pairs) if pairs is None else np.unique(worlds[0].checked_pairs(pairs))
    ranges = [bellman_matrix(world)[seen] for world in worlds]
    return _dimension_of_intersection([*ranges, state_matrix(worlds[0])[seen]] if of_states else ranges)


def _dimension_of_intersection(matrices: Sequence[Matrix]) -> int:
    """Of the ranges of matrices (n, ...): what A_1 x_1 = A_i x_i leaves, without what each A_i sends to zero."""
    first, *others = matrices
    widths = np.cumsum([0] + [matrix.shape[1] for matrix in others])
    stacked = np.zeros((len(first) * len(others), first.shape[1] + widths[-1]))
    for block, matrix in enumerate(others):
        rows = slice(block * len(first), (block + 1) * len(first))
        stacked[rows, : first.shape[1]] = first
        stacked[rows, first.shape[1] + widths[block] : first.shape[1] + widths[block + 1]] = -matrix
    return sum(rank(matrix) for matrix in matrices) - rank(stacked)


def rank(matrix: Matrix) -> int:
    """The rank of a matrix, 0 of an empty one."""
    return len(reduced_rows(matrix))


def reduced_rows(matrix: Matrix) -> Matrix:
    """The rows of the reduced echelon form that are not zero, by elimination with the largest pivot first."""
    rows, num_done = np.array(matrix, dtype=np.float64), 0
    for column in range(rows.shape[1] if rows.size else 0):
        if num_done == len(rows):
            break
        pivot = num_done + int(np.argmax(np.abs(rows[num_done:, column])))
        if abs(rows[pivot, column]) <= RANK_TOLERANCE:
            rows[num_done:, column] = 0.0
            continue
        rows[[num_done, pivot]] = rows[[pivot, num_done]]
        rows[num_done] /= rows[num_done, column]
        others = np.arange(len(rows)) != num_done
        rows[others] -= np.outer(rows[others, column], rows[num_done])
        num_done += 1
    return rows[:num_done]


def forced_equalities(mdp: Mdp, pairs: npt.ArrayLike) -> Matrix:
    """The c (e, s), in echelon form, with c . r = 0 for every r(s) by which all these pairs are optimal."""
    seen = np.unique(mdp.checked_pairs(pairs))
    rows = reduced_rows(np.hstack((bellman_matrix(mdp)[seen], -state_matrix(mdp)[seen])))  # of (V, r)
    without_values = np.all(np.abs(rows[:, : mdp.num_states]) <= RANK_TOLERANCE, axis=1)
    return rows[without_values, mdp.num_states :]


def walks_freedom(mdp: Mdp, pairs: npt.ArrayLike) -> int:
    """Degrees of freedom left of r(s) where all that is known is that these pairs are optimal."""
    return mdp.num_states - len(forced_equalities(mdp, pairs))


def optimal_pairs(plan: Plan, mdp: Mdp) -> npt.NDArray[np.bool_]:
    """Which pairs (..., k) are among the best of their states, to 1e-9."""
    return plan.action_values >= plan.values[..., mdp.state] - OPTIMAL_TOLERANCE


def explains(mdp: Mdp, reward: npt.ArrayLike, pairs: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """By which rewards of states (..., s) all these pairs are among the optimal ones of their states, to 1e-9."""
    of_states = numbers(reward, "the reward")
    if of_states.shape[-1:] != (mdp.num_states,):
        raise InputError(f"the reward must be a number for each of {mdp.num_states} states, got {of_states.shape}")
    plan = value_iteration(mdp, of_states[..., mdp.state], tolerance=1e-11)
    return np.asarray(optimal_pairs(plan, mdp)[..., np.unique(mdp.checked_pairs(pairs))].all(axis=-1))


def canonical(mdp: Mdp, reward: PerPair) -> PerPair:
    """The smallest reward (..., k) that differs from this one by a potential, zero at ends, alone.

    It is the projection onto what is orthogonal to all potentials (STARC's minimal canonicalisation; Skalse and others
    2024, definition 5), with every pair of the same weight.
    """
    basis, _ = np.linalg.qr(bellman_matrix(mdp)[:, ~mdp.is_end])
    return reward - (reward @ basis) @ basis.T


def reward_distance(mdp: Mdp, first: PerPair, second: PerPair) -> float:
    """STARC's distance of two rewards of pairs (k,), from 0, the same but for shaping and scale, to 1, opposites.

    A reward that is nothing but shaping lies at 0.5 from all others.
    """
    units = []
    for reward in (first, second):
        checked = mdp.reward_of_pairs(reward, num_axes=1)
        scaled = checked / (np.abs(checked).max() or 1.0)
        plain = canonical(mdp, scaled)
        size = np.linalg.norm(plain)
        units.append(plain / size if size > RANK_TOLERANCE * np.linalg.norm(scaled) else np.zeros_like(plain))
    return 0.5 * float(np.linalg.norm(units[0] - units[1]))
