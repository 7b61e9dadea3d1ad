"""What a learner from reward begins with: a small network of flat observations, or of pictures, that is undecided."""

import numpy as np

from drive_sim.policies.base import PerAction, StochasticActor
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.picture_network import make_picture_network, picture_size
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
        return initial_choice((num_inputs,), num_actions, rng)
    bounded = np.isfinite(low) & np.isfinite(high)
    lowest, highest = np.where(bounded, low, -1.0), np.where(bounded, high, 1.0)
    middle, spread = (lowest + highest) / 2.0, (highest - lowest) / 2.0
    flat = make_flat_network((num_inputs, *HIDDEN, len(low)), rng, last_gain=UNDECIDED)
    mean = Regressor(flat.network, flat.input_mean, flat.input_spread, middle, spread, low, high)
    return trainable_gaussian(mean, spread)


def initial_choice(shape: tuple[int, ...], num_actions: int, rng: np.random.Generator) -> TrainableCategorical:
    """One of `num_actions` about evenly, whatever is seen: rows of numbers (f,) or pictures (h, w, 3).

    Raises InputError for other observations.
    """
    if len(shape) == 1:
        widths = (*shape, *HIDDEN, num_actions)
        return TrainableCategorical(make_flat_network(widths, rng, last_gain=UNDECIDED))
    return TrainableCategorical(make_picture_network(*picture_size(shape), num_actions, rng, last_gain=UNDECIDED))
