"""What of a survey is noise: someone's own measurements, where a database's lie on a curve within millimetres.

A smoothing spline over the points' number, of which generalised cross-validation chooses the strength (Craven and Wahba
1978): on a loop the penalty on the third derivative divides each Fourier mode, and the freedom it leaves is their mean.
Of four real circuits it takes out less than 1 mm, of bends drawn coarsely a few centimetres, of noise of 0.3 m 0.29 m.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint

LEAST_NOISE_M = 0.1
"""Less is left as it is."""
_FEWEST, _ORDER = 20, 3
_LEAST_WAVE, _LONGEST_WAVE, _NUM_WAVES = 6.0, 150.0, 60
"""In points; what takes out shorter waves only takes out bends that were drawn coarsely, and is no noise."""
_MOST_SIGMAS = 6.0
"""A point farther off than so many times the usual error is a mistake, and somebody's to mend."""

Points = Annotated[npt.NDArray[np.float64], "k 4"]
Pairs = Annotated[npt.NDArray[np.complex128], "k"]


def without_noise(points: Points, *, closed: bool) -> tuple[Points, float, float]:
    """Points (k, 4) without the noise of their line and of their widths, and how much of either that was in metres.

    Both are root mean squares, of each direction and side; 0 where nothing was taken out. No width becomes less than
    half of what it was.
    """
    line_m, of_line_m = _quiet(points[:, 0] + 1j * points[:, 1], closed)
    widths_m, of_widths_m = _quiet(points[:, 2] + 1j * points[:, 3], closed)
    sides_m = np.maximum(np.stack([widths_m.real, widths_m.imag], axis=-1), 0.5 * points[:, 2:])
    return np.column_stack([line_m.real, line_m.imag, sides_m]), of_line_m, of_widths_m


def _quiet(values: Pairs, closed: bool) -> tuple[Pairs, float]:
    """Pairs (k,), as complex numbers, without their noise, and its root mean square in each of the two."""
    if len(values) < _FEWEST:
        return values, 0.0
    waves = np.geomspace(1.0, _LONGEST_WAVE, _NUM_WAVES)
    wave = float(min(waves, key=lambda wave: _score(values, wave, closed)))
    quiet = _smooth(values, wave, closed)
    taken = np.abs(quiet - values)
    noise = float(np.sqrt(0.5 * np.mean(taken**2)))
    is_noise = wave >= _LEAST_WAVE and noise > LEAST_NOISE_M and taken.max() < _MOST_SIGMAS * noise
    return (quiet, noise) if is_noise else (values, 0.0)


def _score(values: Pairs, wave: float, closed: bool) -> float:
    """Generalised cross-validation: what smoothing takes out, over the freedom to take it out, squared."""
    freedom = float(np.mean(1.0 - _shares(len(values), wave))) * (1.0 if closed else 1.0 - _ORDER / len(values))
    return float(np.mean(np.abs(_smooth(values, wave, closed) - values) ** 2)) / freedom**2


def _shares(count: int, wave: float) -> PerPoint:
    """What is left of each Fourier mode (k,) of a loop."""
    step = np.sin(np.pi * np.fft.fftfreq(count).astype(np.float64)) / np.pi
    return 1.0 / (1.0 + (wave * step) ** (2 * _ORDER))


def _smooth(values: Pairs, wave: float, closed: bool) -> Pairs:
    """The smoothing spline through pairs (k,): third differences cost, so that an open line's ends may bend."""
    if closed:
        return np.fft.ifft(np.fft.fft(values) * _shares(len(values), wave))
    from scipy.linalg import solveh_banded  # noqa: PLC0415 - for roads from files only

    straight = np.linspace(values[0], values[-1], len(values))
    bands = (wave / (2.0 * np.pi)) ** (2 * _ORDER) * _penalty_bands(len(values))
    bands[-1] += 1.0
    return straight + solveh_banded(bands, values - straight)


def _penalty_bands(count: int) -> Annotated[npt.NDArray[np.float64], "4 k"]:
    """The upper diagonals of D'D, where D takes third differences of so many values."""
    difference, bands = np.array([-1.0, 3.0, -3.0, 1.0]), np.zeros((_ORDER + 1, count))
    for row in range(_ORDER + 1):
        for column in range(row, _ORDER + 1):
            above = column - row
            bands[_ORDER - above, column : count - _ORDER + column] += difference[row] * difference[column]
    return bands
