"""ONNX files by hand that steer, and that ask for time, memory or numbers which nobody has."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from drive_sim.sim.camera import Camera

CAMERA = Camera(width_px=16, height_px=8, focal_px=8.0, horizon_px=1.0)


def write_steering(
    path: Path, then: Sequence[Any] = (), weights: dict[str, npt.ArrayLike] | None = None, *, camera: Camera = CAMERA
) -> Path:
    """A network whose `nought` (n, 1) is 0 whatever it sees; `then` makes `steering` of it, or nothing does."""
    numbers = {"none": np.float32(0.0), "one": np.array([1]), **(weights or {})}
    nodes = [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "none"], ["zeros"]),
        helper.make_node("Unsqueeze", ["zeros", "one"], ["nought"]),
        *(then or [helper.make_node("Identity", ["nought"], ["steering"])]),
    ]
    ends = (
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", camera.height_px, camera.width_px, 3])],
        [helper.make_tensor_value_info("steering", TensorProto.FLOAT, ["n", 1])],
    )
    kept = [numpy_helper.from_array(np.asarray(values), name) for name, values in numbers.items()]
    graph = helper.make_graph(nodes, "hand", *ends, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    said = {"format": "1", "full_lock_per_m": "0.12", "camera": json.dumps(asdict(camera))}
    helper.set_model_props(model, said)
    onnx.save(model, path)
    return path


def write_memory(path: Path) -> Path:
    """It fills 100 GB with zeros, and adds their sum."""
    return write_steering(
        path,
        [
            helper.make_node("ConstantOfShape", ["size"], ["filled"]),
            helper.make_node("ReduceSum", ["filled"], ["sum"], keepdims=0),
            helper.make_node("Add", ["nought", "sum"], ["steering"]),
        ],
        {"size": np.array([25_000_000_000])},
    )


def write_time(path: Path) -> Path:
    """It multiplies matrices for hours, without a loop."""
    products = [helper.make_node("MatMul", [f"m{i}", f"m{i}"], [f"m{i + 1}"]) for i in range(4000)]
    return write_steering(
        path,
        [
            helper.make_node("ReduceSum", ["zeros"], ["zero"], keepdims=0),
            helper.make_node("Expand", ["zero", "square"], ["m0"]),
            *products,
            helper.make_node("ReduceSum", ["m4000"], ["sum"], keepdims=0),
            helper.make_node("Add", ["nought", "sum"], ["steering"]),
        ],
        {"square": np.array([1500, 1500])},
    )


def write_no_numbers(path: Path) -> Path:
    """It steers by 0 / 0."""
    return write_steering(path, [helper.make_node("Div", ["nought", "none"], ["steering"])])
