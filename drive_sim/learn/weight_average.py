"""A running mean of weights: what comes out of a learner that goes round its goal (Polyak and Juditsky 1992).

    mean_i = b mean_(i-1) + (1 - b) weights_i,  b = min(decay, 1 - 1 / i)        a plain mean at first

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


def average_weights(mean: Weighted, latest: Weighted, decay: float, i: int) -> None:
    """Take the weights of round or step i, counted from 1, into a mean, in place; with a decay of 0 it is them."""
    kept = min(decay, 1.0 - 1.0 / i)
    with torch.no_grad():
        for slow, fast in zip(mean.parameters(), latest.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - kept)
