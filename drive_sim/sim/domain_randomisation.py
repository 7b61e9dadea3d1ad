"""Roads of every width and bend, drawn from a seed: domain randomisation (Tobin et al. 2017, arXiv 1703.06907) of what
is driven on.

A road is put together as those who build roads do it: straights and arcs, joined by clothoids (the curvature changes
evenly). Widths are constant, change slowly, or flare. A road may cross itself at grade, at a large angle only, and is
near itself nowhere else.
"""

from dataclasses import dataclass, replace

import numpy as np

from drive_sim.arrays import PerPoint
from drive_sim.errors import InputError
from drive_sim.sim.closed_curve import integrate_curvature
from drive_sim.sim.road_from_curvature import road_from_curvature
from drive_sim.sim.road_generator import SPACING_M
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

Range = tuple[float, float]

_SHARES = ("changing_share", "flaring_share", "two_lane_share", "straight_share", "hairpin_share", "loop_share")
_MOST_TRIES = 40
_OTHER_STRETCH_M = 60.0
_CLEAR_M = 6.0


@dataclass(frozen=True, slots=True)
class RoadDistribution:
    """What roads are drawn from: whole widths, radii of the middle, log-uniform; how many flare, change, have lanes.

    Of the roads `changing_share` change their width by a third, up or down; `flaring_share` widen up to `flare_m` now
    and then; `two_lane_share` of those whose constant width is in `two_lane_m` have lines and are driven on the right.
    No bend of the middle has a smaller radius than `sharpest` half widths: of the inner edge's 0.3 are left then.
    Of the sections `straight_share` are straight and `hairpin_share` of the bends turn by 120 to 190 degrees.
    `may_cross`: roads may cross themselves, and `loop_share` of them do so on purpose, by a loop of most of a circle.
    """

    width_m: Range = (3.0, 18.0)
    radius_m: Range = (8.0, 400.0)
    changing_share: float = 0.3
    flaring_share: float = 0.3
    flare_m: Range = (14.0, 28.0)
    two_lane_share: float = 0.35
    two_lane_m: Range = (5.5, 9.0)
    straight_share: float = 0.25
    hairpin_share: float = 0.15
    sharpest: float = 1.3
    may_cross: bool = True
    loop_share: float = 0.0

    def __post_init__(self) -> None:
        for name in ("width_m", "radius_m", "flare_m", "two_lane_m"):
            low, high = getattr(self, name)
            if not 0.0 < low <= high:
                raise InputError(f"road distribution: {name} must be two positive numbers, the smaller first")
        if not self.sharpest > 1.0:
            raise InputError(f"road distribution: sharpest must be more than 1, or edges fold, got {self.sharpest}")
        for name in _SHARES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"road distribution: {name} must be from 0 to 1, got {getattr(self, name)}")


def under(distribution: RoadDistribution, scene: Scene) -> RoadDistribution:
    """The same for roads under this scene: where it shows no lines, none has lanes, which nobody could see."""
    return distribution if scene.line_strength > 0.0 else replace(distribution, two_lane_share=0.0)


def draw_road(
    rng: np.random.Generator, distribution: RoadDistribution, length_m: float = 600.0, name: str = "any road"
) -> Track:
    """An open road of `length_m` from the origin eastwards. Raises InputError where none is found that keeps clear."""
    if not 50.0 <= length_m <= 20_000.0:
        raise InputError(f"road: length_m must be from 50 to 20000, got {length_m}")
    count = round(length_m / SPACING_M) + 1
    for _ in range(_MOST_TRIES):
        width_m, is_two_lane = _draw_width(rng, distribution, count)
        curvature = _draw_curvature(rng, distribution, 0.5 * width_m)
        if curvature is not None:
            lane = {"lines": "two-lane", "lane_offset_m": -0.25 * float(width_m[0])} if is_two_lane else {}
            return road_from_curvature(name, curvature, 0.5 * width_m, spacing_m=SPACING_M, closed=False, **lane)
    raise InputError(f"road distribution: no road of {length_m:g} m keeps clear of itself; make roads shorter")


def _log_uniform(rng: np.random.Generator, limits: Range) -> float:
    return float(np.clip(np.exp(rng.uniform(*np.log(limits))), *limits))


