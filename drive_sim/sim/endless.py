"""Endless roads, made as they are driven: a segment at a time, the same road however it is cut, and no place twice.

The curvature that a seed asks for is drawn block by block (1024 m), a Gaussian process as in `road_generator`, each
block from its own numbers and its neighbours'. The heading is then followed from block to block, so a road is known
wherever a `Milestone` of it is. A weak pull keeps the heading near a main direction that drifts slowly, and grows
without limit towards 85 degrees from east: a road always gains ground to the east, so it can never meet itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.compiled import njit
from drive_sim.sim.road_generator import ROAD_KINDS, SPACING_M, RoadKind, correlation_gain
from drive_sim.sim.track import Track

BLOCK_M = 1024.0
MOST_CORRELATION_M = 40.0
"""Beyond this a block would have to know more than its neighbours."""
WIDEST_RAD = np.radians(85.0)
"""No road ever heads further than this from east."""

_PER_BLOCK = round(BLOCK_M / SPACING_M)
_ROUTES = 3
"""First word of the seeds: an endless road can never be a suite's or a demonstration's (`suites`)."""
_PULL = 0.5
"""How strongly a radian away from the main direction is felt, in spreads of the process."""
_DRIFT_RAD = {97e3: np.radians(5.0), 311e3: np.radians(10.0), 1301e3: np.radians(20.0)}
"""How far the main direction swings from east, by the length of each wave in m."""
_ENVELOPE = 8.0
"""Calm and winding stretches are so many times as long as bends, as in `road_generator`."""
_CALIBRATION_SEED, _CALIBRATION_BLOCKS, _CALIBRATION_RUNS = 0, 128, 5

Samples = Annotated[npt.NDArray[np.float64], "4 k"]
"""x_m, y_m, heading_rad and curvature_per_m of each sample."""


@dataclass(frozen=True, slots=True)
class Route:
    """An endless road by its seed and its kind."""

    seed: int
    kind: RoadKind = field(default_factory=lambda: ROAD_KINDS["country"])

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InputError(f"route: seed must not be negative, got {self.seed}")
        if self.kind.correlation_m > MOST_CORRELATION_M:
            raise InputError(
                f"route: correlation_m of road kind {self.kind.name!r} must be at most {MOST_CORRELATION_M:g}, "
                f"got {self.kind.correlation_m:g}"
            )


@dataclass(frozen=True, slots=True)
class Milestone:
    """Where a road is at the beginning of a block; `number` counts blocks from 0.

    Moved elsewhere (`dataclasses.replace` with other x_m, y_m), it begins the same road in another place.
    """

    number: int = 0
    x_m: float = 0.0
    y_m: float = 0.0
    heading_rad: float = 0.0
    curvature_per_m: float = 0.0

    @property
    def s_m(self) -> float:
        """Arc length of the road here."""
        return self.number * BLOCK_M


@dataclass(frozen=True, slots=True, eq=False)
class RoadSegment:
    """A piece of a road as an open `Track`, from arc length `from_s_m` of the road on; `milestone` lies before it."""

    track: Track
    from_s_m: float
    milestone: Milestone


def make_road_segment(route: Route, milestone: Milestone, from_s_m: float, length_m: float) -> RoadSegment:
    """The piece of a road that begins at the last sample before `from_s_m`; samples are 0.5 m apart.

    The same stretch of road in two segments is the same to the bit. Raises InputError where the milestone lies behind.
    """
    first = int(from_s_m / SPACING_M)
    count = int(np.ceil(length_m / SPACING_M)) + 1
    if first < milestone.number * _PER_BLOCK or count < 2:
        raise InputError(
            f"segment: {length_m} m from {from_s_m} m on do not lie after the milestone at {milestone.s_m} m"
        )
    while (milestone.number + 1) * _PER_BLOCK <= first:
        milestone = _driven(route, milestone)[1]
    pieces, ahead, skipped = [], milestone, first - milestone.number * _PER_BLOCK
    while len(pieces) * _PER_BLOCK < skipped + count:
        piece, ahead = _driven(route, ahead)
        pieces.append(piece)
    samples = np.concatenate(pieces, axis=1)[:, skipped : skipped + count]
    return RoadSegment(_track(route, samples), first * SPACING_M, milestone)


def milestones(route: Route) -> Iterator[Milestone]:
    """The beginning of every block of a road, without end; nothing is kept."""
    milestone = Milestone()
    while True:
        yield milestone
        milestone = _driven(route, milestone)[1]


class _DesiredCurvature(NamedTuple):
    """What a seed asks for in a block, not yet scaled.

    How it would wind (k,), how much it bends there, from 0 to 1, and the mean square of both together.
    """

    winding: PerPoint
    bend: PerPoint
    power: float


@lru_cache(maxsize=1024)
def _desired_curvature(route: Route, number: int) -> _DesiredCurvature:
    """What a seed asks for in block `number`, from its own noise and both neighbours'; block -1 exists too."""
    kind = route.kind
    noise = [np.random.default_rng([_ROUTES, route.seed, block]) for block in range(number + 1, number + 4)]
    winding_noise, envelope_noise = np.concatenate([rng.standard_normal((2, _PER_BLOCK)) for rng in noise], axis=1)
    process = _smoothed(winding_noise, kind.correlation_m)
    envelope = np.exp(kind.unevenness * _smoothed(envelope_noise, _ENVELOPE * kind.correlation_m))
    bend = process**2 / (process**2 + kind.straightness**2)
    winding = process * envelope
    return _DesiredCurvature(winding, bend, float(np.mean((winding * bend) ** 2)))


