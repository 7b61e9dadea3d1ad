"""A start that nobody has shown: the car begins turned by 90 degrees (Reddy 2020, SQIL, section 4.1: CarRacing).

All demonstrations begin on the lane and along it. Cloned from them, a network has never seen a road from aside; who may
try for itself has seen it, and only has to find the way to where the demonstrations are.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, estimate_crossed
from drive_sim.learn.dagger import Config as DaggerConfig
from drive_sim.learn.regression import Config as FitConfig
from drive_sim.lessons import kit
from drive_sim.lessons.gail.turned_learners import (
    Budget,
    SqilRound,
    ask,
    best_by_validation,
    clone,
    clone_shifted,
    steering,
    steering_by_sight,
    try_out,
    validation,
)
from drive_sim.lessons.gail.turned_starts import (
    TEST_ROADS,
    VALIDATION_ROADS,
    Drives,
    TurnedRoads,
    World,
    drive_turned,
    share_found,
)
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.road_input import FAR_LANE_POSE
from drive_sim.sim.camera import Camera

LABELLED = ("clone", "shift-rotate", "dagger")
DRIVERS = ("expert", *LABELLED, "sqil-pose", "sqil-pixels")
_SHOWN, _LEARNING = 244, 245


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How far starts are turned where policies are tested, on how many roads; validation, and what is learned from.

    `asked_deg` is the turn that the lesson is about. SQIL's best round is sought at that turn, every so many rounds.
    """

    turned_deg: tuple[float, ...] = (0.0, 30.0, 60.0, 90.0)
    asked_deg: float = 90.0
    num_roads: int = 20
    num_validation_roads: int = 20
    look_every: int = 4
    world: World = field(default_factory=World)
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.num_validation_roads > 0):
            raise InputError("perpendicular-start: it takes seeds, and roads to test and to validate on")
        if self.asked_deg not in self.turned_deg or 0.0 not in self.turned_deg:
            raise InputError(f"perpendicular-start: turned_deg must hold 0 and {self.asked_deg:g}")
        if not 0 < self.look_every <= min(self.budget.trying.num_rounds, self.budget.from_pixels.num_rounds):
            raise InputError("perpendicular-start: look_every must be from 1 to the number of rounds")

    @property
    def test_roads(self) -> TurnedRoads:
        """Where all are tested."""
        return TurnedRoads.make(self.world, TEST_ROADS, self.num_roads)

    @property
    def validation_roads(self) -> TurnedRoads:
        """Where the best round is sought."""
        return TurnedRoads.make(self.world, VALIDATION_ROADS, self.num_validation_roads)


