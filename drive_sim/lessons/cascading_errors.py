"""Cascading errors (Ross and Bagnell 2010, theorem 2.1; Ross, Gordon and Bagnell 2011): what a mistake leads to.

Three policies that learned from equally many labels drive unseen roads, and nobody puts them back. What does a drive
of T ticks cost, and how fast does that grow? Where did they learn, and where do they go?
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.unaided import (
    CarTicks,
    LaneErrors,
    drive_unaided,
    growth_exponent,
    growth_interval,
    intervention_cost,
    lane_errors,
    offset_cost,
    squared_offset_cost,
    starts_on_lane,
)
from drive_sim.learn import dagger
from drive_sim.lessons import cascading_errors_findings as findings
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.road_learners import METHODS, Course, Taught, teach
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.lessons.story import Finished, Progress, as_first_of
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.suites import Suite, make_suite

NAME = "cascading-errors"
STAGES = {
    "expert": "The expert drives, for comparison",
    "clone": "Cloning, then driving without help",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
    "page": "Report",
}
_STARTS, _CLOUDS = 43, 44
"""Second words of the seeds: where the cars start; which places are drawn for pictures and distances."""
MOST_OFF_M, MOST_TURNED_RAD = 3.0, float(np.radians(30.0))
"""Places farther out count as these in pictures and distances: once lost, how far lost tells nothing more."""
COSTS: dict[str, Callable[[CarTicks, float], CarTicks]] = {
    "squared": squared_offset_cost,
    "plain": offset_cost,
    "intervention": intervention_cost,
}
"""What a tick costs; the first is the lesson's, the others stand beside it."""
FAN_TICKS = 5
"""Between two of the offsets that are kept for the picture of paths."""


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on; the exponent is fitted to ticks `first_tick` to `last_tick`, fixed before any run."""

    num_ticks: int = 600
    num_roads: int = 20
    cars_per_road: int = 4
    first_tick: int = 50
    last_tick: int = 200
    num_places: int = 400
    quick: bool = False
    course: Course = field(default_factory=Course)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.cars_per_road > 0 and self.num_places > 0):
            raise InputError(f"{NAME}: it takes seeds, roads, cars and places")
        if not 1 <= self.first_tick < self.last_tick <= self.num_ticks:
            raise InputError(f"{NAME}: ticks {self.first_tick} to {self.last_tick} must lie in 1 to {self.num_ticks}")


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
    return run_parts(NAME, config, folder, parts_of(config), _said, findings.make_result, _write_page, resume=resume)


def parts_of(config: Config) -> list[Part]:
    """The expert and every method, with every seed."""
    return [
        Part(method, f"seed {seed}", learn_and_be_lost, (config, method, seed))
        for method in ("expert", *METHODS)
        for seed in config.seeds
    ]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import cascading_errors_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    cascading_errors_report.write_page(config, found, result, folder)


def _said(_stage: str, found: list[dict[str, Any]]) -> str:
    curves = [part["costs"]["squared"]["curve"] for part in found]
    return f"cost {np.mean([curve[-1] for curve in curves]):.1f} of {len(curves[0])} at the end"


def learn_and_be_lost(config: Config, method: str, seed: int) -> part_store.Work:
    """A part: one method with one seed learns, and then drives without help, beside the expert in the same weather."""
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.course.conditions)
    expert = yield from _driven(config, PursuitExpert(suite.tracks), suite, seed, camera=False)
    if method == "expert":
        policy_places, learned, seen = expert, {"num_labels": 0, "steps": 0, "learning_cpu_s": 0.0}, None
    else:
        taught: Taught = yield from as_first_of(teach(config.course, method, seed), 0.7)
        learned = {
            "num_labels": len(taught.data or ()),
            "steps": len(taught.data or ()),
            "learning_cpu_s": taught.cpu_s,
        }
        seen = seen_places(taught, method, np.random.default_rng([seed, _CLOUDS]))
        policy_places = yield from _driven(config, taught.policy, suite, seed, camera=True)
    rng = np.random.default_rng([seed, _CLOUDS, 1])
    half_width_m = half_width_of(config)
    return {
        "method": method,
        "seed": seed,
        **learned,
        "costs": {
            name: _cost_figures(config, *(cost(places[1:, :, 0], half_width_m) for places in (policy_places, expert)))
            for name, cost in COSTS.items()
        },
        "lost_by_road": _by_road(config, np.abs(policy_places[-1, :, 0]) > half_width_m),
        "fan": policy_places[::FAN_TICKS, :: config.cars_per_road, 0].round(3),
        "seen": None if seen is None else within_picture(_some(seen, config.num_places, rng)).round(4),
        "visited": within_picture(_some(policy_places.reshape(-1, 2), config.num_places, rng)).round(4),
        "evaluation_steps": config.num_ticks * policy_places.shape[1],
    }


def half_width_of(config: Config) -> float:
    """Half the width of the conditions' roads, in metres."""
    return ROAD_KINDS[config.course.conditions.road_kind].half_width_m


