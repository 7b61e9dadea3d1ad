"""The action-based model of a driver (Ramachandran and Amir 2007; Neu and Szepesvari 2007), for paths to an end.

In each state an action is taken with a probability that grows with what it leads to at best, pi(a|s) ~ exp(Q*(s, a)),
where Q* are hard values: of the routes beyond a junction only the best one counts, not how many there are, so that a
road that leads to two good routes is as likely as one that leads to one of them (label bias). The likelihood isn't
concave in the weights of the reward; its gradient is exact wherever a single action is best.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers
from drive_sim.irl.horizon import Plan, policy_of
from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.path_likelihood import Weights, World, num_features
from drive_sim.irl.planning import policy_iteration, solve_discounted


@dataclass(frozen=True, slots=True, eq=False)
class ActionLikelihood:
    """The mean log-likelihood of demonstrations that take each pair so often (k,), of a reward of pairs."""

    mdp: Mdp
    demonstrated: PerPair

    def __post_init__(self) -> None:
        if self.mdp.discount != 1.0:
            raise InputError("the action-based model takes paths to an end, without a discount")

    def plan(self, reward: PerPair) -> Plan:
        """Hard values, and the policy that is soft in them."""
        hard = policy_iteration(self.mdp, reward)
        return replace(hard, policy=policy_of(self.mdp, hard.action_values, 1.0))

    def value_and_gradient(self, reward: PerPair) -> tuple[float, PerPair]:
        """The likelihood, and its gradient by the reward of each pair."""
        mdp, plan = self.mdp, self.plan(reward)
        greedy = _one_best(mdp, plan.action_values)
        visits = np.add.reduceat(self.demonstrated, mdp.first)[mdp.state]
        by_value = self.demonstrated - visits * plan.policy
        onwards = solve_discounted(mdp, greedy, mdp.transition.T @ by_value, transposed=True)
        taken = self.demonstrated > 0.0
        value = float(self.demonstrated[taken] @ np.log(plan.policy[taken]))
        return value, by_value + onwards[mdp.state] * greedy


def fit(worlds: Sequence[World], firsts: Sequence[Weights], l2: float = 0.0) -> Weights:
    """The best weights (f,) that a search from each of `firsts` finds, for what was demonstrated in several worlds."""
    width = num_features(worlds)
    if not firsts or any(np.shape(first) != (width,) for first in firsts):
        raise InputError(f"the action-based model needs first weights of ({width},), one a feature, to search from")
    likelihoods = [ActionLikelihood(world.likelihood.mdp, world.likelihood.demonstrated) for world in worlds]
    num = sum(world.num for world in worlds)

    def objective(weights: Weights) -> tuple[float, Weights]:
        total, slope = 0.0, np.zeros(len(weights))
        for world, likelihood in zip(worlds, likelihoods, strict=True):
            value, by_pair = likelihood.value_and_gradient(world.features @ weights)
            total += world.num / num * value
            slope += world.num / num * (by_pair @ world.features)
        return 0.5 * l2 * float(weights @ weights) - total, l2 * weights - slope

    costs = [(None, 0.0)] * len(firsts[0])
    found = [
        optimize.minimize(objective, numbers(first, "the first weights"), jac=True, method="L-BFGS-B", bounds=costs)
        for first in firsts
    ]
    return min(found, key=lambda one: one.fun).x


def _one_best(mdp: Mdp, action_values: PerPair) -> PerPair:
    """The policy that takes the first of the best actions."""
    order = np.lexsort((-action_values, mdp.state))  # stable: of equals the first
    best = np.zeros(mdp.num_pairs)
    best[order[mdp.first]] = 1.0
    return best
