"""What to steer in a view that nobody drove: the label of a shifted and rotated picture.

The command is an arc; the point that it would have reached is the target. Seen from the shifted and turned car
the target lies elsewhere, and the new command is the arc that still reaches it. Curvatures are in 1/m, shifts and
turns go to the left; zero shift and zero turn leave every command as it was.
"""

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import CarMask, PerCar


def corrected_curvature(
    curvature_per_m: PerCar | float, shift_m: PerCar | float, turn_rad: PerCar | float, arc_length_m: PerCar | float
) -> PerCar:
    """The command (n,) that reaches the old command's target after a shift to the left and a turn to the left.

    The target is the point at arc length `arc_length_m` on the commanded arc; the new arc passes through it exactly.
    """
    forward_m, side_m = geometry.arc_end_point(curvature_per_m, arc_length_m)
    return geometry.arc_through(*geometry.into_frame(forward_m, side_m, np.asarray(shift_m), np.asarray(turn_rad)))


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


def arc_length_of_travel(speed_mps: PerCar, travel_s: float = 2.0, at_least_m: float = 9.0) -> PerCar:
    """Arc length (n,) covered in two seconds: NVIDIA's law, "steers back in two seconds".

    A car that stands still has no target, so the length is never below `at_least_m`.
    """
    return np.maximum(np.asarray(speed_mps, dtype=np.float64) * travel_s, at_least_m)


def is_drivable(curvature_per_m: PerCar, least_radius_m: float) -> CarMask:
    """Which commands (n,) turn no tighter than a radius: ALVINN later left out the views whose way back does (20 m)."""
    return np.abs(curvature_per_m) * least_radius_m <= 1.0
