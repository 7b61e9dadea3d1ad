"""Curves from their curvature: integrate, close, and measure how near a curve comes to itself.

Between samples a curve is an arc that turns by the mean of both curvatures: the model of `lane_kernels`, exactly.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint

Directions = Annotated[npt.NDArray[np.complex128], "k"]
Shapes = Annotated[npt.NDArray[np.float64], "3 k"]
Weights = Annotated[npt.NDArray[np.float64], "3"]

_MAX_WEIGHT_STEP = 0.01


def integrate_curvature(
    curvature_per_m: PerPoint, spacing_m: float, heading_rad: float = 0.0
) -> tuple[PerPoint, Directions]:
    """Unwrapped heading of each sample (k,), and each segment's chord (k,) as a complex number in metres."""
    turn_rad = 0.5 * (curvature_per_m + np.roll(curvature_per_m, -1)) * spacing_m
    headings_rad = heading_rad + np.concatenate([[0.0], np.cumsum(turn_rad)[:-1]])
    chord_rad = headings_rad + 0.5 * turn_rad
    # np.sinc(x) is sin(pi x)/(pi x): the chord of an arc, safe at zero curvature.
    chord_m = spacing_m * np.sinc(turn_rad / (2.0 * np.pi))
    return headings_rad, chord_m * (np.cos(chord_rad) + 1j * np.sin(chord_rad))


def lap_shapes(weight: PerPoint) -> Shapes:
    """A constant, a cosine and a sine of one lap, each times `weight`: what closing may add to a curvature."""
    lap_rad = np.arange(len(weight)) * (2.0 * np.pi / len(weight))
    return weight * np.stack([np.ones(len(weight)), np.cos(lap_rad), np.sin(lap_rad)])


def close_curvature(
    desired_per_m: PerPoint, shapes: Shapes, weights: Weights, bound_per_m: float, spacing_m: float
) -> tuple[PerPoint, Weights] | None:
    """A curvature below `bound_per_m` whose curve turns once to the left and ends where it began, and its weights.

    It is `bound tanh((desired + weights shapes) / bound)`; the three weights solve heading, x and y by Newton's method
    from where they are given. None where that does not settle.
    """
    for _ in range(20):
        squashed = np.tanh((desired_per_m + weights @ shapes) / bound_per_m)
        _, chords_m = integrate_curvature(bound_per_m * squashed, spacing_m)
        gap_m = chords_m.sum()
        error = np.array([bound_per_m * squashed.sum() * spacing_m - 2.0 * np.pi, gap_m.real, gap_m.imag])
        if np.abs(error).max() < 1e-9:
            return bound_per_m * squashed, weights
        turned_by = shapes * (1.0 - squashed**2) * spacing_m
        moved_by = (np.cumsum(turned_by, axis=1) - 0.5 * turned_by) @ (1j * chords_m)
        jacobian = np.stack([turned_by.sum(axis=1), moved_by.real, moved_by.imag])
        try:
            step = np.linalg.solve(jacobian, error)
        except np.linalg.LinAlgError:
            return None
        weights = weights - step * min(1.0, _MAX_WEIGHT_STEP / np.abs(step).max())
    return None


def nearest_approach_m(x_m: PerPoint, y_m: PerPoint, spacing_m: float, beyond_m: float) -> float:
    """The least distance between samples of a closed curve that are more than `beyond_m` apart along it."""
    first, second = np.triu_indices(len(x_m), k=1)
    steps = second - first
    apart = np.minimum(steps, len(x_m) - steps) * spacing_m > beyond_m
    first, second = first[apart], second[apart]
    distance2_m2 = (x_m[first] - x_m[second]) ** 2 + (y_m[first] - y_m[second]) ** 2
    return float(np.sqrt(distance2_m2.min(initial=np.inf)))
