"""What each recipe's drives came to: interventions a km by what was driven, by width and by bend, and what is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Estimate, estimate_crossed_per_km, estimate_difference_per_km
from drive_sim.lessons import kit
from drive_sim.lessons.road.any_road import LAPS, RADIUS_EDGES_M, Config, Found, test_suites
from drive_sim.lessons.road.any_road_recipes import ARMS
from drive_sim.sim.any_roads import WIDTHS_M

SUITES = LAPS[:2]
"""The gentle and the tight roads, of constant widths: what is told by width and by bend is of both together."""
WIDE_M = 9.0
"""From this width on a road is called wide."""


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """Interventions a km: by what was driven (`LAPS`), on wide roads, by width, by class of bend; each seed's own.

    `more`: how many a km more than the whole recipe's, drawn together; by `LAPS`, and "wide" for both suites' wide
    roads. `per_seed` and `counted` (interventions, kilometres) are of both suites. Where nothing was driven there is
    None.
    """

    per_km: dict[str, Estimate]
    more: dict[str, Estimate]
    by_width: list[Estimate]
    by_bend: list[Estimate | None]
    per_seed: list[float]
    counted: tuple[int, float]
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The figures of the expert and of every recipe, by widths, and by where classes of bends begin."""

    widths_m: list[float]
    radius_edges_m: list[float]
    drivers: dict[str, Driver]


def result(config: Config, found: kit.PartResults) -> Result:
    """What the recipes came to."""
    width_m = np.concatenate([_width_m(config, name) for name in SUITES])
    whole = _Counted(found.read("any-road", Found), width_m)
    drivers = {"expert": _driver(_Counted(found.read("expert", Found), width_m), None)}
    drivers |= {name: _driver(_Counted(found.read(name, Found), width_m), whole) for name in ARMS}
    return Result(list(WIDTHS_M), list(RADIUS_EDGES_M), drivers)


def _width_m(config: Config, name: str) -> Numbers:
    """The width of each of a suite's roads (r,)."""
    tracks = test_suites(config)[name].tracks.tracks
    return np.array([track.width_left_m[0] + track.width_right_m[0] for track in tracks])


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A driver's parts, one a seed, and the widths of both suites' roads."""

    parts: Sequence[Found]
    width_m: Numbers

    def of(self, laps: Sequence[str], field: str) -> Numbers:
        """A field of `Driven` for the roads of these laps, one after the other: (seeds, roads, ...)."""
        return np.array([np.concatenate([getattr(part.laps[lap], field) for lap in laps]) for part in self.parts])

    def both(self, laps: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Interventions and kilometres (seeds, roads); of "wide" those on both suites' wide roads."""
        if laps == ("wide",):
            wide = self.width_m >= WIDE_M - 0.01
            return self.of(SUITES, "interventions")[:, wide], self.of(SUITES, "km")[:, wide]
        return self.of(laps, "interventions"), self.of(laps, "km")


def _driver(counted: _Counted, whole: _Counted | None) -> Driver:
    names = (*LAPS, "wide")
    interventions, km = counted.both(SUITES)
    by_bend = (counted.of(SUITES, "interventions_by_bend"), counted.of(SUITES, "km_by_bend"))
    of_width = [np.abs(counted.width_m - width_m) < 0.01 for width_m in WIDTHS_M]
    return Driver(
        per_km={name: estimate_crossed_per_km(*counted.both((name,))) for name in names}
        | {"suites": estimate_crossed_per_km(interventions, km)},
        more={}
        if whole is None
        else {name: estimate_difference_per_km(*counted.both((name,)), *whole.both((name,))) for name in names},
        by_width=[estimate_crossed_per_km(interventions[:, roads], km[:, roads]) for roads in of_width],
        by_bend=[_of_bend(*(of[..., bend] for of in by_bend)) for bend in range(len(RADIUS_EDGES_M))],
        per_seed=(interventions.sum(axis=1) / km.sum(axis=1)).tolist(),
        counted=(int(interventions.sum()), float(km.sum())),
        effort=kit.mean_effort([part.effort for part in counted.parts]),
    )


def _of_bend(interventions: Numbers, km: Numbers) -> Estimate | None:
    """Of the roads that have such bends."""
    has = km.sum(axis=0) > 0.0
    return estimate_crossed_per_km(interventions[:, has], km[:, has]) if has.any() else None
