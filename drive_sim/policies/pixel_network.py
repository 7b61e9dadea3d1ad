"""Convolutional networks by name for pictures of any layout: grey or coloured, one or several on end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError, one_of
from drive_sim.policies.base import Observations
from drive_sim.policies.networks import ConvNet, make_nature_cnn, make_pilotnet, make_small, make_thumbnail

PIXEL_NETWORKS: dict[str, Callable[[int, int, int, int], ConvNet]] = {
    "pilotnet": make_pilotnet,
    "nature-cnn": make_nature_cnn,
    "small": make_small,
    "thumbnail": make_thumbnail,
}
"""By name: a network of a picture's height, width, number of outputs and number of channels."""
MOST_PX = 256
"""Of a picture's side; what is larger is shown to a network smaller, or it learns for hours."""
MOST_CHANNELS = 64
PictureShape = tuple[int, ...]
"""(h, w), (h, w, c), (k, h, w) or (k, h, w, c): the channels, or the k frames, are fewer than the pixels of a side."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelNetwork:
    """A network of PIXEL_NETWORKS from pictures of a shape, 0 to 255, to numbers."""

    network: ConvNet
    name: str
    shape: PictureShape

    def outputs(self, rows: Observations) -> Tensor:
        """Its answers (n, k), float32, for pictures (n, *shape), or for the same as rows of numbers; gradients flow.

        Raises InputError for pictures of another size.
        """
        if rows.size != len(rows) * np.prod(self.shape):
            raise InputError(f"a network for pictures of {self.shape} was given an array of {rows.shape}")
        pictures = channels_last(rows.reshape(len(rows), *self.shape))
        return self.network(torch.from_numpy(pictures)).reshape(len(rows), -1)

    @property
    def num_outputs(self) -> int:
        """How many numbers it answers."""
        last = self.network.dense[-1]
        assert isinstance(last, nn.Linear), "so ends a ConvNet"
        return last.out_features

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        return self.network.parameters()


def make_pixel_network(name: str, shape: PictureShape, num_outputs: int, rng: np.random.Generator) -> PixelNetwork:
    """A network of that name, its weights drawn; torch's own generator is left alone.

    Raises InputError for an unknown name, and for pictures that are too small for it, or larger than MOST_PX.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        return build_pixel_network(name, shape, num_outputs)


def build_pixel_network(name: str, shape: PictureShape, num_outputs: int) -> PixelNetwork:
    """The same with weights of torch's generator, or on the device "meta" with none."""
    height_px, width_px, num_channels = size_of(shape)
    make = PIXEL_NETWORKS[one_of("network", name, list(PIXEL_NETWORKS))]
    try:
        return PixelNetwork(make(height_px, width_px, num_outputs, num_channels), name, shape)
    except InputError as error:
        raise InputError(f"network {name}: {error}") from None


def check_readable(name: str, shape: PictureShape) -> None:
    """Raise InputError where a network of that name cannot read pictures of a shape; nothing is drawn nor stored."""
    with torch.device("meta"):
        build_pixel_network(name, shape, 1)


def size_of(shape: PictureShape) -> tuple[int, int, int]:
    """Height, width and channels (of all frames together) of pictures of a shape. Raises InputError for others."""
    if not 2 <= len(shape) <= 4 or min(shape) < 1:
        raise InputError(f"an observation of {shape} is no picture: (h, w), (h, w, c), (k, h, w) or (k, h, w, c)")
    height_px, width_px, num_channels = _moved(np.empty((1, *shape), dtype=np.bool_)).shape[1:]
    if max(height_px, width_px) > MOST_PX or num_channels > MOST_CHANNELS:
        raise InputError(
            f"pictures of {shape} are larger than a network here reads, {MOST_PX} a side and {MOST_CHANNELS} channels; "
            "wrap the environment: gymnasium.wrappers.ResizeObservation(env, (96, 96))"
        )
    return height_px, width_px, num_channels


def channels_last(pictures: Observations) -> Observations:
    """Pictures (n, *shape) as (n, h, w, c), the channels of several frames on end, oldest first."""
    return np.ascontiguousarray(_moved(pictures))


def _moved(pictures: np.ndarray) -> np.ndarray:
    if pictures.ndim == 3:
        return pictures[..., None]
    is_last = pictures.shape[-1] <= pictures.shape[-3]
    last = pictures if is_last else np.moveaxis(pictures, -3, -1)
    if last.ndim == 4:
        return last
    num_rows, num_frames, height_px, width_px, num_channels = last.shape
    return last.transpose(0, 2, 3, 1, 4).reshape(num_rows, height_px, width_px, num_frames * num_channels)
