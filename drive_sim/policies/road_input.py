"""What a policy reads of our road that learns by trying: a row of the lane pose, or a small picture.

Rows and small pictures are arrays, one a car, as in `Transitions`. Both know a state in which a car has ended and
nothing that it does matters any more: a flag in a row, a black picture.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from drive_sim.arrays import Images
from drive_sim.errors import InputError
from drive_sim.policies.base import Observations
from drive_sim.policies.regressor import Inputs
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import LanePose

LANE_POSE, FAR_LANE_POSE, PIXELS = "lane-pose", "far-lane-pose", "pixels"
USUAL = (0.3, 0.05, 0.01)
"""The usual offset (m), heading (rad) and curvature (1/m), in which a row counts, so that all vary by about 1."""
THUMBNAIL_PX = (30, 32)
"""Height and width of a small picture: ALVINN's retina."""
_ABOVE_HORIZON_PX = 2
Shares = npt.NDArray[np.float32]
Reader = Callable[[LanePose | None, Images | None, Camera | None], Observations]
"""What is read of the lane pose, pictures and their camera, as far as these are known."""


def lane_pose_rows(lane: LanePose) -> Inputs:
    """Offset, heading and the lane's curvature in units of USUAL, and a flag that is 0: (n, 4). Privileged."""
    columns = (lane.offset_m, lane.heading_rad, lane.curvature_per_m)
    scaled = [column / usual for column, usual in zip(columns, USUAL, strict=True)]
    return np.stack([*scaled, np.zeros(len(lane.offset_m))], axis=1).astype(np.float32)


def far_lane_pose_rows(lane: LanePose) -> Inputs:
    """The same for cars that may be anywhere, turned by any angle: (n, 6). Privileged.

    Offset and heading in units of USUAL as their inverse hyperbolic sine, which is fine near the lane and coarse far
    from it (metres off and decimetres off both count); sine and cosine of the heading; curvature and flag as above.
    """
    offset, heading, curvature, flag = lane_pose_rows(lane).T
    turned = [np.sin(lane.heading_rad), np.cos(lane.heading_rad)]
    return np.stack([np.arcsinh(offset), np.arcsinh(heading), *turned, curvature, flag], axis=1).astype(np.float32)


def thumbnails(images: Images, camera: Camera) -> Images:
    """Pictures (n, h, w, 3) from the horizon down, as small ones (n, 30, 32, 3): each pixel the mean of an area."""
    below = torch.from_numpy(np.ascontiguousarray(images[:, _top_row(camera) :])).permute(0, 3, 1, 2).float()
    small = torch.nn.functional.interpolate(below, THUMBNAIL_PX, mode="area")
    return small.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


def areas_from_horizon(camera: Camera) -> tuple[Shares, Shares, Shares]:
    """Of `thumbnails` the areas, as matrices (30, h) and (w, 32) of zeros and ones, and their sizes (30, 32) in pixels.

    Channel by channel, a small picture is (rows @ large @ columns) / sizes, to be rounded.
    """
    top, (num_rows, num_columns) = _top_row(camera), THUMBNAIL_PX
    rows = np.pad(_areas(num_rows, camera.height_px - top), ((0, 0), (top, 0)))
    columns = _areas(num_columns, camera.width_px)
    return rows, np.ascontiguousarray(columns.T), np.outer(rows.sum(axis=1), columns.sum(axis=1))


def _areas(num: int, of: int) -> Shares:
    """Ones (num, of) where a pixel is in an area; each is from the whole pixel where it begins to where it ends."""
    first, last = np.arange(num) * of // num, -(-(np.arange(1, num + 1) * of) // num)
    pixel = np.arange(of)
    return ((pixel >= first[:, None]) & (pixel < last[:, None])).astype(np.float32)


def _top_row(camera: Camera) -> int:
    return int(np.clip(np.floor(camera.horizon_px) - _ABOVE_HORIZON_PX, 0, camera.height_px // 2))


def rows_of(name: str, lane: LanePose | None, images: Images | None, camera: Camera | None) -> Observations:
    """What is read by an input of READERS. Raises InputError where that is not there to be read."""
    return reader(name)(lane, images, camera)


def ended_like(rows: Observations) -> Observations:
    """As many rows (n, f), or pictures, of the state in which a car has ended."""
    ended = np.zeros_like(rows)
    if rows.ndim == 2:
        ended[:, -1] = 1
    return ended


def reader(name: str) -> Reader:
    """An input of READERS. Raises InputError for another name."""
    if name not in READERS:
        raise InputError(f"input {name!r} is unknown; use one of {', '.join(READERS)}")
    return READERS[name]


def _reader_of_lane(rows: Callable[[LanePose], Inputs]) -> Reader:
    def read(lane: LanePose | None, images: Images | None, camera: Camera | None) -> Observations:  # noqa: ARG001
        if lane is None:
            raise InputError("the lane pose is not known here; learn from pixels, or record in this program")
        return rows(lane)

    return read


def _read_pixels(lane: LanePose | None, images: Images | None, camera: Camera | None) -> Observations:  # noqa: ARG001
    if images is None or camera is None:
        raise InputError("there are no pictures by a known camera here; give one, or learn from the lane pose")
    return thumbnails(images, camera)


LANE_ROWS: dict[str, Callable[[LanePose], Inputs]] = {
    LANE_POSE: lane_pose_rows,
    FAR_LANE_POSE: far_lane_pose_rows,
}
"""Rows of the lane pose, by name; they need no camera."""
ROW_WIDTHS = {LANE_POSE: len(USUAL) + 1, FAR_LANE_POSE: len(USUAL) + 3}
"""How many numbers a row has."""
READERS: dict[str, Reader] = {
    **{name: _reader_of_lane(rows) for name, rows in LANE_ROWS.items()},
    PIXELS: _read_pixels,
}
"""What can be read, by name: of the lane pose, pictures and their camera, as far as these are known."""
