"""Policies that steer by pictures as ONNX nodes, from pixels (n, 3, h, w) to a curvature (n, 1), a function a kind.

What a policy draws, the file is given (`onnx_nodes.UNIFORM`, `NORMAL`): from the same numbers it does what the policy
does, which is how a mixture and a Gaussian are held to be the same.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.linear import LinearPolicy
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.networks import ConditionalNet, ConvNet, TurnNet
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_alvinn import alvinn_curvature
from drive_sim.policies.onnx_condition import add_condition
from drive_sim.policies.onnx_linear import linear_curvature
from drive_sim.policies.onnx_nodes import NORMAL, UNIFORM, Graph, Numbers, array_of
from drive_sim.policies.picture_network import PictureNetwork
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.policies.road_input import THUMBNAIL_PX, areas_from_horizon
from drive_sim.policies.soft_q import ActionValues
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import Greedy, TrainableCategorical
from drive_sim.policies.turn_between import add_turn
from drive_sim.policies.yuv_convolution import HALF_RANGE
from drive_sim.sim.camera import Camera


def add_curvature(graph: Graph, policy: Any, pixels: str) -> str:
    """The nodes of a policy's `act`; returns the name of its curvature (n, 1) in 1/m, float32.

    Raises InputError, saying why, for what reads no pictures, or is of no known kind.
    """
    for kind, add in _KINDS.items():
        if isinstance(policy, kind):
            return add(graph, policy, pixels)
    raise InputError(f"{type(policy).__name__} cannot be exported: it does not steer by pictures; give one that does")


def reads_measurements(policy: Any) -> bool:
    """Whether it, or one of those that it is made of, is told the wanted place and the speed."""
    parts = policy.policies if isinstance(policy, Mixture | Ensemble) else [getattr(policy, "mean", None)]
    return getattr(policy, "is_conditional", False) or any(reads_measurements(part) for part in parts if part)


def _neural(graph: Graph, policy: NeuralPolicy, pixels: str) -> str:
    outputs = _outputs(graph, policy.network, pixels)
    if policy.is_conditional:
        graph.conditional.append(outputs)
        outputs = graph.apply("Gather", outputs, np.array([0]), axis=1)
    return graph.apply("Mul", outputs, np.float32(policy.curvature_unit_per_m))


def _outputs(graph: Graph, network: ConvNet, pixels: str) -> str:
    """What a network puts out (n, k) for pixels of 0 to 255."""
    seen = pixels
    if network.num_frames > 1:
        assert graph.before is not None, "made before whatever sees it"
        seen = pixels if isinstance(network, TurnNet) else graph.node("Concat", [graph.before, pixels], axis=1)
    features = graph.layers(graph.apply("Sub", seen, np.float32(HALF_RANGE)), list(network.convolutions))
    first, *others = network.dense
    values = graph.layers(graph.node("Flatten", [features], axis=1), [first])
    if isinstance(network, TurnNet) and graph.before is not None:
        turned = add_turn(graph, network.turn, graph.before, pixels)
        values = graph.node("Add", [values, graph.apply("MatMul", turned, array_of(network.motion.weight).T)])
    if isinstance(network, ConditionalNet):
        values = graph.node("Add", [values, add_condition(graph, network)])
    return graph.layers(values, others)


def _mixture(graph: Graph, policy: Mixture[Any, Any], pixels: str) -> str:
    """Of all curvatures the drawn policy's: the first whose share of the weights, with those before, is above it."""
    drawn = graph.draw(UNIFORM, 1)
    each = [add_curvature(graph, part, pixels) for part in policy.policies]
    shares = np.cumsum(policy.weights)
    passed = graph.apply("GreaterOrEqual", drawn, (shares / shares[-1])[None, :-1])
    index = graph.apply("ReduceSum", graph.cast(passed, "INT64"), np.array([1]), keepdims=1)
    return graph.node("GatherElements", [graph.node("Concat", each, axis=1), index], axis=1)


