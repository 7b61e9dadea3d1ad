"""The commands that lead back to the lane: what each law asks for, and how a car gets back that always obeys it."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.augment import Law, ShiftRotate, label

LAWS: dict[Law, str] = {
    "pursuit": "arc back in place after 9 m (ours)",
    "two-second-pose": "back in place and direction after 2 s",
    "two-second": "arc back in place after 2 s",
}
_TICK_S = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class WayBack:
    """What a law asks of a car half a metre off, and of one three degrees off, in 1/m; and its way back.

    `offset_m` (t,): of a car that always steers by the law, from a metre beside a straight road, at `time_s` (t,).
    """

    name: str
    shift_per_m: float
    turn_per_m: float
    time_s: PerCar
    offset_m: PerCar

    @property
    def still_off_cm(self) -> float:
        """How far off it is after two seconds."""
        return 100.0 * float(self.offset_m[np.searchsorted(self.time_s, 2.0)])


def ways_back(speed_mps: float) -> dict[Law, WayBack]:
    """Each law's, at a speed."""
    return {law: _way_back(law, speed_mps) for law in LAWS}


def _way_back(law: Law, speed_mps: float, duration_s: float = 8.0) -> WayBack:
    time_s = np.arange(0.0, duration_s + _TICK_S, _TICK_S)
    offset_m, heading_rad, driven_m = 1.0, 0.0, []
    for _ in time_s:
        driven_m.append(offset_m)
        heading_rad += speed_mps * _TICK_S * asked_per_m(law, offset_m, heading_rad, speed_mps)
        offset_m += speed_mps * _TICK_S * float(np.sin(heading_rad))
    shift_per_m = asked_per_m(law, 0.5, 0.0, speed_mps)
    turn_per_m = asked_per_m(law, 0.0, float(np.radians(3.0)), speed_mps)
    return WayBack(LAWS[law], shift_per_m, turn_per_m, time_s, np.array(driven_m))


def asked_per_m(law: Law, shift_m: float, turn_rad: float, speed_mps: float) -> float:
    """The command of a law on a straight road to a car that is shifted and turned to the left."""
    shift, turn, speed = (np.full(1, value) for value in (shift_m, turn_rad, speed_mps))
    return float(label(ShiftRotate(law=law), np.zeros(1), shift, turn, speed)[0])