def _driven(
    config: Config, policy: Any, suite: Suite, seed: int, *, camera: bool
) -> Generator[Progress, None, npt.NDArray[np.float64]]:
    """Where the cars are, tick by tick: places (t + 1, n, 2)."""
    starts = starts_on_lane(suite, config.cars_per_road, np.random.default_rng([seed, _STARTS]))
    vehicle = config.course.conditions.vehicle
    evaluation = EvalConfig(vehicle, seed=seed) if camera else EvalConfig(vehicle, None, seed=seed)
    places = []
    for lane in drive_unaided(policy, suite, starts, config.num_ticks, evaluation, suite.disturbance):
        if camera and len(places) % 50 == 0:
            yield Progress("drive", 0.7 + 0.3 * len(places) / config.num_ticks, f"tick {len(places)}")
        places.append(lane_errors(lane))
    return np.stack(places)


def _cost_figures(config: Config, cost: CarTicks, expert_cost: CarTicks) -> dict[str, Any]:
    """One cost: its running sum, its total by road, and the exponent with which its excess over the expert's grows.

    There is an exponent only where the excess at the window's end is larger than what the expert itself pays by then;
    of less, the gusts decide.
    """
    excess, window = cost - expert_cost, (config.first_tick, config.last_tick)
    road = np.repeat(np.arange(config.num_roads), config.cars_per_road)
    paid, extra = (some[: config.last_tick].mean(axis=1).sum() for some in (expert_cost, excess))
    exponent = growth_exponent(excess, *window) if extra > paid else float("nan")
    low, high = growth_interval(excess, road, *window) if np.isfinite(exponent) else (None, None)
    return {
        "curve": np.cumsum(cost.mean(axis=1)).round(6),
        "by_road": _by_road(config, cost.sum(axis=0)),
        "expert_by_road": _by_road(config, expert_cost.sum(axis=0)),
        "exponent": {"mean": exponent, "low": low, "high": high},
        "own_exponent": growth_exponent(cost, *window),
    }


def _by_road(config: Config, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Means over the cars of each road."""
    return values.reshape(config.num_roads, config.cars_per_road).mean(axis=1)


def _some(places: LaneErrors, count: int, rng: np.random.Generator) -> LaneErrors:
    return places[rng.permutation(len(places))[:count]]


def seen_places(taught: Taught, method: str, rng: np.random.Generator) -> LaneErrors:
    """Offsets and headings (n, 2) that a method learned from: where the car was, or where shift-and-rotate put it."""
    assert taught.data is not None
    lane = taught.data.lane
    assert lane is not None
    if method != "shift-rotate":
        return lane_errors(lane)
    again = np.tile(lane_errors(lane), (4, 1))
    shift_m, turn_rad = draw_motion(rng, len(again), ShiftRotate())
    return again + np.stack([shift_m * np.cos(again[:, 1]), turn_rad], axis=-1)


def within_picture(places: LaneErrors) -> LaneErrors:
    """The same places, what lies beyond the picture's rim put onto it."""
    most = np.array([MOST_OFF_M, MOST_TURNED_RAD])
    return np.clip(places, -most, most)
