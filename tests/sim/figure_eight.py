"""A road that crosses itself at grade."""

import numpy as np

from drive_sim.sim.circuit_spline import fit_circuit
from drive_sim.sim.track import Track


def make_figure_eight(length_m: float) -> Track:
    """Bernoulli's lemniscate: from its tip, at a quarter and at three quarters of its length, it crosses itself."""
    angle_rad = np.arange(400) * (2.0 * np.pi / 400)
    half_width_m = length_m / 5.244115
    x_m = half_width_m * np.cos(angle_rad) / (1.0 + np.sin(angle_rad) ** 2)
    return fit_circuit("figure-eight", np.stack([x_m, x_m * np.sin(angle_rad), *np.full((2, 400), 2.2)], axis=-1))