def _smoothed(noise: PerPoint, correlation_m: float) -> PerPoint:
    """The middle block of three of white noise, as a process of unit spread with that correlation."""
    smooth = np.fft.irfft(_unit_gain(len(noise), correlation_m) * np.fft.rfft(noise), len(noise))
    return smooth[_PER_BLOCK : 2 * _PER_BLOCK]


@lru_cache(maxsize=16)
def _unit_gain(count: int, correlation_m: float) -> PerPoint:
    gain = correlation_gain(count, SPACING_M, correlation_m)
    return gain * np.sqrt(count / (2.0 * np.sum(gain**2) - gain[0] ** 2))


def _driven(route: Route, milestone: Milestone, scale_per_m: float | None = None) -> tuple[Samples, Milestone]:
    """The samples of the block that begins at a milestone, and the next milestone."""
    kind, number = route.kind, milestone.number
    scale_per_m = _scale_per_m(kind) if scale_per_m is None else scale_per_m
    before, here, after = (_desired_curvature(route, block) for block in (number - 1, number, number + 1))
    u = np.arange(_PER_BLOCK) / _PER_BLOCK
    # A quadratic B-spline through the blocks' powers: about 2 km of road share one spread, as a lap does.
    power = 0.5 * (1.0 - u) ** 2 * before.power + (0.5 + u * (1.0 - u)) * here.power + 0.5 * u**2 * after.power
    samples = np.empty((4, _PER_BLOCK))
    end = _follow(
        here.winding,
        here.bend * (scale_per_m / np.sqrt(power)),
        _main_direction(route, milestone.s_m + SPACING_M * np.arange(_PER_BLOCK, dtype=np.float64)),
        (milestone.x_m, milestone.y_m, milestone.heading_rad, milestone.curvature_per_m),
        kind.max_curvature_per_m,
        samples,
    )
    return samples, Milestone(number + 1, *end)


def _main_direction(route: Route, s_m: PerPoint) -> PerPoint:
    """Three slow waves: where the road would like to head, from east."""
    phases_rad = np.random.default_rng([_ROUTES, route.seed]).uniform(0.0, 2.0 * np.pi, len(_DRIFT_RAD))
    waves = zip(_DRIFT_RAD.items(), phases_rad, strict=True)
    return sum(
        (drift * np.sin(2.0 * np.pi / wave_m * s_m + phase) for (wave_m, drift), phase in waves), np.zeros(len(s_m))
    )


@lru_cache(maxsize=64)
def _scale_per_m(kind: RoadKind) -> float:
    """What the desired curvature is multiplied with, found on a road of its own.

    Bound and pull take from the spread what this gives back.
    """
    route, scale_per_m = Route(_CALIBRATION_SEED, kind), kind.curvature_sd_per_m
    for _ in range(_CALIBRATION_RUNS):
        milestone, squares = Milestone(), 0.0
        for _ in range(_CALIBRATION_BLOCKS):
            samples, milestone = _driven(route, milestone, scale_per_m)
            squares += float(np.mean(samples[3] ** 2)) / _CALIBRATION_BLOCKS
        scale_per_m *= kind.curvature_sd_per_m / np.sqrt(squares)
    return scale_per_m


def _track(route: Route, samples: Samples) -> Track:
    kind, width_m = route.kind, np.full(samples.shape[1], route.kind.half_width_m)
    x_m, y_m, heading_rad, curvature_per_m = samples
    return Track(
        name=kind.name,
        x_m=x_m,
        y_m=y_m,
        heading_rad=heading_rad,
        curvature_per_m=curvature_per_m,
        width_left_m=width_m,
        width_right_m=width_m,
        spacing_m=SPACING_M,
        closed=False,
        lane_offset_m=kind.lane_offset_m,
        lines=kind.lines,
    )


@njit(nogil=True, error_model="numpy")
def _follow(winding, scale_per_m, main_rad, start, bound_per_m, samples):
    """Fill samples (4, k) from where the road is; returns where it is after them.

    Between samples the road is an arc that turns by the mean of both curvatures, as in `closed_curve`.
    """
    x_m, y_m, heading_rad, curvature = start
    for i in range(len(winding)):
        samples[0, i], samples[1, i], samples[2, i], samples[3, i] = x_m, y_m, heading_rad, curvature
        ahead_rad = heading_rad + curvature * SPACING_M
        share = min(abs(ahead_rad) / WIDEST_RAD, 0.9999)
        pull = _PULL * (ahead_rad - main_rad[i] + ahead_rad * share**2 / (1.0 - share**2))
        after = bound_per_m * np.tanh(scale_per_m[i] * (winding[i] - pull) / bound_per_m)
        half_turn_rad = 0.25 * (curvature + after) * SPACING_M
        chord_m = SPACING_M * (1.0 - half_turn_rad**2 / 6.0)  # the sine's series: exact to 1e-9 of itself
        x_m += chord_m * np.cos(heading_rad + half_turn_rad)
        y_m += chord_m * np.sin(heading_rad + half_turn_rad)
        heading_rad += 2.0 * half_turn_rad
        curvature = after
    return x_m, y_m, heading_rad, curvature
