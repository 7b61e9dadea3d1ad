"""Which part of an evaluation is shown, by a rule fixed before anybody looked, and where the cars are in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint, Poses
from drive_sim.evaluate import EvalReport
from drive_sim.report.frames import frames_between_ticks
from drive_sim.sim.track import Track


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
    """One car of a report on a stretch of its road, at every frame of a film."""
    road, ticks = stretch.road, stretch.ticks
    poses = np.stack([of[ticks, road] for of in (report.x_m, report.y_m, report.heading_rad)], axis=-1)
    s_m, offset_m, out = report.s_m[ticks, road], report.offset_m[ticks, road], report.intervened[ticks, road]
    frames = frames_between_ticks(track, poses, s_m, offset_m, out, report.config.control_hz / fps)
    put_back = np.cumsum(report.intervened[:, road], dtype=np.int64)[ticks]
    return Take(name, frames.poses, s_m[frames.tick], frames.offset_m, put_back[frames.tick])
