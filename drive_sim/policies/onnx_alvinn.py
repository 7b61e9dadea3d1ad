"""ALVINN (`alvinn.py`) as ONNX nodes: the retina, the network, and where among the units its hill is."""

import numpy as np

from drive_sim.policies.alvinn import LEAST_SPREAD, REACH, AlvinnPolicy, Units, fitted_hills
from drive_sim.policies.onnx_nodes import Graph

_BLUE = 2


def alvinn_curvature(graph: Graph, policy: AlvinnPolicy, pixels: str) -> str:
    """From pixels (n, 3, h, w) of 0 to 255 to the curvature (n, 1) in 1/m."""
    network = policy.network
    activity = graph.layers(_retina(graph, pixels), [network.hidden, network.squash, network.units])
    return _decoded(graph, graph.node("Sigmoid", [activity]), policy.units, policy.rule)


def _retina(graph: Graph, pixels: str) -> str:
    """The blue band with mean 0 and spread 1."""
    blue = graph.node("Flatten", [graph.apply("Gather", pixels, np.array([_BLUE]), axis=1)], axis=1)
    centred = graph.node("Sub", [blue, graph.node("ReduceMean", [blue], axes=[1], keepdims=1)])
    variance = graph.node("ReduceMean", [graph.node("Mul", [centred, centred])], axes=[1], keepdims=1)
    spread = graph.apply("Max", graph.node("Sqrt", [variance]), np.float32(LEAST_SPREAD))
    return graph.node("Mul", [centred, graph.apply("Pow", spread, np.float32(-1.0))])


def _decoded(graph: Graph, activity: str, units: Units, rule: str) -> str:
    """The curvature that the units' activity (n, u) stands for, by a rule of `alvinn.DECODE_RULES`."""
    per_m = units.astype(np.float32)
    highest = graph.node("ArgMax", [activity], axis=1, keepdims=1)
    if rule == "argmax":
        return graph.node("Gather", [graph.constant(per_m), highest])
    if rule == "gaussian":
        hills, places = fitted_hills(len(units))
        fit = graph.apply("MatMul", activity, -2.0 * hills.T.astype(np.float32))
        misfit = graph.apply("Add", fit, np.square(hills).sum(axis=1).astype(np.float32))
        best = graph.node("ArgMin", [misfit], axis=1, keepdims=1)
        at_places = np.interp(places, np.arange(len(units)), units).astype(np.float32)
        return graph.node("Gather", [graph.constant(at_places), best])
    return _centre_of_mass(graph, activity, graph.cast(highest), per_m)


def _centre_of_mass(graph: Graph, activity: str, highest: str, per_m: np.ndarray) -> str:
    """The mean place of the units within reach of the most active one, each as heavy as it is active.

    The curvature there is read off between two units: they may be spaced as they like.
    """
    number = np.arange(len(per_m), dtype=np.float32)
    apart = graph.node("Abs", [graph.node("Sub", [graph.constant(number), highest])])
    is_near = graph.cast(graph.apply("LessOrEqual", apart, np.float32(REACH)))
    mass = graph.node("Mul", [activity, is_near])  # a sigmoid's activity is above 0
    total = graph.apply("ReduceSum", mass, np.array([1]), keepdims=1)
    moment = graph.apply("MatMul", mass, number[:, None])
    mean = graph.node("Mul", [moment, graph.apply("Pow", total, np.float32(-1.0))])
    place = graph.node("Where", [graph.apply("LessOrEqual", total, np.float32(0.0)), highest, mean])
    below = graph.apply("Clip", graph.node("Floor", [place]), np.float32(0.0), np.float32(len(per_m) - 2))
    share = graph.node("Sub", [place, below])
    index = graph.cast(below, "INT64")
    start = graph.node("Gather", [graph.constant(per_m[:-1]), index])
    step = graph.node("Gather", [graph.constant(np.diff(per_m)), index])
    return graph.node("Add", [start, graph.node("Mul", [share, step])])
