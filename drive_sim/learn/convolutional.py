"""A base learner for worlds that are seen in pictures: least squares, or cross-entropy, by a convolutional network.

    minimise over theta:  (1/n) sum_i |pi_theta(o_i) - a_i|^2        where an action is numbers, in their spreads
                         -(1/n) sum_i log pi_theta(a_i | o_i)        where one of k is chosen

Pictures stay bytes; a mini-batch of them at a time becomes numbers. The steps grow with the rows, so that each row is
read as often in the last round of DAgger as in the first.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError, one_of
from drive_sim.learn.regression import Config as Descent
from drive_sim.learn.regression import descend, spread
from drive_sim.policies.networks import centre_biases
from drive_sim.policies.pixel_network import PIXEL_NETWORKS, PixelNetwork, channels_last, make_pixel_network
from drive_sim.policies.pixel_regressor import PixelRegressor
from drive_sim.policies.stochastic import Greedy, TrainableCategorical

_TYPICAL_ROWS = 256


@dataclass(frozen=True, slots=True)
class Config:
    """How to fit: a network of PIXEL_NETWORKS, and how often each row is read, on average (`num_epochs`).

    `least_steps` are made of few rows, too. Same seed and `num_threads`, same weights to the bit.
    """

    network: str = "pilotnet"
    num_epochs: float = 20.0
    least_steps: int = 100
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    num_threads: int = 1

    def __post_init__(self) -> None:
        one_of("network", self.network, list(PIXEL_NETWORKS))
        for name in ("num_epochs", "least_steps", "batch_size", "learning_rate", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"convolutional: {name} must be positive, got {getattr(self, name)}")

    def descent(self, num_rows: int) -> Descent:
        """The steps for so many rows."""
        num_steps = max(self.least_steps, round(self.num_epochs * num_rows / self.batch_size))
        return Descent((), num_steps, self.batch_size, self.learning_rate, self.weight_decay, self.num_threads)


def fit(config: Config, data: Transitions, rng: np.random.Generator) -> PixelRegressor | Greedy:
    """The policy that answers the rows best; of chosen actions it does what is likeliest.

    Raises InputError where observations are no pictures of bytes.
    """
    check_pictures(data.observation)
    torch.set_num_threads(config.num_threads)
    weights_rng, order_rng = rng.spawn(2)
    num_outputs = data.num_actions or data.action.shape[1]
    network = make_pixel_network(config.network, data.observation.shape[1:], num_outputs, weights_rng)
    typical = data.observation[:: max(1, len(data) // _TYPICAL_ROWS)]
    centre_biases(network.network, torch.from_numpy(channels_last(typical)))
    if data.num_actions is not None:
        return _classified(config, data, network, order_rng)
    action_mean, action_spread = data.action.mean(axis=0), spread(data.action)
    targets = torch.from_numpy((data.action - action_mean) / action_spread).float()

    def loss(rows: Tensor) -> Tensor:
        return (network.outputs(data.observation[rows.numpy()]) - targets[rows]).square().mean()

    descend(config.descent(len(data)), network.parameters(), len(data), loss, order_rng)
    return PixelRegressor(network, action_mean, action_spread, data.low, data.high)


def _classified(config: Config, data: Transitions, network: PixelNetwork, order_rng: np.random.Generator) -> Greedy:
    policy = TrainableCategorical(network)

    def loss(rows: Tensor) -> Tensor:
        index = rows.numpy()
        return -policy.log_probability(data.observation[index], data.action[index]).mean()

    descend(config.descent(len(data)), network.parameters(), len(data), loss, order_rng)
    return Greedy(policy)


def check_pictures(observation: np.ndarray) -> None:
    """Raise InputError where rows (n, ...) are no pictures of bytes."""
    if observation.dtype != np.uint8 or observation.ndim < 3:
        raise InputError(
            f"convolutional: pictures of bytes (uint8) are needed, and rows are {observation.dtype} of "
            f"{observation.shape[1:]}; make the task with keep_pictures=True"
        )
