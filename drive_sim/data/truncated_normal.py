"""Draws that are made from uniform ones, so that another distribution takes as many of them from a stream."""

import math

import numpy as np

from drive_sim.arrays import PerCar


def truncated_normal(uniform: PerCar, sd: float, limit: float) -> PerCar:
    """Normal draws (n,) of standard deviation `sd`, none beyond ± `limit`, from uniform ones (n,) in [-1, 1).

    The normal's own inverse distribution function, stretched over what lies between the limits; 0 stays 0. The wider
    the normal, the nearer this comes to `limit * uniform`.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - 0.2 s to import

    within = math.erf(limit / (sd * math.sqrt(2.0)))
    return np.clip(sd * ndtri(0.5 + 0.5 * within * np.asarray(uniform, dtype=np.float64)), -limit, limit)
