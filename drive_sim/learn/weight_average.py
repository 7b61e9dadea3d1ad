"""A running mean of weights: what comes out of a learner that goes round its goal (Polyak and Juditsky 1992).

    mean <- mean + rate (weights - mean)

Of adversarial learners it is the mean over time that comes to rest, where the latest weights need not (Yazici 2019,
arXiv 1806.04498): each side answers what the other did last. Whoever tries for itself goes on by its latest weights.
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import nn


class Weighted(Protocol):
    """Whatever holds weights."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """Them."""
        ...


def follow(mean: Weighted, latest: Weighted, rate: float) -> None:
    """Move a mean that share of the way to the latest weights, in place; at 1 it is them, to the bit."""
    with torch.no_grad():
        for slow, fast in zip(mean.parameters(), latest.parameters(), strict=True):
            slow.lerp_(fast, rate)
