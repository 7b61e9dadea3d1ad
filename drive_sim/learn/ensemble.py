"""Several networks cloned from the same demonstrations, each from weights and in an order of its own (`Ensemble`)."""

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn import bc
from drive_sim.policies.ensemble import Ensemble


def member_rngs(seed: int, num_networks: int) -> list[np.random.Generator]:
    """A generator for each network; the first is that of a network which learns alone with this seed."""
    return [np.random.default_rng(seed if number == 0 else [seed, number]) for number in range(num_networks)]


def fit(config: bc.Config, demos: Demonstrations, num_networks: int, seed: int) -> Ensemble:
    """So many networks, each the best of its rounds. Raises InputError for fewer than two."""
    return Ensemble(tuple(bc.fit(config, demos, rng) for rng in member_rngs(seed, num_networks)))
