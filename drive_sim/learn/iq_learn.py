"""IQ-Learn: inverse soft Q-learning (Garg 2021, arXiv 2106.12142, sections 4 and 5): Q says what the reward is.

    r(s, a) = Q(s, a) - gamma V(s')                              the reward under which Q is softly optimal
    maximise over Q:  E_demonstrations[phi(r)] - E[V(s) - gamma V(s')],    phi(x) = x - x^2 / (4 alpha)

phi is that of the chi-square divergence. The second mean is (1 - gamma) E[V(s_0)] over the steps of whatever policy, as
its terms cancel from step to step; here it is over what was shown, and with the first leaves

    minimise over Q:  E_demonstrations[V(s) - Q(s, a)] + E[r^2] / (4 alpha)

The square is over half what was shown and half what the policy did (online), or over what was shown alone (offline).
V(s) - Q(s, a) = -temperature log pi(a | s): without the square IQ-Learn *is* behavioural cloning, its cross-entropy
times the temperature. The square is what makes it heed where actions lead: elsewhere than shown, the reward goes to 0.

This was written from the paper alone. The authors' code is under a licence for non-commercial use and names a patent,
so nothing of it was read or taken.

Implementation details that matter. Next values are a copy's that lags behind, as in `sqil.py`: with gradients through
V(s') of Q itself, and with the second mean over what the policy did as well, CartPole was not learned in 10,000 steps.
The reward is scaled as there, and alpha is told in the reward of a tick, 1 - gamma, so that Q is about 1 whatever gamma
is. After an end V(s') is 0; where an end is a state in which one stays, it is learned as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn import soft_q_rounds
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.soft_q_rounds import SoftQ, SoftQConfig, chosen_values, next_values
from drive_sim.policies.stochastic import TrainableCategorical

NEEDS = soft_q_rounds.NEEDS


@dataclass(frozen=True, slots=True)
class Config(SoftQConfig):
    """`alpha`: the regulariser's, in rewards of a tick (infinity: no square). `offline`: from what was shown alone."""

    alpha: float = 0.5
    offline: bool = False

    def __post_init__(self) -> None:
        SoftQConfig.__post_init__(self)
        if not self.alpha > 0.0:
            raise InputError(f"iq-learn: alpha must be positive, got {self.alpha}")


def train(
    config: Config, task: ImitationTask[Transitions, Any], rng: np.random.Generator
) -> Iterator[Round[TrainableCategorical]]:
    """A Round a rollout. Raises InputError without NEEDS, DivergedError where a loss is no number.

    Offline, the rollouts tell how it does, and nothing is learned from them.
    """
    return soft_q_rounds.learn_in_rounds("iq-learn", config, task, rng, partial(loss, config))


def loss(config: Config, learner: SoftQ, shown: Transitions, done: Transitions) -> Tensor:
    """What is minimised, of a mini-batch of steps that were shown and, online, one of steps that were done."""
    reward = implied_reward(config, learner, shown if config.offline else shown + done)
    penalty = reward.square().mean() / (4.0 * config.alpha * (1.0 - config.gamma))
    return (learner.q.soft_values(shown.observation) - chosen_values(learner.q, shown)).mean() + penalty


def implied_reward(config: Config, learner: SoftQ, steps: Transitions) -> Tensor:
    """R(s, a) = Q(s, a) - gamma V(s') (n,)."""
    with torch.no_grad():
        after = config.gamma * next_values(learner.target, steps)
    return chosen_values(learner.q, steps) - after
