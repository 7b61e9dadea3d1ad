"""A virtual car beside one that is really driven: how a network would have driven, from the pictures that there are.

This is the simulator of NVIDIA's "End to end learning for self-driving cars" (2016, section 6), tick by tick:

    shift s, turn t <- where the virtual car stands against the driven one
    x <- the driven car's picture, seen from s to the left and turned by t
    if |s| > 1 m: a virtual intervention, s = t = 0
    the virtual car is steered by what the network says to x, for one tick, at the driven car's speed

Its pictures are made of the driven car's, so nothing need be known of the road, and a network can be judged on frames
that it has not learned from yet. It is not the road: what a picture does not show is made up, there are no gusts, and a
network that learns from shifted and turned views is judged by more of their kind.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import Images, PerCar
from drive_sim.data.warp import shift_rotate
from drive_sim.sim.camera import Camera
from drive_sim.sim.intervention import INTERVENTION_M
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState, step

_SUBSTEPS = 6


@dataclass(frozen=True, slots=True)
class VirtualTick:
    """Where the virtual car stood against the driven one (to the left), what was steered there, and whether it had to
    be put back there and then."""

    shift_m: float
    turn_rad: float
    command_per_m: float
    was_put_back: bool


class VirtualCar:
    """One car in the place of a driven one; `drive` it for each control tick that is driven."""

    def __init__(self, camera: Camera, vehicle: VehicleParams, tick_s: float, limit_m: float = INTERVENTION_M) -> None:
        self._camera, self._vehicle, self._tick_s, self._limit_m = camera, vehicle, tick_s, limit_m
        self._state: VehicleState | None = None
        """Where the last tick has led it; None: to be put where the driven car is."""

    def leave(self) -> None:
        """The driven car did not drive to where it is: the virtual one goes there too, and nothing is counted."""
        self._state = None

    def drive(self, driven: VehicleState, images: Images, predict: Callable[[Images], PerCar]) -> VirtualTick:
        """One tick beside a driven car (n = 1), with its pictures (1, h, w, 3); `predict` gives curvatures (1,)."""
        state = driven if self._state is None else _beside(self._state, driven)
        shift_m, turn_rad = _pose_against(state, driven)
        was_put_back = abs(shift_m) > self._limit_m
        if was_put_back:
            state, shift_m, turn_rad = driven, 0.0, 0.0
        view = shift_rotate(images, self._camera, np.array([shift_m]), np.array([turn_rad]))
        command_per_m = predict(view)
        self._state = step(
            state, Command.steer(command_per_m), self._vehicle, self._tick_s / _SUBSTEPS, num_substeps=_SUBSTEPS
        )
        return VirtualTick(shift_m, turn_rad, float(command_per_m[0]), was_put_back)


def _beside(state: VehicleState, driven: VehicleState) -> VehicleState:
    """The virtual car level with the driven one and as fast: what it is ahead or behind shows no error of steering."""
    shift_m, turn_rad = _pose_against(state, driven)
    return replace(state, poses=geometry.shifted_pose(driven.poses, shift_m, turn_rad), speed_mps=driven.speed_mps)


def _pose_against(state: VehicleState, driven: VehicleState) -> tuple[float, float]:
    """How far the virtual car stands to the left of the driven one, and is turned to its left."""
    (x_m, y_m, heading_rad), (x0_m, y0_m, heading0_rad) = state.poses[0], driven.poses[0]
    shift_m = -np.sin(heading0_rad) * (x_m - x0_m) + np.cos(heading0_rad) * (y_m - y0_m)
    return float(shift_m), float(geometry.wrap_angle_rad(heading_rad - heading0_rad))
