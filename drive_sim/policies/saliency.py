"""VisualBackProp: which pixels of a picture a network steers by; and the plain gradient beside it.

Bojarski, Choromanska, Choromanski, Firner, Jackel, Muller and Zieba (2016, arXiv 1611.05418, section 3), as NVIDIA
showed it for PilotNet (2017, arXiv 1704.07911, section 3): average each layer's feature maps; from the deepest on,
spread the map over the layer below and multiply it with that layer's own; at last spread it over the picture. What is
left are the pixels that led to high activations in every layer.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from drive_sim.arrays import Images
from drive_sim.policies.compute import autocast, uses_bf16
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.yuv_convolution import YuvConvolution

_TINY = 1e-20
Saliency = Annotated[npt.NDArray[np.float32], "n h w"]
"""How much each pixel counts: 0 for not at all, 1 for the most in its picture."""


def visual_back_prop(policy: NeuralPolicy, images: Images) -> Saliency:
    """How much each pixel of pictures (n, h, w, 3) counts, each picture for itself.

    For a network of two frames nothing has moved since the tick before, and a pixel counts in both.
    """
    frames = policy.stacked(images)
    with torch.inference_mode(), autocast(policy.device, bf16=uses_bf16(policy.precision, policy.device)):
        maps = _averaged_maps(policy.network.convolutions, torch.tensor(frames, device=policy.device))
    layers = [layer for layer in map(_convolution, policy.network.convolutions) if layer is not None]
    relevance = maps[-1]
    for number in reversed(range(len(layers))):
        below = maps[number - 1] if number else None
        relevance = _spread(relevance, layers[number], images.shape[1:3] if below is None else below.shape[1:])
        relevance = relevance if below is None else relevance * below
        # Products of so many maps could leave float32's range; a factor a picture changes nothing in the end.
        relevance /= np.maximum(relevance.max(axis=(1, 2), keepdims=True), _TINY)
    return relevance


def gradient_saliency(policy: NeuralPolicy, images: Images) -> Saliency:
    """How much the command changes with each pixel: the size of its gradient, summed over the colours (and frames).

    Simonyan, Vedaldi and Zisserman (2013, arXiv 1312.6034, section 3), in float32.
    """
    pixels = torch.tensor(policy.stacked(images), device=policy.device, dtype=torch.float32, requires_grad=True)
    (gradient,) = torch.autograd.grad(policy.network(pixels).sum(), pixels)
    saliency = gradient.abs().sum(dim=-1).cpu().numpy()
    return saliency / np.maximum(saliency.max(axis=(1, 2), keepdims=True), _TINY)


def without_grid(saliency: Saliency) -> Saliency:
    """Means of 4 x 4 pixels: the layers' steps of two leave a grid that says nothing."""
    padded = np.pad(saliency, ((0, 0), (1, 2), (1, 2)), mode="edge")
    _, height, width = saliency.shape
    return np.mean([padded[:, i : i + height, j : j + width] for i in range(4) for j in range(4)], axis=0)


def _averaged_maps(convolutions: nn.Sequential, images: Tensor) -> list[Saliency]:
    """The mean feature map (n, h', w') of each layer, behind its ReLU, the first layer's first."""
    maps, values = [], images
    for layer in convolutions:
        values = layer(values)
        if isinstance(layer, nn.ReLU):
            maps.append(values.mean(dim=1).float().cpu().numpy())
    return maps


def _spread(relevance: Saliency, layer: nn.Conv2d, size: tuple[int, ...]) -> Saliency:
    """A map of a layer's output on its input of some size: each value on all that it was computed from.

    This is the paper's deconvolution with ones; rows first and then columns, which is the same and faster.
    """
    (rows, columns), (down, across) = layer.kernel_size, layer.stride
    num, height, width = relevance.shape
    tall = np.zeros((num, size[0], width), np.float32)
    for row in range(rows):
        tall[:, row : row + down * height : down] += relevance
    wide = np.zeros((num, *size), np.float32)
    for column in range(columns):
        wide[:, :, column : column + across * width : across] += tall
    return wide


def _convolution(layer: nn.Module) -> nn.Conv2d | None:
    layer = layer.yuv if isinstance(layer, YuvConvolution) else layer
    return layer if isinstance(layer, nn.Conv2d) else None
