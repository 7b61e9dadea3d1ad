"""Cascading errors (Ross and Bagnell 2010, theorem 2.1; Ross, Gordon and Bagnell 2011): what a mistake leads to.

Three policies that learned from equally many labels drive unseen roads, and nobody puts them back. What does a drive
of T ticks cost, and how fast does that grow? Where did they learn, and where do they go?
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from drive_sim.arrays import CarMask, Numbers
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, unaided
from drive_sim.evaluate.intervals import Estimate
from drive_sim.evaluate.unaided import COSTS, CarTicks, LaneErrors, drive_unaided, lane_errors
from drive_sim.lessons import kit
from drive_sim.lessons.road.learners import DRIVERS, SMALL_BUDGET, DataBudget, Trained, train
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleParams

_STARTS, _PLACES = 43, 44
"""Second words of the seeds: where the cars start; which places are drawn for pictures and distances."""
MOST_OFF_M, MOST_TURNED_RAD = 3.0, float(np.radians(30.0))
"""Places farther out count as these in pictures and distances: once lost, how far lost tells nothing more."""
PATH_TICKS = 5
"""Between two of the offsets that are kept for the picture of paths."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """What is driven; the exponent is fitted to ticks `first_tick` to `last_tick`, fixed before any run."""

    num_ticks: int = 600
    num_roads: int = 20
    cars_per_road: int = 4
    first_tick: int = 50
    last_tick: int = 200
    num_places: int = 400
    budget: DataBudget = field(default_factory=DataBudget)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.cars_per_road > 0 and self.num_places > 0):
            raise InputError("cascading-errors: it takes seeds, roads, cars and places")
        if not 1 <= self.first_tick < self.last_tick <= self.num_ticks:
            window = f"{self.first_tick} to {self.last_tick}"
            raise InputError(f"cascading-errors: ticks {window} must lie in 1 to {self.num_ticks}")


QUICK = Config(0, 2, quick=True, num_ticks=200, num_roads=6, cars_per_road=2, num_places=200, budget=SMALL_BUDGET)


@dataclass(frozen=True, slots=True, eq=False)
class DriveCost:
    """What the first T ticks of a drive cost as one of COSTS counts (T,), and all of them, by road.

    `exponent`: with which its excess over the expert's cost grows, if that is enough to fit; `own_exponent`: it itself.
    """

    curve: Numbers
    by_road: Numbers
    exponent: Estimate | None
    own_exponent: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """What a part found: costs by name, who was lost, offsets (k, cars), and places seen in training, and met here."""

    effort: kit.Effort
    costs: dict[str, DriveCost]
    lost_by_road: Numbers
    paths_m: Numbers
    seen: LaneErrors | None
    visited: LaneErrors


def parts(config: Config) -> list[kit.Part]:
    """The expert and every method, with every seed."""
    return kit.parts_by_seed(learn_and_be_lost, config, DRIVERS, config.seeds)


def learn_and_be_lost(config: Config, method: str, seed: int, report: kit.Report) -> Drive:
    """A part: one method with one seed learns, and then drives without help, beside the expert in the same weather."""
    suite = config.budget.unseen_roads(config.num_roads)
    trained = train(config.budget, method, seed, suite.tracks, kit.between(report, 0.0, 0.7))
    seen = seen_lane_errors(trained, method, np.random.default_rng([seed, _PLACES]))
    expert = _drive(config, Trained(PursuitExpert(suite.tracks)), suite, seed, lambda *_: None)
    driven = _drive(config, trained, suite, seed, kit.between(report, 0.7, 1.0))
    rng, off_road = np.random.default_rng([seed, _PLACES, 1]), np.abs(driven[-1, :, 0]) > config.budget.half_width_m
    return Drive(
        trained.effort(config.num_ticks * driven.shape[1]),
        {name: cost_of(config, name, driven[1:, :, 0], expert[1:, :, 0]) for name in COSTS},
        _by_road(config, off_road),
        driven[::PATH_TICKS, :: config.cars_per_road, 0].round(3),
        None if seen is None else _some_of(config, seen, rng),
        _some_of(config, driven.reshape(-1, 2), rng),
    )


def seen_lane_errors(trained: Trained, method: str, rng: np.random.Generator) -> LaneErrors | None:
    """Offsets and headings (n, 2) that a method learned from: where the car was, or where shift-and-rotate put it."""
    if trained.data is None or trained.data.lane is None:
        return None
    places = lane_errors(trained.data.lane)
    if method != "shift-rotate":
        return places
    again = np.tile(places, (4, 1))
    shift_m, turn_rad = draw_motion(rng, len(again), ShiftRotate())
    return again + np.stack([shift_m * np.cos(again[:, 1]), turn_rad], axis=-1)


def _drive(config: Config, trained: Trained, suite: Suite, seed: int, report: kit.Report) -> Numbers:
    """Where the cars are, tick by tick: places (t + 1, n, 2)."""
    vehicle, num_ticks = config.budget.conditions.vehicle, config.num_ticks
    lanes = drive_from_lane(trained.policy, trained.camera, suite, config.cars_per_road, num_ticks, seed, vehicle)
    places = []
    for tick, lane in enumerate(lanes):
        if tick % 50 == 0:
            report(tick / config.num_ticks, f"tick {tick}")
        places.append(lane_errors(lane))
    return np.stack(places)


def drive_from_lane(
    policy: Policy,
    camera: Camera | None,
    suite: Suite,
    cars_per_road: int,
    num_ticks: int,
    seed: int,
    vehicle: VehicleParams = CONDITIONS.vehicle,
) -> Iterator[LanePose]:
    """Where the lesson's cars are, at the start and after each tick: on the lane to begin with, and never put back.

    The same seed gives the same starts and the same weather to every policy.
    """
    starts = unaided.starts_on_lane(suite, cars_per_road, np.random.default_rng([seed, _STARTS]))
    return drive_unaided(policy, suite, starts, num_ticks, EvalConfig(vehicle, camera, seed=seed), suite.disturbance)


def cost_of(config: Config, name: str, offset_m: CarTicks, expert_m: CarTicks) -> DriveCost:
    """What a drive cost by one of COSTS, and how fast that grew; offsets of its cars and of the expert's."""
    cost, expert_cost = (COSTS[name](off, config.budget.half_width_m) for off in (offset_m, expert_m))
    road, window = np.repeat(np.arange(config.num_roads), config.cars_per_road), (config.first_tick, config.last_tick)
    return DriveCost(
        np.cumsum(cost.mean(axis=1)).round(6),
        _by_road(config, cost.sum(axis=0)),
        unaided.excess_exponent(cost, expert_cost, road, *window),
        unaided.growth_exponent(cost, *window),
    )


def _by_road(config: Config, values: Numbers | CarMask) -> Numbers:
    """Means over the cars of each road."""
    return values.reshape(config.num_roads, config.cars_per_road).mean(axis=1)


def _some_of(config: Config, places: LaneErrors, rng: np.random.Generator) -> LaneErrors:
    """Places drawn without return, what lies beyond the picture's rim put onto it."""
    most = np.array([MOST_OFF_M, MOST_TURNED_RAD])
    return np.clip(rng.permutation(places)[: config.num_places], -most, most).round(4)
