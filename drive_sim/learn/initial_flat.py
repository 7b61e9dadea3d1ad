"""What a learner from reward begins with in a world of flat observations: a small network that is undecided."""

import numpy as np

from drive_sim.policies.base import PerAction, StochasticActor
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.stochastic import TrainableCategorical, trainable_gaussian

HIDDEN = (64, 64)
UNDECIDED = 0.01
"""The gain of a policy's last layer."""


def initial_policy(
    num_inputs: int, low: PerAction, high: PerAction, num_actions: int | None, rng: np.random.Generator
) -> StochasticActor:
    """One of `num_actions` about evenly, or numbers from the middle of their bounds, half as wide as these.

    Where there is no bound they are drawn around zero, 1 wide.
    """
    if num_actions is not None:
        widths = (num_inputs, *HIDDEN, num_actions)
        return TrainableCategorical(make_flat_network(widths, rng, last_gain=UNDECIDED))
    bounded = np.isfinite(low) & np.isfinite(high)
    lowest, highest = np.where(bounded, low, -1.0), np.where(bounded, high, 1.0)
    middle, spread = (lowest + highest) / 2.0, (highest - lowest) / 2.0
    flat = make_flat_network((num_inputs, *HIDDEN, len(low)), rng, last_gain=UNDECIDED)
    mean = Regressor(flat.network, flat.input_mean, flat.input_spread, middle, spread, low, high)
    return trainable_gaussian(mean, spread)
