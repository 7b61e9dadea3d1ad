"""A network as one ONNX file that other programs can run: whatever comes before and after it is in the graph.

Input `image` (n, h, w, 3), RGB bytes as a camera gives them; output `steering` (n, 1), right positive, -1 to 1. Crop,
normalisation, units and sign are part of the graph; camera, range and units stand in the file's metadata as well. A
conditional network is told more, and says more (`onnx_condition`). Only
operators and a version of the format that older runtimes know are used.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

import drive_sim
from drive_sim import geometry
from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.files import whole_file
from drive_sim.policies.networks import HALF_RANGE, ConditionalNet, YuvConvolution
from drive_sim.policies.neural import ACCELERATION_UNIT_MPS2, NeuralPolicy
from drive_sim.policies.onnx_condition import ACCELERATION, GOAL, SPEED, add_condition, told_ends
from drive_sim.sim.camera import Camera

INPUT, OUTPUT = "image", "steering"
FORMAT = "1"
"""Counts up when a reader of older files would misread a newer one."""
OPSET, IR_VERSION = 13, 8
MISSING = "ONNX files need the packages onnx and onnxruntime: pip install onnx onnxruntime"

Weights = npt.NDArray[np.float32]


class Window(Protocol):
    """How a larger picture is cut and shrunk to what the network reads (`drive_sim.data.crop.Crop`)."""

    def camera(self, camera: Camera) -> Camera:
        """The camera of the small pictures, where the large ones are of `camera`."""
        ...

    def weights(self, height_px: int, width_px: int) -> tuple[Weights, Weights]:
        """Matrices (h', h) and (w, w'): small = rows @ channel @ columns."""
        ...


@dataclass(slots=True)
class _Graph:
    """Nodes and weights so far; `last` is the name of the latest value."""

    onnx: Any
    last: str = INPUT
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def add(
        self, operator: str, *constants: npt.NDArray[Any] | np.float32, first: bool = True, **attributes: Any
    ) -> None:
        """Append an operator on the latest value and constants, the value first or, where not, last."""
        names = [self.constant(values) for values in constants]
        self.last = self.node(operator, [self.last, *names] if first else [*names, self.last], **attributes)

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append an operator on named values; returns its output's name."""
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, values: npt.NDArray[Any] | np.float32) -> str:
        """Keep numbers in the file; returns their name."""
        name = f"w{len(self.weights)}"
        self.weights.append(self.onnx.numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name


def export_onnx(policy: Any, path: Path, *, window: Window | None = None, camera: Camera | None = None) -> Path:
    """Write a network's policy as a new ONNX file, whole or not at all; returns the path.

    `camera` takes larger pictures, from which `window` is cut within the graph; both or neither are given. Raises
    InputError for other kinds of policy, for a camera that the network was not trained with, where the file exists,
    and where onnx is not installed.
    """
    try:
        import onnx  # noqa: PLC0415 - only who exports needs it
    except ImportError:
        raise InputError(MISSING) from None
    if not isinstance(policy, NeuralPolicy):
        raise InputError(f"{type(policy).__name__} cannot be exported: ONNX files hold one convolutional network")
    if path.exists():
        raise InputError(f"{path} exists and nothing is overwritten; choose another name")
    if window is not None and camera is not None and window.camera(camera) != policy.camera:
        raise InputError(
            "the network was trained on another camera than the one given; name the one it was trained with"
        )
    seen_by = policy.camera if camera is None else camera
    model = _model(onnx, _graph(onnx, policy, window, seen_by), policy, seen_by)
    onnx.checker.check_model(model, full_check=True)
    with whole_file(path) as part:
        part.write_bytes(model.SerializeToString())
    return path


def _graph(onnx: Any, policy: NeuralPolicy, window: Window | None, camera: Camera) -> _Graph:
    """From bytes to steering."""
    graph = _Graph(onnx)
    graph.add("Transpose", perm=[0, 3, 1, 2])
    graph.add("Cast", to=onnx.TensorProto.FLOAT)
    if window is not None:
        rows, columns = window.weights(camera.height_px, camera.width_px)
        graph.add("MatMul", rows, first=False)
        graph.add("MatMul", columns)
        graph.add("Round")
    graph.add("Sub", np.float32(HALF_RANGE))
    first, *others = policy.network.dense
    _add_layers(graph, [*policy.network.convolutions, nn.Flatten(), first])
    if isinstance(policy.network, ConditionalNet):
        graph.last = graph.node("Add", [graph.last, add_condition(graph, policy.network)])
    _add_layers(graph, others)
    if policy.is_conditional:
        acceleration = graph.node("Gather", [graph.last, graph.constant(np.array([1]))], axis=1)
        graph.node("Mul", [acceleration, graph.constant(np.float32(ACCELERATION_UNIT_MPS2))])
        graph.nodes[-1].output[0] = ACCELERATION
        graph.add("Gather", np.array([0]), axis=1)
    graph.add("Mul", np.float32(-policy.curvature_unit_per_m / geometry.FULL_LOCK_PER_M))
    graph.add("Clip", np.float32(-1.0), np.float32(1.0))
    graph.nodes[-1].output[0] = OUTPUT
    return graph


def _add_layers(graph: _Graph, layers: Sequence[nn.Module]) -> None:
    for layer in layers:
        match layer:
            case YuvConvolution(yuv=convolution):
                weight = torch.einsum("fykl,yr->frkl", convolution.weight, layer.yuv_from_rgb / HALF_RANGE)
                _add_convolution(graph, weight, convolution)
            case nn.Conv2d():
                _add_convolution(graph, layer.weight, layer)
            case nn.Linear():
                graph.add("Gemm", _array(layer.weight), _array(layer.bias), transB=1)
            case nn.ReLU():
                graph.add("Relu")
            case nn.Flatten():
                graph.add("Flatten", axis=1)
            case _:
                raise InputError(f"export: no ONNX operator is known for the layer {type(layer).__name__}")


def _add_convolution(graph: _Graph, weight: torch.Tensor, layer: nn.Conv2d) -> None:
    assert layer.bias is not None and layer.padding == (0, 0) and layer.groups == 1
    graph.add("Conv", _array(weight), _array(layer.bias), strides=list(layer.stride))


def _array(tensor: torch.Tensor) -> Weights:
    return tensor.detach().float().cpu().numpy()


def _model(onnx: Any, graph: _Graph, policy: NeuralPolicy, camera: Camera) -> Any:
    """The graph with its input, output and metadata."""
    helper, types = onnx.helper, onnx.TensorProto
    shape = ["n", camera.height_px, camera.width_px, 3]
    image = helper.make_tensor_value_info(INPUT, types.UINT8, shape)
    steering = helper.make_tensor_value_info(OUTPUT, types.FLOAT, ["n", 1])
    inputs, outputs = told_ends(onnx) if policy.is_conditional else ([], [])
    body = helper.make_graph(graph.nodes, "drive_sim", [image, *inputs], [steering, *outputs], graph.weights)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(body, opset_imports=[opset], ir_version=IR_VERSION, producer_name="drive_sim")
    model.producer_version = drive_sim.__version__
    described = {
        "format": FORMAT,
        "input": f"{INPUT}: RGB, uint8, n x {camera.height_px} x {camera.width_px} x 3, as the camera gives it",
        "output": f"{OUTPUT}: n x 1, {geometry.STEERING_CONVENTION}",
        "full_lock_per_m": repr(geometry.FULL_LOCK_PER_M),
        "camera": json.dumps(asdict(camera)),
        "network": policy.network_name,
        "network_camera": json.dumps(asdict(policy.camera)),
        "commit": code_commit() or "",
    }
    if policy.is_conditional:
        described[GOAL] = "n x 1, the wanted place in half widths of the road, left positive; NaN: by sight"
        described[SPEED], described[ACCELERATION] = "n x 1, m/s", "n x 1, m/s2"
    helper.set_model_props(model, described)
    return model
