"""Whether something pushes a car aside that its driver steers against: the angle from where it points to where it goes.

In a steady side wind (or on a camber) a car that keeps to its lane doesn't point along it: its course does. That angle,
the sideslip, is what was told to do against where it went, and a recording knows both. What it says of the driver
depends on what he believes. One who steers by where the car points, and knows of no wind, comes to rest beside the line
that he likes; one who reckons with the wind steers by the course, and rests on it. From one recording in one wind the
two are the same driver: where a policy steers k(o, h) by the offset and the heading, one who likes a steers
k(o - a, h), and one who likes b and knows of the wind k(o - b, h + slip). To first order both are one, at rest and in
every gust, where k_o (b - a) = k_h slip. A pursuit of a point 9 m ahead has k_h = 9 m k_o: 30 cm lie between the two in
a wind of 0.4 m/s at 12 m/s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.irl.lattice import Drive
from drive_sim.policies.lattice import STATION_M, drive_to_next_station

_PIECE = 25
"""Stations in a piece that is taken for independent of the others: 60 m, longer than gusts last."""
_WORTH_TELLING_RAD = 0.01


@dataclass(frozen=True, slots=True)
class Sideslip:
    """The mean angle from heading to course, left positive, and its standard error; None where too little tells it."""

    mean_rad: float
    standard_error_rad: float | None

    @property
    def is_steady(self) -> bool:
        """Whether something steady pushes, as far as the drives can tell it from gusts."""
        error_rad = self.standard_error_rad
        return error_rad is not None and abs(self.mean_rad) > max(3.0 * error_rad, _WORTH_TELLING_RAD)


def sideslip(drives: Sequence[Drive]) -> Sideslip:
    """Of some drives: how much further left a station ends than the curvature driven leads to, over its length."""
    means: list[float] = []
    for drive in drives:
        road_per_m = drive.lattice.corridor.curvature_per_m
        led_to_m, _ = drive_to_next_station(drive.offset_m, drive.heading_rad, drive.turn_per_m, road_per_m)
        slip_rad = np.arctan((drive.offset_m[1:] - led_to_m[:-1]) / STATION_M)
        means += [float(piece.mean()) for piece in np.array_split(slip_rad, max(1, len(slip_rad) // _PIECE))]
    error_rad = float(np.std(means, ddof=1) / np.sqrt(len(means))) if len(means) > 2 else None
    return Sideslip(float(np.mean(means)), error_rad)


def along_course(drive: Drive, slip: Sideslip) -> Drive:
    """The drive as one sees it who reckons with the wind: with the course in place of the heading."""
    return replace(drive, heading_rad=drive.heading_rad + slip.mean_rad)
