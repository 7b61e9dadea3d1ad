"""Every intervention of an evaluation with its place, and what the road is like there."""

from dataclasses import dataclass

import numpy as np

from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.strict_count import at_crossing
from drive_sim.sim.road_width import sample_at
from drive_sim.sim.track import Track, Tracks

STRAIGHT_M = 500.0
"""A road with a larger radius is straight."""
HAIRPIN_RAD = np.radians([120.0, 240.0])
"""A bend that turns by so much from its beginning to its end is a hairpin; one that turns further is a loop."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An intervention: which road and tick of the report, the place on it, and how the car came there.

    `radius_m` is the centre line's, None on a straight, `turn_rad` how far the whole bend around it turns. The offset
    is from the target lane, left positive.
    """

    road: str
    road_idx: int
    tick: int
    s_m: float
    width_m: float
    radius_m: float | None
    turn_rad: float
    is_at_crossing: bool
    speed_mps: float
    offset_m: float

    @property
    def where(self) -> str:
        """What the road is like there, in words."""
        wide = f"on a road {self.width_m:.1f} m wide"
        if self.is_at_crossing:
            return f"where a road {self.width_m:.1f} m wide crosses itself"
        if self.radius_m is None:
            return f"straight on, {wide}"
        kind = ("bend", "hairpin", "loop")[np.searchsorted(HAIRPIN_RAD, self.turn_rad)]
        return f"in a {kind} of {self.radius_m:.0f} m radius, {wide}"


def failures(report: EvalReport, tracks: Tracks) -> list[Failure]:
    """Every intervention, road after road; the tracks are those of the report's suite."""
    crossing = at_crossing(tracks, report.s_m)
    moments = [(int(road), int(tick)) for road, tick in np.argwhere(report.intervened.T)]
    return [_failure(report, tracks, road, tick, bool(crossing[tick, road])) for road, tick in moments]


def turn_rad(track: Track, sample: int) -> float:
    """How far a road turns in the whole bend around a sample: as long as it bends that way; 0 on a straight."""
    towards = track.curvature_per_m * np.sign(track.curvature_per_m[sample])
    ends = np.flatnonzero(towards * STRAIGHT_M <= 1.0)
    if track.closed and len(ends):  # so that no bend goes on beyond the last sample
        towards, sample = np.roll(towards, -ends[0]), (sample - ends[0]) % len(towards)
        ends = ends - ends[0]
    after = int(np.searchsorted(ends, sample))
    if after < len(ends) and ends[after] == sample:
        return 0.0
    first = ends[after - 1] + 1 if after > 0 else 0
    return float(towards[first : ends[after] if after < len(ends) else None].sum() * track.spacing_m)


def _failure(report: EvalReport, tracks: Tracks, road: int, tick: int, is_at_crossing: bool) -> Failure:
    s_m = float(report.s_m[tick, road])
    sample = sample_at(tracks, np.array([road]), np.array([s_m]))[0]
    _, _, _, curvature_per_m, left_m, right_m = tracks.samples[sample]
    bend_per_m = abs(float(curvature_per_m))
    return Failure(
        road=tracks.tracks[road].name,
        road_idx=road,
        tick=tick,
        s_m=s_m,
        width_m=float(left_m + right_m),
        radius_m=1.0 / bend_per_m if bend_per_m * STRAIGHT_M > 1.0 else None,
        turn_rad=turn_rad(tracks.tracks[road], int(sample - tracks.start[road])),
        is_at_crossing=is_at_crossing,
        speed_mps=float(report.speed_mps[tick, road]),
        offset_m=float(report.offset_m[tick, road]),
    )
