"""What a road's file says, whatever its format, and whether its ends meet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

SAME_POINT_M = 0.01

_MANY_STEPS = 20
"""Of fewer the longest says what is usual in a survey; a line drawn with fewer does not follow the road closely."""
_NEAR_M, _MEETING_M = 20.0, 5.0
"""Ends of a recording, and of a line that was drawn or planned, which are one place."""
_HEADING_M, _GOES_ON_RAD = 5.0, np.radians(120.0)


@dataclass(frozen=True, slots=True, eq=False)
class RoadText:
    """What a road's file says: points (k, 2), where each stands, and widths (k, 2) right and left if it has some.

    None: nothing is said about it. `time_s` (k,) are the times at which points were recorded. A way is `planned` where
    its points are those of its turns, and may lie far apart. `told` is what the reader left out, in words.
    """

    points_m: Annotated[npt.NDArray[np.float64], "k 2"]
    places: list[str]
    widths_m: Annotated[npt.NDArray[np.float64], "k 2"] | None = None
    width_m: float | None = None
    lane_offset_m: float | None = None
    lines: str = "none"
    closed: bool | None = None
    time_s: Annotated[npt.NDArray[np.float64], "k"] | None = None
    planned: bool = False
    told: str = ""

    @property
    def ends_meet(self) -> bool:
        """Whether it is a loop: as it says, or else by how far its ends are apart.

        A planned way, and a line of few points without widths: 5 m. Others 20 m, or where their points are farther
        apart three times the 95th percentile of the steps between them, of few steps 1.1 times the longest. A survey's
        end must lead on to its beginning, too.
        """
        if self.closed is not None:
            return self.closed
        apart_m, steps_m = math.dist(self.points_m[0], self.points_m[-1]), np.hypot(*np.diff(self.points_m, axis=0).T)
        few = len(steps_m) < _MANY_STEPS
        if self.planned or (few and self.widths_m is None):
            return apart_m <= _MEETING_M
        usual_m = 1.1 * steps_m.max() if few else 3.0 * np.percentile(steps_m, 95.0)
        return apart_m <= max(float(usual_m), _NEAR_M) and (self.widths_m is None or self._goes_on)

    @property
    def _goes_on(self) -> bool:
        """Whether a survey's end leads on to its beginning, and does not lie beside it, as after a hairpin."""
        place_m = self.points_m[:, 0] + 1j * self.points_m[:, 1]
        begins, ends = (_way_out(way) for way in (place_m, place_m[::-1]))
        return not (begins and ends) or bool(abs(np.angle(-np.conj(ends) * begins)) < _GOES_ON_RAD)


def _way_out(place_m: npt.NDArray[np.complex128]) -> complex:
    """From the first of some places (k,) to the next that is not beside it; 0 where there is none."""
    away_m = place_m - place_m[0]
    return complex(away_m[np.argmax(np.abs(away_m) >= _HEADING_M)])


def is_joined(points_m: Sequence[Sequence[float]] | npt.NDArray[np.float64]) -> bool:
    """Whether the last of some points (k, 2 or more) is the first again, which says that they are a loop."""
    return len(points_m) > 1 and math.dist(points_m[0][:2], points_m[-1][:2]) <= SAME_POINT_M
