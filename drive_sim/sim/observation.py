"""What the environment gives back: what the cars see, and which of them are done."""

from dataclasses import dataclass

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a driver may look at: pictures (n, h, w, 3), speeds (n,) and, where it is told, a wanted place (n,).

    `lane` and `state` are privileged: experts and metrics read them, networks never do. `lateral_goal` is in half
    widths of the road, left positive, NaN for "by sight" (`sim.lateral_goal`); None: nobody is told anything.
    """

    images: Images | None
    speed_mps: PerCar
    lane: LanePose
    state: VehicleState
    lateral_goal: PerCar | None = None


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
