"""Cascading errors (Ross and Bagnell 2010, theorem 2.1; Ross, Gordon and Bagnell 2011): what a mistake leads to.

Three policies that learned from equally many labels drive unseen roads, and nobody puts them back. What does a drive
of T ticks cost, and how fast does that grow? Where did they learn, and where do they go?
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim import files
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.unaided import (
    LanePlaces,
    distance_between,
    distances_to_nearest,
    drive_unaided,
    growth_exponent,
    growth_interval,
    places_of,
    squared_offset_cost,
    starts_on_lane,
)
from drive_sim.learn import dagger
from drive_sim.lessons import cascading_errors_findings as findings
from drive_sim.lessons import cells
from drive_sim.lessons.road_learners import METHODS, Course, Taught, teach
from drive_sim.lessons.side_by_side import Part, kept_side_by_side
from drive_sim.lessons.story import Finished, Progress, as_first_of
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.suites import Suite, make_suite

NAME = "cascading-errors"
STAGES = {
    "expert": "The expert drives, for comparison",
    "clone": "Cloning, then 600 ticks without help",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
    "page": "Report",
}
_STARTS, _CLOUDS = 43, 44
"""Second words of the seeds: where the cars start; which places are drawn for pictures and distances."""
MOST_OFF_M, MOST_TURNED_RAD = 3.0, float(np.radians(30.0))
"""Places farther out count as these in pictures and distances: once lost, how far lost tells nothing more."""
LOOKAHEAD_M = 9.0
"""A heading counts as what it leads aside over this way, the expert's look-ahead."""
FAN_TICKS = 5
"""Between two of the offsets that are kept for the picture of paths."""


@dataclass(frozen=True, slots=True)
class Config:
    """Seeds from `seed` on; the exponent is fitted to ticks `first_tick` to `last_tick`, fixed before any run."""

    seed: int = 0
    num_seeds: int = 5
    num_ticks: int = 600
    num_roads: int = 20
    cars_per_road: int = 4
    first_tick: int = 50
    last_tick: int = 200
    num_places: int = 600
    quick: bool = False
    course: Course = field(default_factory=Course)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.cars_per_road > 0 and self.num_places > 0):
            raise InputError(f"{NAME}: it takes seeds, roads, cars and places")
        if not 1 <= self.first_tick < self.last_tick <= self.num_ticks:
            raise InputError(f"{NAME}: ticks {self.first_tick} to {self.last_tick} must lie in 1 to {self.num_ticks}")

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds: of the demonstrations' roads and of all that is drawn."""
        return tuple(range(self.seed, self.seed + self.num_seeds))


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_ticks": 200,
    "num_roads": 6,
    "cars_per_road": 2,
    "num_places": 200,
    "course": Course(dagger.Config(4, 50, growth=2.0), num_steps=150, network="small"),
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    cells.open_folder(folder, NAME, asdict(config), resume=resume)
    parts = [
        Part(method, f"seed {seed}", learn_and_be_lost, (config, method, seed))
        for method in ("expert", *METHODS)
        for seed in config.seeds
    ]
    found = yield from kept_side_by_side(folder, parts, _said)
    yield Progress("page", 0.0, "")
    from drive_sim.lessons import cascading_errors_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    result = findings.make_result(config, found, name=NAME)
    cascading_errors_report.write_page(config, found, result, folder)
    files.write_json(folder / "result.json", result)
    yield Progress("page", 1.0, str(folder / "report.html"))
    yield Finished(folder, result["headline"], result)


def _said(_stage: str, found: list[dict[str, Any]]) -> str:
    return f"cost {np.mean([part['cost'][-1] for part in found]):.0f} of {len(found[0]['cost'])} at the end"


def learn_and_be_lost(config: Config, method: str, seed: int) -> cells.Work:
    """A part: one method with one seed learns, and then drives without help; what it costs, and where it goes."""
    suite = make_suite("held-out", num_roads=config.num_roads, regime=config.course.regime)
    if method == "expert":
        policy, seen, learned = PursuitExpert(suite.roads), None, {"num_labels": 0, "steps": 0, "learning_cpu_s": 0.0}
        yield Progress(method, 0.0, "")
    else:
        taught: Taught = yield from as_first_of(teach(config.course, method, seed), 0.7)
        policy, learned = taught.policy, _learned(taught)
        seen = seen_places(taught, method, np.random.default_rng([seed, _CLOUDS]))
    driven = yield from _driven(config, policy, suite, seed, camera=method != "expert")
    return {"method": method, "seed": seed, **learned, **_figures(config, suite, driven, seen, seed)}


