"""A Gaussian policy that gradients train, as policy-gradient methods and GAIL need one (Williams 1992, section 6).

    pi(a | o) = N(a; mu_theta(o), diag(sigma^2)),  theta the network's weights, log sigma parameters beside them

Nothing is cut off at the bounds of actions, so that densities integrate to one: whoever acts on a draw cuts it off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from drive_sim.policies.base import Actions, Observations, PerAction
from drive_sim.policies.regressor import FlatObservation


class Means(Protocol):
    """A network with what its numbers mean: it says the mean action for what is seen."""

    def means(self, observation: Observations) -> Tensor:
        """Actions (n, a) in float64, through which gradients flow."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TrainableGaussian:
    """A `StochasticPolicy` around a network's mean, with the logarithm of each action's standard deviation (a,)."""

    mean: Means
    log_std: nn.Parameter

    def sample(self, observation: Observations, rng: np.random.Generator) -> Actions:
        """An action (n, a) for each row, drawn."""
        with torch.no_grad():
            mean, std = self.mean.means(observation).cpu().numpy(), self.log_std.exp().cpu().numpy()
        return mean + std * rng.standard_normal(mean.shape)

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:
        """The same in a world of flat observations; the expert's answers are not read."""
        return self.sample(observation.inputs, rng)

    def log_probability(self, observation: Observations, action: Actions) -> Tensor:
        """The logarithm of the density of actions (n, a) where those rows are seen: (n,), in nats."""
        return self._distribution(observation).log_prob(torch.as_tensor(action, device=self.log_std.device))

    def entropy(self, observation: Observations) -> Tensor:
        """The differential entropy of what is done at each row: (n,), in nats."""
        return self._distribution(observation).entropy()

    def parameters(self) -> Iterator[nn.Parameter]:
        """All that is trained."""
        yield from self.mean.parameters()
        yield self.log_std

    def _distribution(self, observation: Observations) -> torch.distributions.Independent:
        mean = self.mean.means(observation)
        return torch.distributions.Independent(torch.distributions.Normal(mean, self.log_std.exp()), 1)


def likeliest_std(means: npt.NDArray[np.float64], actions: npt.NDArray[np.float64]) -> PerAction:
    """The standard deviations (a,) under which actions (n, a) are most likely: their root mean square distance."""
    return np.sqrt(np.mean((means - actions) ** 2, axis=0))


def trainable_gaussian(mean: Means, std: PerAction) -> TrainableGaussian:
    """A Gaussian around a network's mean that begins with these standard deviations (a,)."""
    device = next(mean.parameters()).device
    return TrainableGaussian(mean, nn.Parameter(torch.as_tensor(std, dtype=torch.float64, device=device).log()))
