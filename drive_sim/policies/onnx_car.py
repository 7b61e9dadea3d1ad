"""The car that an ONNX file was made for, as its metadata says it to who drives another one."""

import math
from dataclasses import dataclass
from typing import Annotated, Self

import msgspec

from drive_sim import geometry
from drive_sim.errors import InputError
from drive_sim.sim.env_config import EnvConfig

Hz = Annotated[float, msgspec.Meta(ge=0.1, le=1000.0)]
Mps = Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
Metres = Annotated[float, msgspec.Meta(ge=0.01, le=30.0)]
Angle = Annotated[float, msgspec.Meta(ge=1e-4, le=1.5)]
_SAME_RAD = 1e-3


@dataclass(frozen=True, slots=True)
class OnnxCar:
    """How often a command comes, the speed at which is driven, and the front wheels' angle at a steering of 1.

    The angle is that of a bicycle of this wheelbase which drives the curvature of a steering of 1:
    `tan(angle) = wheelbase x curvature`.
    """

    control_hz: Hz
    cruise_mps: Mps
    wheelbase_m: Metres
    wheel_angle_at_1_rad: Angle

    @classmethod
    def usual(cls) -> Self:
        """The one that suites and demonstrations are driven with."""
        config = EnvConfig()
        wheelbase_m = config.vehicle.wheelbase_m
        angle_rad = math.atan(wheelbase_m * geometry.FULL_LOCK_PER_M)
        return cls(config.control_hz, config.vehicle.cruise_mps, wheelbase_m, angle_rad)

    def check(self, full_lock_per_m: float, where: str) -> None:
        """Raise InputError where angle and wheelbase belong to another curvature than that of a steering of 1."""
        angle_rad = math.atan(self.wheelbase_m * full_lock_per_m)
        if abs(angle_rad - self.wheel_angle_at_1_rad) > _SAME_RAD:
            raise InputError(
                f"{where}: wheel_angle_at_1_rad is {self.wheel_angle_at_1_rad:g}, and at a wheelbase of "
                f"{self.wheelbase_m:g} m {angle_rad:.4f} drives its {full_lock_per_m:g} /m; mend one of them"
            )

    def in_words(self) -> str:
        """In a line."""
        angle = math.degrees(self.wheel_angle_at_1_rad)
        return (
            f"{self.control_hz:g} commands a second, {self.cruise_mps:g} m/s, wheelbase {self.wheelbase_m:g} m, front "
            f"wheels at {angle:.1f} degrees at a steering of 1"
        )
