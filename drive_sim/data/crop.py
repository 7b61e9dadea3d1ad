"""Other people's pictures at the size that a network reads, together with the camera that would have taken them."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

Shares = npt.NDArray[np.float32]

SKY_SHARE = 0.75
"""Where the horizon isn't known: the share of the spare rows that is cut off above."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A window of a picture, from its left and top edge in pixels (fractions too), shrunk with square pixels."""

    left_px: float
    top_px: float
    window_width_px: float
    width_px: int = 200
    height_px: int = 66

    @property
    def scale(self) -> float:
        """Pixels of the small picture for one of the large, both ways."""
        return self.width_px / self.window_width_px

    def picture(self, picture: Picture) -> Picture:
        """The window of one picture (h, w, 3), each pixel the average of the area that it covers."""
        height_px, width_px = picture.shape[:2]
        rows, columns = _weights(self, height_px, width_px)
        averaged = rows @ picture.reshape(height_px, -1).astype(np.float32) @ columns
        return np.rint(averaged).astype(np.uint8).reshape(self.height_px, self.width_px, 3)

    def weights(self, height_px: int, width_px: int) -> tuple[Shares, Shares]:
        """Matrices (h', h) and (w, w') with which, channel by channel, small = rows @ large @ columns."""
        bottom_px, right_px = self.top_px + self.height_px / self.scale, self.left_px + self.window_width_px
        if min(self.left_px, self.top_px) < 0 or bottom_px > height_px + 1e-6 or right_px > width_px + 1e-6:
            raise InputError(f"crop: {self} does not lie in a picture of {width_px}x{height_px}")
        rows = _shares(np.linspace(self.top_px, bottom_px, self.height_px + 1), height_px)
        return rows, _shares(np.linspace(self.left_px, right_px, self.width_px + 1), width_px).T

    def camera(self, camera: Camera) -> Camera:
        """The camera that takes the small pictures where `camera` took the large ones."""
        u, v = camera.centre_px
        return replace(
            camera,
            width_px=self.width_px,
            height_px=self.height_px,
            focal_px=camera.focal_px * self.scale,
            horizon_px=self._from_edge(camera.horizon_px, self.top_px),
            principal_x_px=self._from_edge(u, self.left_px),
            principal_y_px=self._from_edge(v, self.top_px),
        )

    def _from_edge(self, pixel_px: float, edge_px: float) -> float:
        # Whole numbers are pixel centres, so an edge lies at minus one half.
        return (pixel_px + 0.5 - edge_px) * self.scale - 0.5


def network_crop(width_px: int, height_px: int, *, horizon_px: float | None = None, like: Camera | None = None) -> Crop:
    """The widest window of a width x height picture in the shape that `like` takes (PilotNet's 66x200 by default).

    With the horizon's row the window is placed so that the horizon comes to lie where `like` has it, as far as the
    picture reaches; without it, three quarters of the spare rows are cut off above.
    """
    like = Camera() if like is None else like
    window_width_px = min(float(width_px), height_px * like.width_px / like.height_px)
    window_height_px = window_width_px * like.height_px / like.width_px
    spare_px = height_px - window_height_px
    top_px = SKY_SHARE * spare_px
    if horizon_px is not None:
        top_px = horizon_px + 0.5 - (like.horizon_px + 0.5) * window_width_px / like.width_px
    left_px = (width_px - window_width_px) / 2
    return Crop(left_px, float(np.clip(top_px, 0.0, spare_px)), window_width_px, like.width_px, like.height_px)


@lru_cache(maxsize=8)
def _weights(crop: Crop, height_px: int, width_px: int) -> tuple[csr_array, csr_array]:
    """What each pixel of a picture adds to each row, and to each value of a row, of the small one."""
    rows, columns = crop.weights(height_px, width_px)
    return csr_array(rows), csr_array(np.kron(columns, np.eye(3, dtype=np.float32)))


def _shares(edges: npt.NDArray[np.float64], num_pixels: int) -> Shares:
    """The share (m, k) of each of k pixels in each of the m stretches between the edges; each row's sum is 1."""
    pixels = np.arange(num_pixels)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return (np.maximum(overlap, 0.0) / np.diff(edges)[:, None]).astype(np.float32)
