"""What cars have driven since their episodes began, and what they earn for it: one compiled pass a tick."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, PerCar
from drive_sim.sim.compiled import njit
from drive_sim.sim.lane_kernels import short_way_m
from drive_sim.sim.track import LanePose, Tracks


class Trips:
    """The trips of n cars: metres driven, whole laps, when the lap under way began, and how long the last one took.

    `lap_start_s` and `last_lap_time_s` are in the time of the car's episode. All (n,), and written in place.
    """

    def __init__(self, num_cars: int) -> None:
        self.driven_m, self.lap_start_s, self.last_lap_time_s = np.zeros((3, num_cars))
        self.lap_count: Annotated[npt.NDArray[np.int64], "n"] = np.zeros(num_cars, dtype=np.int64)

    def begin(self, where: CarMask) -> None:
        """The cars of a mask (n,) start anew."""
        for of_car in (self.driven_m, self.lap_count, self.lap_start_s, self.last_lap_time_s):
            of_car[where] = 0

    def go_on(
        self, tracks: Tracks, before: LanePose, now: LanePose, elapsed_s: PerCar, price: tuple[float, float]
    ) -> PerCar:
        """Count a tick between two lane poses; returns what it earns (n,).

        `price` is how much progress earns 1, and what a metre off the lane costs.
        """
        counts = self.driven_m, self.lap_count, self.lap_start_s, self.last_lap_time_s
        reward = np.empty(len(elapsed_s))
        road = tracks.length_m, tracks.closed, now.track_idx
        _go_on(*road, before.s_m, now.s_m, now.offset_m, elapsed_s, *price, *counts, reward)
        return reward


@njit(nogil=True, error_model="numpy")
def _go_on(
    length_m,
    closed,
    track_idx,
    s_before_m,
    s_m,
    offset_m,
    elapsed_s,
    progress_for_one_m,
    cost_per_m,
    driven_m,
    lap_count,
    lap_start_s,
    last_lap_time_s,
    reward,
):
    for car in range(len(track_idx)):
        road = track_idx[car]
        moved_m = short_way_m(s_m[car] - s_before_m[car], length_m[road], closed[road])
        driven_m[car] += moved_m
        if driven_m[car] >= (lap_count[car] + 1) * length_m[road]:
            last_lap_time_s[car] = elapsed_s[car] - lap_start_s[car]
            lap_start_s[car] = elapsed_s[car]
            lap_count[car] += 1
        reward[car] = moved_m / progress_for_one_m - cost_per_m * abs(offset_m[car])
