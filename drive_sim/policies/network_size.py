"""How large a network is, counted layer by layer: its weights, and the multiply-adds of one picture."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from drive_sim.policies.networks import ConvNet, make_network
from drive_sim.policies.yuv_convolution import YuvConvolution


@dataclass(frozen=True, slots=True)
class LayerSize:
    """One layer: its name, the shape of its output for one picture, its parameters and its multiply-adds."""

    name: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """Layers with their parameters and multiply-adds; and the parameters where another one, of 1164 units, is added."""

    layers: tuple[LayerSize, ...]
    parameters: int
    multiply_adds: int
    parameters_with_1164: int


def pilotnet_size() -> NetworkSize:
    """The published network; many copies of it have a layer of 1164 units more."""
    network = make_network("pilotnet", 66, 200)
    layers = layer_sizes(network, 66, 200)
    copied = layer_sizes(ConvNet(network.convolutions, (1164, 100, 50, 10), 66, 200), 66, 200)
    return NetworkSize(layers, num_parameters(layers), num_multiply_adds(layers), num_parameters(copied))


def layer_sizes(network: ConvNet, height_px: int, width_px: int) -> tuple[LayerSize, ...]:
    """Every layer with weights, as it works on one picture of this size.

    A convolution multiplies each output by as many weights as one of its features has; a dense layer uses each weight
    once. Biases count as parameters, not as multiply-adds, and the fixed normalisation counts as nothing.
    """
    found: list[LayerSize] = []
    hooks = [layer.register_forward_hook(_measure(found)) for layer in network.modules() if _has_weights(layer)]
    try:
        with torch.no_grad():
            network(torch.zeros(1, height_px, width_px, 3 * network.num_frames, dtype=torch.uint8))
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(found)


def num_parameters(sizes: tuple[LayerSize, ...]) -> int:
    """All parameters."""
    return sum(size.parameters for size in sizes)


def num_multiply_adds(sizes: tuple[LayerSize, ...]) -> int:
    """The multiply-adds of one picture."""
    return sum(size.multiply_adds for size in sizes)


def _has_weights(layer: nn.Module) -> bool:
    # A YuvConvolution never calls the convolution inside of it: it is measured itself.
    return isinstance(layer, YuvConvolution | nn.Conv2d | nn.Linear)


def _measure(found: list[LayerSize]) -> Any:
    def measure(layer: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        inner = layer.yuv if isinstance(layer, YuvConvolution) else layer
        assert isinstance(inner, nn.Conv2d | nn.Linear)
        shape = tuple(output.shape[1:])
        places = output[0, 0].numel()  # 1 in a dense layer
        if isinstance(inner, nn.Conv2d):
            rows, columns = inner.kernel_size
            name = f"convolution {rows}x{columns}" + (f", stride {inner.stride[0]}" if inner.stride[0] > 1 else "")
        else:
            name = "fully connected"
        parameters = sum(weights.numel() for weights in inner.parameters())
        found.append(LayerSize(name, shape, parameters, inner.weight.numel() * places))

    return measure
