"""A small convolutional network of pictures, as a description and arrays: part of several kinds."""

import torch

from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import Described, Source
from drive_sim.policies.networks import make_thumbnail
from drive_sim.policies.picture_network import PictureNetwork

_MOST_PX = 256


def describe_pictures(policy: PictureNetwork) -> Described:
    """A picture network: the size of its pictures, how many numbers come out, and its weights."""
    last = policy.network.dense[-1]
    config = {"height_px": policy.height_px, "width_px": policy.width_px, "num_outputs": last.out_features}
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def rebuild_pictures(source: Source) -> PictureNetwork:
    """The picture network of a source."""
    height_px, width_px = source.count("height_px", _MOST_PX), source.count("width_px", _MOST_PX)
    num_outputs = source.count("num_outputs")
    try:
        with torch.random.fork_rng(devices=[]):
            network = make_thumbnail(height_px, width_px, num_outputs)
    except RuntimeError:
        raise InputError(
            f"{source.config_path}: {width_px}x{height_px} pictures are too small for its network"
        ) from None
    source.check_arrays(network.state_dict())
    network.load_state_dict(source.arrays)
    return PictureNetwork(network, height_px, width_px)
