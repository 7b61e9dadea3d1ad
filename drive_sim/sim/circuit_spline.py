"""A closed road through measured points: a periodic smoothing spline, sampled at even arc length."""

from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.sim.track import Track

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

Points = Annotated[npt.NDArray[np.float64], "k 4"]
"""x_m, y_m, width to the right, width to the left: the columns of the racetrack-database form."""

SPACING_M = 0.5
_SHORTEST_WAVE_M = 12.0
_DENSE = 10


def fit_circuit(name: str, points: Points, *, lane_offset_m: float = 0.0, lines: str = "none") -> Track:
    """A closed road within centimetres of the points (k, 4), the last joined to the first; curvature is continuous."""
    loop = np.vstack([points, points[:1]])
    chord_m = _cumulated(np.hypot(*np.diff(loop[:, :2], axis=0).T))
    through = _periodic_spline(chord_m, loop[:, 0] + 1j * loop[:, 1])
    u, spacing_m = _even_places(through, chord_m[-1])
    smooth_m = smoothed(through(u), spacing_m, _SHORTEST_WAVE_M)
    nodes_m = _cumulated(np.full(len(u), spacing_m))
    road = _periodic_spline(nodes_m, np.append(smooth_m, smooth_m[0]))
    v, spacing_m = _even_places(road, nodes_m[-1])
    place_m, slope, bend = road(v), road(v, 1), road(v, 2)
    along_chord_m = np.interp(v, nodes_m, np.append(u, chord_m[-1]))
    return Track(
        name=name,
        x_m=place_m.real.copy(),
        y_m=place_m.imag.copy(),
        heading_rad=np.unwrap(np.angle(slope)),
        curvature_per_m=(np.conj(slope) * bend).imag / np.abs(slope) ** 3,
        width_left_m=np.interp(along_chord_m, chord_m, loop[:, 3]),
        width_right_m=np.interp(along_chord_m, chord_m, loop[:, 2]),
        spacing_m=spacing_m,
        closed=True,
        lane_offset_m=lane_offset_m,
        lines=lines,
    )


def smoothed(
    values: npt.NDArray[np.float64] | npt.NDArray[np.complex128], spacing_m: float, shortest_wave_m: float
) -> npt.NDArray[np.complex128]:
    """The smoothing spline of order three through evenly spaced values round a loop: waves of that length are halved.

    Least squares plus a penalty on the third derivative, which on a loop is a division of each Fourier mode; unlike
    one on the second derivative it hardly draws a bend inwards: 1 cm at 8 m radius.
    """
    waves_per_m = np.fft.fftfreq(len(values), spacing_m)
    return np.fft.ifft(np.fft.fft(values) / (1.0 + (shortest_wave_m * waves_per_m) ** 6))


def _even_places(curve: "CubicSpline", end: float) -> tuple[PerPoint, float]:
    """Parameters of about half-metre steps of even arc length along a closed curve, and the exact step."""
    dense = np.linspace(0.0, end, _DENSE * round(end / SPACING_M) + 1)
    dense_s_m = _cumulated(np.abs(np.diff(curve(dense))))
    count = max(3, round(dense_s_m[-1] / SPACING_M))
    spacing_m = float(dense_s_m[-1] / count)
    return np.interp(np.arange(count) * spacing_m, dense_s_m, dense), spacing_m


def _periodic_spline(parameter_m: PerPoint, place_m: npt.NDArray[np.complex128]) -> "CubicSpline":
    from scipy.interpolate import CubicSpline  # noqa: PLC0415  a third of a second, for roads from files only

    return CubicSpline(parameter_m, place_m, bc_type="periodic")


def _cumulated(steps_m: PerPoint) -> PerPoint:
    return np.append(0.0, np.cumsum(steps_m))
