"""A road through measured points: a smoothing spline, round a loop or from an end to the other, at even arc length."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.sim.track import Track

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

Points = Annotated[npt.NDArray[np.float64], "k 4"]
"""x_m, y_m, width to the right, width to the left: the columns of the racetrack-database form."""
Numbers = TypeVar("Numbers", PerPoint, npt.NDArray[np.complex128])

SPACING_M = 0.5
_SHORTEST_WAVE_M = 12.0
_DENSE = 10


def fit_circuit(
    name: str, points: Points, *, lane_offset_m: float = 0.0, lines: str = "none", closed: bool = True
) -> Track:
    """A road within centimetres of the points (k, 4), the last joined to the first where closed.

    Its curvature is continuous.
    """
    nodes = np.vstack([points, points[:1]]) if closed else points
    through, chord_m = line_through(nodes[:, 0] + 1j * nodes[:, 1], closed=closed)
    u, spacing_m = even_places(through, chord_m[-1], closed=closed)
    smooth_m = smoothed(through(u), spacing_m, _SHORTEST_WAVE_M, closed=closed)
    nodes_m = _cumulated(np.full(len(u) - (not closed), spacing_m))
    road = _spline(nodes_m, np.append(smooth_m, smooth_m[0]) if closed else smooth_m, closed)
    v, spacing_m = even_places(road, nodes_m[-1], closed=closed)
    place_m, slope, bend = road(v), road(v, 1), road(v, 2)
    along_chord_m = np.interp(v, nodes_m, np.append(u, chord_m[-1]) if closed else u)
    return Track(
        name=name,
        x_m=place_m.real.copy(),
        y_m=place_m.imag.copy(),
        heading_rad=np.unwrap(np.angle(slope)),
        curvature_per_m=(np.conj(slope) * bend).imag / np.abs(slope) ** 3,
        width_left_m=np.interp(along_chord_m, chord_m, nodes[:, 3]),
        width_right_m=np.interp(along_chord_m, chord_m, nodes[:, 2]),
        spacing_m=spacing_m,
        closed=closed,
        lane_offset_m=lane_offset_m,
        lines=lines,
    )


def smoothed(values: Numbers, spacing_m: float, shortest_wave_m: float, *, closed: bool = True) -> Numbers:
    """The smoothing spline of order three through evenly spaced values (k,): waves of that length are halved.

    Least squares plus a penalty on the third derivative, which on a loop is a division of each Fourier mode; unlike
    one on the second derivative it hardly draws a bend inwards: 1 cm at 8 m radius. An open line is continued at its
    ends by its own image, turned half round, so that the ends stay where they are.
    """
    if closed:
        return _smoothed_loop(values, spacing_m, shortest_wave_m)
    beyond = min(len(values) - 1, round(4.0 * shortest_wave_m / spacing_m))
    before, after = 2.0 * values[0] - values[beyond:0:-1], 2.0 * values[-1] - values[-2 : -beyond - 2 : -1]
    longer = np.concatenate([before, values, after])
    # What rises from end to end is no loop: it is taken out, and given back.
    rise = longer[0] + (longer[-1] - longer[0]) * np.arange(len(longer)) / (len(longer) - 1)
    longer = rise + _smoothed_loop(longer - rise, spacing_m, shortest_wave_m)
    return longer[beyond : beyond + len(values)]


def _smoothed_loop(values: Numbers, spacing_m: float, shortest_wave_m: float) -> Numbers:
    waves_per_m = np.fft.fftfreq(len(values), spacing_m)
    smooth = np.fft.ifft(np.fft.fft(values) / (1.0 + (shortest_wave_m * waves_per_m) ** 6))
    return smooth if np.iscomplexobj(values) else smooth.real  # pyright: ignore[reportReturnType] - as it was given


def line_through(place_m: npt.NDArray[np.complex128], *, closed: bool) -> tuple["CubicSpline", PerPoint]:
    """A spline through places (k,), of a loop the first also at the end; and the length of its chords up to each."""
    step_m = np.diff(place_m)
    chord_m = _cumulated(np.hypot(step_m.real, step_m.imag))
    return _spline(chord_m, place_m, closed), chord_m


def even_places(curve: "CubicSpline", end: float, *, closed: bool) -> tuple[PerPoint, float]:
    """Parameters of about half-metre steps of even arc length along a curve, and the exact step."""
    dense = np.linspace(0.0, end, _DENSE * round(end / SPACING_M) + 1)
    dense_s_m = _cumulated(np.abs(np.diff(curve(dense))))
    count = max(3, round(dense_s_m[-1] / SPACING_M))
    spacing_m = float(dense_s_m[-1] / count)
    return np.interp(np.arange(count + (not closed)) * spacing_m, dense_s_m, dense), spacing_m


def _spline(parameter_m: PerPoint, place_m: npt.NDArray[np.complex128], closed: bool) -> "CubicSpline":
    from scipy.interpolate import CubicSpline  # noqa: PLC0415  a third of a second, for roads from files only

    return CubicSpline(parameter_m, place_m, bc_type="periodic" if closed else "natural")


def _cumulated(steps_m: PerPoint) -> PerPoint:
    return np.append(0.0, np.cumsum(steps_m))
