"""A closed road through measured points: a smoothing spline, sampled at even arc length."""

import warnings
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.sim.track import Track

Points = Annotated[npt.NDArray[np.float64], "k 4"]
"""x_m, y_m, width to the right, width to the left: the columns of the racetrack-database form."""

SPACING_M = 0.5
_POINT_NOISE_M = 0.02
_DENSE = 10


@dataclass(frozen=True, slots=True, eq=False)
class CircuitFit:
    """A road fitted to points (k, 4), and the road's arc length at each of them."""

    track: Track
    point_s_m: PerPoint


def fit_circuit(name: str, points: Points, *, lane_offset_m: float = 0.0, lines: str = "none") -> CircuitFit:
    """A closed road that passes the points (k, 4) at about 2 cm (root mean square), the last joined to the first.

    A periodic cubic spline, so curvature is continuous; heading and curvature are the spline's own.
    """
    from scipy.interpolate import splev, splprep  # noqa: PLC0415  a third of a second that --help must not wait for

    loop = np.vstack([points, points[:1]])
    chord_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(loop[:, :2], axis=0).T))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # "the noise asked for was not met": then it is nearer
        spline, _ = splprep(loop[:, :2].T, u=chord_m, s=len(points) * _POINT_NOISE_M**2, per=True)
    dense_u = np.linspace(0.0, chord_m[-1], _DENSE * round(chord_m[-1] / SPACING_M) + 1)
    dense_s_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(splev(dense_u, spline))))])
    count = max(3, round(dense_s_m[-1] / SPACING_M))
    u = np.interp(np.arange(count) * (dense_s_m[-1] / count), dense_s_m, dense_u)
    (x_m, y_m), (dx, dy), (ddx, ddy) = (np.asarray(splev(u, spline, der)) for der in range(3))
    track = Track(
        name=name,
        x_m=x_m,
        y_m=y_m,
        heading_rad=np.unwrap(np.arctan2(dy, dx)),
        curvature_per_m=(dx * ddy - dy * ddx) / np.hypot(dx, dy) ** 3,
        width_left_m=np.interp(u, chord_m, loop[:, 3]),
        width_right_m=np.interp(u, chord_m, loop[:, 2]),
        spacing_m=float(dense_s_m[-1] / count),
        closed=True,
        lane_offset_m=lane_offset_m,
        lines=lines,
    )
    return CircuitFit(track, np.interp(chord_m[:-1], dense_u, dense_s_m))
