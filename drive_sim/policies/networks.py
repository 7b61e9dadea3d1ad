"""The networks: RGB pictures (n, h, w, 3) in, 0 to 255, and one number a picture out (n,).

The number is a curvature in the policy's unit (`NeuralPolicy.curvature_unit_per_m`), so of the order of 1. Where one
of k actions is chosen there are k numbers, (n, k).
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.compute import activation_dtype
from drive_sim.policies.road_ahead import RoadAhead

YUV_FROM_RGB = ((0.299, 0.587, 0.114), (-0.14713, -0.28886, 0.436), (0.615, -0.51499, -0.10001))
"""Analog YUV (BT.601): grey has no U and no V."""
PILOTNET_HIDDEN = (100, 50, 10)
NUM_MEASUREMENTS = 3
"""What a conditional network is told (`measurements`): a wanted place, whether there is one, and the speed."""
HALF_RANGE = 127.5
"""Pixels are normalised to (p - 127.5) / 127.5, which lies in [-1, 1]."""


class YuvConvolution(nn.Module):
    """A first layer that is given RGB pictures (n, h, w, 3) and sees normalised YUV; returns (n, features, h', w').

    Of several RGB pictures on end, (n, h, w, 3 k), it sees each so; where channels are no RGB (`num_channels` is no
    multiple of 3), as they are. Conversion and normalisation are fixed and linear and the layer has no padding, so they
    are folded into the weights, exactly, instead of being computed for every pixel.
    """

    yuv_from_rgb: Tensor

    def __init__(self, features: int, kernel: int, stride: int, num_channels: int = 3) -> None:
        super().__init__()
        self.yuv = nn.Conv2d(num_channels, features, kernel, stride)
        self.register_buffer("yuv_from_rgb", _planes_from_channels(num_channels), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Features of pictures of 0 to 255."""
        # uint8 (n, h, w, 3) seen as (n, 3, h, w) is channels_last already; p - 127.5 is exact in bfloat16.
        pixels = images.permute(0, 3, 1, 2).to(activation_dtype(self.yuv.weight)) - HALF_RANGE
        weight = torch.einsum("fykl,yr->frkl", self.yuv.weight, self.yuv_from_rgb / HALF_RANGE)
        return nn.functional.conv2d(pixels, weight, self.yuv.bias, self.yuv.stride)


