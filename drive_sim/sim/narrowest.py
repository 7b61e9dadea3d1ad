"""Where a road is narrowest: there a place between its edges is measured that holds for the whole road."""

from drive_sim.arrays import PerPoint

_SAME_M = 1e-6


def narrowest_m(width_left_m: PerPoint, width_right_m: PerPoint) -> tuple[float, float]:
    """How far left of the centre line the middle between the edges lies where they are nearest, and half the width.

    Where they are so on a stretch it is the mean middle of that, the same for the road driven the other way.
    """
    width_m = width_left_m + width_right_m
    is_narrowest = width_m <= width_m.min() + _SAME_M
    return float(0.5 * (width_left_m - width_right_m)[is_narrowest].mean()), float(0.5 * width_m.min())
