"""A small convolutional network from pictures to numbers: policies, values and discriminators of pictures are such."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.base import Observations
from drive_sim.policies.networks import ConvNet, make_thumbnail


@dataclass(frozen=True, slots=True, eq=False)
class PictureNetwork:
    """A convolutional network from pictures (n, h, w, 3) of 0 to 255 to k numbers each."""

    network: ConvNet
    height_px: int
    width_px: int

    def outputs(self, rows: Observations) -> Tensor:
        """Its answers (n, k), float32; gradients flow through it. Raises InputError for pictures of another size."""
        if rows.shape[1:] != (self.height_px, self.width_px, 3):
            raise InputError(
                f"a network for {self.width_px}x{self.height_px} pictures was given an array of {rows.shape}"
            )
        return self.network(torch.from_numpy(rows)).reshape(len(rows), -1)

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        return self.network.parameters()


def make_picture_network(
    height_px: int, width_px: int, num_outputs: int, rng: np.random.Generator, *, last_gain: float = 1.0
) -> PictureNetwork:
    """A network of thumbnails (`networks.make_thumbnail`), its last layer times `last_gain`; torch's generator is left.

    Raises InputError for pictures that are too small.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        network = make_thumbnail(height_px, width_px, num_outputs)
    last = network.dense[-1]
    assert isinstance(last, nn.Linear), "so ends a ConvNet"
    with torch.no_grad():
        last.weight.mul_(last_gain)
    return PictureNetwork(network, height_px, width_px)


def picture_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of observations (h, w, 3). Raises InputError for others."""
    if len(shape) != 3 or shape[2] != 3:
        raise InputError(f"networks here see rows of numbers or RGB pictures, not {shape}; give one of the two")
    return shape[0], shape[1]
