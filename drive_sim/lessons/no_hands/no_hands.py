"""No hands across the plain: 2,849 miles of unseen, endless road after thirty seconds of demonstration.

In 1995 RALPH, which is no neural network, steered a car for 2797 of the 2849 miles from Pittsburgh to San Diego. Here a
network that has seen one expert drive for thirty seconds steers for as many miles.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.lessons import kit
from drive_sim.lessons.no_hands.drive_log import DriveLog, make_log
from drive_sim.lessons.no_hands.drive_summary import INTERVENTION_S, DriveSummary, summarise
from drive_sim.lessons.no_hands.networks import Network, learn, load
from drive_sim.lessons.no_hands.stages import Stage, StageTick, drive_stages
from drive_sim.report.numbers import counted
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.endless import BLOCK_M, Milestone, Route, milestones
from drive_sim.sim.road_generator import ROAD_KINDS

NAME = "no-hands-1995"
MILE_M = 1609.344
TRIP_SEED_AFTER = 5
"""The trip's seed less the first of the further ones."""
_WEATHER = 51
"""Second word of the gusts' seed; the third is the part of the trip."""
_REPORT_EVERY = 20
"""Control ticks between two reports."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """Each of `seeds` learns from a demonstration of its own and drives a road of its own; the trip's are another's.

    A trip is cut into parts of `part_miles`, and a part into `num_cars` stages that are driven side by side. At most
    `most_films` failures are filmed.
    """

    trip_miles: float = 2849.0
    further_km: float = 300.0
    part_miles: float = 100.0
    num_cars: int = 64
    most_films: int = 24
    num_steps: int | None = None
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if not (0 < self.num_seeds <= TRIP_SEED_AFTER and self.num_cars > 0 and self.part_miles > 0.0):
            raise InputError(f"{NAME}: it takes one to {TRIP_SEED_AFTER} seeds, cars and parts of some length")
        if not (self.trip_miles >= self.part_miles and self.further_km > 0.0):
            raise InputError(f"{NAME}: the trip must have at least one whole part, and the further drives a length")

    @property
    def trip_seed(self) -> int:
        """The seed of the trip's demonstration, network and road: none of the further ones."""
        return self.seed + TRIP_SEED_AFTER


QUICK = Config(num_seeds=1, quick=True, trip_miles=6.0, further_km=3.0, part_miles=4.0, num_cars=24, num_steps=90)


METHODS = {"shift-rotate": "trip", "plain": "clone", "expert": "expert"}
"""Who drives, and the stage in which."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A network, by its method and its seed, drives `length_m` from the start of its seed's road."""

    stage: str
    method: str
    seed: int
    length_m: float


def drives(config: Config) -> tuple[Drive, ...]:
    """All that is driven. Clone and expert meet the first part of the trip, in the same gusts."""
    seed = config.trip_seed
    return (
        Drive("trip", "shift-rotate", seed, config.trip_miles * MILE_M),
        Drive("clone", "plain", seed, config.part_miles * MILE_M),
        Drive("expert", "expert", seed, config.part_miles * MILE_M),
        *(Drive("further", "shift-rotate", further, config.further_km * 1000.0) for further in config.seeds),
    )


def parts(config: Config) -> list[kit.Part]:
    """Every network learns once."""
    networks = dict.fromkeys((drive.method, drive.seed) for drive in drives(config) if drive.method != "expert")
    return [
        kit.Part("train", f"{method} seed {seed}", partial(learn, method, seed, config.conditions, config.num_steps))
        for method, seed in networks
    ]


def driving_parts(config: Config, found: kit.PartResults) -> list[kit.Part]:
    """Every part of every drive, once the networks have learned."""
    models = {(network.method, network.seed): network.model for network in found.read("train", Network)}
    return [
        kit.Part(
            drive.stage,
            f"seed {drive.seed} part {number:02d}",
            partial(drive_part, config, drive, number, stages, models.get((drive.method, drive.seed))),
        )
        for drive in drives(config)
        for number, stages in enumerate(stages_of(config, drive))
    ]


