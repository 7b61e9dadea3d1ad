"""What acting on a learned reward costs, in the true one: the expected value difference (Levine and others 2011)."""

from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.planning import evaluate_policy, policy_iteration


def expected_value_difference(mdp: Mdp, true: PerPair, learned: PerPair) -> float:
    """V*(true) - V^learned(true), averaged over the MDP's starts, exact; both are rewards of pairs (k,).

    V^learned is the value, in the true reward, of the policy that is optimal for the learned one; where several actions
    are, it takes them alike. It is 0 for the true reward and for any that has the same optimal actions.
    """
    best = policy_iteration(mdp, true).values
    learned_policy = policy_iteration(mdp, learned).policy
    return float(mdp.start @ (best - evaluate_policy(mdp, learned_policy, true)))
