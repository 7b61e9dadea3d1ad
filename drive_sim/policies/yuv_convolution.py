"""The first layer of the networks: RGB pictures in, normalised YUV seen."""

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.policies.compute import activation_dtype

YUV_FROM_RGB = ((0.299, 0.587, 0.114), (-0.14713, -0.28886, 0.436), (0.615, -0.51499, -0.10001))
"""Analog YUV (BT.601): grey has no U and no V."""
HALF_RANGE = 127.5
"""Pixels are normalised to (p - 127.5) / 127.5, which lies in [-1, 1]."""


class YuvConvolution(nn.Module):
    """A first layer that is given RGB pictures (n, h, w, 3) and sees normalised YUV; returns (n, features, h', w').

    Of several RGB pictures on end, (n, h, w, 3 k), it sees each so, and of more than it was made for the last; where
    channels are no RGB (`num_channels` is no multiple of 3), as they are. Conversion and normalisation are fixed and
    linear and the layer has no padding, so they are folded into the weights, exactly, instead of being computed for
    every pixel.
    """

    yuv_from_rgb: Tensor

    def __init__(self, features: int, kernel: int, stride: int, num_channels: int = 3) -> None:
        super().__init__()
        self.yuv = nn.Conv2d(num_channels, features, kernel, stride)
        self.register_buffer("yuv_from_rgb", _planes_from_channels(num_channels), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Features of pictures of 0 to 255."""
        images = images[..., -self.yuv.in_channels :]
        # uint8 (n, h, w, 3) seen as (n, 3, h, w) is channels_last already; p - 127.5 is exact in bfloat16.
        pixels = images.permute(0, 3, 1, 2).to(activation_dtype(self.yuv.weight)) - HALF_RANGE
        weight = torch.einsum("fykl,yr->frkl", self.yuv.weight, self.yuv_from_rgb / HALF_RANGE)
        return nn.functional.conv2d(pixels, weight, self.yuv.bias, self.yuv.stride)


def _planes_from_channels(num_channels: int) -> Tensor:
    """YUV of each RGB picture of several on end; the channels themselves where they are no RGB."""
    num_pictures, rest = divmod(num_channels, 3)
    # NumPy's products: torch's, on the device "meta", cost seconds of imports.
    planes = np.eye(num_channels) if rest else np.kron(np.eye(num_pictures), YUV_FROM_RGB)
    return torch.tensor(planes.tolist())
