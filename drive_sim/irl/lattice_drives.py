"""Rows of a recording as drives along lattices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.errors import InputError
from drive_sim.irl.lattice import Drive
from drive_sim.policies.corridor import Corridor, PerStation
from drive_sim.policies.lattice import STATION_M
from drive_sim.policies.lattice_planning import Lattice

FUTURE = 15
"""The last stations of a drive are not counted: nobody knows what came after them, which the driver saw."""
SHORTEST = FUTURE + 10
"""Fewer stations than these in one stretch say nothing."""
_BEND_PER_M = 0.004
"""A road that never bends more says nothing of bends."""
PIECE = 50
"""Stations in a piece of a drive that is taken for independent of the others: 120 m, ten seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Ticks (t,) of one unbroken drive in the lane's frame, as a `LanePose` has them, and the curvature at which the
    wheels stood; `lane_m` is the distance along the lane since the first tick, ascending."""

    lane_m: PerCar
    offset_m: PerCar
    heading_rad: PerCar
    curvature_per_m: PerCar
    edge_m: PerCar
    wheel_per_m: PerCar
    lane_offset_m: float = 0.0

    @classmethod
    def from_ticks(
        cls,
        s_m: PerCar,
        offset_m: PerCar,
        heading_rad: PerCar,
        curvature_per_m: PerCar,
        edge_m: PerCar,
        wheel_per_m: PerCar,
        *,
        lane_offset_m: float = 0.0,
        road_length_m: float | None = None,
    ) -> Self:
        """From arc lengths of the centre line, which start again at 0 where the road is closed; ticks on which the car
        did not come on are left out."""
        along_m = s_m if road_length_m is None else np.unwrap(s_m, period=road_length_m)
        # One metre of the centre line is 1 / (1 + k o) of a lane beside it at o whose curvature is k.
        stretch = 1.0 / (1.0 + curvature_per_m * lane_offset_m)
        lane_m = np.concatenate([[0.0], np.cumsum(np.diff(along_m) * 0.5 * (stretch[1:] + stretch[:-1]))])
        forward = lane_m > np.concatenate([[-np.inf], np.maximum.accumulate(lane_m)[:-1]]) + 1e-6
        whole = cls(lane_m, offset_m, heading_rad, curvature_per_m, edge_m, wheel_per_m, lane_offset_m)
        return whole.ticks(forward)

    def __len__(self) -> int:
        return len(self.lane_m)

    def ticks(self, which: slice | npt.NDArray[np.bool_]) -> Self:
        """Some of its ticks."""
        return replace(
            self,
            lane_m=self.lane_m[which],
            offset_m=self.offset_m[which],
            heading_rad=self.heading_rad[which],
            curvature_per_m=self.curvature_per_m[which],
            edge_m=self.edge_m[which],
            wheel_per_m=self.wheel_per_m[which],
        )

    def pieces_on_road(self) -> Iterator[Self]:
        """The stretches of it on which the car's centre was on the surface."""
        on = np.concatenate([[0], (self.edge_m >= 0.0).astype(np.int8), [0]])
        for first, last in np.flatnonzero(np.diff(on)).reshape(-1, 2):
            yield self.ticks(slice(first, last))


def drives_from(traces: Sequence[Trace]) -> list[Drive]:
    """The drives in some traces, each stretch on the surface that is long enough.

    Raises InputError where none is, and for roads that no lattice covers.
    """
    drives = [_drive(piece) for trace in traces for piece in trace.pieces_on_road() if _num_stations(piece) >= SHORTEST]
    if not drives:
        raise InputError(
            f"no stretch on the surface is as long as {SHORTEST * STATION_M:.0f} m without a break; record a longer one"
        )
    return drives


def num_counted(traces: Sequence[Trace]) -> int:
    """How many stations would count of the drives in some traces; 0 where `drives_from` finds none."""
    lengths = [_num_stations(piece) for trace in traces for piece in trace.pieces_on_road()]
    return sum(length - FUTURE for length in lengths if length >= SHORTEST)


def never_bends(traces: Sequence[Trace]) -> bool:
    """Whether the roads in some traces bend too little to tell what their driver likes in bends."""
    bends = np.concatenate([np.abs(trace.curvature_per_m) for trace in traces] or [np.zeros(1)])
    return float(np.percentile(bends, 95.0)) < _BEND_PER_M


def _num_stations(trace: Trace) -> int:
    return int((trace.lane_m[-1] - trace.lane_m[0]) / STATION_M) if len(trace) > 1 else 0


def _drive(trace: Trace) -> Drive:
    """Offset and heading at each station, and the mean curvature beyond the road's until the next one."""
    num = _num_stations(trace)
    at_m = trace.lane_m[0] + STATION_M * np.arange(num + 1)
    road_per_m = _means(trace.lane_m, trace.curvature_per_m, at_m)
    turn_per_m = _means(trace.lane_m, trace.wheel_per_m, at_m) - road_per_m
    # Widths are taken to be the same to both sides of the centre line, since a pose knows the nearer edge only.
    half_m = np.interp(at_m[:-1], trace.lane_m, trace.edge_m + np.abs(trace.offset_m + trace.lane_offset_m))
    corridor = Corridor(road_per_m, half_m - trace.lane_offset_m, -half_m - trace.lane_offset_m)
    return Drive(
        Lattice.make(corridor),
        np.interp(at_m[:-1], trace.lane_m, trace.offset_m),
        np.interp(at_m[:-1], trace.lane_m, trace.heading_rad),
        np.concatenate([[turn_per_m[0]], turn_per_m[:-1]]),
        turn_per_m,
        np.arange(num) < num - FUTURE,
    )


def _means(along_m: PerCar, values: PerCar, at_m: PerStation) -> npt.NDArray[np.float64]:
    """The mean of a value that is known along the way, from each station to the next."""
    steps = np.diff(along_m) * 0.5 * (values[1:] + values[:-1])
    return np.diff(np.interp(at_m, along_m, np.concatenate([[0.0], np.cumsum(steps)]))) / np.diff(at_m)
