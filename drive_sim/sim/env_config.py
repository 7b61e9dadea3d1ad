"""What an environment is made of besides roads and skies: the car, its camera, the weather and the clock."""

from dataclasses import dataclass, field

from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.vehicle import VehicleParams


@dataclass(frozen=True, slots=True)
class EnvConfig:
    """The car, its camera (None: no pictures), the weather and the clock; `control_hz` must divide the substeps."""

    camera: Camera | None = field(default_factory=Camera)
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    disturbance: Disturbance = field(default_factory=Disturbance)
    control_hz: float = 10.0
    substep_s: float = 1.0 / 60.0
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        if not (self.control_hz > 0 and self.substep_s > 0):
            raise InputError(f"env: control_hz and substep_s must be positive: {self.control_hz}, {self.substep_s}")
        ratio = 1.0 / (self.control_hz * self.substep_s)
        if ratio < 0.5 or abs(ratio - round(ratio)) > 1e-6:
            raise InputError(f"env: control_hz must divide {1 / self.substep_s:g}, got {self.control_hz:g}")

    @property
    def num_substeps(self) -> int:
        """Physics substeps in one control tick."""
        return round(1.0 / (self.control_hz * self.substep_s))

    @property
    def tick_s(self) -> float:
        """The time of one control tick."""
        return self.num_substeps * self.substep_s
