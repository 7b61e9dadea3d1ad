"""A discriminator: the guess C = 1 / (1 + exp(-z)) that the policy did it, and not the demonstrator (see `gail.py`)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.transitions import PerStep, Transitions
from drive_sim.errors import InputError
from drive_sim.learn.gradient_penalty import squared_slope_between
from drive_sim.learn.learner_state import LearnerState
from drive_sim.learn.optimisers import Adam
from drive_sim.learn.regression import spread
from drive_sim.policies.flat_network import FlatNetwork, make_flat_network
from drive_sim.policies.picture_network import PictureNetwork, make_picture_network, picture_size
from drive_sim.policies.regressor import Inputs


@dataclass(frozen=True, slots=True, eq=False)
class Discriminator:
    """C as a network from pairs to its logit z, and the optimiser that trains it.

    Of pictures it has an output for each action that can be chosen, and the one of what was done is z.
    """

    network: FlatNetwork | PictureNetwork
    optimiser: torch.optim.Adam

    def logits(self, rows: Transitions) -> Tensor:
        """Z (n,) in float64 for what was seen and done; gradients flow through it."""
        if isinstance(self.network, PictureNetwork):
            index = torch.as_tensor(rows.action, dtype=torch.int64)
            return self.network.outputs(rows.observation).gather(1, index).squeeze(1).double()
        return self.network.outputs(pairs(rows)).squeeze(1).double()

    @property
    def state(self) -> LearnerState:
        """All that learning changes, by name."""
        return {"discriminator": list(self.network.parameters()), "discriminator-adam": self.optimiser}

    def squared_slope_between(self, done: Transitions, demonstrations: Transitions, rng: np.random.Generator) -> Tensor:
        """The gradient penalty's, before its weight. Raises InputError where pairs are no rows of numbers."""
        if isinstance(self.network, PictureNetwork):
            raise InputError(
                "gail: its gradient penalty is between rows of numbers, and these are pictures; set it to 0"
            )
        return squared_slope_between(self.network, pairs(done), pairs(demonstrations), rng)

    def probabilities(self, rows: Transitions) -> PerStep:
        """C (n,): the guess that the policy did it."""
        with torch.no_grad():
            return torch.sigmoid(self.logits(rows)).numpy()


def make_discriminator(
    demonstrations: Transitions, hidden: tuple[int, ...], learning_rate: float, rng: np.random.Generator
) -> Discriminator:
    """One that says C = 1/2 everywhere. Raises InputError where it cannot read what was seen and done."""
    if demonstrations.observation.ndim != 2:
        network = _of_pictures(demonstrations, rng)
        return Discriminator(network, Adam(network.parameters(), lr=learning_rate))
    shown = pairs(demonstrations)
    mean, width = shown.mean(axis=0), spread(shown)
    if demonstrations.num_actions is not None:
        mean[-demonstrations.num_actions :], width[-demonstrations.num_actions :] = 0.0, 1.0
    widths = (shown.shape[1], *hidden, 1)
    network = make_flat_network(widths, rng, last_gain=0.0, input_mean=mean, input_spread=width)
    return Discriminator(network, Adam(network.parameters(), lr=learning_rate))


def _of_pictures(demonstrations: Transitions, rng: np.random.Generator) -> PictureNetwork:
    size, num_actions = picture_size(demonstrations.observation.shape[1:]), demonstrations.num_actions
    if num_actions is None:
        raise InputError("gail: of pictures it can tell chosen actions, and these are numbers; offer steering in steps")
    return make_picture_network(*size, num_actions, rng, last_gain=0.0)


def pairs(rows: Transitions) -> Inputs:
    """What was seen and done as rows of numbers (n, f + a); of k chosen actions, (n, f + k), the one is a 1."""
    action = rows.action
    if rows.num_actions is not None:
        action = np.eye(rows.num_actions)[action[:, 0].astype(np.int64)]
    return np.concatenate([rows.observation, action], axis=1).astype(np.float32)


def share_above_zero(z: Tensor) -> float:
    """Of logits (n,); half of those at zero, where nothing is said, count."""
    return ((z > 0.0).double().mean() + 0.5 * (z == 0.0).double().mean()).item()
