"""The kart's linear policy (`linear.py`) as ONNX nodes, in float64: light, CIE XYZ, its cube root, weights."""

import numpy as np

from drive_sim.policies.linear import (
    BELOW_IS_STRAIGHT,
    LAB_FROM_ROOTS,
    LAB_OFFSET,
    LIGHT,
    STRAIGHT,
    WHITE_FROM_RGB,
    LinearPolicy,
)
from drive_sim.policies.onnx_nodes import Graph


def linear_curvature(graph: Graph, policy: LinearPolicy, pixels: str) -> str:
    """From pixels (n, 3, h, w) of 0 to 255 to the curvature (n, 1) in 1/m.

    LAB is linear in the roots, so its matrix is part of the weights, and its offset of the bias.
    """
    channels_last = graph.node("Transpose", [graph.cast(pixels, "INT32")], perm=[0, 2, 3, 1])
    light = graph.node("Gather", [graph.constant(LIGHT), channels_last])
    share = graph.apply("MatMul", light, np.ascontiguousarray(WHITE_FROM_RGB.T))
    slope, offset = STRAIGHT
    straight = graph.apply("Add", graph.apply("Mul", share, np.float64(slope)), np.float64(offset))
    is_bent = graph.apply("Greater", share, np.float64(BELOW_IS_STRAIGHT))
    roots = graph.node("Where", [is_bent, graph.apply("Pow", share, np.float64(1.0 / 3.0)), straight])
    weights = policy.weights.reshape(-1, 3) / 255.0
    bias_per_m = policy.bias_per_m + float((weights @ LAB_OFFSET).sum())
    of_roots = (weights @ LAB_FROM_ROOTS).reshape(-1, 1)
    flat = graph.node("Flatten", [roots], axis=1)
    return graph.cast(graph.apply("Add", graph.apply("MatMul", flat, of_roots), np.float64(bias_per_m)))
