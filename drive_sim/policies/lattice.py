"""A stretch of road as a lattice of states: stations of arc length, lateral offset, heading, and the last curvature.

A car's state at a station is its offset from the lane (left positive) and its heading against it, with the curvature
that it drove last, beyond the road's. It then drives one of a few curvatures beyond the road's until the next station:
the simulator's vehicle with wheels that obey at once. Where that leads lies between grid points, and the bilinear
weights of the nearest four are the transition probabilities. They depend on the road through its curvature alone, so
they are computed once for each of a few curvatures. Stations are the steps of a finite horizon: a lap is planned by one
backward pass over small arrays. Speed plays no part, since a step is a distance.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from drive_sim.arrays import PerCar
from drive_sim.policies.corridor import Corridor, PerPose, PerStation

STATION_M = 2.4
"""From one station to the next: two control ticks at 12 m/s."""
TURNS_PER_M = (-0.05, -0.018, -0.006, 0.0, 0.006, 0.018, 0.05)
"""The curvatures beyond the road's: dense where people drive, and far enough to recover."""
_BEND_STEP_PER_M = 0.005
"""Transitions are computed for multiples of this curvature: within it they differ by less than a milliradian."""
_BESIDE_M = 0.2
"""How far the grid reaches beyond the surface."""
_SUBSTEPS = 4


@dataclass(frozen=True, eq=False)
class Grid:
    """The offsets (o,), headings (h,) and curvatures beyond the road's (a,) of a lattice, each ascending."""

    offset_m: PerPose
    heading_rad: PerPose
    turn_per_m: PerPose
    _moves: dict[int, sparse.csr_array] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def covering(
        cls,
        corridor: Corridor,
        num_offsets: int = 45,
        num_headings: int = 21,
        turns_per_m: tuple[float, ...] = TURNS_PER_M,
    ) -> Self:
        """The grid from one edge of a corridor's surface to the other, and a little beyond."""
        right_m, left_m = float(corridor.right_m.min()) - _BESIDE_M, float(corridor.left_m.max()) + _BESIDE_M
        return cls(
            np.linspace(right_m, left_m, num_offsets), np.linspace(-0.25, 0.25, num_headings), np.array(turns_per_m)
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many offsets, headings and curvatures there are."""
        return len(self.offset_m), len(self.heading_rad), len(self.turn_per_m)

    @cached_property
    def num_poses(self) -> int:
        """How many offsets with headings there are."""
        return len(self.offset_m) * len(self.heading_rad)

    def moves(self, curvature_per_m: float) -> sparse.csr_array:
        """Where each pose with each curvature driven leads, (o h a) to (o h a): the curvature driven stays known."""
        bend = round(curvature_per_m / _BEND_STEP_PER_M)
        if bend not in self._moves:
            self._moves[bend] = self._make_moves(bend * _BEND_STEP_PER_M)
        return self._moves[bend]

    def _make_moves(self, curvature_per_m: float) -> sparse.csr_array:
        offset_m, heading_rad, turn_per_m = np.meshgrid(self.offset_m, self.heading_rad, self.turn_per_m, indexing="ij")
        moved = drive_to_next_station(offset_m, heading_rad, turn_per_m, curvature_per_m)
        pose, share = self.corners(moved[0].ravel(), moved[1].ravel())
        num_turns = len(self.turn_per_m)
        turn = np.tile(np.arange(num_turns), self.num_poses)
        columns, rows = pose * num_turns + turn[:, None], np.repeat(np.arange(len(pose)), 4)
        size = self.num_poses * num_turns
        return sparse.csr_array((share.ravel(), (rows, columns.ravel())), shape=(size, size))

    def corners(
        self, offset_m: PerStation, heading_rad: PerStation
    ) -> tuple[Annotated[npt.NDArray[np.int64], "n 4"], Annotated[npt.NDArray[np.float64], "n 4"]]:
        """The four grid poses around each pose (n,), and their bilinear weights; what lies outside goes to the rim."""
        along_offset, along_heading = between(self.offset_m, offset_m), between(self.heading_rad, heading_rad)
        pose = along_offset[0][:, :, None] * len(self.heading_rad) + along_heading[0][:, None, :]
        share = along_offset[1][:, :, None] * along_heading[1][:, None, :]
        return pose.reshape(-1, 4), share.reshape(-1, 4)


def between(
    grid: PerPose, values: PerStation
) -> tuple[Annotated[npt.NDArray[np.int64], "n 2"], Annotated[npt.NDArray[np.float64], "n 2"]]:
    """The two points of an ascending grid around each value (n,), and their linear weights."""
    lower = np.clip(np.searchsorted(grid, values, side="right") - 1, 0, len(grid) - 2)
    share = np.clip((values - grid[lower]) / (grid[lower + 1] - grid[lower]), 0.0, 1.0)
    return np.stack([lower, lower + 1], axis=-1), np.stack([1.0 - share, share], axis=-1)


def hats(grid: PerPose, values: PerStation) -> Annotated[npt.NDArray[np.float64], "n g"]:
    """The linear weights of all points of a grid for each value (n,)."""
    point, share = between(grid, values)
    weights = np.zeros((len(values), len(grid)))
    np.put_along_axis(weights, point, share, axis=1)
    return weights


def drive_to_next_station(
    offset_m: npt.NDArray[np.float64],
    heading_rad: npt.NDArray[np.float64],
    turn_per_m: npt.NDArray[np.float64],
    curvature_per_m: PerCar | float,
    station_m: PerCar | float = STATION_M,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Offset and heading against the lane one station (or another distance along it) later, for a curvature driven
    beyond the lane's own.

    The kinematic car in the lane's frame, do/ds = (1 - c o) tan h, dh/ds = k (1 - c o) / cos h - c, by Runge and Kutta.
    """
    driven_per_m, step_m = curvature_per_m + turn_per_m, station_m / _SUBSTEPS

    def slope(o: npt.NDArray[np.float64], h: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        shorter = 1.0 - curvature_per_m * o
        return np.stack([shorter * np.tan(h), driven_per_m * shorter / np.cos(h) - curvature_per_m])

    now = np.stack(np.broadcast_arrays(offset_m, heading_rad)).astype(np.float64)
    for _ in range(_SUBSTEPS):
        first = slope(*now)
        second = slope(*(now + 0.5 * step_m * first))
        third = slope(*(now + 0.5 * step_m * second))
        fourth = slope(*(now + step_m * third))
        now = now + step_m / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
    return now[0], now[1]
