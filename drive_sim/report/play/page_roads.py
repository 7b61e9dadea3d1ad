"""Roads as the page has them: how far each half metre turns, in whole numbers, from which both sides make the road."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import PerPoint
from drive_sim.report.play.packed_arrays import ArrayPool, deltas
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.track import Track

_LARGEST = 32_000
_WIDTH_UNIT_M = 0.001
ASIDE_MPS2 = 5.0
"""What cars of the page bear in the tightest bend of a road: about half of what dry tyres hold."""

Units = npt.NDArray[np.int64]


def kept_speed_mps(track: Track) -> float:
    """The speed at which the page drives a road: the usual one, or what its tightest bend lets."""
    lane_per_m = track.curvature_per_m / (1.0 - track.curvature_per_m * track.lane_offset_m)
    tightest_per_m = float(np.abs(lane_per_m).max(initial=1e-6))
    return min(CONDITIONS.vehicle.cruise_mps, round(float(np.sqrt(ASIDE_MPS2 / tightest_per_m)), 1))


@dataclass(frozen=True, slots=True, eq=False)
class PageRoad:
    """A road whose turns from sample to sample (k,) are whole numbers of units, its widths whole millimetres.

    They sum up to the track's own headings, so that its shape is kept.
    """

    track: Track
    unit_rad: float
    turn: Units
    left: Units
    right: Units

    @classmethod
    def of(cls, track: Track) -> "PageRoad":
        """The nearest such road to a track."""
        turn_rad = geometry.wrap_angle_rad(np.roll(track.heading_rad, -1) - track.heading_rad)
        if not track.closed:
            turn_rad[-1] = 0.0
        unit_rad = float(np.abs(turn_rad).max(initial=1e-6)) / _LARGEST
        # Rounded as a sum, so that no error adds up.
        turn = np.diff(np.rint(np.cumsum(turn_rad) / unit_rad).astype(np.int64), prepend=0)
        left, right = (np.rint(w / _WIDTH_UNIT_M).astype(np.int64) for w in (track.width_left_m, track.width_right_m))
        return cls(track, unit_rad, turn, left, right)

    @property
    def made(self) -> Track:
        """The road as the page makes it: headings and places summed up along arcs, the gap of a closed one spread."""
        track, spacing_m = self.track, self.track.spacing_m
        turn_rad = self._turn_rad()
        heading_rad = track.heading_rad[0] + np.cumsum(turn_rad) - turn_rad
        # np.sinc(x) is sin(pi x)/(pi x): the chord of an arc, safe at no turn.
        chords_m = spacing_m * np.sinc(turn_rad / (2.0 * np.pi)) * np.exp(1j * (heading_rad + 0.5 * turn_rad))
        places_m = np.cumsum(chords_m) - chords_m
        if track.closed:
            places_m -= chords_m.sum() * np.arange(len(places_m)) / len(places_m)
        before_rad = np.roll(turn_rad, 1) if track.closed else np.append(turn_rad[0], turn_rad[:-1])
        return Track(
            name=track.name,
            x_m=track.x_m[0] + places_m.real,
            y_m=track.y_m[0] + places_m.imag,
            heading_rad=heading_rad,
            curvature_per_m=0.5 * (before_rad + turn_rad) / spacing_m,
            width_left_m=self.left.astype(np.float64) * _WIDTH_UNIT_M,
            width_right_m=self.right.astype(np.float64) * _WIDTH_UNIT_M,
            spacing_m=spacing_m,
            closed=track.closed,
            lane_offset_m=track.lane_offset_m,
            lines=track.lines,
        )

    def exported(self, pool: ArrayPool) -> dict[str, Any]:
        """What the page reads of it (`road.js`), its arrays put into the pool."""
        track = self.track
        return {
            "name": track.name,
            "spacingM": track.spacing_m,
            "closed": track.closed,
            "speedMps": kept_speed_mps(track),
            "laneOffsetM": track.lane_offset_m,
            "lines": track.lines,
            "start": {"x": float(track.x_m[0]), "y": float(track.y_m[0]), "heading": float(track.heading_rad[0])},
            "turnUnitRad": self.unit_rad,
            "widthUnitM": _WIDTH_UNIT_M,
            "turn": pool.add(deltas(self.turn)),
            "left": pool.add(deltas(self.left)),
            "right": pool.add(deltas(self.right)),
        }

    def _turn_rad(self) -> PerPoint:
        """The turns; those of a closed road make up whole turns, what is missing spread evenly."""
        turn_rad = self.turn.astype(np.float64) * self.unit_rad
        if not self.track.closed:
            return turn_rad
        whole_rad = 2.0 * np.pi * np.rint(turn_rad.sum() / (2.0 * np.pi))
        return turn_rad + (whole_rad - turn_rad.sum()) / len(turn_rad)
