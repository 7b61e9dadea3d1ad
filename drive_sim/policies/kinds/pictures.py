"""A small convolutional network of pictures, as a description and arrays: part of several kinds."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
import torch

from drive_sim.policies.kinds.kind import Described, NumUnits, Source
from drive_sim.policies.networks import make_thumbnail
from drive_sim.policies.picture_network import PictureNetwork

_Side = Annotated[int, msgspec.Meta(ge=1, le=256)]


@dataclass(frozen=True, slots=True)
class _Description:
    height_px: _Side
    width_px: _Side
    num_outputs: NumUnits


def describe_pictures(policy: PictureNetwork) -> Described:
    """A picture network: the size of its pictures, how many numbers come out, and its weights."""
    last = policy.network.dense[-1]
    config = {"height_px": policy.height_px, "width_px": policy.width_px, "num_outputs": last.out_features}
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def rebuild_pictures(source: Source) -> PictureNetwork:
    """The picture network of a source."""
    said = source.read(_Description)
    # On "meta" nothing is drawn nor stored before the arrays are known to fit.
    with source.told_where(), torch.device("meta"):
        wanted = make_thumbnail(said.height_px, said.width_px, said.num_outputs).state_dict()
    source.check_arrays(wanted)
    with torch.random.fork_rng(devices=[]):
        network = make_thumbnail(said.height_px, said.width_px, said.num_outputs)
    network.load_state_dict(source.arrays)
    return PictureNetwork(network, said.height_px, said.width_px)
