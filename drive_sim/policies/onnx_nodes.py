"""An ONNX graph in the making: operators one after another, the numbers that they take, and what is to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from drive_sim.errors import InputError
from drive_sim.policies.road_ahead import GREY, RoadAhead
from drive_sim.policies.yuv_convolution import HALF_RANGE, YuvConvolution

Weights = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any] | np.float32 | np.float64
UNIFORM, NORMAL = "uniform", "normal"
"""Inputs of policies that draw: numbers from 0 to 1, and of the normal distribution, (n, k) in float64."""


@dataclass(slots=True)
class Graph:
    """Nodes and weights so far; `drawn` says how many columns of `UNIFORM` and `NORMAL` somebody has to draw.

    `conditional` names what conditional networks put out, (n, 2) each: their accelerations may be asked for. `before`
    names the pixels of the tick before (n, 3, h, w), where something sees them.
    """

    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    drawn: dict[str, int] = field(default_factory=lambda: {UNIFORM: 0, NORMAL: 0})
    conditional: list[str] = field(default_factory=list)
    before: str | None = None

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append an operator on named values; returns its output's name."""
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, values: Numbers) -> str:
        """Keep numbers in the file; returns their name."""
        name = f"w{len(self.weights)}"
        self.weights.append(self.onnx.numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def apply(self, operator: str, value: str, *numbers: Numbers, **attributes: Any) -> str:
        """Append an operator on a value and constants, the value first."""
        return self.node(operator, [value, *map(self.constant, numbers)], **attributes)

    def cast(self, value: str, kind: str = "FLOAT") -> str:
        """The same in another type, by its name in ONNX."""
        return self.node("Cast", [value], to=getattr(self.onnx.TensorProto, kind))

    def draw(self, kind: str, num: int) -> str:
        """So many further columns (n, num) of what somebody has to draw."""
        first = self.drawn[kind]
        self.drawn[kind] += num
        return self.apply("Gather", kind, np.arange(first, first + num), axis=1)

    def layers(self, value: str, layers: Sequence[nn.Module]) -> str:
        """A network's layers one after another. Raises InputError for a kind of layer that is not known here."""
        for layer in layers:
            value = self._layer(value, layer)
        return value

    def _layer(self, value: str, layer: nn.Module) -> str:
        match layer:
            case RoadAhead():
                is_ahead = layer.is_ahead[:, :, 0].float().cpu().numpy()
                kept = self.apply("Mul", value, is_ahead)
                return self.apply("Add", kept, np.float32(GREY - HALF_RANGE) * (1.0 - is_ahead))
            case YuvConvolution(yuv=convolution):
                weight = torch.einsum("fykl,yr->frkl", convolution.weight, layer.yuv_from_rgb / HALF_RANGE)
                return self._convolution(value, weight, convolution)
            case nn.Conv2d():
                return self._convolution(value, layer.weight, layer)
            case nn.Linear():
                return self.apply("Gemm", value, array_of(layer.weight), array_of(layer.bias), transB=1)
            case nn.ReLU() | nn.Sigmoid() | nn.Tanh():
                return self.node({"ReLU": "Relu"}.get(type(layer).__name__, type(layer).__name__), [value])
            case nn.Flatten():
                return self.node("Flatten", [value], axis=1)
            case _:
                raise InputError(f"a layer {type(layer).__name__} cannot be exported: no ONNX operator is known for it")

    def _convolution(self, value: str, weight: torch.Tensor, layer: nn.Conv2d) -> str:
        assert layer.bias is not None and layer.padding == (0, 0) and layer.groups == 1
        return self.apply("Conv", value, array_of(weight), array_of(layer.bias), strides=list(layer.stride))


def array_of(tensor: torch.Tensor) -> Weights:
    """A tensor's numbers."""
    return tensor.detach().float().cpu().numpy()
