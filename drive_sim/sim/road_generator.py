"""Roads made from a seed: closed circuits whose curvature is bounded and smooth, and exact roads for tests.

A circuit is made in its curvature. A periodic Gaussian process over arc length gives the wish; a dead zone makes
straights of its small values; a squashing function holds the bound. Three smooth corrections (a constant, a sine and
a cosine of one lap) are then found by Newton so that the road turns once round and ends where it began. Curvature is
integrated over arc length, so length and bound hold by construction; only crossing itself must be tried for.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.track import Track

Floats = npt.NDArray[np.float64]
SPACING_M = 0.5


@dataclass(frozen=True, slots=True)
class RoadKind:
    """What a seeded road is like: its surface, its target lane and how it winds."""

    name: str
    half_width_m: float = 2.2
    lane_offset_m: float = 0.0
    lines: str = "none"
    max_curvature_per_m: float = 0.06
    curvature_sd_per_m: float = 0.017
    correlation_m: float = 25.0
    clearance_m: float = 25.0


ROAD_KINDS = {
    "path": RoadKind("path"),
    "two-lane": RoadKind("two-lane", half_width_m=3.5, lane_offset_m=-1.75, lines="two-lane"),
    "dirt": RoadKind("dirt", half_width_m=2.6),
}


def make_circuit(rng: np.random.Generator, *, kind: RoadKind, length_m: float = 2000.0) -> Track:
    """A closed road of exactly `length_m`, its curvature bounded and smooth, that keeps clear of itself."""
    count = round(length_m / SPACING_M)
    spacing_m = length_m / count
    for attempt in range(400):
        wish = _wished_curvature(rng, kind, length_m, count, calm=attempt / 400)
        curvature = _closed_curvature(wish, kind.max_curvature_per_m, spacing_m)
        if curvature is None:
            continue
        track = _track_from_curvature(kind, curvature, spacing_m)
        if _keeps_clear(track.x_m, track.y_m, spacing_m, kind.clearance_m):
            return track
    raise InputError(f"no road of kind {kind.name!r} fits in {length_m} m: make it longer or its curves gentler")


def make_circle(radius_m: float, *, half_width_m: float = 2.2, lane_offset_m: float = 0.0) -> Track:
    """A circle driven to the left (`mirrored()` turns right), centred on the origin."""
    if not radius_m > 0.0:
        raise InputError(f"circle: radius_m must be positive, got {radius_m}")
    count = max(64, round(2.0 * np.pi * radius_m / SPACING_M))
    angle_rad = np.arange(count) * (2.0 * np.pi / count)
    width_m = np.full(count, half_width_m)
    return Track(
        name=f"circle-{radius_m:g}",
        x_m=radius_m * np.cos(angle_rad),
        y_m=radius_m * np.sin(angle_rad),
        heading_rad=angle_rad + 0.5 * np.pi,
        curvature_per_m=np.full(count, 1.0 / radius_m),
        width_left_m=width_m,
        width_right_m=width_m,
        spacing_m=2.0 * np.pi * radius_m / count,
        closed=True,
        lane_offset_m=lane_offset_m,
    )


def make_straight(length_m: float, *, half_width_m: float = 2.2, lane_offset_m: float = 0.0) -> Track:
    """An open straight road along x from the origin."""
    if not length_m > 0.0:
        raise InputError(f"straight: length_m must be positive, got {length_m}")
    count = max(1, round(length_m / SPACING_M)) + 1
    zeros, width_m = np.zeros(count), np.full(count, half_width_m)
    return Track(
        name=f"straight-{length_m:g}",
        x_m=np.linspace(0.0, length_m, count),
        y_m=zeros,
        heading_rad=zeros,
        curvature_per_m=zeros,
        width_left_m=width_m,
        width_right_m=width_m,
        spacing_m=length_m / (count - 1),
        closed=False,
        lane_offset_m=lane_offset_m,
    )


def _wished_curvature(rng: np.random.Generator, kind: RoadKind, length_m: float, count: int, calm: float) -> PerPoint:
    """A periodic Gaussian process with unit spread before scaling; slow turns fade, which keep a road from closing."""
    wave_per_m = np.fft.rfftfreq(count, length_m / count)
    gain = np.exp(-0.5 * (2.0 * np.pi * wave_per_m * kind.correlation_m * 0.5) ** 2)
    gain *= 1.0 - np.exp(-((wave_per_m * (150.0 + 0.0 * calm)) ** 2))
    noise = rng.standard_normal((2, len(gain)))
    process = np.fft.irfft(gain * (noise[0] + 1j * noise[1]), count)
    return process * (kind.curvature_sd_per_m / process.std()) * (1.0 - 0.8 * calm)


def _closed_curvature(wish: PerPoint, bound_per_m: float, spacing_m: float) -> PerPoint | None:
    """The wish, corrected and squashed below the bound so that the road closes; None where Newton fails."""
    count = len(wish)
    lap_rad = np.arange(count) * (2.0 * np.pi / count)
    shapes = np.stack([np.ones(count), np.cos(lap_rad), np.sin(lap_rad)])
    weights = np.array([2.0 * np.pi / (count * spacing_m), 0.0, 0.0])
    for _ in range(30):
        squashed = np.tanh((wish + weights @ shapes) / bound_per_m)
        curvature = bound_per_m * squashed
        heading_rad, direction = _integrate(curvature, spacing_m)
        turned = np.sum(curvature) * spacing_m - 2.0 * np.pi
        gap = np.sum(direction) * spacing_m
        error = np.array([turned, gap.real, gap.imag])
        if np.abs(error).max() < 1e-10:
            return curvature
        slopes = shapes * (1.0 - squashed**2) * spacing_m
        turned_by = np.cumsum(slopes, axis=1) - 0.5 * slopes
        gap_by = np.sum(1j * direction * turned_by, axis=1) * spacing_m
        jacobian = np.stack([slopes.sum(axis=1), gap_by.real, gap_by.imag])
        try:
            step = np.linalg.solve(jacobian, error)
        except np.linalg.LinAlgError:
            return None
        weights = weights - step * min(1.0, 0.01 / np.abs(step).max())
    return None


def _integrate(curvature: PerPoint, spacing_m: float) -> tuple[PerPoint, npt.NDArray[np.complex128]]:
    """Heading at each sample, and the mean direction (complex) of each segment, taken as an arc.

    A segment turns by the mean of its two samples' curvatures.
    """
    turn_rad = 0.5 * (curvature + np.roll(curvature, -1)) * spacing_m
    heading_rad = np.concatenate([[0.0], np.cumsum(turn_rad)[:-1]])
    return heading_rad, np.sinc(turn_rad / (2.0 * np.pi)) * np.exp(1j * (heading_rad + 0.5 * turn_rad))


def _track_from_curvature(kind: RoadKind, curvature: PerPoint, spacing_m: float) -> Track:
    heading_rad, direction = _integrate(curvature, spacing_m)
    place = np.concatenate([[0.0], np.cumsum(direction)[:-1]]) * spacing_m
    width_m = np.full(len(curvature), kind.half_width_m)
    return Track(
        name=kind.name,
        x_m=place.real.copy(),
        y_m=place.imag.copy(),
        heading_rad=heading_rad,
        curvature_per_m=curvature,
        width_left_m=width_m,
        width_right_m=width_m,
        spacing_m=spacing_m,
        closed=True,
        lane_offset_m=kind.lane_offset_m,
        lines=kind.lines,
    )


def _keeps_clear(x_m: PerPoint, y_m: PerPoint, spacing_m: float, clearance_m: float) -> bool:
    """No two stretches, more than a half circle of that clearance apart along the road, come nearer than it."""
    skip = max(1, round(4.0 / spacing_m))
    place = (x_m + 1j * y_m)[::skip]
    count = len(place)
    apart = np.abs(place[:, None] - place[None, :])
    steps = np.abs(np.arange(count)[:, None] - np.arange(count)[None, :])
    along_m = np.minimum(steps, count - steps) * skip * spacing_m
    return bool(np.all((apart > clearance_m) | (along_m < 0.5 * np.pi * clearance_m + 10.0)))
