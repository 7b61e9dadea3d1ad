"""How fast a road may be driven in comfort: a speed profile from its curvature, with room to brake and to speed up.

The three passes are those of Kapania, Subosits and Gerdes (2016, J. Dyn. Sys. Meas. Control 138(9), 091005): v^2 =
a_lateral / |curvature| at each sample, then backwards v^2 <= v_next^2 + 2 a_braking ds, then forwards the same with
what speeding up takes. Limits are of comfort and far within what tyres hold, so they stand side by side; there is no
friction circle between them. In v^2 each pass is a running minimum, so there is no loop over samples.
"""

import math
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, PerCar, PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import VehicleParams

PREVIEW_S = 0.3
"""How far ahead of a car its speed is read: nearer is truer to the profile, farther is smoother."""
_LEAST_PREVIEW_M = 1.0
_GRIP_SHARE = 0.8
_STRAIGHT_PER_M = 1e-9
_LEAST_STRETCH = 0.05
"""Inside of a bend the target lane is shorter than the centre line; never by more, so that no step of it is 0."""


@dataclass(frozen=True, slots=True)
class SpeedLimits:
    """What whoever drives at its own speed keeps to: a top speed, and accelerations aside, when braking and forwards.

    Aside: of 2, 3 and 4 m/s^2 in bends passengers called 2 too slow and 4 too fast (28 of them on a test track,
    osf.io/kcw2d); UN Regulation 79 allows automatic steering 3 m/s^2 (5.6.2.1.3). Along: the comfortable braking of
    car-following models is 1.7 to 3 m/s^2, their acceleration 0.7 to 1.5 m/s^2 (Treiber, Hennecke and Helbing 2000,
    Phys. Rev. E 62, 1805, table I), and ISO 15622 holds cruise control to 3.5 and 2 m/s^2. With `easing_m` the change
    from braking to speeding up is spread over so much road, for less jerk; nothing becomes faster by it.
    """

    top_mps: float = 20.0
    lateral_mps2: float = 2.5
    braking_mps2: float = 2.5
    acceleration_mps2: float = 1.5
    easing_m: float = 10.0

    def __post_init__(self) -> None:
        for name in ("top_mps", "lateral_mps2", "braking_mps2", "acceleration_mps2"):
            if not 0.0 < getattr(self, name) < np.inf:
                raise InputError(f"speed limits: {name} must be positive, got {getattr(self, name)}")
        if not 0.0 <= self.easing_m < np.inf:
            raise InputError(f"speed limits: easing_m must not be negative, got {self.easing_m}")

    def within(self, vehicle: VehicleParams) -> Self:
        """The same, as far as a car can: its top speed, its pedals, and four fifths of its grip, where that is limited.

        The rest of the grip is left for corrections; at the limit a car slides outwards and steering says nothing.
        """
        grip_mps2 = math.inf if vehicle.grip_mps2 is None else vehicle.grip_mps2
        return replace(
            self,
            top_mps=min(self.top_mps, vehicle.max_speed_mps),
            lateral_mps2=min(self.lateral_mps2, _GRIP_SHARE * grip_mps2),
            braking_mps2=min(self.braking_mps2, vehicle.max_braking_mps2),
            acceleration_mps2=min(self.acceleration_mps2, vehicle.max_acceleration_mps2),
        )


