"""A line that nobody has surveyed, made a road that can be driven: a phone's noise taken out, and corners rounded.

Two things stand between a recorded or drawn line and a road. Its points may be off by metres: a smoothing spline whose
strength generalised cross-validation chooses (Craven and Wahba 1978) takes out as much as the points themselves show to
be noise, and nothing where they lie on a curve. And its corners may be sharper than a car can turn: they are smoothed
where they are, more and more widely, until no bend is tighter than the road's width and a car allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.circuit_spline import even_places, line_through, smoothed
from drive_sim.sim.road_length import check_length

LEAST_RADIUS_M = 11.0
"""No bend is drawn tighter: a car turns with 8.3 m."""
RADIUS_IN_HALF_WIDTHS = 1.3
LEAST_NOISE_M = 0.3
"""Points that lie nearer to a smooth curve are taken as they are."""

_FEWEST_NOISY, _MOST_NOISY = 20, 2500
_CLOCKED = 4.0
"""Of points that were recorded by a clock hardly a step is so many times as long as the median one."""
_STRAIGHT_LEG_M, _LEG_STEP_M, _CORNER_RAD = 20.0, 8.0, np.radians(40.0)
"""A longer leg of a clean line is straight where it ends in a corner; elsewhere the line curves through its points."""
_MOST_MOVED_M = 30.0
_LEAST_STEP_M = 3.0
"""Standing still makes a cloud of points; of those, and of slow walking, one is kept every so far."""
_FIRST_WAVE_M, _WAVE_GROWTH, _MOST_ROUNDS = 14.0, 1.05, 60

Line = Annotated[npt.NDArray[np.complex128], "k"]


@dataclass(frozen=True, slots=True, eq=False)
class SmoothLine:
    """Places (k,) every half metre that a car can follow, the noise of the points that made them, and how far it moved.

    `noise_m` is the root mean square of what was taken out, in each direction, 0 where nothing was. `moved_m`: 95 % of
    the points lie within that of the line.
    """

    place_m: Line
    noise_m: float
    moved_m: float


def smooth_line(
    points_m: Annotated[npt.NDArray[np.float64], "k 2"],
    time_s: PerPoint | None,
    *,
    closed: bool,
    half_width_m: float,
    where: str,
    places: Sequence[str] = (),
) -> SmoothLine:
    """A line along the points that a road of this width can follow; `places` (k,) say where each stands in its file.

    Raises InputError, beginning with `where`, for a line that goes nowhere without its noise, that turns on the spot,
    or whose corners cannot be rounded.
    """
    given_m = points_m[:, 0] + 1j * points_m[:, 1]
    line_m, noise_m = _without_noise(given_m, time_s, closed)
    line_m = _thinned(line_m) if noise_m else _with_straight_legs(line_m, closed)
    places_m = np.stack([line_m.real, line_m.imag], axis=-1)
    check_length(places_m, closed=closed, where=f"{where}, without its noise" if noise_m else where)
    nodes_m = np.append(line_m, line_m[0]) if closed else line_m
    curve, chord_m = line_through(nodes_m, closed=closed)
    parameter, spacing_m = even_places(curve, chord_m[-1], closed=closed)
    radius_m = max(LEAST_RADIUS_M, RADIUS_IN_HALF_WIDTHS * half_width_m)
    place_m = _rounded(curve(parameter), spacing_m, 1.0 / radius_m, closed)
    moved_m = np.inf if place_m is None else _moved_m(given_m, place_m)
    if place_m is None or moved_m > _MOST_MOVED_M + 3.0 * noise_m:
        spot = _sharpest(curve(parameter), spacing_m, radius_m, closed)
        place = f", {places[int(np.argmin(np.abs(given_m - spot)))]}" if len(places) else ""
        raise InputError(
            f"{where}{place}: turns too sharply for a road of {2 * half_width_m:g} m, which takes a radius of "
            f"{radius_m:.0f} m; draw its corners wider, or leave out what leads back"
        )
    return SmoothLine(place_m, noise_m, moved_m)


def _without_noise(given_m: Line, time_s: PerPoint | None, closed: bool) -> tuple[Line, float]:
    """The line without what the points show to be noise, and its root mean square; 0 where the points are smooth."""
    from scipy.interpolate import make_smoothing_spline  # noqa: PLC0415 - a third of a second, for such files only

    if len(given_m) < _FEWEST_NOISY:
        return given_m, 0.0
    group = -(-len(given_m) // _MOST_NOISY)
    line_m = _averaged(given_m, group)
    steps = _paces(np.abs(np.diff(line_m))) if time_s is None else np.diff(_averaged(time_s, group))
    ring, count = min(len(line_m) - 1, 50) if closed else 0, len(line_m)
    round_about = np.arange(-ring, count + ring) % count  # a loop is smoothed over its joint
    at = np.append(0.0, np.cumsum(np.append(steps, np.median(steps))[round_about[:-1]]))
    around_m = line_m[round_about]
    x_m, y_m = (make_smoothing_spline(at, side)(at) for side in (around_m.real, around_m.imag))
    smooth_m = (x_m + 1j * y_m)[ring : ring + count]
    noise_m = float(np.sqrt(0.5 * np.mean(np.abs(smooth_m - line_m) ** 2)))
    return (smooth_m, noise_m) if noise_m > LEAST_NOISE_M else (given_m, 0.0)


def _paces(step_m: PerPoint) -> PerPoint:
    """How far apart points (k + 1,) are taken to be where no time says it: alike where a clock has set them.

    Steps that noise has made long say little about how far it is; of a drawn line their roots even them out.
    """
    is_clocked = np.percentile(step_m, 99.0) < _CLOCKED * np.median(step_m)
    return np.ones(len(step_m)) if is_clocked else np.sqrt(step_m) + 1e-3


def _averaged(values: npt.NDArray[np.generic], group: int) -> npt.NDArray[np.generic]:
    """The mean of each so many values (k,) in a row."""
    starts = np.arange(0, len(values), group)
    return np.add.reduceat(values, starts) / np.diff(np.append(starts, len(values)))


def _thinned(line_m: Line) -> Line:
    """The places that lie at least `_LEAST_STEP_M` from the one kept before."""
    kept = [line_m[0]]
    for place in line_m[1:]:
        if abs(place - kept[-1]) >= _LEAST_STEP_M:
            kept.append(place)
    return np.array(kept)


def _with_straight_legs(line_m: Line, closed: bool) -> Line:
    """The line with further places on its long legs from or to a corner, which make them straight."""
    nodes = np.append(line_m, line_m[0]) if closed else line_m
    corner = np.pad(np.abs(np.angle(np.conj(nodes[1:-1] - nodes[:-2]) * (nodes[2:] - nodes[1:-1]))) > _CORNER_RAD, 1)
    if closed:
        corner[[0, -1]] = abs(np.angle(np.conj(nodes[-1] - nodes[-2]) * (nodes[1] - nodes[0]))) > _CORNER_RAD
    pieces = []
    for leg, (start, end) in enumerate(pairwise(nodes)):
        long = abs(end - start) > _STRAIGHT_LEG_M and corner[leg : leg + 2].any()
        count = int(abs(end - start) / _LEG_STEP_M) if long else 1
        pieces.append(start + (end - start) * np.arange(count) / count)
    return np.concatenate([*pieces, [] if closed else nodes[-1:]])


def _rounded(place_m: Line, spacing_m: float, most_per_m: float, closed: bool) -> Line | None:
    """The line with its sharp bends smoothed until none is sharper; None where that does not come to an end."""
    from scipy.ndimage import maximum_filter1d, uniform_filter1d  # noqa: PLC0415

    mode, wave_m, fewest = "wrap" if closed else "nearest", _FIRST_WAVE_M, len(place_m) // 2
    for _ in range(_MOST_ROUNDS):
        sharp = np.abs(_curvature_per_m(place_m, closed)) > 0.9 * most_per_m
        if not sharp.any():
            return place_m
        reach = min(2 * round(wave_m / spacing_m) + 1, len(place_m))
        share = uniform_filter1d(maximum_filter1d(sharp.astype(np.float64), reach, mode=mode), reach, mode=mode)
        place_m = place_m + share * (smoothed(place_m, spacing_m, wave_m, closed=closed) - place_m)
        place_m = _evenly(place_m, spacing_m, closed)
        if len(place_m) < fewest:
            return None
        wave_m *= _WAVE_GROWTH
    return None


def _evenly(place_m: Line, spacing_m: float, closed: bool) -> Line:
    """The same line at about that spacing, which smoothing has shortened."""
    nodes_m = np.append(place_m, place_m[0]) if closed else place_m
    along_m = np.append(0.0, np.cumsum(np.abs(np.diff(nodes_m))))
    count = max(8, round(along_m[-1] / spacing_m))
    return np.interp(np.arange(count + (not closed)) * (along_m[-1] / count), along_m, nodes_m)


def _curvature_per_m(place_m: Line, closed: bool) -> PerPoint:
    """Curvature (k,) from three places at a time, 2 m apart, so that single steps don't count; 0 at open ends."""
    reach = 4
    if closed:
        before, after = np.roll(place_m, reach), np.roll(place_m, -reach)
    else:
        before, after = (
            np.pad(place_m, reach, mode="edge")[: -2 * reach],
            np.pad(place_m, reach, mode="edge")[2 * reach :],
        )
    into, out_of = place_m - before, after - place_m
    length_m = np.abs(into) + np.abs(out_of)
    turn_rad = np.angle(np.where(np.abs(into) * np.abs(out_of) > 0.0, np.conj(into) * out_of, 1.0))
    return 2.0 * turn_rad / np.maximum(length_m, 1e-9)


def _sharpest(place_m: Line, spacing_m: float, radius_m: float, closed: bool) -> complex:
    """The place at which the way there and the way on, of one radius each, turn most."""
    reach = min(max(1, round(radius_m / spacing_m)), (len(place_m) - 1) // 2)
    around_m = np.concatenate([place_m[-reach:], place_m, place_m[:reach]]) if closed else place_m
    into, out_of = around_m[reach:-reach] - around_m[: -2 * reach], around_m[2 * reach :] - around_m[reach:-reach]
    return complex(around_m[reach + int(np.argmax(np.abs(np.angle(np.conj(into) * out_of))))])


def _moved_m(given_m: Line, place_m: Line) -> float:
    from scipy.spatial import KDTree  # noqa: PLC0415 - half a second to import

    tree = KDTree(np.stack([place_m.real, place_m.imag], axis=-1))
    away_m, _ = tree.query(np.stack([given_m.real, given_m.imag], axis=-1))
    return float(np.percentile(away_m, 95.0))
