"""A camera for pictures that nobody has calibrated: what most cameras of small cars are like."""

from drive_sim.data.focal import USUAL_FOCAL_SHARE
from drive_sim.sim.camera import Camera

HORIZON_SHARE = 0.35
"""Of the picture's height, from the top: donkeycar's documents cut off 40 to 45 of 120 rows as sky and walls."""


def nominal_camera(width_px: int, height_px: int) -> Camera:
    """The camera that is assumed for pictures of that size: 96 degrees wide, the horizon a third below the top.

    Its height is that of ours, since a model car is read as ours at another scale (`tub.py`).
    """
    return Camera(width_px, height_px, USUAL_FOCAL_SHARE * width_px, HORIZON_SHARE * height_px - 0.5)