@dataclass(frozen=True, slots=True, eq=False)
class SpeedProfile:
    """The squared speed (total,) in m^2/s^2 at each sample of a batch of roads, packed as `tracks.samples` is."""

    tracks: Tracks
    limits: SpeedLimits
    squared_m2ps2: Annotated[npt.NDArray[np.float64], "total"]

    @classmethod
    def of(cls, tracks: Tracks, limits: SpeedLimits | None = None) -> Self:
        """The profile of each road, `road_speeds` (a road of 30 km takes some milliseconds)."""
        limits = limits or SpeedLimits()
        return cls(tracks, limits, np.concatenate([road_speeds(track, limits) ** 2 for track in tracks.tracks]))

    def at(self, track_idx: CarIndex, s_m: PerCar) -> PerCar:
        """Speeds (n,) at arc lengths `s_m` of cars' roads; v^2 is linear between samples, and past an end as there."""
        tracks = self.tracks
        count, closed = tracks.count[track_idx], tracks.closed[track_idx]
        place = s_m / tracks.spacing_m[track_idx]
        place = np.where(closed, place % count, np.clip(place, 0.0, count - 1.0))
        before = np.minimum(place.astype(np.int64), count - 1)
        after = np.where(closed, (before + 1) % count, np.minimum(before + 1, count - 1))
        start, share = tracks.start[track_idx], place - before
        squared = (1.0 - share) * self.squared_m2ps2[start + before] + share * self.squared_m2ps2[start + after]
        return np.sqrt(squared)

    def duration_s(self, distance_m: float) -> PerCar:
        """How long (r,) so far takes on each road from its start on, in seconds; an open road goes on as it ends."""
        durations = []
        for road, track in enumerate(self.tracks.tracks):
            s_m = np.arange(0.0, distance_m + track.spacing_m, track.spacing_m)
            pace_s_per_m = 1.0 / self.at(np.full(len(s_m), road), s_m)
            durations.append(np.trapezoid(pace_s_per_m, s_m))
        return np.array(durations)

    def acceleration_mps2(self, track_idx: CarIndex, s_m: PerCar, speed_mps: PerCar) -> PerCar:
        """What leads to the profile's speed `PREVIEW_S` ahead, evenly (n,): (v_ahead^2 - v^2) / (2 d), within limits.

        A car that comes too fast may brake twice as hard as the profile does.
        """
        ahead_m = np.maximum(PREVIEW_S * speed_mps, _LEAST_PREVIEW_M)
        aim_mps = self.at(track_idx, s_m + ahead_m)
        wanted = (aim_mps**2 - speed_mps**2) / (2.0 * ahead_m)
        return np.clip(wanted, -2.0 * self.limits.braking_mps2, self.limits.acceleration_mps2)


def road_speeds(track: Track, limits: SpeedLimits) -> PerPoint:
    """Speeds (k,) at the samples of one road, in m/s: at none of them above any of the limits.

    Between samples v^2 changes by at most 2 a ds, ds along the target lane. A closed road may be driven round for ever.
    """
    from scipy.ndimage import minimum_filter1d, uniform_filter1d  # noqa: PLC0415 - 0.2 s to import

    stretch = np.maximum(1.0 - track.curvature_per_m * track.lane_offset_m, _LEAST_STRETCH)
    bend_per_m = np.maximum(np.abs(track.curvature_per_m) / stretch, _STRAIGHT_PER_M)
    squared = np.minimum(limits.lateral_mps2 / bend_per_m, limits.top_mps**2)
    half_window = round(0.5 * limits.easing_m / track.spacing_m)
    if half_window:
        squared = minimum_filter1d(squared, 2 * half_window + 1, mode="wrap" if track.closed else "nearest")
    squared = _passed_both_ways(squared, stretch, track, limits)
    if half_window:
        squared = uniform_filter1d(squared, 2 * half_window + 1, mode="wrap" if track.closed else "nearest")
        # Where the lane's steps are uneven, an average of what is slow enough need not be: see that it is.
        squared = _passed_both_ways(squared, stretch, track, limits)
    return np.sqrt(squared)


def _passed_both_ways(squared: PerPoint, stretch: PerPoint, track: Track, limits: SpeedLimits) -> PerPoint:
    """v^2 (k,) with room to brake and to speed up; closed roads are passed three times, and the second lap counts."""
    laps = 3 if track.closed else 1
    squared, stretch = np.tile(squared, laps), np.tile(stretch, laps)
    along_m = np.concatenate([[0.0], np.cumsum(0.5 * track.spacing_m * (stretch[:-1] + stretch[1:]))])
    squared = _brake_in_time(squared, along_m, limits.braking_mps2)
    squared = _brake_in_time(squared[::-1], (along_m[-1] - along_m)[::-1], limits.acceleration_mps2)[::-1]
    return squared.reshape(laps, -1)[laps // 2]


def _brake_in_time(squared: PerPoint, along_m: PerPoint, braking_mps2: float) -> PerPoint:
    """v^2 <= v_next^2 + 2 a ds from the end back: the least of all that lies ahead, each with its way to brake."""
    line = squared + 2.0 * braking_mps2 * along_m
    return np.minimum.accumulate(line[::-1])[::-1] - 2.0 * braking_mps2 * along_m