def stages_of(config: Config, drive: Drive) -> list[list[Stage]]:
    """The stages of each part of a drive; the last part may be shorter. For each the road is known at a milestone."""
    part_m = config.part_miles * MILE_M
    num_parts = math.ceil(drive.length_m / part_m - 1e-9)
    stones = survey(config, drive.seed, drive.length_m)
    ends_m = [
        np.linspace(i * part_m, min((i + 1) * part_m, drive.length_m), config.num_cars + 1).tolist()
        for i in range(num_parts)
    ]
    return [
        [Stage(stones[int(start_m // BLOCK_M)], start_m, end_m - start_m) for start_m, end_m in pairwise(part)]
        for part in ends_m
    ]


def route_of(config: Config, seed: int) -> Route:
    """The endless road of a seed, of the conditions' kind."""
    return Route(seed, ROAD_KINDS[config.conditions.road_kind])


def survey(config: Config, seed: int, length_m: float) -> list[Milestone]:
    """All milestones of so much of a seed's road; that of the whole trip takes two seconds."""
    return list(islice(milestones(route_of(config, seed)), int(length_m // BLOCK_M) + 1))


def drive_part(
    config: Config,
    drive: Drive,
    number: int,
    stages: Sequence[Stage],
    model: kit.Attachments | None,
    report: kit.Report,
) -> DriveLog:
    """A part: one part of a drive, all its stages at once."""
    start_s = time.process_time()
    policy = None if model is None else load(model)
    evaluation = EvalConfig(vehicle=config.conditions.vehicle, camera=None if policy is None else Camera())
    rng = np.random.default_rng([drive.seed, _WEATHER, number])
    weather, route = config.conditions.evaluation, route_of(config, drive.seed)
    ticks: list[StageTick] = []
    interventions = 0
    for tick in drive_stages(policy, route, stages, weather, evaluation, rng):
        interventions += int((tick.intervened & tick.counted).sum())
        if len(ticks) % _REPORT_EVERY == 0:
            report(_share(stages, tick), counted(interventions, "intervention"))
        ticks.append(tick)
    driving_cpu_s = time.process_time() - start_s
    return make_log(drive.seed, stages, ticks, 1.0 / evaluation.control_hz, config.most_films, driving_cpu_s)


def _share(stages: Sequence[Stage], tick: StageTick) -> float:
    """How much of all stages is driven."""
    driven = [(s_m - stage.from_s_m) / stage.length_m for s_m, stage in zip(tick.s_m, stages, strict=True)]
    return float(np.clip(driven, 0.0, 1.0).mean())


@dataclass(frozen=True, slots=True)
class Result:
    """What the networks and the expert did; `demonstrated` is the length of a demonstration in words."""

    trip_seed: int
    demonstrated: str
    methods: dict[str, DriveSummary]
    further: list[DriveSummary]
    further_pooled: DriveSummary
    published_percent: float = 100.0 * 2797.0 / 2849.0
    """RALPH's share of the distance."""


def result(config: Config, found: kit.PartResults) -> Result:
    """What all drives came to."""
    networks = found.read("train", Network)
    logs = {stage: found.read(stage, DriveLog) for stage in (*METHODS.values(), "further")}

    def summary(stage: str, method: str, *seeds: int) -> DriveSummary:
        own = [log for log in logs[stage] if log.seed in seeds]
        learned = [of for of in networks if of.method == method and of.seed in seeds]
        return summarise(seeds, own, learned, lost_km(config))

    methods = {method: summary(stage, method, config.trip_seed) for method, stage in METHODS.items()}
    return Result(
        config.trip_seed,
        seconds_in_words(methods["shift-rotate"].num_labels * logs["trip"][0].tick_s),
        methods,
        further=[summary("further", "shift-rotate", seed) for seed in config.seeds],
        further_pooled=summary("further", "shift-rotate", *config.seeds),
    )


def lost_km(config: Config) -> float:
    """How much road an intervention costs."""
    return INTERVENTION_S * config.conditions.vehicle.cruise_mps / 1000.0


def seconds_in_words(seconds: float) -> str:
    """So many seconds, in words where they are the usual ones."""
    return "thirty seconds" if round(seconds) == 30 else f"{seconds:.0f} seconds"
