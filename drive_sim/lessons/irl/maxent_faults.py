"""Ziebart's algorithm as it is printed, by plain gradient ascent; and the faults of its popular copies, one argument.

Rewards are of states, an indicator each, and walks have one length, so that all can be held against the exact optimum.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from drive_sim.irl.horizon import plan_horizon
from drive_sim.irl.mdp import Mdp, PerPair, PerState
from drive_sim.irl.occupancy import Demonstrations, sample

Fault = Literal["none", "states outside time", "Q / sum Q", "hard values", "one side normalised", "one state more"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
ByTime = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Demonstrations of `horizon` steps each, and how often each state comes after the last step (s,)."""

    taken: Demonstrations
    horizon: int
    after: PerState

    @classmethod
    def draw(cls, mdp: Mdp, reward: PerPair, num: int, horizon: int, rng: np.random.Generator) -> "Walks":
        """Walks of the soft driver of a reward (k,)."""
        policy = plan_horizon(mdp, reward, horizon, 1.0).policy
        one_more = sample(mdp, np.vstack((policy[:1], mdp.uniform_policy(), policy[1:])), num, rng, horizon + 1)
        last = mdp.state[[path[-1] for path in one_more.paths]]
        taken = Demonstrations(tuple(path[:-1] for path in one_more.paths))
        return cls(taken, horizon, np.bincount(last, minlength=mdp.num_states) / num)

    def visits(self, mdp: Mdp, fault: Fault) -> PerState:
        """How often each state is visited in the mean (s,), discounted."""
        visits = np.add.reduceat(self.taken.counts(mdp), mdp.first)
        return visits + mdp.discount**self.horizon * self.after if fault == "one state more" else visits


def ascend(mdp: Mdp, walks: Walks, first: PerState, fault: Fault, *, num_steps: int, rate: float) -> ByTime:
    """The weights of states (num_steps + 1, s), from `first` on, step after step (Ziebart and others 2008, alg. 1)."""
    shown, start, weights = walks.visits(mdp, fault), walks.taken.starts(mdp), [first]
    for _ in range(num_steps):
        with np.errstate(all="ignore"):  # shares of values may divide by anything
            policy = policy_of_reward(mdp, weights[-1][mdp.state], walks.horizon, fault)
        weights.append(weights[-1] + rate * (shown - expected_visits(mdp, policy, start, fault)))
    return np.array(weights)


def policy_of_reward(mdp: Mdp, reward: PerPair, horizon: int, fault: Fault = "none") -> PerPair:
    """The policy (horizon, k), by steps to go from 1 on, with which the gradient is taken: the soft one."""
    plan = plan_horizon(mdp, reward, horizon, 0.0 if fault == "hard values" else 1.0)
    if fault != "Q / sum Q":
        return plan.policy[1:]
    values = plan.action_values[1:]
    return values / np.add.reduceat(values, mdp.first, axis=-1)[:, mdp.state]


def expected_visits(mdp: Mdp, policy: PerPair, start: PerState, fault: Fault = "none") -> PerState:
    """How often the policy visits each state (s,), discounted."""
    by_time = visits_by_time(mdp, policy, start, fault)
    if fault != "one state more":
        by_time = by_time[:-1]
    visits = mdp.discount ** np.arange(len(by_time)) @ by_time
    return visits / visits.sum() if fault == "one side normalised" else visits


def visits_by_time(mdp: Mdp, policy: PerPair, start: PerState, fault: Fault = "none") -> ByTime:
    """How likely each state is at each time (horizon + 1, s).

    With states as the outer loop and time as the inner one, what later states will hold is still zero when it is read.
    """
    visits = np.zeros((len(policy) + 1, mdp.num_states))
    visits[0] = start
    moves = [mdp.matrix(now).toarray() for now in policy[::-1]]
    blocks = [[state] for state in range(mdp.num_states)] if fault == "states outside time" else [slice(None)]
    for states in blocks:
        for time, move in enumerate(moves):
            visits[time + 1, states] = visits[time] @ move[:, states]
    return visits
