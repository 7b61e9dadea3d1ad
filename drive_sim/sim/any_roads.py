"""The suites `any` and `any-tight`: unseen roads of every width, under every sky, with gentle and with tight bends.

Radii are log-uniform: of `any` from 16.7 (0.06 /m) to 400 m, of `any-tight` from 8 to 40 m, bend after bend.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.sim.domain_randomisation import Range, RoadDistribution, draw_road, under
from drive_sim.sim.scene import SCENE_KINDS, Scene, make_scene
from drive_sim.sim.track import Track

if TYPE_CHECKING:
    from drive_sim.sim.conditions import Conditions

WIDTHS_M = (3.0, 4.4, 6.0, 9.0, 12.0, 18.0)
RADII_M = {"any": (1.0 / 0.06, 400.0), "any-tight": (8.0, 40.0)}
SPARE_M = 150.0
"""Of road beyond the distance that is driven, which every car sees ahead."""
_ANY_ROADS = 4
"""First word of the seeds (`suites`): no road that anybody learns from is one of these."""
ANY_SEEDS = {"any": 404, "any-tight": 505}
ROADS_A_CELL = {"any": 4, "any-tight": 1}


@dataclass(frozen=True, slots=True)
class Cell:
    """What the roads of a cell share: their whole width, and their kind of scene."""

    width_m: float
    scene_kind: str


def cells() -> list[Cell]:
    """All of them, in the order in which a suite's roads take turns."""
    return [Cell(width_m, kind) for width_m in WIDTHS_M for kind in SCENE_KINDS]


def cell_of(road: int) -> Cell:
    """The cell of a suite's road, counted from 0."""
    return cells()[road % len(cells())]


def make_any_worlds(
    name: str,
    num_roads: int | None,
    conditions: "Conditions",
    radii_m: Range | None = None,
    rng: np.random.Generator | None = None,
) -> list[tuple[Track, Scene]]:
    """Roads and their scenes, cell after cell; fewer are the first ones of more. Widths are constant.

    `radii_m` stands in for the suite's own range of radii, `RADII_M`; `rng` draws other roads than the suite's own.
    """
    num_roads = len(cells()) * ROADS_A_CELL[name] if num_roads is None else num_roads
    rng = np.random.default_rng([_ANY_ROADS, ANY_SEEDS[name]]) if rng is None else rng
    children, radii_m = rng.spawn(num_roads), radii_m or RADII_M[name]
    return [_make_world(name, i, child, conditions, radii_m) for i, child in enumerate(children)]


def _make_world(
    name: str, road: int, rng: np.random.Generator, conditions: "Conditions", radii_m: Range
) -> tuple[Track, Scene]:
    cell, (road_rng, scene_rng) = cell_of(road), rng.spawn(2)
    scene = make_scene(cell.scene_kind, scene_rng)
    distribution = RoadDistribution(
        width_m=(cell.width_m, cell.width_m),
        radius_m=radii_m,
        changing_share=0.0,
        flaring_share=0.0,
    )
    track = draw_road(road_rng, under(distribution, scene), conditions.distance_m + SPARE_M)
    told = f"{name} {road + 1}: {cell.width_m:g} m, {cell.scene_kind}"
    return replace(track, name=told), scene
