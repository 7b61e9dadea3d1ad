"""Roads made from a seed: closed circuits whose curvature is bounded and smooth, and exact roads for tests.

A circuit is made in its curvature. A periodic Gaussian process over arc length says how the road would wind; where it
is small the road is straight. Slow turns that would lead it away are taken out, and three corrections (a constant, a
cosine and a sine of one lap, all of them in the bends only) are solved for so that it turns once round and ends where
it began. Length and bound hold by construction; only that it keeps clear of itself must be tried for.
"""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.closed_curve import close_curvature, integrate_curvature, lap_shapes, nearest_approach_m
from drive_sim.sim.road_from_curvature import road_from_curvature
from drive_sim.sim.track import Track

SPACING_M = 0.5
_COARSE = 8  # a trial road is looked at in steps of 4 m
_NUM_TRIALS = 200
_SLOWEST_TURN_M = 1000.0


@dataclass(frozen=True, slots=True)
class RoadKind:
    """What a seeded road is like: its surface, its target lane and how it winds.

    `curvature_sd_per_m` is the spread of the curvature over one lap, held to within a few percent: how hard the road
    is. `correlation_m` is about half the length of a bend. `straightness` is how large the process must be, in its own
    spread, before the road bends: at 0 it never runs straight. `unevenness` lets calm and winding stretches alternate.
    Stretches more than twice `clearance_m` apart along the road come no nearer to each other than that.
    """

    name: str
    half_width_m: float = 2.2
    lane_offset_m: float = 0.0
    lines: str = "none"
    max_curvature_per_m: float = 0.06
    curvature_sd_per_m: float = 0.017
    correlation_m: float = 30.0
    straightness: float = 1.2
    unevenness: float = 0.3
    clearance_m: float = 25.0

    def __post_init__(self) -> None:
        for name in ("half_width_m", "max_curvature_per_m", "curvature_sd_per_m", "correlation_m", "clearance_m"):
            if not getattr(self, name) > 0.0:
                raise InputError(f"road kind {self.name!r}: {name} must be positive, got {getattr(self, name)}")
        if self.curvature_sd_per_m > 0.5 * self.max_curvature_per_m:
            raise InputError(
                f"road kind {self.name!r}: curvature_sd_per_m {self.curvature_sd_per_m} must be at most half of "
                f"max_curvature_per_m {self.max_curvature_per_m}"
            )
        if self.half_width_m * self.max_curvature_per_m >= 1.0:
            raise InputError(f"road kind {self.name!r}: half_width_m must be less than the tightest bend's radius")


ROAD_KINDS = {
    "path": RoadKind("path"),
    "country": RoadKind("country", max_curvature_per_m=0.03, curvature_sd_per_m=0.0095, correlation_m=35.0),
    "two-lane": RoadKind(
        "two-lane",
        half_width_m=3.5,
        lane_offset_m=-1.75,
        lines="two-lane",
        max_curvature_per_m=0.05,
        curvature_sd_per_m=0.014,
        correlation_m=35.0,
    ),
    "dirt": RoadKind(
        "dirt",
        half_width_m=2.6,
        max_curvature_per_m=0.07,
        curvature_sd_per_m=0.02,
        correlation_m=26.0,
        straightness=0.9,
    ),
}


def make_circuit(rng: np.random.Generator, *, kind: RoadKind, length_m: float = 2000.0) -> Track:
    """A closed road of `length_m` that starts at the origin, in any direction, and turns once left or right.

    Raises InputError where no road of that kind fits in the length.
    """
    if not 200.0 <= length_m <= 20_000.0:
        raise InputError(f"road: length_m must be from 200 to 20000, got {length_m}")
    if kind.correlation_m > 0.1 * length_m:
        raise InputError(
            f"road kind {kind.name!r}: correlation_m {kind.correlation_m:g} is more than a tenth of {length_m:g} m; "
            f"make the road longer or correlation_m smaller"
        )
    count = _COARSE * round(length_m / (_COARSE * SPACING_M))
    spacing_m = length_m / count
    start_heading_rad, side = rng.uniform(-np.pi, np.pi), rng.choice([-1.0, 1.0])
    for trial in range(_NUM_TRIALS):
        slowest_turn_m = min(_SLOWEST_TURN_M, 0.5 * length_m) * max(0.96**trial, 0.2)  # rounder and rounder
        curvature = _trial_curvature(rng, kind, count, spacing_m, slowest_turn_m)
        if curvature is not None:
            return _track(kind, side * curvature, spacing_m, start_heading_rad)
    raise InputError(
        f"road kind {kind.name!r}: no road of {length_m:g} m keeps {kind.clearance_m:g} m clear of itself in "
        f"{_NUM_TRIALS} trials; make it longer, or lower curvature_sd_per_m or correlation_m"
    )


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
        heading_rad=angle_rad + np.float64(0.5 * np.pi),
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


