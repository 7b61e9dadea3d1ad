"""Maximum entropy inverse reinforcement learning with a network's reward (Wulfmeier, Ondruska and Posner 2015).

The objective is that of `maxent`, L(r) - weight_decay / 2 |theta|^2, of a reward r = network(features; theta). By the
chain rule (2015, eqs. 9 to 11)

    dL/dtheta = dL/dr dr/dtheta,    dL/dr = demonstrated - occupancy of the soft policy of r,

the first factor exact, by planning, and the second by backpropagation. L is not concave in theta, so that what is found
is a maximum nearby; it depends on the first parameters, which are drawn. The search is L-BFGS, as for a linear reward,
on all demonstrations at once; a network without hidden layers and bias is a linear reward.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, whole_numbers
from drive_sim.irl.horizon import Plan
from drive_sim.irl.mdp import Features, PerPair
from drive_sim.irl.path_likelihood import Weights, World, num_features


@dataclass(frozen=True, slots=True)
class Config:
    """The widths of the hidden layers, how parameters are kept small, and how exactly a maximum is sought.

    `weight_decay` is on the mean over demonstrations, as `maxent.Config.l2` is. `tolerance`: the largest slope that may
    be left, unless `most_iterations` come first.
    """

    hidden: tuple[int, ...] = (16, 16)
    bias: bool = True
    weight_decay: float = 0.01
    tolerance: float = 1e-3
    most_iterations: int = 300
    num_threads: int = 1

    def __post_init__(self) -> None:
        numbers([self.weight_decay, self.tolerance], "deep_maxent: weight decay and tolerance")
        whole_numbers([*self.hidden, self.most_iterations, self.num_threads], "deep_maxent: units, iterations, threads")
        if not (self.weight_decay > 0.0 and self.tolerance > 0.0 and self.most_iterations > 0):
            raise InputError("deep_maxent: weight decay, tolerance and iterations must be positive")
        if not (all(width > 0 for width in self.hidden) and self.num_threads > 0):
            raise InputError("deep_maxent: layers need units, and there must be a thread")


@dataclass(frozen=True, slots=True, eq=False)
class RewardNetwork:
    """A reward of features through layers of tanh, the last one linear.

    `widths`: of the features, the hidden layers, and the reward. `parameters` (p,): of all layers, one after the other.
    """

    widths: tuple[int, ...]
    bias: bool
    parameters: Weights

    @classmethod
    def draw(cls, num_inputs: int, config: Config, rng: np.random.Generator) -> "RewardNetwork":
        """With weights of a variance of one over the layer's inputs, and biases of 0 (LeCun and others 1998)."""
        widths = (num_inputs, *config.hidden, 1)
        layers: list[Weights] = []
        for inputs, outputs in pairwise(widths):
            layers += [rng.normal(size=inputs * outputs) / np.sqrt(inputs), np.zeros(outputs * config.bias)]
        return cls(widths, config.bias, np.concatenate(layers))

    def reward(self, features: npt.ArrayLike) -> PerPair:
        """The reward (n,) of features (n, f). Raises InputError for another number of features."""
        checked = np.asarray(features, dtype=np.float64)
        if checked.ndim != 2 or checked.shape[1] != self.widths[0]:
            raise InputError(f"the network takes {self.widths[0]} features in a row, got {checked.shape}")
        return self.forward(torch.from_numpy(self.parameters), torch.from_numpy(checked)).numpy()

    def forward(self, parameters: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """The reward (n,) that other parameters (p,) of the same layers give."""
        now, used = features, 0
        for layer, (inputs, outputs) in enumerate(pairwise(self.widths)):
            now = torch.tanh(now) if layer else now
            now = now @ parameters[used : used + inputs * outputs].reshape(inputs, outputs)
            used += inputs * outputs
            if self.bias:
                now, used = now + parameters[used : used + outputs], used + outputs
        return now[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The network, the objective there, the largest slope left, and each world's soft plan."""

    network: RewardNetwork
    objective: float
    slope: float
    plans: tuple[Plan, ...]


def fit(worlds: Sequence[World], rng: np.random.Generator, config: Config | None = None) -> Fit:
    """The network whose reward makes the demonstrations likeliest; `rng` draws its first parameters.

    Raises InputError where there is no world, or worlds differ in the number of features.
    """
    config = config or Config()
    torch.set_num_threads(config.num_threads)
    first = RewardNetwork.draw(num_features(worlds), config, rng)
    objective = Objective(worlds, first, config.weight_decay)
    options = {"gtol": config.tolerance, "ftol": 0.0, "maxiter": config.most_iterations, "maxcor": 20}
    found = optimize.minimize(objective, first.parameters, jac=True, method="L-BFGS-B", options=options)
    value, slope = objective(found.x)
    network = RewardNetwork(first.widths, first.bias, found.x)
    return Fit(network, -value, float(np.max(np.abs(slope))), tuple(objective.plans))


class Objective:
    """What is minimised, and its gradient: -L + weight_decay / 2 |theta|^2 of parameters (p,).

    It keeps each world's last plan, from whose policy the next one is found in a step or two of Newton's.
    """

    def __init__(self, worlds: Sequence[World], network: RewardNetwork, weight_decay: float) -> None:
        self.plans: list[Plan] = []
        self._worlds, self._network, self._weight_decay = worlds, network, weight_decay
        self._seen = [_Seen.make(world.features) for world in worlds]

    def __call__(self, parameters: Weights) -> tuple[float, Weights]:
        """Value and gradient."""
        total, num = 0.0, sum(world.num for world in self._worlds)
        theta = torch.tensor(parameters, requires_grad=True)
        last, self.plans = self.plans or [None] * len(self._worlds), []
        for world, seen, plan in zip(self._worlds, self._seen, last, strict=True):
            reward = self._network.forward(theta, seen.features)
            by_pair = reward.detach().numpy()[seen.row]
            self.plans.append(world.likelihood.plan(by_pair, plan and plan.policy))
            slope = world.likelihood.demonstrated - world.likelihood.occupancy(self.plans[-1].policy)
            reward.backward(torch.from_numpy(np.bincount(seen.row, slope) * world.num / num))  # ascends
            total += world.num * world.likelihood.value(by_pair, self.plans[-1])
        assert theta.grad is not None
        penalty = 0.5 * self._weight_decay * float(parameters @ parameters)
        return penalty - total / num, self._weight_decay * parameters - theta.grad.numpy()


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Features that differ (n, f), and which of them each pair has (k,): the network is asked once for each."""

    features: torch.Tensor
    row: npt.NDArray[np.int64]

    @classmethod
    def make(cls, features: Features) -> "_Seen":
        differing, row = np.unique(features, axis=0, return_inverse=True)
        return cls(torch.from_numpy(differing), row.ravel())
