"""The shape of a car on a stage, in metres: boxes for perspective, an outline with windows for the view from above.

All of it is in the car's frame: x forward of the rear axle, where a pose is, y left, z up.
"""

import numpy as np
import numpy.typing as npt

Corners = npt.NDArray[np.float64]
"""Of a box (8, 3): the lower four, then the upper four, each once round."""
Outline = npt.NDArray[np.float64]
"""Points (k, 2) once round."""

LENGTH_M, WIDTH_M = 4.3, 1.8
_REAR_M = -0.8
_FRONT_M = _REAR_M + LENGTH_M
FACES = np.array([(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7)])
"""Right side, front, left side, rear, top: corners of each, counter-clockwise from outside."""
SHADES = (0.72, 0.86, 0.72, 0.62, 1.0)
"""How light each face is."""


def _box(rear: float, front: float, half: float, low: float, high: float, taper: tuple[float, float, float]) -> Corners:
    """A box whose top is shorter at the rear and the front, and narrower, by these metres."""
    behind, ahead, aside = taper
    top_rear, top_front, top_half = rear + behind, front - ahead, half - aside
    lower = [(rear, -half, low), (front, -half, low), (front, half, low), (rear, half, low)]
    upper = [(top_rear, -top_half), (top_front, -top_half), (top_front, top_half), (top_rear, top_half)]
    return np.array([*lower, *((*corner, high) for corner in upper)])


def _wheel(forward_m: float, left_m: float) -> Corners:
    return _box(forward_m - 0.32, forward_m + 0.32, 0.12, 0.0, 0.62, (0.1, 0.1, 0.0)) + np.array([0.0, left_m, 0.0])


WHEELS = np.array([_wheel(forward_m, left_m) for forward_m in (0.0, 2.7) for left_m in (-0.82, 0.82)])
BODY = _box(_REAR_M, _FRONT_M, WIDTH_M / 2, 0.28, 0.86, (0.05, 0.12, 0.06))
CABIN = _box(-0.45, 2.25, 0.8, 0.86, 1.36, (0.32, 0.7, 0.14))
ROOF = _box(-0.16, 1.58, 0.67, 1.36, 1.44, (0.06, 0.08, 0.06))
BOXES = np.array([*WHEELS, BODY, CABIN, ROOF])
"""In the order in which they are drawn (7, 8, 3)."""

_RIGHT = ((-0.8, -0.78), (-0.6, -0.9), (3.0, -0.9), (3.4, -0.7), (3.5, -0.3))
OUTLINE: Outline = np.array([*_RIGHT, *((x, -y) for x, y in reversed(_RIGHT))])
WINDSCREEN: Outline = np.array([(2.15, -0.74), (2.3, 0.0), (2.15, 0.74), (1.45, 0.6), (1.45, -0.6)])
REAR_WINDOW: Outline = np.array([(-0.4, -0.7), (-0.4, 0.7), (0.0, 0.58), (0.0, -0.58)])
ARROW: Outline = np.array([(1.0, 0.0), (-0.75, 0.62), (-0.45, 0.0), (-0.75, -0.62)])
"""Instead of a car on a wide map; 1.75 long."""