def _trial_curvature(
    rng: np.random.Generator, kind: RoadKind, count: int, spacing_m: float, slowest_turn_m: float
) -> PerPoint | None:
    """The curvature (count,) of a road that turns once to the left, or None where this draw's road meets itself."""
    desired, bend = _desired_curvature(rng, kind, count, spacing_m, slowest_turn_m)
    bound, shapes = kind.max_curvature_per_m, lap_shapes(bend)
    weights = np.array([2.0 * np.pi / (spacing_m * bend.sum()), 0.0, 0.0])
    step_m = _COARSE * spacing_m
    trial = close_curvature(desired[::_COARSE], shapes[:, ::_COARSE], weights, bound, step_m)
    if trial is None:
        return None
    place_m = np.cumsum(integrate_curvature(trial[0], step_m)[1])[::2]
    # Samples 8 m apart miss the nearest places by a little: ask for half a metre more, from a little nearer on.
    beyond_m = 2.0 * (kind.clearance_m - step_m)
    if nearest_approach_m(place_m.real, place_m.imag, 2.0 * step_m, beyond_m) < kind.clearance_m + 0.5:
        return None
    closed = close_curvature(desired, shapes, trial[1], bound, spacing_m)
    return None if closed is None else closed[0]


def _desired_curvature(
    rng: np.random.Generator, kind: RoadKind, count: int, spacing_m: float, slowest_turn_m: float
) -> tuple[PerPoint, PerPoint]:
    """How the road would wind (count,) with the kind's spread, and how much it bends there, from 0 to 1."""
    process = _periodic_process(rng, count, spacing_m, kind.correlation_m)
    envelope_m = min(8.0 * kind.correlation_m, 0.2 * count * spacing_m)
    envelope = np.exp(kind.unevenness * _periodic_process(rng, count, spacing_m, envelope_m))
    bend = process**2 / (process**2 + kind.straightness**2)
    winding = process * bend * envelope
    winding -= bend * _slow_part(winding, spacing_m, slowest_turn_m) / bend.mean()
    scale = kind.curvature_sd_per_m / winding.std()
    for _ in range(4):  # the bound takes from the spread what this gives back
        squashed = kind.max_curvature_per_m * np.tanh(scale * winding / kind.max_curvature_per_m)
        scale *= kind.curvature_sd_per_m / squashed.std()
    return scale * winding, bend


def _periodic_process(rng: np.random.Generator, count: int, spacing_m: float, correlation_m: float) -> PerPoint:
    """A Gaussian process (count,) on a loop: no mean, unit spread, correlation exp(-(distance / correlation_m)^2)."""
    gain = correlation_gain(count, spacing_m, correlation_m)
    gain[0] = 0.0
    noise = rng.standard_normal((2, len(gain)))
    process = np.fft.irfft(gain * (noise[0] + 1j * noise[1]), count)
    return process / process.std()


def correlation_gain(count: int, spacing_m: float, correlation_m: float) -> PerPoint:
    """What makes a process with the correlation exp(-(distance / correlation_m)^2) of white noise (count,).

    It is a factor a frequency, for `np.fft.rfft`; the process has no unit spread yet.
    """
    return np.exp(-0.5 * (np.pi * correlation_m * np.fft.rfftfreq(count, spacing_m)) ** 2)


def _slow_part(values: PerPoint, spacing_m: float, slowest_m: float) -> PerPoint:
    """What of the values (k,) varies more slowly than over `slowest_m`."""
    share = np.exp(-((slowest_m * np.fft.rfftfreq(len(values), spacing_m)) ** 2))
    return np.fft.irfft(share * np.fft.rfft(values), len(values))


def _track(kind: RoadKind, curvature: PerPoint, spacing_m: float, start_heading_rad: float) -> Track:
    return road_from_curvature(
        kind.name,
        curvature,
        kind.half_width_m,
        spacing_m=spacing_m,
        closed=True,
        start_heading_rad=start_heading_rad,
        lane_offset_m=kind.lane_offset_m,
        lines=kind.lines,
    )
