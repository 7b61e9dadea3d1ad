"""Where a car is at every frame of a film: smooth curves from tick to tick, and jumps where it was put back."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint, Poses
from drive_sim.geometry import wrap_angle_rad
from drive_sim.sim.track import Track, Tracks, point_on_lane


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames (f,): the tick before each, the pose (f, 3), and the offset from the lane."""

    tick: Annotated[npt.NDArray[np.int64], "f"]
    poses: Poses
    offset_m: PerPoint


def frames_between_ticks(
    track: Track,
    poses: Poses,
    s_m: PerPoint,
    offset_m: PerPoint,
    put_back: Annotated[npt.NDArray[np.bool_], "t"],
    ticks_a_frame: float,
) -> Frames:
    """Frames of a drive of t ticks, each told as it was reached, before the car was put back onto its lane."""
    on_lane = point_on_lane(Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64), s_m)
    leaves = np.where(put_back[:, None], on_lane, poses)
    times = np.arange(0.0, len(poses) - 1, ticks_a_frame)
    tick, share = times.astype(np.int64), times % 1.0
    offsets_m = (1.0 - share) * np.where(put_back, 0.0, offset_m)[tick] + share * offset_m[tick + 1]
    return Frames(tick, _poses_between(leaves[tick], poses[tick + 1], share), offsets_m)


def _poses_between(start: Poses, end: Poses, share: PerPoint) -> Poses:
    """Cubic Hermite curves from pose to pose, as long as their chords and tangent to both headings."""
    turn_rad = wrap_angle_rad(end[:, 2] - start[:, 2])
    chord = end[:, :2] - start[:, :2]
    length_m = np.hypot(*chord.T)[:, None]
    leaving, arriving = (length_m * np.stack([np.cos(h), np.sin(h)], axis=-1) for h in (start[:, 2], end[:, 2]))
    u = share[:, None]
    xy = start[:, :2] + chord * u**2 * (3 - 2 * u) + leaving * u * (1 - u) ** 2 - arriving * u**2 * (1 - u)
    return np.column_stack([xy, start[:, 2] + share * turn_rad])