QUICK = Config(
    0,
    2,
    quick=True,
    num_roads=5,
    num_validation_roads=5,
    look_every=2,
    budget=Budget(
        num_drives=40,
        fitting=FitConfig(num_steps=1500, batch_size=256),
        asking=DaggerConfig(num_rounds=3, ticks_per_round=60),
        trying=replace(Budget().trying, num_rounds=24),
        from_pixels=replace(Budget().from_pixels, num_rounds=6),
        pixel_drives=20,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Who found back, 1 or 0 (turns, roads), from which steps what share did on validation roads, and the drives.

    `ahead_m` and `offset_m` (roads, t): the drives from the turn that was asked, in the lanes' frames.
    """

    effort: kit.Effort
    found: Numbers
    steps: list[float]
    validated: list[float]
    ahead_m: Numbers
    offset_m: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """A policy's share of starts from which it found back, turn by turn, and seed by seed at `asked_deg`."""

    found: list[Estimate]
    asked_per_seed: list[float]
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """All drivers' figures, in the order of `turned_deg`."""

    drivers: dict[str, Driver]
    turned_deg: list[float]
    asked: int

    def share(self, name: str) -> float:
        """What share of the starts that were asked about a driver found back from."""
        return self.drivers[name].found[self.asked].mean


def parts(config: Config) -> list[kit.Part]:
    """SQIL first, which takes longest; the expert once."""
    experts = [kit.Part("expert", f"seed {config.seed}", partial(drive_expert, config))]
    tried = kit.parts_by_seed(tries, config, DRIVERS[-2:], config.seeds)
    return experts + kit.parts_by_seed(learn, config, LABELLED, config.seeds) + tried


def drive_expert(config: Config, _report: kit.Report) -> Learned:
    """A part: the expert drives."""
    roads = config.test_roads
    return _measured(config, roads, PursuitExpert(roads.tracks), kit.Effort(0, 0, 0, 0.0))


def learn(config: Config, method: str, seed: int, report: kit.Report) -> Learned:
    """A part: a method that is labelled learns, and drives."""
    start_s, rng = time.process_time(), np.random.default_rng([seed, _LEARNING])
    world, budget = config.world, config.budget
    shown = world.demonstrate(budget.num_drives, np.random.default_rng([seed, _SHOWN]), FAR_LANE_POSE)
    report(0.1, "learning")
    labels, steps = len(shown), 0
    if method == "dagger":
        policy, labels, steps = ask(budget, world, shown, rng)
    else:
        policy = clone(budget, shown, rng) if method == "clone" else clone_shifted(budget, world, shown, rng)
    effort = kit.Effort(labels, steps, 0, time.process_time() - start_s)
    report(0.8, "driving")
    return _measured(config, config.test_roads, steering(policy, world), effort)


def tries(config: Config, method: str, seed: int, report: kit.Report) -> Learned:
    """A part: SQIL learns from lane poses or from pixels, and its best round drives."""
    world, budget = config.world, config.budget
    by_sight = method == "sqil-pixels"
    camera, observation = (ALVINN_CAMERA, "pictures") if by_sight else (None, FAR_LANE_POSE)
    settings = budget.from_pixels if by_sight else budget.trying
    num_drives, num_cars = (budget.pixel_drives, budget.pixel_cars) if by_sight else (budget.num_drives, world.num_cars)
    shown = world.demonstrate(num_drives, np.random.default_rng([seed, _SHOWN]), observation)
    steps, validated, cpu_s = [], [], [0.0]

    def told(latest: SqilRound, share: float) -> None:
        steps.append(latest.metrics["num_steps"])
        validated.append(share)
        report(0.9 * (latest.index + 1) / settings.num_rounds, f"{100.0 * share:.0f} % found on validation roads")

    def timed() -> Iterator[SqilRound]:
        rng = np.random.default_rng([seed, _LEARNING, int(by_sight)])
        for latest in try_out(settings, world, shown, rng, num_cars, observation):
            cpu_s[0] += latest.metrics["cpu_s"]
            yield latest

    validate = validation(world, config.validation_roads, config.asked_deg, camera)
    best = best_by_validation(timed(), validate, config.look_every, told)
    driver = steering_by_sight(best.policy, world) if by_sight else steering(best.policy, world, greedy=True)
    effort = kit.Effort(len(shown), steps[-1], 0, cpu_s[0])
    return _measured(config, config.test_roads, driver, effort, camera, steps, validated)


def _measured(
    config: Config,
    roads: TurnedRoads,
    driver: Policy,
    effort: kit.Effort,
    camera: Camera | None = None,
    steps: list[float] | None = None,
    validated: list[float] | None = None,
) -> Learned:
    """How a driver drives from all turns on the test roads."""
    drives = drive_turned(config.world, roads, driver, config.turned_deg, camera)
    found = share_found(config.world, drives, len(config.turned_deg))
    first = config.turned_deg.index(config.asked_deg) * config.num_roads
    ahead_m, offset_m = _paths(drives, slice(first, first + config.num_roads))
    driven = found.size * config.world.num_ticks
    took = kit.Effort(effort.num_labels, effort.steps, driven, effort.learning_cpu_s)
    return Learned(took, found, steps or [], validated or [], ahead_m, offset_m)


def _paths(drives: Drives, cars: slice) -> tuple[Numbers, Numbers]:
    """Some cars' drives (cars, t), rounded for JSON."""
    return drives.ahead_m[:, cars].T.round(2), drives.offset_m[:, cars].T.round(2)


def result(config: Config, found: kit.PartResults) -> Result:
    """The figures of all drivers."""
    drivers = {name: _driver(config, found.read(name, Learned)) for name in DRIVERS}
    return Result(drivers, list(config.turned_deg), config.turned_deg.index(config.asked_deg))


def _driver(config: Config, parts: tuple[Learned, ...]) -> Driver:
    found = np.array([part.found for part in parts])  # (seeds, turns, roads)
    asked = config.turned_deg.index(config.asked_deg)
    estimates = [estimate_crossed(found[:, turn], most=1.0) for turn in range(found.shape[1])]
    effort = kit.mean_effort([part.effort for part in parts])
    return Driver(estimates, found[:, asked].mean(axis=1).tolist(), effort)
