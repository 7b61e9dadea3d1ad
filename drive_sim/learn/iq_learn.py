"""IQ-Learn: inverse soft Q-learning (Garg 2021, arXiv 2106.12142, sections 4 and 5): Q says what the reward is.

    r(s, a) = Q(s, a) - gamma V(s')                              the reward under which Q is softly optimal
    maximise over Q:  E_demonstrations[phi(r)] - E[V(s) - gamma V(s')],    phi(x) = x - x^2 / (4 alpha)

phi is that of the chi-square divergence. The second mean is over half what was shown and half what the policy did
(online), and so is the square; or over what was shown alone (offline), where the next values cancel and

    minimise over Q:  E_demonstrations[V(s) - Q(s, a)] + E_demonstrations[r^2] / (4 alpha)

is left. V(s) - Q(s, a) = -temperature log pi(a | s): without the square, offline IQ-Learn *is* behavioural cloning, its
cross-entropy times the temperature. The square is what makes it heed where actions lead.

This was written from the paper alone. The authors' code is under a licence for non-commercial use and names a patent,
so nothing of it was read or taken.

Implementation details that matter. Gradients flow through V(s') too, of Q itself: no copy lags behind. The reward is
scaled as in `sqil.py`, and alpha is told in the reward of a tick, 1 - gamma, so that Q is about 1 whatever gamma is.
After an end V(s') is 0; where an end is a state in which one stays, it is learned as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
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
    every = shown if config.offline else shown + done
    value, next_value = learner.q.soft_values(every.observation), config.gamma * next_values(learner.q, every)
    reward = chosen_values(learner.q, every) - next_value
    penalty = reward.square().mean() / (4.0 * config.alpha * (1.0 - config.gamma))
    return (value - next_value).mean() - reward[: len(shown)].mean() + penalty
