"""A policy as one ONNX file that other programs can run: whatever comes before and after it is in the graph.

Input `image` (n, h, w, 3), RGB bytes as a camera gives them; output `steering` (n, 1), right positive, -1 to 1. Crop,
normalisation, units and sign are part of the graph; camera, car, range and units stand in the file's metadata as well
(`onnx_car`). A network of two frames is given `previous_image` as well, which is cut alike. A conditional network is
told more, and says more (`onnx_condition`); a policy that draws is given what it draws (`onnx_curvature`). Only
operators and a version of the format that older runtimes know are used.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import drive_sim
from drive_sim import geometry
from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.files import whole_file
from drive_sim.policies.frames import num_frames
from drive_sim.policies.model_kinds import kind_of
from drive_sim.policies.neural import ACCELERATION_UNIT_MPS2, NeuralPolicy
from drive_sim.policies.onnx_car import OnnxCar
from drive_sim.policies.onnx_condition import ACCELERATION, GOAL, SPEED, told_ends
from drive_sim.policies.onnx_curvature import add_curvature, reads_measurements
from drive_sim.policies.onnx_graph import MISSING
from drive_sim.policies.onnx_nodes import NORMAL, UNIFORM, Graph, Weights
from drive_sim.sim.camera import Camera

INPUT, PREVIOUS, OUTPUT = "image", "previous_image", "steering"
FORMAT = "1"
"""Counts up when a reader of older files would misread a newer one."""
OPSET, IR_VERSION = 13, 8


class Window(Protocol):
    """How a larger picture is cut and shrunk to what the network reads (`drive_sim.data.crop.Crop`)."""

    def camera(self, camera: Camera) -> Camera:
        """The camera of the small pictures, where the large ones are of `camera`."""
        ...

    def weights(self, height_px: int, width_px: int) -> tuple[Weights, Weights]:
        """Matrices (h', h) and (w, w'): small = rows @ channel @ columns."""
        ...


def export_onnx(
    policy: Any, path: Path, *, window: Window | None = None, camera: Camera | None = None, car: OnnxCar | None = None
) -> Path:
    """Write a policy that steers by pictures as a new ONNX file, whole or not at all; returns the path.

    `camera` takes larger pictures, from which `window` is cut within the graph; both or neither are given. `car` is
    what it drives (the usual one). Raises InputError, saying why, for a policy that reads no pictures, for a camera
    that it was not trained with, where the file exists, and where onnx is not installed.
    """
    try:
        import onnx  # noqa: PLC0415 - only who exports needs it
    except ImportError:
        raise InputError(MISSING) from None
    if path.exists():
        raise InputError(f"{path} exists and nothing is overwritten; choose another name")
    own = getattr(policy, "camera", None)
    if window is not None and camera is not None and window.camera(camera) != own:
        raise InputError("it was trained on another camera than the one given; name the one it was trained with")
    graph = Graph(onnx)
    seen_by = camera or own or Camera()  # where it has none, what is added next says so
    if num_frames(policy) > 1:
        graph.before = _add_pixels(graph, window, seen_by, PREVIOUS)
    _add_steering(graph, policy, _add_pixels(graph, window, seen_by))
    model = _model(onnx, graph, policy, seen_by, car or OnnxCar.usual())
    onnx.checker.check_model(model, full_check=True)
    with whole_file(path) as part:
        part.write_bytes(model.SerializeToString())
    return path


def _add_pixels(graph: Graph, window: Window | None, camera: Camera, name: str = INPUT) -> str:
    """From bytes (n, h, w, 3) to the numbers (n, 3, h, w) that the policy reads, from 0 to 255."""
    pixels = graph.cast(graph.node("Transpose", [name], perm=[0, 3, 1, 2]))
    if window is None:
        return pixels
    rows, columns = window.weights(camera.height_px, camera.width_px)
    small = graph.apply("MatMul", graph.node("MatMul", [graph.constant(rows), pixels]), columns)
    return graph.node("Round", [small])


def _add_steering(graph: Graph, policy: Any, pixels: str) -> None:
    """The outputs: steering, and of a conditional network its acceleration."""
    curvature = add_curvature(graph, policy, pixels)
    if _gives_acceleration(policy):
        acceleration = graph.apply("Gather", graph.conditional[0], np.array([1]), axis=1)
        graph.apply("Mul", acceleration, np.float32(ACCELERATION_UNIT_MPS2))
        graph.nodes[-1].output[0] = ACCELERATION
    steering = graph.apply("Mul", curvature, np.float32(-1.0 / geometry.FULL_LOCK_PER_M))
    graph.apply("Clip", steering, np.float32(-1.0), np.float32(1.0))
    graph.nodes[-1].output[0] = OUTPUT


def _gives_acceleration(policy: Any) -> bool:
    return isinstance(policy, NeuralPolicy) and policy.is_conditional


def _model(onnx: Any, graph: Graph, policy: Any, camera: Camera, car: OnnxCar) -> Any:
    """The graph with its inputs, outputs and metadata."""
    helper, types = onnx.helper, onnx.TensorProto
    shape, names = ["n", camera.height_px, camera.width_px, 3], [INPUT] if graph.before is None else [INPUT, PREVIOUS]
    images = [helper.make_tensor_value_info(name, types.UINT8, shape) for name in names]
    steering = helper.make_tensor_value_info(OUTPUT, types.FLOAT, ["n", 1])
    told, said = told_ends(onnx) if reads_measurements(policy) else ([], [])
    said = said if _gives_acceleration(policy) else []
    draws = {name: num for name, num in graph.drawn.items() if num}
    drawn = [helper.make_tensor_value_info(name, types.DOUBLE, ["n", num]) for name, num in draws.items()]
    body = helper.make_graph(graph.nodes, "drive_sim", [*images, *told, *drawn], [steering, *said], graph.weights)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(body, opset_imports=[opset], ir_version=IR_VERSION, producer_name="drive_sim")
    model.producer_version = drive_sim.__version__
    inputs = {end.name for end in (*images, *told, *drawn)}
    kept = {name: words for name, words in _WORDS.items() if name in inputs or (said and name == ACCELERATION)}
    helper.set_model_props(model, {**_described(policy, camera, car), **kept})
    return model


_WORDS = {
    PREVIOUS: "as the input, of the control tick before; where there was none, the same picture again",
    GOAL: "n x 1, the wanted place in half widths of the road, left positive; NaN: by sight",
    SPEED: "n x 1, m/s",
    ACCELERATION: "n x 1, m/s2",
    UNIFORM: "n x k, numbers drawn evenly from 0 to 1, anew for every picture",
    NORMAL: "n x k, numbers drawn from the normal distribution of mean 0 and spread 1, anew for every picture",
}


def _described(policy: Any, camera: Camera, car: OnnxCar) -> dict[str, str]:
    """What the file says of itself: texts, and numbers as JSON."""
    kind = kind_of(policy)
    return {
        "format": FORMAT,
        "input": f"{INPUT}: RGB, uint8, n x {camera.height_px} x {camera.width_px} x 3, as the camera gives it",
        "output": f"{OUTPUT}: n x 1, {geometry.STEERING_CONVENTION}",
        "full_lock_per_m": repr(geometry.FULL_LOCK_PER_M),
        "camera": json.dumps(asdict(camera)),
        **{name: repr(value) for name, value in asdict(car).items()},
        "kind": kind,
        "network": policy.network_name if isinstance(policy, NeuralPolicy) else kind,
        "network_camera": json.dumps(asdict(policy.camera)),
        "commit": code_commit() or "",
    }
