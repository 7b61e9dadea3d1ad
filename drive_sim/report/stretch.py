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

Ticks = Annotated[npt.NDArray[np.int64], "r"]
"""How many ticks all drives of a road have."""
MARGIN_S = 3.0
"""An intervention is shown with as much before and after it, where there is one with that."""


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

    That is on the first road where it needs one with `MARGIN_S` of all drives before and after it, or else where there
    is most of both; from `lead_s` before it (at most half the length). Where it needs none that all drives reach,
    around its largest offset. A stretch ends where the shortest of the drives does, and starts earlier rather than be
    shorter.
    """
    report = reports[watched]
    rate_hz, lead_s = report.config.control_hz, min(lead_s, length_s / 2.0)
    num_ticks = np.min([np.isfinite(other.offset_m).sum(axis=0) for other in reports.values()], axis=0)
    found = _first_intervention(report, num_ticks, round(MARGIN_S * rate_hz))
    road, moment, what = found or _largest_offset(report, num_ticks)
    num_driven = int(num_ticks[road])
    num_shown = min(round(length_s * rate_hz), num_driven)
    start = min(max(0, moment - round(lead_s * rate_hz)), num_driven - num_shown)
    since = f"{(moment - start) / rate_hz:.0f} s before" if start > 0 else "the start of the drive"
    return Stretch(road, slice(start, start + num_shown), f"{what.format(watched)}, from {since}")


def _first_intervention(report: EvalReport, num_ticks: Ticks, margin: int) -> tuple[int, int, str] | None:
    """Road and tick of the intervention to be shown, and the rule; None where no drive to be shown has any.

    A film's last frame comes before the last tick, so an intervention there is none that it shows.
    """
    first = report.intervened.argmax(axis=0)
    around = np.where(report.intervened.any(axis=0), np.minimum(first, num_ticks - 2 - first), -1)
    needing = np.flatnonzero(report.intervened.any(axis=0))
    if not len(needing) or around.max() < 0:
        return None
    enough = np.flatnonzero(around >= margin)
    road = int(enough[0]) if len(enough) else int(around.argmax())
    rule = "the first road on which the {} clone needs an intervention"
    if road != needing[0]:
        rule += f" with {MARGIN_S:g} s before and after it" if len(enough) else " that can be shown"
    return road, int(first[road]), rule


def _largest_offset(report: EvalReport, num_ticks: Ticks) -> tuple[int, int, str]:
    """Road and tick where it is furthest off while all drive, and the rule."""
    is_shown = np.arange(len(report.offset_m))[:, None] < num_ticks - 1
    size_m = np.where(is_shown, np.abs(report.offset_m), -1.0)
    moment, road = map(int, np.unravel_index(size_m.argmax(), size_m.shape))
    needs = "needs none that can be shown" if report.intervened.any() else "needs no intervention anywhere"
    return road, moment, f"where the {{}} clone, which {needs}, is furthest off its lane"


def make_take(name: str, report: EvalReport, track: Track, stretch: Stretch, fps: int) -> Take:
    """One car of a report on a stretch of its road, at every frame of a film."""
    road, ticks = stretch.road, stretch.ticks
    poses = np.stack([of[ticks, road] for of in (report.x_m, report.y_m, report.heading_rad)], axis=-1)
    s_m, offset_m, out = report.s_m[ticks, road], report.offset_m[ticks, road], report.intervened[ticks, road]
    frames = frames_between_ticks(track, poses, s_m, offset_m, out, report.config.control_hz / fps)
    put_back = np.cumsum(report.intervened[:, road], dtype=np.int64)[ticks]
    return Take(name, frames.poses, s_m[frames.tick], frames.offset_m, put_back[frames.tick])
