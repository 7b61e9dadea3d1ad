"""A policy that learned by trying, with what it reads of our road and what its actions mean there."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from drive_sim import geometry
from drive_sim.errors import InputError, one_of
from drive_sim.policies.kinds.kind import PUT_BACK, Described, Kind, Source
from drive_sim.policies.road_input import LANE_ROWS, READERS, ROW_WIDTHS, THUMBNAIL_PX
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import TrainableCategorical, TrainableGaussian
from drive_sim.records import Json
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class _Description:
    input: str
    draws: bool
    policy: Json
    units_per_m: list[float] | None = None
    camera: Camera | None = None


def steering_with(describe: Callable[[Any], Described], rebuild: Callable[[Source], Any]) -> Kind[SteeringPolicy]:
    """The kind, whose inner policy is of a kind that those two know."""

    def described(policy: SteeringPolicy) -> Described:
        inner, arrays = describe(policy.policy)
        config = {
            "input": policy.input,
            "output": f"curvature, {geometry.CURVATURE_CONVENTION}, in 1/m",
            "units_per_m": None if policy.units_per_m is None else policy.units_per_m.tolist(),
            "draws": policy.draws,
            "camera": None if policy.camera is None else asdict(policy.camera),
            "policy": inner,
        }
        return config, {f"0.{name}": array for name, array in arrays.items()}

    def rebuilt(source: Source) -> SteeringPolicy:
        said = source.read(_Description)
        with source.told_where():
            one_of("input", said.input, list(READERS))
            if (said.camera is None) != (said.input in LANE_ROWS):
                raise InputError(f"pictures have a camera, and the lane pose has none; {PUT_BACK}")
        inner = rebuild(source.part(0, said.policy))
        if not isinstance(inner, TrainableCategorical | TrainableGaussian):
            raise InputError(f"{source.config_path}: a {type(inner).__name__} cannot be steered by; {PUT_BACK}")
        units = None if said.units_per_m is None else np.array(said.units_per_m)
        _check_fit(source, inner, said.input, None if units is None else len(units))
        with source.told_where():
            return SteeringPolicy(inner, said.input, units, said.camera, said.draws)

    return Kind(SteeringPolicy, described, rebuilt)


def _check_fit(source: Source, inner: TrainableCategorical | TrainableGaussian, name: str, num: int | None) -> None:
    """Raise InputError where it does not read that input, or does not choose among as many units."""
    rows = np.zeros((1, *THUMBNAIL_PX, 3), np.uint8)
    if name in LANE_ROWS:
        rows = np.zeros((1, ROW_WIDTHS[name]), np.float32)
    with source.told_where(), torch.no_grad():
        if isinstance(inner, TrainableGaussian):
            fits, found = num is None and inner.likeliest(rows).shape == (1, 1), "a policy that draws a curvature"
        else:
            found = f"a policy of {inner.logits.outputs(rows).shape[1]} actions"
            fits = found == f"a policy of {num} actions"
    if not fits:
        raise InputError(f"{source.config_path}: {found} does not fit its units_per_m; put back the file")
