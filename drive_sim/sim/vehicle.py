"""The car: a kinematic bicycle whose wheels follow the command with latency, lag and a limited rate.

Its reference point is the middle of the rear axle, so the heading turns by exactly curvature x distance and, between
two substeps, the car drives exact arcs.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar, Poses
from drive_sim.errors import InputError
from drive_sim.sim.checks import is_finite
from drive_sim.sim.compiled import njit
from drive_sim.sim.disturbance import Push

Pending = Annotated[npt.NDArray[np.float64], "n q"]
"""Commanded curvatures that are still under way, oldest first; q is the latency in control ticks."""

MAX_TURN_RAD = 0.5
"""The most that a car may turn in one substep: up to here the series of its arc are exact."""
S3, S5, S7, S9, S11 = -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800
C4, C6, C8, C10, C12 = -1 / 24, 1 / 720, -1 / 40320, 1 / 3628800, -1 / 479001600
"""Taylor's coefficients: multiplied, since a division takes as long as a dozen products."""


@dataclass(frozen=True, slots=True)
class VehicleParams:
    """How the car answers: the wheels' curvature follows the commanded one by a first-order lag, not faster than
    `rate_per_m_s`, within ± `max_curvature_per_m`, and `latency_ticks` control ticks late.

    With `grip_mps2` the car drives at most the curvature grip / speed^2, whatever its wheels say: it slides outwards.
    None: it drives where its wheels point.
    """

    wheelbase_m: float = 2.7
    lag_s: float = 0.15
    rate_per_m_s: float = 0.4
    max_curvature_per_m: float = 0.12
    latency_ticks: int = 0
    cruise_mps: float = 12.0
    max_speed_mps: float = 30.0
    max_acceleration_mps2: float = 3.0
    max_braking_mps2: float = 8.0
    grip_mps2: float | None = None

    def __post_init__(self) -> None:
        for name in ("wheelbase_m", "rate_per_m_s", "max_curvature_per_m", "max_speed_mps"):
            if not getattr(self, name) > 0:
                raise InputError(f"vehicle: {name} must be positive, got {getattr(self, name)}")
        for name in ("lag_s", "latency_ticks", "cruise_mps", "max_acceleration_mps2", "max_braking_mps2"):
            if not getattr(self, name) >= 0:
                raise InputError(f"vehicle: {name} must not be negative, got {getattr(self, name)}")
        if self.grip_mps2 is not None and not self.grip_mps2 > 0:
            raise InputError(f"vehicle: grip_mps2 must be positive, or None for no limit, got {self.grip_mps2}")

    def wheel_angle_rad(self, curvature_per_m: PerCar) -> PerCar:
        """The front wheels' angle, left positive, that drives a curvature."""
        return np.arctan(self.wheelbase_m * curvature_per_m)


@dataclass(frozen=True, slots=True, eq=False)
class VehicleState:
    """Where the cars are and how they move: poses (n, 3) of the rear axles, speeds (n,), the curvatures (n,) at which
    the wheels really stand, and the commands (n, q) still under way."""

    poses: Poses
    speed_mps: PerCar
    curvature_per_m: PerCar
    pending_per_m: Pending

    @classmethod
    def at(
        cls,
        poses: Poses,
        params: VehicleParams,
        curvature_per_m: PerCar | float = 0.0,
        speed_mps: PerCar | None = None,
    ) -> Self:
        """Cars at poses (n, 3), at cruising speed or at `speed_mps` as far as they can drive it.

        Wheels and commands under way stand at `curvature_per_m`, or at lock.
        """
        poses = np.array(poses, dtype=np.float64)
        if poses.ndim != 2 or poses.shape[1] != 3:
            raise InputError(f"vehicle: poses must be (n, 3), got {poses.shape}")
        lock_per_m = params.max_curvature_per_m
        wheels = np.full(len(poses), np.minimum(np.maximum(curvature_per_m, -lock_per_m), lock_per_m))
        pending = np.repeat(wheels[:, None], params.latency_ticks, axis=1)
        if speed_mps is None:
            return cls(poses, np.full(len(poses), params.cruise_mps), wheels, pending)
        driven_mps = np.minimum(np.maximum(speed_mps, 0.0), params.max_speed_mps)
        return cls(poses, np.full(len(poses), driven_mps), wheels, pending)

    def where(self, mask: npt.NDArray[np.bool_], other: Self) -> Self:
        """This state, with the cars of `mask` (n,) taken from another."""
        return type(self)(
            np.where(mask[:, None], other.poses, self.poses),
            np.where(mask, other.speed_mps, self.speed_mps),
            np.where(mask, other.curvature_per_m, self.curvature_per_m),
            np.where(mask[:, None], other.pending_per_m, self.pending_per_m),
        )

    def with_latency(self, latency_ticks: int) -> Self:
        """The same cars with another number of commands under way, and nothing of them jumps.

        Of fewer, the newest stay. Of more, the oldest comes again until the others are due; where none was under way,
        the wheels stay as they stand.
        """
        under_way = np.column_stack([self.curvature_per_m, self.pending_per_m])
        num_new = latency_ticks - self.pending_per_m.shape[1]
        if num_new > 0:
            oldest = under_way[:, 1:2] if under_way.shape[1] > 1 else under_way
            pending = np.column_stack([np.repeat(oldest, num_new, axis=1), self.pending_per_m])
        else:
            pending = self.pending_per_m[:, -num_new:]
        return replace(self, pending_per_m=np.ascontiguousarray(pending))


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """What a driver asks for, both (n,): a curvature in 1/m, left positive, and an acceleration."""

    curvature_per_m: PerCar
    acceleration_mps2: PerCar

    @classmethod
    def steer(cls, curvature_per_m: npt.ArrayLike) -> Self:
        """Steer and keep the speed."""
        curvature = np.atleast_1d(np.asarray(curvature_per_m, dtype=np.float64))
        return cls(curvature, np.zeros_like(curvature))

    def check(self, num_cars: int) -> None:
        """Raise InputError for a command that no car can follow, before it spoils the state."""
        for name in ("curvature_per_m", "acceleration_mps2"):
            values = getattr(self, name)
            if values.shape != (num_cars,):
                raise InputError(f"command: {name} must be ({num_cars},), got {values.shape}")
            if not is_finite(values):
                car = int(np.flatnonzero(~np.isfinite(values))[0])
                raise InputError(f"command: {name} of car {car} is {values[car]}; the policy's output must be finite")


