"""How long a road may be: long enough that a car can be placed on it, short enough to be sampled every half metre."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError

MAX_LENGTH_M = 30_000.0
"""Longer than any circuit: more likely the coordinates are not in metres."""
MIN_OPEN_M = 100.0
MIN_LOOP_M = 20.0
_FEWEST_PLACES = 3


def check_length(
    points_m: Annotated[npt.NDArray[np.float64], "k 2"],
    *,
    closed: bool,
    where: str,
    too_long: str = "",
    too_short: str = "",
) -> None:
    """Raises InputError, beginning with `where`, for fewer than three places or a line too short or too long.

    `too_long` and `too_short` are what to do about it.
    """
    around_m = np.vstack([points_m, points_m[:1]]) if closed else points_m
    length_m = float(np.hypot(*np.diff(around_m, axis=0).T).sum())
    if length_m > MAX_LENGTH_M:
        raise InputError(
            f"{where}: is {length_m / 1000.0:,.0f} km long, more than {MAX_LENGTH_M / 1000.0:.0f} km; {too_long}"
        )
    kind, least_m = ("closed", MIN_LOOP_M) if closed else ("open", MIN_OPEN_M)
    if len(points_m) < _FEWEST_PLACES or length_m < least_m:
        raise InputError(
            f"{where}: is {length_m:.0f} m long and {kind}; such a road needs at least {least_m:g} m "
            f"and {_FEWEST_PLACES} places{'; ' if too_short else ''}{too_short}"
        )