class ConvNet(nn.Module):
    """Convolutions, then fully connected layers, ReLU between; any picture that the convolutions can read."""

    def __init__(
        self,
        convolutions: nn.Sequential,
        hidden: tuple[int, ...],
        height_px: int,
        width_px: int,
        num_outputs: int = 1,
    ) -> None:
        super().__init__()
        self.convolutions = convolutions
        widths = (_num_features(convolutions, height_px, width_px), *hidden, num_outputs)
        layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
        self.dense = nn.Sequential(*[m for layer in layers[:-1] for m in (layer, nn.ReLU())], layers[-1])
        _initialise(self)
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    @property
    def num_frames(self) -> int:
        """How many RGB pictures on end it sees; the last one is that of now."""
        return next(layer.yuv.in_channels // 3 for layer in self.convolutions if isinstance(layer, YuvConvolution))

    def forward(self, images: Tensor) -> Tensor:
        """Outputs in float32, (n,) or (n, k), for RGB pictures (n, h, w, 3) of 0 to 255, uint8 or float."""
        return self.dense(self.convolutions(images).flatten(1)).squeeze(1).float()


class ConditionalNet(ConvNet):
    """A network that is told something beside the picture (Codevilla et al. 2018, arXiv 1710.02410).

    `condition` adds what the measurements (n, m) say to the first fully connected layer, as if they stood beside the
    features. Measurements of 0 say nothing, and are what is meant where none are given.
    """

    def __init__(
        self,
        convolutions: nn.Sequential,
        hidden: tuple[int, ...],
        height_px: int,
        width_px: int,
        num_outputs: int,
        num_measurements: int,
    ) -> None:
        super().__init__(convolutions, hidden, height_px, width_px, num_outputs)
        self.condition = nn.Linear(num_measurements, hidden[0], bias=False)
        if not self.condition.weight.is_meta:
            nn.init.kaiming_normal_(self.condition.weight, nonlinearity="relu")

    def forward(self, images: Tensor, measurements: Tensor | None = None) -> Tensor:
        """Outputs (n, k) in float32 for RGB pictures (n, h, w, 3) of 0 to 255 and measurements (n, m)."""
        first, *others = self.dense
        values = first(self.convolutions(images).flatten(1))
        if measurements is not None:
            values = values + self.condition(measurements)
        return nn.Sequential(*others)(values).float()


def make_pilotnet(height_px: int = 66, width_px: int = 200, num_outputs: int = 1, num_channels: int = 3) -> ConvNet:
    """PilotNet as printed (NVIDIA 2016, arXiv 1604.07316, figure 4): 252,219 parameters at 66x200.

    Five convolutions, 1152 features, then 100, 50 and 10 units. The paper names no activation; this is ReLU.
    """
    return ConvNet(_pilotnet_convolutions(num_channels), PILOTNET_HIDDEN, height_px, width_px, num_outputs)


def make_conditional_pilotnet(height_px: int = 66, width_px: int = 200) -> ConditionalNet:
    """PilotNet that is told the wanted lateral place and its speed, and gives curvature and acceleration.

    311 parameters more than PilotNet: 300 for what it is told (`measurements.py`), 11 for the second output.
    """
    return ConditionalNet(_pilotnet_convolutions(), PILOTNET_HIDDEN, height_px, width_px, 2, NUM_MEASUREMENTS)


def make_small(height_px: int = 66, width_px: int = 200, num_outputs: int = 1, num_channels: int = 3) -> ConvNet:
    """A network for weak machines: 43,153 parameters and a sixth of PilotNet's work at 66x200."""
    return ConvNet(_small_convolutions(num_channels), (32,), height_px, width_px, num_outputs)


def make_small_ahead(height_px: int = 66, width_px: int = 200) -> ConvNet:
    """The small network for few pictures, which sees the road ahead only (`RoadAhead`)."""
    return ConvNet(nn.Sequential(RoadAhead(height_px), *_small_convolutions()), (32,), height_px, width_px)


def make_thumbnail(height_px: int = 19, width_px: int = 25, num_outputs: int = 1, num_channels: int = 3) -> ConvNet:
    """A network for pictures of a thumbnail's size, such as the kart's: 17,153 parameters at 19x25."""
    first = YuvConvolution(16, 5, 2, num_channels)
    convolutions = _rectified(first, nn.Conv2d(16, 32, 3, 2), nn.Conv2d(32, 32, 3, 2))
    return ConvNet(convolutions, (32,), height_px, width_px, num_outputs)


def make_nature_cnn(height_px: int = 84, width_px: int = 84, num_outputs: int = 1, num_channels: int = 4) -> ConvNet:
    """The network of Mnih et al. (2015, Nature 518, methods), which learners from reward read Atari's pictures by."""
    first = YuvConvolution(32, 8, 4, num_channels)
    convolutions = _rectified(first, nn.Conv2d(32, 64, 4, 2), nn.Conv2d(64, 64, 3))
    return ConvNet(convolutions, (512,), height_px, width_px, num_outputs)


NETWORKS: dict[str, Callable[[int, int], ConvNet]] = {
    "pilotnet": make_pilotnet,
    "conditional-pilotnet": make_conditional_pilotnet,
    "small": make_small,
    "small-ahead": make_small_ahead,
    "thumbnail": make_thumbnail,
    "pilotnet-two-frames": partial(make_pilotnet, num_channels=6),
    "small-two-frames": partial(make_small, num_channels=6),
}


def make_network(name: str, height_px: int, width_px: int) -> ConvNet:
    """A network of NETWORKS for pictures of this size, weights drawn from torch's generator.

    Raises InputError for an unknown name and for pictures that are too small.
    """
    if name not in NETWORKS:
        raise InputError(f"network {name!r} is unknown; use one of {', '.join(NETWORKS)}")
    try:
        return NETWORKS[name](height_px, width_px)
    except InputError as error:
        raise InputError(f"network {name}: {error}") from None


def centre_biases(network: ConvNet, images: Tensor) -> None:
    """Set the biases so that every rectified unit is on for about half of some typical pictures (n, h, w, 3).

    Pictures of one road are much alike, so a unit of a fresh network is mostly on for all of them or off for all of
    them, and what is off for all never learns. Of ten units before the output, one network in a hundred keeps fewer
    than two. This is the data-dependent initialisation of Salimans and Kingma (2016, arXiv 1602.07868, section 3) for
    the biases alone: each is minus the mean of what its unit adds up. The output's own bias is left alone.
    """
    values = images
    with torch.no_grad():
        for layer in [*network.convolutions, nn.Flatten(), *list(network.dense)[:-1]]:
            values = layer(values)
            bias = _bias(layer)
            if bias is not None:
                mean = values.float().mean(dim=(0, 2, 3) if values.ndim == 4 else 0)
                bias.sub_(mean)
                values = values - mean.view(1, -1, *[1] * (values.ndim - 2))


def _bias(layer: nn.Module) -> Tensor | None:
    layer = layer.yuv if isinstance(layer, YuvConvolution) else layer
    return layer.bias if isinstance(layer, nn.Conv2d | nn.Linear) else None


def _pilotnet_convolutions(num_channels: int = 3) -> nn.Sequential:
    return _rectified(
        YuvConvolution(24, 5, 2, num_channels),
        nn.Conv2d(24, 36, 5, 2),
        nn.Conv2d(36, 48, 5, 2),
        nn.Conv2d(48, 64, 3),
        nn.Conv2d(64, 64, 3),
    )


def _small_convolutions(num_channels: int = 3) -> nn.Sequential:
    return _rectified(YuvConvolution(16, 8, 4, num_channels), nn.Conv2d(16, 32, 4, 2), nn.Conv2d(32, 32, 3, 2))


def _planes_from_channels(num_channels: int) -> Tensor:
    """YUV of each RGB picture of several on end; the channels themselves where they are no RGB."""
    num_pictures, rest = divmod(num_channels, 3)
    # NumPy's products: torch's, on the device "meta", cost seconds of imports.
    planes = np.eye(num_channels) if rest else np.kron(np.eye(num_pictures), YUV_FROM_RGB)
    return torch.tensor(planes.tolist())


def _rectified(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(*[module for layer in layers for module in (layer, nn.ReLU())])


def _initialise(network: nn.Module) -> None:
    """Weights after He et al. (2015, arXiv 1502.01852, eq. 10), biases zero.

    With torch's default, a third of the size, ten rectified units in a row before the output can all die early.
    """
    for module in network.modules():
        # What is loaded is made without numbers first ("meta"), where drawing them would cost a second of imports.
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None and not module.weight.is_meta:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)


def _num_features(convolutions: nn.Sequential, height_px: int, width_px: int) -> int:
    """How many numbers the last convolution puts out; nothing is computed, since the size may be anybody's."""
    features, size_px = 3, (height_px, width_px)
    for layer in convolutions:
        convolution = layer.yuv if isinstance(layer, YuvConvolution) else layer
        if isinstance(convolution, nn.Conv2d):
            kernel, stride = convolution.kernel_size, convolution.stride
            size_px = tuple((size_px[i] - kernel[i]) // int(stride[i]) + 1 for i in range(2))
            features = convolution.out_channels
            if min(size_px) < 1:
                raise InputError(f"{width_px}x{height_px} pictures are too small for their network")
    return features * size_px[0] * size_px[1]
