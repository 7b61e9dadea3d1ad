"""Maximum entropy with a horizon, exact: both passes and the gradient (Ziebart and others 2008, algorithm 1; 2010).

Backward, from one step to go on, with V_0 = 0:

    Q_n(s, a) = r(s, a) + g sum_s' P(s'|s, a) V_{n-1}(s')
    V_n(s) = log sum_a exp Q_n(s, a)                         without chance the log of the partition function
    pi_n(a|s) = exp(Q_n(s, a) - V_n(s))

Forward, from the whole horizon on, where D_n(s) begins with the demonstrations' own starts:

    D_n(s, a) = D_n(s) pi_n(a|s)
    D_{n-1}(s') = ... + g sum_{s, a} P(s'|s, a) D_n(s, a)

The likelihood and its gradient (2008, eq. 6): L = mean over demonstrations of R(path) - V(start), and

    dL / dr(s, a) = how often demonstrations take (s, a) - sum_n D_n(s, a)

A temperature of 0 makes the hard maximum of V and its policy, one above it softens them: V = T log sum exp(Q / T).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, starts, whole_number
from drive_sim.irl.mdp import Mdp, PerPair, PerState

OPTIMAL = 1e-9
"""Actions whose values lie so near the best are among the optimal ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The values (s,) and action values (k,) of a reward, and the policy (k,) that follows from them.

    With a horizon they have a first axis of steps to go, from 0, where all values are 0.
    """

    values: PerState
    action_values: PerPair
    policy: PerPair


def state_values(mdp: Mdp, action_values: PerPair, temperature: float = 0.0) -> PerState:
    """V (..., s) from Q (..., k): the maximum over a state's actions, or temperature x log sum exp(Q / temperature)."""
    best = np.maximum.reduceat(action_values, mdp.first, axis=-1)
    if temperature == 0.0:
        return best
    # With the best taken off no exponential overflows: T log sum exp(Q / T) = best + T log sum exp((Q - best) / T)
    above = np.exp((action_values - best[..., mdp.state]) / temperature)
    return best + temperature * np.log(np.add.reduceat(above, mdp.first, axis=-1))


def policy_of(mdp: Mdp, action_values: PerPair, temperature: float = 0.0) -> PerPair:
    """The policy (..., k) of action values: all optimal actions alike, or exp((Q - V) / temperature)."""
    best = np.maximum.reduceat(action_values, mdp.first, axis=-1)[..., mdp.state]
    if temperature == 0.0:
        taken = (action_values >= best - OPTIMAL).astype(np.float64)
    else:
        # exp((Q - V) / T), up to a factor in each state
        taken = np.exp((action_values - best) / temperature)
    return taken / np.add.reduceat(taken, mdp.first, axis=-1)[..., mdp.state]


def plan_horizon(mdp: Mdp, reward: PerPair, horizon: int, temperature: float = 0.0) -> Plan:
    """Values and policies for 0 to `horizon` steps to go, by backward induction; rewards (..., k) together."""
    reward = checked_reward(mdp, reward, temperature)
    whole_number(horizon, "the horizon", 0)
    values = np.zeros((horizon + 1, *reward.shape[:-1], mdp.num_states))
    action_values = np.zeros((horizon + 1, *reward.shape))
    for to_go in range(1, horizon + 1):
        # Q_n(s, a) = r(s, a) + g sum_s' P(s'|s, a) V_{n-1}(s')
        action_values[to_go] = reward + mdp.discount * mdp.expected(values[to_go - 1])
        # V_n(s) = log sum_a exp Q_n(s, a)
        values[to_go] = state_values(mdp, action_values[to_go], temperature)
    return Plan(values, action_values, policy_of(mdp, action_values, temperature))


def occupancy_horizon(mdp: Mdp, policy: PerPair, start: PerState | None = None) -> PerPair:
    """How often a policy by steps to go (horizon + 1, k) takes each pair (k,), discounted from the path's start.

    `start` (horizon + 1, s): who begins where with how many steps to go; by default all with the whole horizon.
    """
    policy = mdp.policy_of_pairs(policy, num_axes=2)
    whole_horizon = np.zeros((len(policy), mdp.num_states))
    whole_horizon[-1] = mdp.start
    start = starts(start, whole_horizon)
    taken, visits = np.zeros(mdp.num_pairs), np.zeros(mdp.num_states)
    for to_go in range(len(policy) - 1, 0, -1):
        # D_n(s, a) = D_n(s) pi_n(a|s), in which D_n(s) has those who come and those who begin here
        now = (visits + start[to_go])[mdp.state] * policy[to_go]
        taken += now
        # D_{n-1}(s') = g sum_{s, a} P(s'|s, a) D_n(s, a)
        visits = mdp.discount * (mdp.transition.T @ now)
    return taken


def value_and_gradient(mdp: Mdp, reward: PerPair, demonstrated: PerPair, start: PerState) -> tuple[float, PerPair]:
    """L of a reward (k,), and its gradient (k,).

    `demonstrated` (k,): how often a demonstration takes each pair, discounted. `start` (horizon + 1, s): the share of
    demonstrations that begin in each state, by their steps to go.
    """
    # Backward: the soft plan of this reward
    plan = plan_horizon(mdp, reward, len(start) - 1, 1.0)
    # L = mean of R(path) - V(start)
    value = float(demonstrated @ reward - np.sum(start * plan.values))
    # dL / dr = what is demonstrated less what the soft policy expects from the same starts: forward
    return value, demonstrated - occupancy_horizon(mdp, plan.policy, start)


def checked_reward(mdp: Mdp, reward: npt.ArrayLike, temperature: float, num_axes: int | None = None) -> PerPair:
    """A reward (..., k). Raises InputError where it doesn't fit the MDP, or the temperature is negative."""
    if numbers(temperature, "the temperature") < 0.0:
        raise InputError(f"the temperature must not be negative, got {temperature}")
    return mdp.reward_of_pairs(reward, num_axes=num_axes)