def _learned(taught: Taught) -> dict[str, Any]:
    return {"num_labels": len(taught.data), "steps": len(taught.data), "learning_cpu_s": taught.cpu_s}


def _driven(config: Config, policy: Any, suite: Suite, seed: int, *, camera: bool) -> Any:
    """Where the cars are, tick by tick: places (t + 1, n, 2)."""
    starts = starts_on_lane(suite, config.cars_per_road, np.random.default_rng([seed, _STARTS]))
    vehicle = config.course.regime.vehicle
    evaluation = EvalConfig(vehicle, seed=seed) if camera else EvalConfig(vehicle, None, seed=seed)
    places = []
    for lane in drive_unaided(policy, suite, starts, config.num_ticks, evaluation, suite.disturbance):
        if len(places) % 50 == 0:
            yield Progress("drive", 0.7 + 0.3 * len(places) / config.num_ticks, f"tick {len(places)}")
        places.append(places_of(lane))
    return np.stack(places)


def _figures(config: Config, suite: Suite, places: Any, seen: LanePlaces | None, seed: int) -> dict[str, Any]:
    half_width_m = float(suite.tracks[0].width_left_m[0])
    offset_m = places[1:, :, 0]
    cost = squared_offset_cost(offset_m, half_width_m)
    road = np.repeat(np.arange(config.num_roads), config.cars_per_road)
    low, high = growth_interval(cost, road, config.first_tick, config.last_tick, seed=seed)
    total = cost.sum(axis=0).reshape(config.num_roads, config.cars_per_road)
    rng = np.random.default_rng([seed, _CLOUDS, 1])
    visited = within_picture(_some(places.reshape(-1, 2), config.num_places, rng))
    return {
        "cost": np.cumsum(cost.mean(axis=1)),
        "cost_by_road": total.mean(axis=1),
        "exponent": growth_exponent(cost, config.first_tick, config.last_tick),
        "exponent_low": low,
        "exponent_high": high,
        "other_costs": {
            "more than 1 m off the lane": float((np.abs(offset_m) > 1.0).mean(axis=1).sum()),
            "way to the edge, not squared": float(np.minimum(np.abs(offset_m) / half_width_m, 1.0).mean(axis=1).sum()),
        },
        "lost": float((np.abs(offset_m[-1]) > half_width_m).mean()),
        "fan": places[::FAN_TICKS, :: config.cars_per_road, 0].round(3),
        "seen": None if seen is None else within_picture(_some(seen, config.num_places, rng)).round(4),
        "visited": visited.round(4),
        **_distances(config, seen, visited, rng),
        "evaluation_steps": config.num_ticks * offset_m.shape[1],
    }


def _some(places: LanePlaces, count: int, rng: np.random.Generator) -> LanePlaces:
    return places[rng.permutation(len(places))[:count]]


def _distances(config: Config, seen: LanePlaces | None, visited: LanePlaces, rng: np.random.Generator) -> Any:
    """How far the two clouds lie apart, and how far on average the nearest picture is from what was visited."""
    if seen is None:
        return {"distance_m": None, "nearest_m": None}
    seen = within_picture(seen)
    return {
        "distance_m": distance_between(seen, visited, LOOKAHEAD_M, config.num_places, rng),
        "nearest_m": float(distances_to_nearest(seen, visited, LOOKAHEAD_M).mean()),
    }


def seen_places(taught: Taught, method: str, rng: np.random.Generator) -> LanePlaces:
    """Offsets and headings (n, 2) that a method learned from: where the car was, or where shift-and-rotate put it."""
    lane = taught.data.lane
    assert lane is not None
    if method != "shift-rotate":
        return places_of(lane)
    again = np.tile(places_of(lane), (4, 1))
    shift_m, turn_rad = draw_motion(rng, len(again), ShiftRotate())
    return again + np.stack([shift_m * np.cos(again[:, 1]), turn_rad], axis=-1)


def within_picture(places: LanePlaces) -> LanePlaces:
    """The same places, what lies beyond the picture's rim put onto it."""
    most = np.array([MOST_OFF_M, MOST_TURNED_RAD])
    return np.clip(places, -most, most)
