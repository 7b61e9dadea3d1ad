"""Which place of the road each pixel of a camera shows: what may be painted on the ground is a function of it."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.sim.camera import Camera
from drive_sim.sim.track import Tracks, lane_pose

PerPixel = Annotated[npt.NDArray[np.float64], "h w"]
FARTHEST_M = 70.0
"""Beyond this a pixel covers so much of the road that no one place stands for it."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundView:
    """For each pixel (h, w) the arc length and the offset from the lane of its ground point, and the distance to the
    nearer edge of the surface, negative off it; NaN where there is no ground, or too far away."""

    s_m: PerPixel
    offset_m: PerPixel
    edge_m: PerPixel

    @property
    def on_surface(self) -> npt.NDArray[np.bool_]:
        """Which pixels (h, w) show the road."""
        return self.edge_m >= 0.0


def ground_view(
    tracks: Tracks, road: int, camera: Camera, pose: npt.NDArray[np.float64], s_m: float, farthest_m: float = FARTHEST_M
) -> GroundView:
    """What the pixels of a car's camera show, for a car at a pose (3,) and arc length on a road."""
    column, row = np.meshgrid(np.arange(camera.width_px), np.arange(camera.height_px))
    pixels = np.stack([column.ravel(), row.ravel(), np.ones(column.size)])
    points = np.linalg.inv(camera.image_from_ground) @ pixels
    # The inverse's third coordinate has the sign of the depth: negative above the horizon.
    with np.errstate(divide="ignore", invalid="ignore"):
        forward_m, left_m = points[:2] / points[2]
    below = (row.ravel() > camera.horizon_px) & (forward_m > 0.0) & (forward_m < farthest_m)
    found = np.full((3, column.size), np.nan)
    found[:, below] = _places(tracks, road, pose, s_m, forward_m[below], left_m[below])
    return GroundView(*found.reshape(3, *column.shape))


def _places(
    tracks: Tracks,
    road: int,
    pose: npt.NDArray[np.float64],
    s_m: float,
    forward_m: npt.NDArray[np.float64],
    left_m: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Arc length, offset and edge (3, n) of points of the car's frame."""
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    points = np.column_stack(
        [pose[0] + cos * forward_m - sin * left_m, pose[1] + sin * forward_m + cos * left_m, np.zeros(len(forward_m))]
    )
    length_m, closed = float(tracks.length_m[road]), bool(tracks.closed[road])
    hint_m = (s_m + forward_m) % length_m if closed else np.clip(s_m + forward_m, 0.0, length_m)
    place = lane_pose(tracks, np.full(len(points), road, dtype=np.int64), points, hint_m)
    return np.stack([place.s_m, place.offset_m, place.edge_m])