def step(
    state: VehicleState,
    command: Command,
    params: VehicleParams,
    dt_s: float,
    *,
    push: Push | None = None,
    num_substeps: int = 1,
) -> VehicleState:
    """The state one control tick later: `num_substeps` substeps of `dt_s` with one command and one push.

    Raises InputError where a car could turn by more than `MAX_TURN_RAD` in a substep.
    """
    if params.max_curvature_per_m * params.max_speed_mps * dt_s > MAX_TURN_RAD:
        raise InputError(
            f"vehicle: a step of {dt_s} s is too long for {params.max_speed_mps} m/s; take more, shorter ones"
        )
    push = Push.none(len(state.poses)) if push is None else push
    due_per_m, pending_per_m = _passed_on(state.pending_per_m, command.curvature_per_m)
    poses, speed_mps, curvature_per_m = _advance(
        state.poses,
        state.speed_mps,
        state.curvature_per_m,
        due_per_m + push.wheel_error_per_m,
        np.asarray(command.acceleration_mps2, dtype=np.float64),
        push.drift_mps,
        push.shift_m,
        push.turn_rad,
        _limits(params, dt_s),
        dt_s,
        num_substeps,
    )
    return VehicleState(poses, speed_mps, curvature_per_m, pending_per_m)


def _passed_on(pending_per_m: Pending, curvature_per_m: PerCar) -> tuple[PerCar, Pending]:
    """The commands (n,) that arrive this tick, and those that are under way from now on."""
    if not pending_per_m.shape[1]:
        return np.asarray(curvature_per_m, dtype=np.float64), pending_per_m
    queue = np.column_stack([pending_per_m, curvature_per_m])
    return queue[:, 0], np.ascontiguousarray(queue[:, 1:])


@lru_cache(maxsize=64)
def _limits(params: VehicleParams, dt_s: float) -> tuple[float, float, float, float, float, float, float]:
    """The parameters as the kernel reads them: those of the wheels a substep, those of the speed a second."""
    share = 1.0 - math.exp(-dt_s / params.lag_s) if params.lag_s > 0.0 else 1.0
    return (
        share,
        params.rate_per_m_s * dt_s,
        params.max_curvature_per_m,
        params.max_acceleration_mps2,
        params.max_braking_mps2,
        params.max_speed_mps,
        math.inf if params.grip_mps2 is None else params.grip_mps2,
    )


@njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")
def _arc(turn_rad):
    """sin(a) / a and (1 - cos(a)) / a^2 by series, exact to 1e-13 up to `MAX_TURN_RAD`; safe at no turn."""
    a2 = turn_rad * turn_rad
    sine = 1.0 + a2 * (S3 + a2 * (S5 + a2 * (S7 + a2 * (S9 + a2 * S11))))
    versine = 0.5 + a2 * (C4 + a2 * (C6 + a2 * (C8 + a2 * (C10 + a2 * C12))))
    return sine, versine


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _advance(poses, speed, curvature, target, acceleration, drift, shift, turn, limits, dt_s, num_substeps):
    """All substeps of one tick, car by car: heading kept as cosine and sine and rotated, one sincos a tick."""
    share, max_change, max_curvature, max_acceleration, max_braking, max_speed, grip = limits
    new_poses, new_speed, new_curvature = np.empty_like(poses), np.empty_like(speed), np.empty_like(curvature)
    for i in range(len(poses)):
        x, y, heading, v, k = poses[i, 0], poses[i, 1], poses[i, 2], speed[i], curvature[i]
        cos, sin = math.cos(heading), math.sin(heading)
        if shift[i] != 0.0 or turn[i] != 0.0:
            x, y, heading = x - shift[i] * sin, y + shift[i] * cos, heading + turn[i]
            cos, sin = math.cos(heading), math.sin(heading)
        aim = min(max(target[i], -max_curvature), max_curvature)
        gain_mps = min(max(acceleration[i], -max_braking), max_acceleration) * dt_s
        side_m = drift[i] * dt_s
        for _ in range(num_substeps):
            k += min(max(share * (aim - k), -max_change), max_change)
            v_next = min(max(v + gain_mps, 0.0), max_speed)
            distance = 0.5 * (v + v_next) * dt_s
            v = v_next
            driven = k
            if v * v * abs(k) > grip:
                driven = math.copysign(grip / (v * v), k)
            angle = driven * distance
            sine, versine = _arc(angle)
            forward, left = distance * sine, distance * angle * versine + side_m
            x += cos * forward - sin * left
            y += sin * forward + cos * left
            turn_cos, turn_sin = 1.0 - angle * angle * versine, angle * sine
            cos, sin = cos * turn_cos - sin * turn_sin, sin * turn_cos + cos * turn_sin
            heading += angle
        new_poses[i, 0], new_poses[i, 1], new_poses[i, 2] = x, y, heading
        new_speed[i], new_curvature[i] = v, k
    return new_poses, new_speed, new_curvature
