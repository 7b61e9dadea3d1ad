"""What an ONNX file may ask for before it is run: the operators that `export` writes, on weights that are in the file.

Anybody may have written it. A loop could turn for ever, a constant fill the memory, and weights lie in other files; a
network that steers needs none of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.errors import InputError

MISSING = "ONNX files need the packages onnx and onnxruntime: pip install onnx onnxruntime"
OPERATORS = (
    *("Abs", "Add", "ArgMax", "ArgMin", "Cast", "Clip", "Concat", "Conv", "Flatten", "Floor", "Gather"),
    *("GatherElements", "Gemm", "Greater", "GreaterOrEqual", "IsNaN", "LessOrEqual", "Log", "MatMul", "Max", "Mul"),
    *("Neg", "Not", "Pow", "ReduceMean", "ReduceSum", "Relu", "Round", "Sigmoid", "Softmax", "Sqrt", "Sub", "Tanh"),
    *("Transpose", "Where"),
)
ANY_FEED_FORWARD = (
    *OPERATORS,
    *("Abs", "AveragePool", "BatchNormalization", "Constant", "ConstantOfShape", "ConvTranspose", "Cos", "CumSum"),
    *("DepthToSpace", "Div", "Dropout", "Einsum", "Elu", "Equal", "Erf", "Exp", "Expand", "Gelu", "GlobalAveragePool"),
    *("GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample", "GroupNormalization", "HardSigmoid", "HardSwish"),
    *(
        "Identity",
        "InstanceNormalization",
        "LayerNormalization",
        "LeakyRelu",
        "Less",
        "LessOrEqual",
        "Log",
        "LogSoftmax",
    ),
    *("LRN", "Max", "MaxPool", "Mean", "Min", "Mish", "Neg", "OneHot", "Or", "And", "Pad", "Pow", "PRelu", "Range"),
    *("Reciprocal", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum"),
    *(
        "ReduceSumSquare",
        "Reshape",
        "Resize",
        "ScatterElements",
        "ScatterND",
        "Selu",
        "Shape",
        "Sigmoid",
        "Sign",
        "Sin",
    ),
    *("Size", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sum", "Tanh"),
    *("ThresholdedRelu", "Tile", "TopK", "Unsqueeze", "ArgMax", "ArgMin", "Ceil", "Floor", "Mod", "GatherElements"),
    *("GatherND", "Clip", "DequantizeLinear", "QuantizeLinear", "QLinearConv", "QLinearMatMul", "GRU", "LSTM", "RNN"),
)
"""What networks of other tools are made of, where time and memory are limited: no control flow, and nothing drawn."""
_EXPORT = "use a file that `export` wrote"


def check_graph(content: bytes, path: Path, operators: Sequence[str] = OPERATORS) -> None:
    """Raise InputError where an ONNX file is none, or asks for other operators, or for what no network does."""
    try:
        import onnx  # noqa: PLC0415 - only who drives by ONNX needs it
    except ImportError:
        raise InputError(MISSING) from None
    try:
        model = onnx.load_model_from_string(content)
    except Exception:  # protobuf's errors have no common ancestor below this one
        raise InputError(f"{path} is not an ONNX model that onnxruntime can run; export it again") from None
    for node in model.graph.node:
        if node.op_type not in operators or node.domain not in ("", "ai.onnx"):
            raise InputError(f"{path}: has an operator {node.op_type[:40]!r}, which steers no car here; {_EXPORT}")
    if model.functions or model.graph.sparse_initializer:
        raise InputError(f"{path}: has functions or sparse weights, which `export` never writes; {_EXPORT}")
    for weight in model.graph.initializer:
        _check_weight(onnx, weight, path)


def _check_weight(onnx: Any, weight: Any, path: Path) -> None:
    """Whether a weight lies in the file, is as large as it says, and finite."""
    if weight.data_location == onnx.TensorProto.EXTERNAL or weight.external_data:
        raise InputError(f"{path}: its weights lie in another file; export it again, which keeps them in one")
    try:
        values = onnx.numpy_helper.to_array(weight)
    except Exception:  # it has no error of its own either
        raise InputError(f"{path}: the weight {weight.name[:40]!r} is damaged; export it again") from None
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise InputError(f"{path}: the weight {weight.name[:40]!r} holds what are no numbers; export it again")
