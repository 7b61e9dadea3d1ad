"""A network's layers as plain arrays, for whoever computes it without torch."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from drive_sim.policies.networks import ConditionalNet, ConvNet
from drive_sim.policies.yuv_convolution import YuvConvolution

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PlainConvolution:
    """`weight` (outputs, rows, columns, inputs) and `bias` (outputs,), without padding; a ReLU follows."""

    weight: Annotated[Weights, "o kh kw i"]
    bias: Weights
    stride: int


@dataclass(frozen=True, slots=True, eq=False)
class PlainLayers:
    """Convolutions over RGB pictures (h, w, 3 k) from -1 to 1, then `dense` weights (o, i) and biases (o,).

    A ReLU stands between all of them. The first of `dense` reads the last map row by row, all features of a place
    together (h, w, c). `condition` (o, m) is what measurements add to its outputs (`ConditionalNet`); None: nothing is
    told.
    """

    convolutions: tuple[PlainConvolution, ...]
    dense: tuple[tuple[Weights, Weights], ...]
    condition: Weights | None = None


def plain_layers(network: ConvNet, height_px: int, width_px: int) -> PlainLayers:
    """The layers of a network for pictures of this size."""
    convolutions = [layer for layer in network.convolutions if not isinstance(layer, nn.ReLU)]
    dense = [layer for layer in network.dense if isinstance(layer, nn.Linear)]
    with torch.inference_mode():
        _, *map_shape = network.convolutions(torch.zeros(1, height_px, width_px, 3 * network.num_frames)).shape
    first = dense[0].weight.reshape(-1, *map_shape).permute(0, 2, 3, 1).reshape(dense[0].weight.shape)
    weights = [first, *(layer.weight for layer in dense[1:])]
    told = _array(network.condition.weight) if isinstance(network, ConditionalNet) else None
    return PlainLayers(
        tuple(map(_convolution, convolutions)),
        tuple((_array(weight), _array(layer.bias)) for weight, layer in zip(weights, dense, strict=True)),
        told,
    )


def _convolution(layer: nn.Module) -> PlainConvolution:
    """A convolution; the first one, which sees YUV, as one that sees RGB."""
    if isinstance(layer, YuvConvolution):
        weight, layer = torch.einsum("fykl,yr->frkl", layer.yuv.weight, layer.yuv_from_rgb), layer.yuv
    else:
        assert isinstance(layer, nn.Conv2d)
        weight = layer.weight
    assert layer.bias is not None
    return PlainConvolution(_array(weight.permute(0, 2, 3, 1)), _array(layer.bias), int(layer.stride[0]))


def _array(values: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return values.detach().cpu().float().contiguous().numpy()
