"""A base learner for worlds that are not ours: least squares from rows of numbers to actions, by a small network."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.optimisers import AdamW
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.stochastic import TrainableGaussian, likeliest_std, trainable_gaussian

LEAST_SPREAD = 1e-6
"""Numbers that vary less are constants."""


@dataclass(frozen=True, slots=True)
class Config:
    """How to fit; no hidden layer is linear regression. Same seed and `num_threads`, same weights to the bit."""

    hidden: tuple[int, ...] = (64, 64)
    num_steps: int = 1500
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    num_threads: int = 1

    def __post_init__(self) -> None:
        for name in ("num_steps", "batch_size", "learning_rate", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"regression: {name} must be positive, got {getattr(self, name)}")
        if any(width < 1 for width in self.hidden):
            raise InputError(f"regression: hidden layers need at least one unit, got {self.hidden}")


def fit(config: Config, data: Transitions, rng: np.random.Generator) -> Regressor:
    """The network that predicts the actions with the least squared error, each in units of its own spread."""
    torch.set_num_threads(config.num_threads)
    weights_rng, order_rng = rng.spawn(2)
    input_mean, input_spread = data.observation.mean(axis=0), spread(data.observation)
    action_mean, action_spread = data.action.mean(axis=0), spread(data.action)
    widths = (data.observation.shape[1], *config.hidden, data.action.shape[1])
    network = _network(widths, weights_rng)
    inputs = torch.from_numpy((data.observation - input_mean) / input_spread)
    targets = torch.from_numpy((data.action - action_mean) / action_spread).float()

    def loss(rows: Tensor) -> Tensor:
        return (network(inputs[rows]) - targets[rows]).square().mean()

    descend(config, network.parameters(), len(data), loss, order_rng)
    return Regressor(network, input_mean, input_spread, action_mean, action_spread, data.low, data.high)


def descend(
    config: Config,
    parameters: Iterable[nn.Parameter],
    num_rows: int,
    loss: Callable[[Tensor], Tensor],
    rng: np.random.Generator,
) -> None:
    """Down the loss of mini-batches by AdamW, its rate falling as a cosine; `loss` is asked about row numbers (m,).

    Raises DivergedError where it is no number.
    """
    optimiser = AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, config.num_steps)
    losses: list[Tensor] = []
    for _ in range(config.num_steps):
        latest = loss(torch.from_numpy(rng.integers(num_rows, size=config.batch_size)))
        optimiser.zero_grad()
        latest.backward()
        optimiser.step()
        schedule.step()
        losses.append(latest.detach())
    check_losses(torch.stack(losses).tolist(), 1)


def fit_gaussian(config: Config, data: Transitions, rng: np.random.Generator) -> TrainableGaussian:
    """The same network as the mean of a policy that draws, its widths those under which the actions are most likely.

    It acts, and whoever learns from reward trains it on. Raises InputError where an action is fitted to the last digit.
    """
    mean = fit(config, data, rng)
    std = likeliest_std(mean.means(data.observation).detach().numpy(), data.action)
    if not (std > 0.0).all():
        raise InputError("regression: the actions are fitted without any error; a policy that draws needs a width")
    return trainable_gaussian(mean, std)


def _network(widths: tuple[int, ...], rng: np.random.Generator) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
    return nn.Sequential(*[module for layer in layers[:-1] for module in (layer, nn.Tanh())], layers[-1])


def spread(values: np.ndarray) -> np.ndarray:
    """Standard deviations of columns, 1 where a column is constant."""
    spread = values.std(axis=0)
    return np.where(spread > LEAST_SPREAD, spread, 1.0).astype(values.dtype)