def _draw_width(rng: np.random.Generator, distribution: RoadDistribution, count: int) -> tuple[PerPoint, bool]:
    """Whole widths (count,), and whether it is a road of two lanes."""
    width_m = _log_uniform(rng, distribution.width_m)
    kind, lanes = rng.uniform(size=2)
    if kind >= distribution.changing_share + distribution.flaring_share:
        low, high = distribution.two_lane_m
        return np.full(count, width_m), bool(low <= width_m <= high and lanes < distribution.two_lane_share)
    place_m = np.arange(count) * SPACING_M
    if kind < distribution.changing_share:
        wave_m, phase = _log_uniform(rng, (80.0, 400.0)), rng.uniform(0.0, 2.0 * np.pi)
        widths = width_m * np.exp(np.log(4.0 / 3.0) * np.sin(2.0 * np.pi * place_m / wave_m + phase))
        return np.clip(widths, *distribution.width_m), False
    widths = np.full(count, width_m)
    for start_m in np.arange(rng.uniform(0.0, 120.0), place_m[-1], 150.0):
        most_m, half_m = _log_uniform(rng, distribution.flare_m), rng.uniform(12.0, 45.0)
        rise = np.clip(2.0 - np.abs(place_m - start_m - 30.0) / half_m, 0.0, 1.0)
        smooth = rise * rise * (3.0 - 2.0 * rise)
        widths += smooth * max(most_m - width_m, 0.0)
    return np.minimum(widths, max(distribution.flare_m[1], width_m)), False


def _draw_curvature(
    rng: np.random.Generator, distribution: RoadDistribution, half_width_m: PerPoint
) -> PerPoint | None:
    """Curvature (count,) of sections that keep clear of what was there before, or None where it ends in a corner."""
    count = len(half_width_m)
    parts = [np.zeros(round(15.0 / SPACING_M))]
    if rng.uniform() < distribution.loop_share:
        parts = [_draw_loop(rng, float(half_width_m.max()))]
    while (done := sum(map(len, parts))) < count:
        for _ in range(_MOST_TRIES):
            section = _draw_section(rng, distribution, half_width_m, done)
            if keeps_clear(np.concatenate([*parts, section])[:count], half_width_m, done, distribution.may_cross):
                break
        else:
            return None
        parts.append(section)
    return np.concatenate(parts)[:count]


def _draw_section(
    rng: np.random.Generator, distribution: RoadDistribution, half_width_m: PerPoint, start: int
) -> PerPoint:
    """The curvature of a straight, or of a bend with its clothoids, that may begin at a sample."""
    if rng.uniform() < distribution.straight_share:
        return np.zeros(round(_log_uniform(rng, (10.0, 150.0)) / SPACING_M))
    is_hairpin, side = rng.uniform() < distribution.hairpin_share, rng.choice([-1.0, 1.0])
    low, high = distribution.radius_m
    turn_rad = rng.uniform(2.1, 3.3) if is_hairpin else rng.uniform(0.1, 1.9)
    radius_m = _log_uniform(rng, (low, max(low, min(high, 40.0)) if is_hairpin else high))
    ahead = half_width_m[start : start + round((2.0 * turn_rad * radius_m + 40.0) / SPACING_M)]
    radius_m = max(radius_m, distribution.sharpest * float(ahead.max(initial=0.0)), low)
    turn_rad = min(turn_rad, 300.0 / radius_m)
    clothoid_m = min(rng.uniform(0.2, 0.8) * radius_m + 3.0, turn_rad * radius_m)
    arc_m = max(turn_rad * radius_m - clothoid_m, 0.0)
    place_m = np.arange(0.0, 2.0 * clothoid_m + arc_m, SPACING_M)
    rise = np.minimum(place_m, place_m[::-1]) / clothoid_m
    return side * np.minimum(rise, 1.0) / radius_m


def _draw_loop(rng: np.random.Generator, half_width_m: float) -> PerPoint:
    """The curvature of a straight, of 240 to 300 degrees of a circle, and of a straight that crosses the first one."""
    radius_m = max(rng.uniform(15.0, 30.0), 2.0 * half_width_m)
    beyond_m = 1.3 * radius_m + half_width_m + _CLEAR_M
    straights = [np.zeros(round((beyond_m + rng.uniform(0.0, 40.0)) / SPACING_M)) for _ in range(2)]
    circle = np.full(round(rng.uniform(4.2, 5.2) * radius_m / SPACING_M), rng.choice([-1.0, 1.0]) / radius_m)
    return np.concatenate([straights[0], circle, straights[1]])


def keeps_clear(curvature_per_m: PerPoint, half_width_m: PerPoint, new_from: int, may_cross: bool) -> bool:
    """Whether the samples from `new_from` on come near none of an earlier stretch, but where they cross it squarely."""
    heading_rad, chords_m = integrate_curvature(curvature_per_m, SPACING_M)
    place = (np.cumsum(chords_m) - chords_m)[::4]
    heading_rad, half_m = heading_rad[::4], half_width_m[: len(curvature_per_m) : 4]
    new = np.arange(new_from // 4, len(place))
    gap_m = np.abs(place[new][:, None] - place[None, :]) - half_m[new][:, None] - half_m[None, :] - _CLEAR_M
    apart = new[:, None] - np.arange(len(place))[None, :] > _OTHER_STRETCH_M / (4.0 * SPACING_M)
    near = apart & (gap_m < 0.0)
    if not may_cross or not near.any():
        return not near.any()
    angle = np.abs(np.sin(heading_rad[new][:, None] - heading_rad[None, :]))
    return bool((angle[near] > np.sin(np.radians(55.0))).all())
