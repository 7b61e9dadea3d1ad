"""What a discriminator's gradient penalty measures, and that it holds the slope."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import gail
from drive_sim.learn.gradient_penalty import squared_slope_between
from drive_sim.policies.flat_network import make_flat_network


def test_of_a_linear_network_it_is_the_square_of_its_weights() -> None:
    rng = np.random.default_rng(0)
    network = make_flat_network(
        (3, 1), rng, input_mean=np.ones(3, np.float32), input_spread=np.full(3, 2.0, np.float32)
    )
    (weights, _) = network.parameters()
    rows = rng.normal(size=(2, 20, 3)).astype(np.float32)
    assert squared_slope_between(network, rows[0], rows[1], rng).item() == pytest.approx(
        weights.square().sum().item(), rel=1e-5
    )


def test_where_both_sides_are_one_it_is_the_slope_there() -> None:
    """At 0 the slope of a tanh network is the product of its layers."""
    network = make_flat_network((1, 8, 1), np.random.default_rng(0))
    rng, ends = np.random.default_rng(1), (np.zeros((5, 1), np.float32), np.zeros((5, 1), np.float32))
    at_zero = squared_slope_between(network, *ends, rng).item()
    first, _, last, _ = network.parameters()
    slope = (last[0] * first[:, 0]).sum().item()
    assert at_zero == pytest.approx(slope**2, rel=1e-5)


@pytest.mark.parametrize("penalty", [-0.1, np.nan, np.inf])
def test_a_weight_that_is_none_is_refused(penalty: float) -> None:
    with pytest.raises(InputError, match="gradient_penalty must not be negative"):
        replace(gail.Config(), gradient_penalty=penalty)
