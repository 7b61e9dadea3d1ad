"""A stretch of road as a lattice reads it: the lane's curvature, where the surface ends, and what is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.sim.track import Track

PerStation = Annotated[npt.NDArray[np.float64], "n"]
PerPose = Annotated[npt.NDArray[np.float64], "i"]
"""A number for each offset, or for each offset with each heading, of a grid."""
_WIDEST_M, _TIGHTEST_PER_M = 14.0, 0.1


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed part of a road: between two arc lengths, and between two offsets from the lane."""

    from_s_m: float
    to_s_m: float
    right_m: float
    left_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Corridor:
    """A stretch of road, station by station (n,): its lane's curvature, and where the surface ends beside the lane.

    Edges are offsets from the lane: `left_m` positive where the lane lies on the surface, `right_m` negative.
    `closed_m` (n, 2): between these two offsets the road is closed, nowhere where they are equal; None: nowhere at all.
    Raises InputError for a road that no lattice covers.
    """

    curvature_per_m: PerStation
    left_m: PerStation
    right_m: PerStation
    closed_m: Annotated[npt.NDArray[np.float64], "n 2"] | None = None

    def __post_init__(self) -> None:
        if len(self) == 0 or not len(self.left_m) == len(self.right_m) == len(self):
            raise InputError("a lattice needs at least one station, with both edges at each of them")
        tightest = float(np.abs(self.curvature_per_m).max())
        if not tightest <= _TIGHTEST_PER_M:
            raise InputError(
                f"the lattice covers bends of {1 / _TIGHTEST_PER_M:g} m radius and wider; this road has one of "
                f"{1 / tightest:.1f} m: choose another road"
            )
        if not float(self.left_m.max() - self.right_m.min()) <= _WIDEST_M:
            raise InputError(
                f"the lattice covers roads up to {_WIDEST_M:g} m wide; this one has "
                f"{self.left_m.max() - self.right_m.min():.3g} m: choose another road"
            )

    def __len__(self) -> int:
        return len(self.curvature_per_m)

    @classmethod
    def of_track(cls, track: Track, s_m: PerStation, closed: Sequence[Closed] = (), before_m: float = 0.0) -> Self:
        """The corridor along a road at these arc lengths of its centre line, which may lie beyond a closed road's end.

        Closed parts begin `before_m` earlier, and end as much later.
        """
        at = np.arange(len(track.x_m)) * track.spacing_m
        period = track.length_m if track.closed else None
        centre_per_m = np.interp(s_m, at, track.curvature_per_m, period=period)
        left_m, right_m = (np.interp(s_m, at, w, period=period) for w in (track.width_left_m, track.width_right_m))
        # The lane beside a bending centre line bends more on the inside.
        lane_per_m = centre_per_m / (1.0 - centre_per_m * track.lane_offset_m)
        shut_m = np.zeros((len(s_m), 2))
        for part in closed:
            place_m = s_m % track.length_m if track.closed else s_m
            at_part = (place_m >= part.from_s_m - before_m) & (place_m <= part.to_s_m + before_m)
            shut_m[at_part] = part.right_m, part.left_m
        return cls(lane_per_m, left_m - track.lane_offset_m, -right_m - track.lane_offset_m, shut_m if closed else None)

    def stations(self, which: slice) -> Self:
        """Some of its stations."""
        closed_m = None if self.closed_m is None else self.closed_m[which]
        return type(self)(self.curvature_per_m[which], self.left_m[which], self.right_m[which], closed_m)

    def is_end(self, offset_m: PerPose, keep_off_m: float = 0.0) -> npt.NDArray[np.bool_]:
        """Where the world ends (n, i) for these offsets at each station: off the surface, or on a closed part of it.

        `keep_off_m`: or nearer to either than that.
        """
        off = (offset_m > self.left_m[:, None] - keep_off_m) | (offset_m < self.right_m[:, None] + keep_off_m)
        if self.closed_m is None:
            return off
        from_m, to_m = np.split(self.closed_m, 2, axis=1)
        return off | ((from_m < to_m) & (offset_m > from_m - keep_off_m) & (offset_m < to_m + keep_off_m))

    def edge_m(self, offset_m: PerPose) -> Annotated[npt.NDArray[np.float64], "n i"]:
        """How far it is from these offsets to the nearer edge of the surface at each station; negative beyond it."""
        return np.minimum(self.left_m[:, None] - offset_m, offset_m - self.right_m[:, None])
