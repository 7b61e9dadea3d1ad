"""Changes to weights and to an ONNX file's graph."""

import json
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS = {"NaN": np.nan, "inf": np.inf, "-inf": -np.inf, "1e38": 1e38, "-1e38": -1e38}
"""Hostile weights, by name."""
DTYPES = ("F16", "BF16", "F64", "I64", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "C64", "I8", "F4", "text")
GRAPHS = (
    "external data",
    "external device",
    "unknown operator",
    "unknown domain",
    "future operators",
    "no operators",
    "cycle",
    "endless loop",
    "huge constant",
    "wider input",
    "open input",
    "float input",
    "two inputs",
    "two outputs",
    "huge weight",
    "negative dimension",
    "undefined type",
    "NaN weight",
    "infinite output",
    "dropped node",
)


def set_weight(folder: Path, target: str, index: int, share: float, name: str) -> None:
    """Put a hostile number into one of the arrays of a safetensors file."""
    header, body, start = _parts(folder / target)
    names = sorted(key for key in header if key != "__metadata__")
    entry = header[names[index % len(names)]]
    kind = {"F32": np.float32, "F64": np.float64}[entry["dtype"]]
    values = np.frombuffer(body, kind, offset=entry["data_offsets"][0], count=int(np.prod(entry["shape"]))).copy()
    values[int(share * len(values))] = NUMBERS[name]
    first = start + entry["data_offsets"][0]
    content = bytearray((folder / target).read_bytes())
    content[first : first + values.nbytes] = values.tobytes()
    (folder / target).write_bytes(content)


def change_dtype(folder: Path, target: str, index: int, dtype: str) -> None:
    """Say that an array is of another type; its bytes stay."""
    header, body, _ = _parts(folder / target)
    names = sorted(key for key in header if key != "__metadata__")
    header[names[index % len(names)]]["dtype"] = dtype
    _write(folder / target, header, body)


def change_shape(folder: Path, target: str, index: int, shape: tuple[Any, ...]) -> None:
    """Say that an array has another shape; its bytes stay."""
    header, body, _ = _parts(folder / target)
    names = sorted(key for key in header if key != "__metadata__")
    header[names[index % len(names)]]["shape"] = list(shape)
    _write(folder / target, header, body)


def drop_weight(folder: Path, target: str, index: int, renamed: str | None) -> None:
    """Leave an array out, or give it another name."""
    header, body, _ = _parts(folder / target)
    names = sorted(key for key in header if key != "__metadata__")
    entry = header.pop(names[index % len(names)])
    if renamed is not None:
        header[renamed] = entry
    _write(folder / target, header, body)


def _parts(path: Path) -> tuple[dict[str, Any], bytes, int]:
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:start]), content[start:], start


def _write(path: Path, header: dict[str, Any], body: bytes) -> None:
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def change_graph(folder: Path, target: str, kind: str) -> None:
    """An ONNX graph that asks for what no model of ours does."""
    import onnx

    model = onnx.load(folder / target)
    _change(onnx, model, model.graph, kind)
    (folder / target).write_bytes(model.SerializeToString())


def _change(onnx: Any, model: Any, graph: Any, kind: str) -> None:  # noqa: PLR0912 - a graph a line
    largest = max(graph.initializer, key=lambda weight: len(weight.raw_data))
    match kind:
        case "external data" | "external device":
            largest.ClearField("raw_data")
            largest.data_location = onnx.TensorProto.EXTERNAL
            entry = largest.external_data.add()
            entry.key, entry.value = "location", "/dev/zero" if kind == "external device" else "weights.bin"
        case "unknown operator":
            graph.node[3].op_type = "Teleport"
        case "unknown domain":
            graph.node[3].domain = "example.invalid"
        case "future operators":
            model.opset_import[0].version = 999
        case "no operators":
            del graph.node[:]
        case "cycle":
            graph.node[3].input[0] = graph.node[8].output[0]
        case "endless loop":
            _add_loop(onnx, graph)
        case "huge constant":
            _add_huge_constant(onnx, graph)
        case "wider input":
            graph.input[0].type.tensor_type.shape.dim[2].dim_value = 10_000_000
        case "open input":
            graph.input[0].type.tensor_type.shape.dim[2].dim_param = "w"
        case "float input":
            graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
        case "two inputs":
            graph.input.append(onnx.helper.make_tensor_value_info("speed", onnx.TensorProto.FLOAT, ["n", 1]))
        case "two outputs":
            graph.output.append(onnx.helper.make_tensor_value_info("cast_1", onnx.TensorProto.FLOAT, None))
        case "huge weight":
            largest.dims[0] = 2**40
        case "negative dimension":
            largest.dims[0] = -1
        case "undefined type":
            largest.data_type = 99
        case "NaN weight":
            largest.raw_data = np.full(len(largest.raw_data) // 4, np.nan, np.float32).tobytes()
        case "infinite output":
            _add_division(onnx, graph)
        case "dropped node":
            del graph.node[5]


def _add_loop(onnx: Any, graph: Any) -> None:
    """2^62 turns of a loop that adds one."""
    make, types = onnx.helper, onnx.TensorProto
    info = make.make_tensor_value_info
    body = make.make_graph(
        [make.make_node("Identity", ["go"], ["goes"]), make.make_node("Add", ["x", "x"], ["y"])],
        "body",
        [info("i", types.INT64, []), info("go", types.BOOL, []), info("x", types.FLOAT, None)],
        [info("goes", types.BOOL, []), info("y", types.FLOAT, None)],
    )
    graph.initializer.extend(
        [make.make_tensor("turns", types.INT64, [], [2**62]), make.make_tensor("yes", types.BOOL, [], [True])]
    )
    last = graph.node[-1]
    last.output[0] = "before"
    graph.node.append(make.make_node("Loop", ["turns", "yes", "before"], ["steering"], body=body))


def _add_huge_constant(onnx: Any, graph: Any) -> None:
    """A tensor of 2^36 numbers, summed."""
    make, types = onnx.helper, onnx.TensorProto
    graph.initializer.extend([make.make_tensor("size", types.INT64, [1], [2**36])])
    graph.node[-1].output[0] = "before"
    graph.node.extend(
        [
            make.make_node("ConstantOfShape", ["size"], ["zeros"]),
            make.make_node("ReduceSum", ["zeros"], ["none"], keepdims=0),
            make.make_node("Add", ["before", "none"], ["steering"]),
        ]
    )


def _add_division(onnx: Any, graph: Any) -> None:
    make, types = onnx.helper, onnx.TensorProto
    graph.initializer.extend([make.make_tensor("zero", types.FLOAT, [], [0.0])])
    graph.node[-1].output[0] = "before"
    graph.node.extend(
        [make.make_node("Mul", ["before", "zero"], ["nought"]), make.make_node("Div", ["nought", "zero"], ["steering"])]
    )
