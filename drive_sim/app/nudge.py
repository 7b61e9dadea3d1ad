"""A push that throws the car aside and turns it: what the networks have to come back from."""

from dataclasses import dataclass
from typing import Self

from drive_sim.app.single_car import SingleCar

NUDGE_M, NUDGE_RAD, NUDGED_TO_M = 0.6, 0.08, 0.7
"""How far a nudge throws the car and turns it to the same side, and how far off its lane it may leave it: the nudge
itself is no intervention, and whoever steers back at once needs none."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A push at the start of a control tick: a shift in metres and a turn in radians, left positive."""

    shift_m: float
    turn_rad: float

    @classmethod
    def to(cls, side: float, share: float = 1.0) -> Self:
        """To the left (1) or the right (-1), a share of the largest."""
        return cls(side * share * NUDGE_M, side * share * NUDGE_RAD)

    def throw(self, car: SingleCar, farthest_m: float) -> None:
        """Throw a car aside, no farther off its lane than so far."""
        offset_m = car.offset_m
        aim_m = max(-farthest_m, min(farthest_m, offset_m + self.shift_m))
        car.nudge(aim_m - offset_m, self.turn_rad)
