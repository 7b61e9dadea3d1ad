"""The arc that a command leads along, as a camera sees it on the ground."""

import numpy as np

from drive_sim import geometry
from drive_sim.app.canvas import Box
from drive_sim.arrays import PerPoint
from drive_sim.sim.camera import Camera

ARC_M = np.linspace(3.4, 14.0, 10)
"""Places along a commanded arc, counted from the rear axle."""


def ground_arc(
    box: Box, curvature_per_m: float, camera: Camera, along_m: PerPoint = ARC_M
) -> list[tuple[float, float]]:
    """Points of the arc, in units, where the camera's picture fills `box`; what lies outside of it is left out."""
    forward_m, left_m = geometry.arc_end_point(curvature_per_m, along_m)
    across, down, depth = camera.image_from_ground @ np.stack([forward_m, left_m, np.ones_like(forward_m)])
    u, v = (across / depth + 0.5) / camera.width_px, (down / depth + 0.5) / camera.height_px
    seen = (depth > 0.0) & (u >= 0.0) & (u <= 1.0) & (v >= 0.0) & (v <= 1.0)
    return [(box.left + x * box.width, box.top + y * box.height) for x, y in zip(u[seen], v[seen], strict=True)]