def _ensemble(graph: Graph, policy: Ensemble, pixels: str) -> str:
    each = [add_curvature(graph, part, pixels) for part in policy.policies]
    total = graph.apply("ReduceSum", graph.node("Concat", each, axis=1), np.array([1]), keepdims=1)
    return graph.apply("Mul", total, np.float32(1.0 / len(each)))


def _gaussian(graph: Graph, policy: GaussianPolicy, pixels: str) -> str:
    mean = add_curvature(graph, policy.mean, pixels)
    noise = graph.cast(graph.apply("Mul", graph.draw(NORMAL, 1), np.float64(policy.width_per_m)))
    return graph.node("Add", [mean, noise])


def _steering(graph: Graph, policy: SteeringPolicy, pixels: str) -> str:
    """What learned by trying: a thumbnail, logits, and the curvature that they mean, choose or draw."""
    if policy.camera is None:
        raise InputError(
            f"it cannot be exported: it steers by the {policy.input}, which no camera shows; learn from pixels"
        )
    inner = policy.policy.policy if isinstance(policy.policy, Greedy) else policy.policy
    if not isinstance(inner, TrainableCategorical) or policy.units_per_m is None:
        raise InputError(f"a {type(inner).__name__} of pictures cannot be exported: no ONNX nodes are known for it")
    logits = graph.cast(_logits(graph, inner.logits, _thumbnails(graph, policy.camera, pixels)), "DOUBLE")
    units: Numbers = policy.units_per_m[:, None]
    if policy.draws and not isinstance(policy.policy, Greedy):
        logits = graph.node("Add", [logits, _gumbel(graph, len(policy.units_per_m))])
    elif not isinstance(policy.policy, Greedy):
        return graph.cast(graph.apply("MatMul", graph.node("Softmax", [logits], axis=1), units))
    likeliest = graph.node("ArgMax", [logits], axis=1, keepdims=1)
    return graph.cast(graph.node("Gather", [graph.constant(policy.units_per_m), likeliest]))


def _thumbnails(graph: Graph, camera: Camera, pixels: str) -> str:
    """Sums are exact; their means are told apart from halves, which are rounded to the even number, in float64."""
    rows, columns, sizes = areas_from_horizon(camera)
    sums = graph.apply("MatMul", graph.node("MatMul", [graph.constant(rows), pixels]), columns)
    means = graph.apply("Mul", graph.cast(sums, "DOUBLE"), 1.0 / sizes.astype(np.float64))
    return graph.node("Round", [graph.cast(means)])


def _logits(graph: Graph, logits: Any, small: str) -> str:
    if isinstance(logits, ActionValues):
        return graph.apply("Mul", _logits(graph, logits.network, small), np.float32(1.0 / logits.temperature))
    if not isinstance(logits, PictureNetwork):
        raise InputError(f"logits of a {type(logits).__name__} cannot be exported: no ONNX nodes are known for them")
    assert (logits.height_px, logits.width_px) == THUMBNAIL_PX
    return _outputs(graph, logits.network, small)


def _gumbel(graph: Graph, num: int) -> str:
    """Noise of Gumbel's distribution (n, num), as NumPy makes it of uniform numbers."""
    rest = graph.node("Sub", [graph.constant(np.float64(1.0)), graph.draw(UNIFORM, num)])
    inner = graph.node("Neg", [graph.node("Log", [rest])])
    return graph.node("Neg", [graph.node("Log", [inner])])


def _reward(graph: Graph, policy: RewardPolicy, pixels: str) -> str:  # noqa: ARG001 - it says why not
    raise InputError(
        "a reward's policy cannot be exported: it plans on the road, which no camera shows; train a network by it"
    )


_KINDS: dict[type, Callable[[Graph, Any, str], str]] = {
    NeuralPolicy: _neural,
    AlvinnPolicy: alvinn_curvature,
    LinearPolicy: linear_curvature,
    Mixture: _mixture,
    Ensemble: _ensemble,
    GaussianPolicy: _gaussian,
    SteeringPolicy: _steering,
    RewardPolicy: _reward,
}
