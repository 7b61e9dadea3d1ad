"""Hard and soft values and policies of a finite MDP for a reward (Sutton and Barto 2018, chapter 4; Ziebart 2010).

`temperature` 0 is the hard maximum; above it values are soft. Rewards are numbers a pair, and may have leading axes.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu, spsolve

from drive_sim.errors import InputError
from drive_sim.irl.horizon import OPTIMAL, Plan, checked_reward, policy_of, state_values
from drive_sim.irl.mdp import Mdp, PerPair, PerState
from drive_sim.irl.shortest_paths import least_costs

_MOST_ROUNDS = 1000
_SMALLEST = 1e-250
"""Sums of paths above it keep all their digits."""


class UnboundedError(InputError):
    """Paths may go on for ever and be paid for it, so that there are no values."""


def value_iteration(mdp: Mdp, reward: PerPair, temperature: float = 0.0, tolerance: float = 1e-10) -> Plan:
    """Values without a horizon, by sweeps until none changes a value by more; rewards (..., k) are swept together.

    Raises UnboundedError where the values have no bound.
    """
    reward = checked_reward(mdp, reward, temperature)
    values = np.zeros((*reward.shape[:-1], mdp.num_states))
    sweeps = _MOST_ROUNDS + int(25.0 / max(1.0 - mdp.discount, 1e-3))
    for _ in range(sweeps):
        action_values = reward + mdp.discount * mdp.expected(values)
        before, values = values, state_values(mdp, action_values, temperature)
        if np.max(np.abs(values - before)) <= tolerance * max(1.0 - mdp.discount, 1e-3):
            return _plan(mdp, reward, values, temperature)
    raise _unsettled(mdp, sweeps)


def modified_policy_iteration(
    mdp: Mdp,
    reward: PerPair,
    temperature: float = 0.0,
    tolerance: float = 1e-10,
    *,
    first: PerState | None = None,
    num_evaluations: int = 50,
) -> Plan:
    """Values of one reward (k,) at a discount below 1: between two sweeps their policy is followed for some steps.

    Puterman and Shin 1978. For MDPs of many states, in which a policy's own matrix is far smaller than all transitions.
    `first` (s,): values to begin with, such as those of a reward that is much alike.
    """
    reward = checked_reward(mdp, reward, temperature, num_axes=1)
    values = np.zeros(mdp.num_states) if first is None else first
    for _ in range(_MOST_ROUNDS):
        action_values = reward + mdp.discount * mdp.expected(values)
        before, values = values, state_values(mdp, action_values, temperature)
        if np.max(np.abs(values - before)) <= tolerance * (1.0 - mdp.discount):
            return _plan(mdp, reward, values, temperature)
        policy = policy_of(mdp, action_values, temperature)
        onwards, paid = mdp.discount * mdp.matrix(policy), _paid(mdp, policy, reward, temperature)
        for _ in range(num_evaluations):
            values = paid + onwards @ values
    raise _unsettled(mdp, _MOST_ROUNDS)


def policy_iteration(
    mdp: Mdp, reward: PerPair, temperature: float = 0.0, tolerance: float = 1e-12, policy: PerPair | None = None
) -> Plan:
    """Values of one reward (k,) without a horizon, by Newton's method: evaluate a policy exactly, then improve it.

    Where neither chance nor a discount has a part, at once: shortest paths, or one linear system for all paths.
    Elsewhere it begins with `policy`, such as that of a reward nearby, or with the one that takes all actions alike.

    Raises UnboundedError where the values have no bound: a partition function that doesn't converge, since without a
    discount and chance the matrix of exp(r / temperature) has a spectral radius of 1 or more, or a cycle that pays.
    """
    reward = checked_reward(mdp, reward, temperature, num_axes=1)
    if mdp.discount == 1.0 and temperature > 0.0 and mdp.is_deterministic:
        counted = _log_partition(mdp, reward, temperature)
        if np.isfinite(counted).all():
            return _plan(mdp, reward, counted, temperature)
    if mdp.discount == 1.0 and temperature == 0.0 and mdp.is_deterministic and np.all(reward < 0.0):
        least = least_costs(mdp, -reward)
        if np.isfinite(least).all():
            return _plan(mdp, reward, -least, temperature)
    policy = mdp.uniform_policy() if policy is None else mdp.policy_of_pairs(policy)
    values = np.full(mdp.num_states, -np.inf)
    for _ in range(_MOST_ROUNDS):
        before, values = values, solve_discounted(mdp, policy, _paid(mdp, policy, reward, temperature))
        if not np.isfinite(values).all():
            raise _no_bound()
        if np.max(values - before) <= tolerance * (1.0 + np.max(np.abs(values))):
            return _plan(mdp, reward, values, temperature)
        policy = _improved(mdp, reward + mdp.discount * mdp.expected(values), policy, temperature)
    raise _no_bound()


def evaluate_policy(mdp: Mdp, policy: PerPair, reward: PerPair, temperature: float = 0.0) -> PerState:
    """The values (s,) of a policy (k,) for a reward, with `temperature` x its entropy added to it."""
    policy, reward = mdp.policy_of_pairs(policy), checked_reward(mdp, reward, temperature, num_axes=1)
    return solve_discounted(mdp, policy, _paid(mdp, policy, reward, temperature))


def _paid(mdp: Mdp, policy: PerPair, reward: PerPair, temperature: float) -> PerState:
    """What a policy earns in each state at once (s,)."""
    entropy = -temperature * np.log(np.where(policy > 0.0, policy, 1.0))
    return np.add.reduceat(policy * (reward + entropy), mdp.first)


def solve_discounted(mdp: Mdp, policy: PerPair, right: PerState, *, transposed: bool = False) -> PerState:
    """Solve (I - g P) x = right, P from state to state under a policy; `transposed` for what flows forward.

    Raises InputError where a path under the policy never ends and nothing discounts it.
    """
    matrix = sparse.eye_array(mdp.num_states) - mdp.discount * mdp.matrix(policy)
    if mdp.discount == 1.0 and not _ends_surely(mdp, policy):
        raise _no_bound()
    ordered = "MMD_AT_PLUS_A"  # neighbours are mutual in most worlds, and then this leaves fewer numbers to eliminate
    return np.asarray(spsolve(sparse.csc_array(matrix.T if transposed else matrix), right, permc_spec=ordered))


def _plan(mdp: Mdp, reward: PerPair, values: PerState, temperature: float) -> Plan:
    action_values = reward + mdp.discount * mdp.expected(values)
    return Plan(
        state_values(mdp, action_values, temperature), action_values, policy_of(mdp, action_values, temperature)
    )


def _improved(mdp: Mdp, action_values: PerPair, policy: PerPair, temperature: float) -> PerPair:
    """A better policy; the hard one keeps an action that is as good as the best, lest it changes for ever."""
    if temperature > 0.0:
        return policy_of(mdp, action_values, temperature)
    best = np.maximum.reduceat(action_values, mdp.first)[mdp.state]
    near = action_values >= best - OPTIMAL * (1.0 + np.abs(best))
    kept = np.where(np.logical_or.reduceat(near & (policy > 0.0), mdp.first)[mdp.state], near & (policy > 0.0), near)
    return kept / np.add.reduceat(kept, mdp.first)[mdp.state]


def _log_partition(mdp: Mdp, reward: PerPair, temperature: float) -> PerState:
    """V where neither chance nor a discount has a part: exp(V / temperature), all paths to an end, is a linear system.

    Not finite where a path's weight is too small for a number, or no end can be reached. A matrix A of numbers that are
    not negative has a spectral radius below 1 just where (I - A) z = 1 has a solution that is nowhere below 1 (an
    M-matrix; Berman and Plemmons 1994, chapter 6).
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        paid = np.exp(reward / temperature)
        weighted = mdp.matrix(paid)
        if not np.isfinite(weighted.data).all():
            raise _no_bound()
        try:
            solved = splu(sparse.csc_array(sparse.eye_array(mdp.num_states) - weighted))
        except RuntimeError:  # singular: the radius is 1
            raise _no_bound() from None
        if not np.all(solved.solve(np.ones(mdp.num_states)) >= 1.0 - OPTIMAL):
            raise _no_bound()
        counted = solved.solve(np.where(mdp.is_end, paid[mdp.first], 0.0))
        return temperature * np.log(np.where(counted > _SMALLEST, counted, 0.0))


def _ends_surely(mdp: Mdp, policy: PerPair) -> bool:
    """Whether every state leads to an end with some probability, so that no path under the policy lasts for ever."""
    towards_end = mdp.matrix(policy)
    leads = mdp.is_end
    while True:
        more = leads | ((towards_end @ leads.astype(np.float64)) > 0.0)
        if np.array_equal(more, leads):
            return bool(leads.all())
        leads = more


def _no_bound() -> UnboundedError:
    return UnboundedError(
        "the values have no bound: paths may go on for ever and be paid for it; lower the reward, "
        "give a discount below 1, a horizon, or ends that are reached"
    )


def _unsettled(mdp: Mdp, rounds: int) -> InputError:
    if mdp.discount == 1.0:
        return _no_bound()
    return InputError(
        f"the values still change after {rounds} sweeps: a discount of {mdp.discount} is too near 1 for them; "
        f"use policy_iteration, or a lower discount"
    )
