"""A convolutional network by name for pictures of any layout, as a description and arrays: part of several kinds."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
import torch

from drive_sim.policies.kinds.kind import Described, NumUnits, Source
from drive_sim.policies.pixel_network import MOST_PX, PixelNetwork, build_pixel_network

_Side = Annotated[int, msgspec.Meta(ge=1, le=MOST_PX)]


@dataclass(frozen=True, slots=True)
class _Description:
    network: str
    picture: Annotated[list[_Side], msgspec.Meta(min_length=2, max_length=4)]
    num_outputs: NumUnits


def describe_pixels(policy: PixelNetwork) -> Described:
    """A network of pixels: its name, the shape of its pictures, how many numbers come out, and its weights."""
    config = {"network": policy.name, "picture": list(policy.shape), "num_outputs": policy.num_outputs}
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def rebuild_pixels(source: Source) -> PixelNetwork:
    """The network of a source."""
    said = source.read(_Description)
    shape = tuple(said.picture)
    # On "meta" nothing is drawn nor stored before the arrays are known to fit.
    with source.told_where(), torch.device("meta"):
        wanted = build_pixel_network(said.network, shape, said.num_outputs).network.state_dict()
    source.check_arrays(wanted)
    with torch.random.fork_rng(devices=[]):
        policy = build_pixel_network(said.network, shape, said.num_outputs)
    policy.network.load_state_dict(source.arrays)
    return policy
