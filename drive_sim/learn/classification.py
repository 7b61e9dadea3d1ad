"""A base learner for worlds in which an action is chosen: the likeliest categorical policy, by a small network.

    minimise over theta:  -(1/n) sum_i log pi_theta(a_i | o_i)                      cross-entropy: behavioural cloning

It draws as often as the demonstrator did, so it acts by drawing too (`stochastic.Greedy` does what is likeliest), and
whoever learns from reward can go on from it (`ImitationTask.initial_policy`).
"""

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn.initial_flat import initial_choice
from drive_sim.learn.regression import Config, descend, spread
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.stochastic import TrainableCategorical


def fit(config: Config, data: Transitions, rng: np.random.Generator) -> TrainableCategorical:
    """The policy under which what was done is likeliest, of rows of numbers or, by its own small network, of pictures.

    Raises InputError where actions are numbers.
    """
    if data.num_actions is None:
        raise InputError("classification: these actions are numbers, not chosen; fit them by regression")
    torch.set_num_threads(config.num_threads)
    weights_rng, order_rng = rng.spawn(2)
    if data.observation.ndim == 2:
        mean, width = data.observation.mean(axis=0), spread(data.observation)
        widths = (data.observation.shape[1], *config.hidden, data.num_actions)
        policy = TrainableCategorical(make_flat_network(widths, weights_rng, input_mean=mean, input_spread=width))
    else:
        policy = initial_choice(data.observation.shape[1:], data.num_actions, weights_rng)

    def loss(rows: Tensor) -> Tensor:
        batch = data.rows(rows.numpy())
        return -policy.log_probability(batch.observation, batch.action).mean()

    descend(config, policy.parameters(), len(data), loss, order_rng)
    return policy
