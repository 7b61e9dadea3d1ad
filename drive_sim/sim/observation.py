"""What the environment gives back: what the cars see, and which of them are done."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a driver may look at: pictures (n, h, w, 3), speeds (n,) and, where it is told, a wanted place (n,).

    `lane` and `state` are privileged: experts and metrics read them, networks never do. `lateral_goal` is in half
    widths of the road, left positive, NaN for "by sight" (`sim.lateral_goal`); None: nobody is told anything.
    `images_before` are the pictures of the control tick before, `is_first` (n,) the cars that were put somewhere since.
    """

    images: Images | None
    speed_mps: PerCar
    lane: LanePose
    state: VehicleState
    lateral_goal: PerCar | None = None
    images_before: Images | None = None
    is_first: CarMask | None = None

    @property
    def previous_images(self) -> Images | None:
        """The pictures of the tick before (n, h, w, 3); where there are none, those of now: as if nothing had moved."""
        if self.images is None or self.images_before is None:
            return self.images
        if self.is_first is None or not self.is_first.any():
            return self.images_before
        return np.where(self.is_first[:, None, None, None], self.images, self.images_before)


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
