"""Which part of an evaluation is shown, by a rule fixed before anybody looked, and where the cars are in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint, Poses
from drive_sim.evaluate import EvalReport
from drive_sim.geometry import wrap_angle_rad
from drive_sim.sim.track import Track, Tracks, point_on_lane


@dataclass(frozen=True, slots=True)
class Stretch:
    """A road of a suite (by its index) and a span of control ticks, with the rule that picked them, in words."""

    road: int
    ticks: slice
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One car on a stretch, frame by frame (f,).

    Poses (f, 3), arc length (of the tick), offset from the lane, and how often it has been put back so far.
    """

    name: str
    poses: Poses
    s_m: PerPoint
    offset_m: PerPoint
    put_back: Annotated[npt.NDArray[np.int64], "f"]


def choose_stretch(reports: Mapping[str, EvalReport], watched: str, length_s: float, lead_s: float = 8.0) -> Stretch:
    """The stretch around the first intervention of the `watched` clone, for all policies the same.

    That is on the first road on which it needs one, from `lead_s` before it (at most half the length); where it needs
    none at all, around its largest offset. A stretch ends where the shortest of the drives does, and starts earlier
    rather than be shorter.
    """
    report = reports[watched]
    rate_hz, lead_s = report.config.control_hz, min(lead_s, length_s / 2.0)
    if report.intervened.any():
        road = int(np.flatnonzero(report.intervened.any(axis=0))[0])
        moment = int(report.intervened[:, road].argmax())
        rule = f"the first road on which the {watched} clone needs an intervention"
    else:
        moment, road = map(int, np.unravel_index(np.nanargmax(np.abs(report.offset_m)), report.offset_m.shape))
        rule = f"where the {watched} clone, which needs no intervention anywhere, is furthest off its lane"
    num_driven = min(int(np.isfinite(other.offset_m[:, road]).sum()) for other in reports.values())
    num_shown = min(round(length_s * rate_hz), num_driven)
    start = min(max(0, moment - round(lead_s * rate_hz)), num_driven - num_shown)
    since = f"{(moment - start) / rate_hz:.0f} s before" if start > 0 else "the start of the drive"
    return Stretch(road, slice(start, start + num_shown), f"{rule}, from {since}")


def make_take(name: str, report: EvalReport, track: Track, stretch: Stretch, fps: int) -> Take:
    """Where a car is at every frame: smooth curves through its poses at the ticks, and jumps where it was put back."""
    road, ticks = stretch.road, stretch.ticks
    reached, out = _poses(report, road)[ticks], report.intervened[ticks, road]
    leaves = np.where(out[:, None], _on_lane(track, report.s_m[ticks, road]), reached)
    offset_m = report.offset_m[ticks, road]
    times = np.arange(0.0, len(reached) - 1, report.config.control_hz / fps)
    tick, share = times.astype(np.int64), times % 1.0
    return Take(
        name,
        poses=poses_between(leaves[tick], reached[tick + 1], share),
        s_m=report.s_m[ticks, road][tick],
        offset_m=(1.0 - share) * np.where(out, 0.0, offset_m)[tick] + share * offset_m[tick + 1],
        put_back=np.cumsum(report.intervened[:, road], dtype=np.int64)[ticks][tick],
    )


def _poses(report: EvalReport, road: int) -> Poses:
    return np.stack([report.x_m[:, road], report.y_m[:, road], report.heading_rad[:, road]], axis=-1)


def _on_lane(track: Track, s_m: PerPoint) -> Poses:
    return point_on_lane(Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64), s_m)


def poses_between(start: Poses, end: Poses, share: PerPoint) -> Poses:
    """Cubic Hermite curves from pose to pose, as long as their chords and tangent to both headings."""
    turn_rad = wrap_angle_rad(end[:, 2] - start[:, 2])
    chord = end[:, :2] - start[:, :2]
    length_m = np.hypot(*chord.T)[:, None]
    leaving, arriving = (length_m * np.stack([np.cos(h), np.sin(h)], axis=-1) for h in (start[:, 2], end[:, 2]))
    u = share[:, None]
    xy = start[:, :2] + chord * u**2 * (3 - 2 * u) + leaving * u * (1 - u) ** 2 - arriving * u**2 * (1 - u)
    return np.column_stack([xy, start[:, 2] + share * turn_rad])
