"""The lines by which a stretch of road is drawn from above."""

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.sim.track import Track, Tracks, point_on_lane

Points = Annotated[npt.NDArray[np.float64], "k 2"]
"""x_m, y_m of points of a line."""

LIMIT_M = 1.0
"""Further than this from its lane, a car is put back."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadLines:
    """Edges of the surface, the target lane's centre, and the limits to both sides of it; all (k, 2).

    The points are `step_m` apart from arc length `from_s_m` on.
    """

    from_s_m: float
    step_m: float
    left: Points
    right: Points
    lane: Points
    limit_left: Points
    limit_right: Points

    @property
    def surface(self) -> Points:
        """The surface's outline, once round."""
        return np.concatenate([self.left, self.right[::-1]])

    def between(self, from_s_m: float, to_s_m: float) -> Self:
        """The part between two arc lengths, as far as these lines reach."""
        first, last = (max(0, round((s - self.from_s_m) / self.step_m)) for s in (from_s_m, to_s_m))
        lines = (self.left, self.right, self.lane, self.limit_left, self.limit_right)
        return type(self)(self.from_s_m + first * self.step_m, self.step_m, *(line[first : last + 1] for line in lines))


def make_road_lines(track: Track, from_s_m: float, to_s_m: float, step_m: float = 1.0) -> RoadLines:
    """The lines between two arc lengths; on a closed road they may lie beyond its end."""
    if not track.closed:
        from_s_m, to_s_m = max(from_s_m, 0.0), min(to_s_m, track.length_m)
    num_steps = max(1, round((to_s_m - from_s_m) / step_m))
    s_m = np.linspace(from_s_m, to_s_m, num_steps + 1)
    tracks, track_idx = Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64)
    nearest = np.round(s_m / track.spacing_m).astype(np.int64) % len(track.x_m)

    def beside_lane(left_m: PerPoint | float) -> Points:
        return point_on_lane(tracks, track_idx, s_m % track.length_m if track.closed else s_m, left_m)[:, :2]

    return RoadLines(
        from_s_m=from_s_m,
        step_m=(to_s_m - from_s_m) / num_steps,
        left=beside_lane(track.width_left_m[nearest] - track.lane_offset_m),
        right=beside_lane(-track.width_right_m[nearest] - track.lane_offset_m),
        lane=beside_lane(0.0),
        limit_left=beside_lane(LIMIT_M),
        limit_right=beside_lane(-LIMIT_M),
    )
