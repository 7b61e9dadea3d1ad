"""PilotNet's size, counted from its layers, against the published figure and against arithmetic by hand."""

import torch
from torch import nn

from drive_sim.policies.network_size import layer_sizes, num_multiply_adds, num_parameters
from drive_sim.policies.networks import ConvNet, make_pilotnet, make_small


def test_pilotnet_has_a_quarter_of_a_million_parameters():
    sizes = layer_sizes(make_pilotnet(), 66, 200)
    assert num_parameters(sizes) == 252_219
    assert round(num_multiply_adds(sizes) / 1e6, 1) == 26.9
    assert [size.output for size in sizes] == [
        (24, 31, 98),
        (36, 14, 47),
        (48, 5, 22),
        (64, 3, 20),
        (64, 1, 18),
        (100,),
        (50,),
        (10,),
        (1,),
    ]


def test_each_layer_is_counted_as_by_hand():
    first, *_, last = layer_sizes(make_pilotnet(), 66, 200)
    assert (first.parameters, first.multiply_adds) == (24 * 3 * 25 + 24, 24 * 3 * 25 * 31 * 98)
    assert (last.name, last.parameters, last.multiply_adds) == ("fully connected", 11, 10)


def test_a_layer_of_1164_units_makes_it_six_times_as_large():
    """Many copies put the number of flattened features, miscounted, before the hundred units."""
    network = ConvNet(make_pilotnet().convolutions, (1164, 100, 50, 10), 66, 200)
    assert round(num_parameters(layer_sizes(network, 66, 200)) / 1e6, 1) == 1.6


def test_counting_leaves_the_network_as_it_was():
    network = make_small()
    picture = torch.zeros(1, 66, 200, 3, dtype=torch.uint8)
    before = network(picture)
    sizes = layer_sizes(network, 66, 200)
    assert num_parameters(sizes) == sum(weights.numel() for weights in network.parameters())
    assert torch.equal(network(picture), before)
    assert not any(len(module._forward_hooks) for module in network.modules() if isinstance(module, nn.Module))
