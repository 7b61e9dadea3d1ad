"""How much better than expected an action was: generalised advantage estimation (Schulman 2016, arXiv 1506.02438).

    delta_t = r_t + gamma V(s_{t+1}) - V(s_t)                                       equation 10
    A_t = delta_t + gamma lambda A_{t+1} = sum_l (gamma lambda)^l delta_{t+l}       equation 16

The sum stops where an episode does. After a true end nothing more can be earned: V(s_{t+1}) counts as zero. Where an
episode is only cut off it would have gone on, and V(s_{t+1}) of what was seen then, before the reset, is the rest.
lambda = 1 gives the sum of discounted rewards less V(s_t); lambda = 0 trusts V at once.
"""

import numpy as np

from drive_sim.data.transitions import PerStep, StepMask


def advantages(
    reward: PerStep,
    value: PerStep,
    next_value: PerStep,
    terminated: StepMask,
    truncated: StepMask,
    *,
    gamma: float,
    lambda_: float,
) -> PerStep:
    """A_t (n,) of steps in the order in which they were taken, episode after episode, as `Transitions` has them.

    `value` (n,) is V of what was seen, `next_value` (n,) of what was seen then, `reward` (n,) what the step earned.
    """
    delta = reward + gamma * np.where(terminated, 0.0, next_value) - value
    goes_on = np.where(terminated | truncated, 0.0, gamma * lambda_)
    advantage, later = np.empty_like(delta), 0.0
    for t in range(len(delta) - 1, -1, -1):
        later = advantage[t] = delta[t] + goes_on[t] * later
    return advantage
