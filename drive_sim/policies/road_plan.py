"""A whole road planned for a reward: the soft policy's mean at every station, to be read off between grid points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.policies.corridor import Closed, Corridor, PerStation
from drive_sim.policies.lattice import STATION_M, Grid, between
from drive_sim.policies.lattice_planning import Lattice, backward, mean_turn_per_m
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.sim.track import Track

_KEEP_OFF_M = 0.2
"""As near to an end is taken for an end: gusts, and what lies between grid points, lead a little astray."""
_ROUND_M = 150.0
"""How far a lap is planned beyond its end, where it begins again."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadPlan:
    """The mean curvature beyond the road's at each station (n, o, h, p), as float16, and the soft value (n, o) of each
    offset along the lane with wheels along it; at the road's samples and its end the lane's length `lane_m` and its
    curvature `lane_per_m`."""

    track: Track
    corridor: Corridor
    grid: Grid
    turn_per_m: Annotated[npt.NDArray[np.float16], "n o h p"]
    values: npt.NDArray[np.float64]
    lane_m: PerStation
    lane_per_m: PerStation

    @classmethod
    def make(cls, track: Track, reward: RoadReward, closed: Sequence[Closed] = ()) -> Self:
        """Plan a road. Raises InputError for one that no lattice covers."""
        lane_m = lane_lengths_m(track)
        num = max(1, math.floor(lane_m[-1] / STATION_M))
        beyond = round(_ROUND_M / STATION_M) if track.closed else 0
        corridor = Corridor.of_track(
            track, _at_lane(track, lane_m, (np.arange(num + beyond) + 0.5) * STATION_M), closed, STATION_M
        )
        lattice = Lattice.make(corridor, keep_off_m=_KEEP_OFF_M)
        grid, middle = lattice.grid, len(lattice.grid.heading_rad) // 2
        turn_per_m, values = np.zeros((num, *grid.shape), dtype=np.float16), np.zeros((num, len(grid.offset_m)))
        for step in backward(lattice, reward):
            if step.station < num:
                turn_per_m[step.station] = mean_turn_per_m(grid, reward, step).reshape(grid.shape)
                values[step.station] = step.values.reshape(grid.shape)[:, middle, len(grid.turn_per_m) // 2]
        lane_per_m = Corridor.of_track(
            track, np.arange(len(lane_m), dtype=np.float64) * track.spacing_m
        ).curvature_per_m
        return cls(track, corridor, grid, turn_per_m, values, lane_m, lane_per_m)

    def station(self, s_m: PerCar) -> PerCar:
        """The stations, with what is between them, of arc lengths (n,) along the centre line."""
        place_m = s_m % self.track.length_m if self.track.closed else s_m
        return np.interp(place_m, np.arange(len(self.lane_m)) * self.track.spacing_m, self.lane_m) / STATION_M

    def curvature_per_m(self, station: PerCar) -> PerCar:
        """The lane's curvature (n,) at stations."""
        at_m = station * STATION_M
        return np.interp(at_m % self.lane_m[-1] if self.track.closed else at_m, self.lane_m, self.lane_per_m)

    def turn_at(self, station: PerCar, offset_m: PerCar, heading_rad: PerCar, before_per_m: PerCar) -> PerCar:
        """The mean curvature beyond the road's (n,) at stations and what is between them, in any state."""
        # Half a station back: a station's curvature is that of the corridor until the next one.
        num = len(self.turn_per_m)
        lower = np.floor(station - 0.5).astype(np.int64)
        later = station - 0.5 - lower
        near = np.stack([lower, lower + 1], axis=-1)
        near = near % num if self.track.closed else np.clip(near, 0, num - 1)
        offset, of_offset = between(self.grid.offset_m, offset_m)
        heading, of_heading = between(self.grid.heading_rad, heading_rad)
        before, of_before = between(self.grid.turn_per_m, before_per_m)
        around = self.turn_per_m[
            near[:, :, None, None, None],
            offset[:, None, :, None, None],
            heading[:, None, None, :, None],
            before[:, None, None, None, :],
        ].astype(np.float64)
        of_near = np.stack([1.0 - later, later], axis=-1)
        return np.einsum("nsohp,ns,no,nh,np->n", around, of_near, of_offset, of_heading, of_before)


def lane_lengths_m(track: Track) -> PerStation:
    """How long the target lane is from the start to each sample of the road, and to its end where it is closed."""
    stretch = 1.0 - track.curvature_per_m * track.lane_offset_m
    after = np.append(stretch[1:], stretch[0]) if track.closed else stretch[1:]
    before = stretch if track.closed else stretch[:-1]
    return np.append(0.0, np.cumsum(0.5 * (before + after) * track.spacing_m))


def _at_lane(track: Track, lane_m: PerStation, at_m: npt.NDArray[np.floating]) -> PerStation:
    """Arc lengths of the centre line at lengths along the lane; beyond its end a closed road goes on."""
    laps = np.floor(at_m / lane_m[-1]) if track.closed else np.zeros(len(at_m))
    samples = np.arange(len(lane_m)) * track.spacing_m
    return np.interp(at_m - laps * lane_m[-1], lane_m, samples) + laps * track.length_m
