"""What a conditional network is told and says beside, as part of its ONNX graph.

Inputs `lateral_goal` (n, 1), in half widths, left positive, and `speed_mps` (n, 1); output `acceleration_mps2` (n, 1).
A place that is NaN or infinite is "by sight", such a speed is taken for cruising speed.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from drive_sim.policies.measurements import CRUISE_MPS, SPEED_SPREAD_MPS
from drive_sim.policies.networks import ConditionalNet

GOAL, SPEED, ACCELERATION = "lateral_goal", "speed_mps", "acceleration_mps2"


class Nodes(Protocol):
    """A graph that nodes are added to."""

    onnx: Any

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append an operator on named values; returns its output's name."""
        ...

    def constant(self, values: npt.NDArray[Any] | np.float32) -> str:
        """Keep numbers in the file; returns their name."""
        ...


def add_condition(graph: Nodes, network: ConditionalNet) -> str:
    """What `measurements.measurements_of` and the layer `condition` compute, as nodes; returns its output's name."""
    is_by_sight = _is_not_finite(graph, GOAL)
    goal = graph.node("Where", [is_by_sight, graph.constant(np.float32(0.0)), GOAL])
    is_told = graph.node("Cast", [graph.node("Not", [is_by_sight])], to=graph.onnx.TensorProto.FLOAT)
    above_mps = graph.node("Sub", [SPEED, graph.constant(np.float32(CRUISE_MPS))])
    spread = graph.node("Mul", [above_mps, graph.constant(np.float32(1.0 / SPEED_SPREAD_MPS))])
    speed = graph.node("Where", [_is_not_finite(graph, SPEED), graph.constant(np.float32(0.0)), spread])
    told = graph.node("Concat", [goal, is_told, speed], axis=1)
    weight = network.condition.weight.detach().float().cpu().numpy().T
    return graph.node("MatMul", [told, graph.constant(np.ascontiguousarray(weight))])


def _is_not_finite(graph: Nodes, name: str) -> str:
    """Where a value is NaN or infinite: where it less itself is NaN."""
    return graph.node("IsNaN", [graph.node("Sub", [name, name])])


def told_ends(onnx: Any) -> tuple[list[Any], list[Any]]:
    """The further inputs and outputs of the graph."""
    make, kind = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    return [make(name, kind, ["n", 1]) for name in (GOAL, SPEED)], [make(ACCELERATION, kind, ["n", 1])]
