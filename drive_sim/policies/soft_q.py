"""Policies that follow from action values, softly: what is worth more is done more often (Haarnoja 2017, 1702.08165).

    V(o) = temperature log sum_a exp(Q(o, a) / temperature)          the soft maximum of Q over k actions
    pi(a | o) = exp((Q(o, a) - V(o)) / temperature)                  uniform where all are worth the same

As the temperature goes to 0, V becomes the maximum and pi does what is best. Q / temperature are the logits of a
`TrainableCategorical`, so that such a policy draws, tells probabilities and is scored as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.policies.base import Observations
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.picture_network import make_picture_network, picture_size
from drive_sim.policies.regressor import PerInput
from drive_sim.policies.stochastic import Logits, TrainableCategorical


@dataclass(frozen=True, slots=True, eq=False)
class ActionValues:
    """Q as a network from what is seen to a value for each of k actions, and the temperature of its policy."""

    network: Logits
    temperature: float

    def values(self, observation: Observations) -> Tensor:
        """Q (n, k) in float64; gradients flow through it."""
        return self.network.outputs(observation).double()

    def outputs(self, rows: Observations, /) -> Tensor:
        """The logits (n, k) of the policy: Q / temperature."""
        return self.values(rows) / self.temperature

    def soft_values(self, observation: Observations) -> Tensor:
        """V (n,) in float64; gradients flow through it."""
        return soft_maximum(self.values(observation), self.temperature)

    def parameters(self) -> Iterator[nn.Parameter]:
        """The network's weights."""
        return self.network.parameters()


def soft_maximum(q: Tensor, temperature: float) -> Tensor:
    """V (n,) of action values (n, k): their maximum, or up to temperature x log k more."""
    return temperature * torch.logsumexp(q / temperature, dim=1)


def soft_policy(q: ActionValues) -> TrainableCategorical:
    """The policy that these action values are the soft optimum of: it draws."""
    return TrainableCategorical(q)


def make_action_values(
    seen: Observations,
    num_actions: int,
    temperature: float,
    rng: np.random.Generator,
    *,
    hidden: tuple[int, ...] = (64, 64),
    input_mean: PerInput | None = None,
    input_spread: PerInput | None = None,
) -> ActionValues:
    """Q = 0 everywhere, for observations like those seen: rows of numbers (n, f), or pictures (n, h, w, 3).

    Pictures are read by the small convolutional network `networks.make_thumbnail`, its hidden layers its own. Raises
    InputError for other observations, and for pictures that are too small for it.
    """
    if seen.ndim == 2:
        widths = (seen.shape[1], *hidden, num_actions)
        flat = make_flat_network(widths, rng, last_gain=0.0, input_mean=input_mean, input_spread=input_spread)
        return ActionValues(flat, temperature)
    size = picture_size(seen.shape[1:])
    return ActionValues(make_picture_network(*size, num_actions, rng, last_gain=0.0), temperature)
