"""Policies that draw and that gradients train, as policy gradients and GAIL need them (Williams 1992, section 6).

    pi(a | o) = N(a; mu_theta(o), diag(sigma^2)),  theta the network's weights, log sigma parameters beside them
    pi(a | o) = exp(l_theta(o)_a) / sum_b exp(l_theta(o)_b),  where one of k actions is chosen

Nothing is cut off at the bounds of actions, so that densities integrate to one: whoever acts on a draw cuts it off.
A chosen action is a row (n, 1) that holds its index, 0 to k - 1, so that all actions are rows of numbers.
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

    def likeliest(self, observation: Observations) -> Actions:
        """The mean (n, a) for each row, which is the likeliest action."""
        with torch.no_grad():
            return self.mean.means(observation).cpu().numpy()

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


class Logits(Protocol):
    """A network that says how likely each of k actions is (`FlatNetwork` is one)."""

    def outputs(self, rows: Observations, /) -> Tensor:
        """The logits (n, k), through which gradients flow: logarithms of probabilities, up to a number a row."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TrainableCategorical:
    """A `StochasticPolicy` that chooses one of k actions: a row of actions (n, 1) holds indices."""

    logits: Logits

    def sample(self, observation: Observations, rng: np.random.Generator) -> Actions:
        """An index (n, 1) for each row, drawn: the largest logit after noise of Gumbel's distribution is added."""
        logits = self._logits(observation)
        return np.argmax(logits + rng.gumbel(size=logits.shape), axis=1, keepdims=True).astype(np.float64)

    def likeliest(self, observation: Observations) -> Actions:
        """The likeliest index (n, 1) for each row; the lowest where several are."""
        return np.argmax(self._logits(observation), axis=1, keepdims=True).astype(np.float64)

    def probabilities(self, observation: Observations) -> npt.NDArray[np.float64]:
        """How likely each action is (n, k)."""
        with torch.no_grad():
            return self._log_probabilities(observation).exp().numpy()

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:
        """A draw in a world of flat observations; the expert's answers are not read."""
        return self.sample(observation.inputs, rng)

    def log_probability(self, observation: Observations, action: Actions) -> Tensor:
        """The logarithm of the probability of indices (n, 1) where those rows are seen: (n,), in nats."""
        index = torch.as_tensor(action, dtype=torch.int64)
        return self._log_probabilities(observation).gather(1, index).squeeze(1)

    def entropy(self, observation: Observations) -> Tensor:
        """The entropy of what is done at each row: (n,), in nats, from 0 to log k."""
        log_p = self._log_probabilities(observation)
        return -(log_p.exp() * log_p).sum(dim=1)

    def parameters(self) -> Iterator[nn.Parameter]:
        """All that is trained."""
        return self.logits.parameters()

    def _logits(self, observation: Observations) -> npt.NDArray[np.float64]:
        with torch.no_grad():
            return self.logits.outputs(observation).double().numpy()

    def _log_probabilities(self, observation: Observations) -> Tensor:
        return torch.log_softmax(self.logits.outputs(observation).double(), dim=1)


@dataclass(frozen=True, slots=True, eq=False)
class Greedy:
    """A categorical policy that draws nothing any more: it does what is likeliest."""

    policy: TrainableCategorical

    def sample(self, observation: Observations, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - it draws nothing
        """The likeliest index (n, 1) for each row, where others would draw one."""
        return self.policy.likeliest(observation)

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - it draws nothing
        """The likeliest index (n, 1) for each row."""
        return self.policy.likeliest(observation.inputs)


def likeliest_std(means: npt.NDArray[np.float64], actions: npt.NDArray[np.float64]) -> PerAction:
    """The standard deviations (a,) under which actions (n, a) are most likely: their root mean square distance."""
    return np.sqrt(np.mean((means - actions) ** 2, axis=0))


def trainable_gaussian(mean: Means, std: PerAction) -> TrainableGaussian:
    """A Gaussian around a network's mean that begins with these standard deviations (a,)."""
    device = next(mean.parameters()).device
    return TrainableGaussian(mean, nn.Parameter(torch.as_tensor(std, dtype=torch.float64, device=device).log()))
