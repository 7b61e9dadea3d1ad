"""The networks: RGB pictures (n, h, w, 3) in, 0 to 255, and one number a picture out (n,).

The number is a curvature in the policy's unit (`NeuralPolicy.curvature_unit_per_m`), so of the order of 1. Where one
of k actions is chosen there are k numbers, (n, k).
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.road_ahead import RoadAhead
from drive_sim.policies.turn_between import TurnBetween
from drive_sim.policies.yuv_convolution import YuvConvolution

PILOTNET_HIDDEN = (100, 50, 10)
NUM_MEASUREMENTS = 3
"""What a conditional network is told (`measurements`): a wanted place, whether there is one, and the speed."""


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


class TurnNet(ConvNet):
    """A network that sees the picture of now, and is told how far it has turned since the one before (`TurnBetween`).

    `motion` adds what that says to the first fully connected layer; at first nothing: it begins as what sees one frame.
    """

    def __init__(self, convolutions: nn.Sequential, hidden: tuple[int, ...], height_px: int, width_px: int) -> None:
        super().__init__(convolutions, hidden, height_px, width_px)
        self.turn, self.motion = TurnBetween(height_px, width_px), nn.Linear(1, hidden[0], bias=False)
        if not self.motion.weight.is_meta:
            nn.init.zeros_(self.motion.weight)

    @property
    def num_frames(self) -> int:
        """Two."""
        return 2

    def forward(self, images: Tensor) -> Tensor:
        """Outputs (n,) in float32 for stacks (n, h, w, 6), the picture of the tick before first."""
        first, *others = self.dense
        values = first(self.convolutions(images).flatten(1)) + self.motion(self.turn(images))
        return nn.Sequential(*others)(values).squeeze(1).float()


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


def make_turn_pilotnet(height_px: int = 66, width_px: int = 200) -> TurnNet:
    """PilotNet, and 100 weights that say what a turn since the picture before means."""
    return TurnNet(_pilotnet_convolutions(), PILOTNET_HIDDEN, height_px, width_px)


def make_turn_small(height_px: int = 66, width_px: int = 200) -> TurnNet:
    """The small network with 32 such weights."""
    return TurnNet(_small_convolutions(), (32,), height_px, width_px)


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
    "pilotnet-turn": make_turn_pilotnet,
    "small-turn": make_turn_small,
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
