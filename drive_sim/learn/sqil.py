"""SQIL: soft Q imitation learning, from constant rewards (Reddy 2020, arXiv 1905.11108, Algorithm 1).

    delta^2(D, r) = (1 / |D|) sum over (s, a, s') in D of (Q(s, a) - (r + gamma V(s')))^2     soft Bellman residual
    repeat: a step of Adam down  delta^2(demonstrations, 1) + weight x delta^2(what the policy did, 0)

There is no discriminator: whoever is where nothing was shown earns nothing there, and learns the way back to where
something was. V is the soft maximum (`policies/soft_q.py`) of a slower copy of Q, and 0 after an end.

Here the reward of a demonstration's tick is 1 - gamma, so that Q lies between 0 and 1 whatever gamma is, and a
temperature means the same: staying undecided pays temperature x log k a tick, k the number of actions. That must be
below the reward of a tick, or the most undecided life is the best one; other temperatures are refused.

Implementation details that matter: half of each batch was shown, however little was; the value of what follows a step
that was cut off counts; and the best round is not the last one (as learning goes on the buffer fills with what the
policy does well, at reward 0), so whoever has a way to tell keeps the best (`learn.base.better_round`). From pictures
values may grow without end, each bootstrapped from the other; what can be earned is known, so `bounded` keeps the
values of next states within it.
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
    """`sample_weight` is the weight of what the policy did beside what was shown (lambda_samp in the paper).

    `bounded`: next values below 0 count as 0, and above `most_value` as that, which changes nothing that is right.
    """

    sample_weight: float = 1.0
    bounded: bool = False


def train(
    config: Config, task: ImitationTask[Transitions, Any], rng: np.random.Generator
) -> Iterator[Round[TrainableCategorical]]:
    """Algorithm 1, a Round a rollout. Raises InputError without NEEDS, DivergedError where a loss is no number."""
    shown = soft_q_rounds.checked_demonstrations("sqil", task.require("sqil", NEEDS).demonstrations)
    check_temperature(config, shown.num_actions or 1)
    return soft_q_rounds.learn_in_rounds("sqil", config, task, rng, partial(loss, config))


def loss(config: Config, learner: SoftQ, shown: Transitions, done: Transitions) -> Tensor:
    """Both squared residuals of a mini-batch of steps that were shown, and one of steps that were done."""
    residual = bellman_residual(config, learner, shown + done, np.arange(len(shown) + len(done)) < len(shown))
    squared = residual.square()
    return squared[: len(shown)].mean() + config.sample_weight * squared[len(shown) :].mean()


def bellman_residual(config: Config, learner: SoftQ, steps: Transitions, was_shown: Any) -> Tensor:
    """Q(s, a) - (r + gamma V(s')) (n,), with r = 1 - gamma where a step was shown (n,) and 0 elsewhere."""
    with torch.no_grad():
        reward = (1.0 - config.gamma) * torch.from_numpy(np.asarray(was_shown, dtype=np.float64))
        following = next_values(learner.target, steps)
        if config.bounded:
            following = following.clamp(0.0, most_value(config, steps.num_actions or 1))
        target = reward + config.gamma * following
    return chosen_values(learner.q, steps) - target


def most_value(config: Config, num_actions: int) -> float:
    """The highest soft value that a state can have: paid at every tick for ever, and undecided as well."""
    return 1.0 + config.temperature * float(np.log(num_actions)) / (1.0 - config.gamma)


def check_temperature(config: Config, num_actions: int) -> None:
    """Raise InputError where to be undecided pays as much as to do what was shown."""
    least, most = config.temperature * np.log(num_actions), 1.0 - config.gamma
    if least >= most:
        raise InputError(
            f"sqil: temperature x log({num_actions}) is {least:.3g}, and must be below the reward of a tick, "
            f"1 - gamma = {most:.3g}; lower the temperature"
        )
