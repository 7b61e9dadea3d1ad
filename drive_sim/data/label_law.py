"""Other laws of what to steer in a view that nobody drove, beside the exact one (`shift_and_rotate`).

Curvatures are in 1/m, shifts and turns go to the left; zero shift and zero turn leave every command as it was, but for
rounding.
"""

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import CarMask, PerCar


def pomerleau_curvature(
    curvature_per_m: PerCar | float, shift_m: PerCar | float, turn_rad: PerCar | float, arc_length_m: PerCar | float
) -> PerCar:
    """The published law (ALVINN): it takes the target to stay `arc_length_m` ahead, and so misses it a little.

    `d_p = l^2 k / (1 + sqrt(1 - k^2 l^2))`, `d = cos(t) (d_p + s + l tan(t))`, `2 d / (l^2 + d^2)`, where s and t
    are the road's motion in the picture: minus the car's. Where an arc is too tight to reach l ahead
    (`|k| l > 1`) its farthest point stands in.
    """
    reach = np.square(np.asarray(curvature_per_m, dtype=np.float64) * arc_length_m)
    target_m = np.square(arc_length_m) * curvature_per_m / (1.0 + np.sqrt(np.maximum(0.0, 1.0 - reach)))
    side_m = np.cos(turn_rad) * (target_m - shift_m - arc_length_m * np.tan(turn_rad))
    return geometry.arc_through(arc_length_m, side_m)


def returning_curvature(
    curvature_per_m: PerCar | float, shift_m: PerCar | float, turn_rad: PerCar | float, arc_length_m: PerCar | float
) -> PerCar:
    """The command (n,) with which a way back begins that is on the old path in place *and direction* at its end.

    Along the old path the shift is undone by a cubic: `y(0) = s, y'(0) = tan t, y(l) = y'(l) = 0`, which begins with
    `y'' = -(6 s / l^2 + 4 tan t / l)`; that much is added to the old command. An arc through the place alone
    (`corrected_curvature`) bends a third as much against a small shift, and half as much against a turn.
    """
    back_per_m = 6.0 * np.asarray(shift_m) / np.square(arc_length_m) + 4.0 * np.tan(turn_rad) / arc_length_m
    return np.asarray(curvature_per_m - back_per_m, dtype=np.float64)


def is_drivable(curvature_per_m: PerCar, least_radius_m: float) -> CarMask:
    """Which commands (n,) turn no tighter than a radius: ALVINN later left out the views whose way back does (20 m)."""
    return np.abs(curvature_per_m) * least_radius_m <= 1.0
