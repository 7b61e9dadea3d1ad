"""What the environment gives back: what the cars see, and which of them are done."""

from dataclasses import dataclass

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a driver may look at: pictures (n, h, w, 3), speeds (n,); `lane` and `state` are privileged.

    Experts and metrics read the privileged fields, networks never do.
    """

    images: Images | None
    speed_mps: PerCar
    lane: LanePose
    state: VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class TimeStep:
    """What the cars see now, which of them left the road, and which have run out of time; masks (n,)."""

    observation: Observation
    terminated: CarMask
    truncated: CarMask

    @property
    def done(self) -> CarMask:
        """Either of the two."""
        return self.terminated | self.truncated
