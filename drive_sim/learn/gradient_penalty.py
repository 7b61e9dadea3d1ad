"""A discriminator's gradient penalty: how steep it is between what one side did and what the other did.

    E |dz / dx|^2,  x = u a + (1 - u) b,  u even between 0 and 1

The places are those of Gulrajani 2017 (arXiv 1704.00028), the slope is drawn to 0 as by Mescheder 2018 (arXiv
1801.04406). One that knows few demonstrations by heart is steep between them and whatever else is done, however alike.
"""

import numpy as np
import torch
from torch import Tensor

from drive_sim.policies.flat_network import FlatNetwork
from drive_sim.policies.regressor import Inputs


def squared_slope_between(
    network: FlatNetwork, a: Inputs, b: Inputs, rng: np.random.Generator, num_places: int = 64
) -> Tensor:
    """The mean of |dz/dx|^2 over places between rows (n, f) of a and rows (m, f) of b, x in units of their spreads."""
    ends = [network.standardised(rows[rng.integers(len(rows), size=num_places)]) for rows in (a, b)]
    share = rng.random((num_places, 1)).astype(np.float32)
    place = torch.from_numpy(share * ends[0] + (1.0 - share) * ends[1]).requires_grad_()
    (slope,) = torch.autograd.grad(network.network(place).sum(), place, create_graph=True)
    return slope.square().sum(dim=1).mean()
