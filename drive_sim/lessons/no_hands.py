"""No hands across the plain: 2,849 miles of unseen, endless road after thirty seconds of demonstration.

In 1995 RALPH, which is no neural network, steered a car for 2797 of the 2849 miles from Pittsburgh to San Diego. Here a
network that has seen one expert drive for thirty seconds steers for as many miles.
"""

import math
import os
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import no_hands_findings, no_hands_learn
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.no_hands_drive import Stage, drive_stages
from drive_sim.lessons.no_hands_log import DriveLog
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part, kept_side_by_side
from drive_sim.lessons.steps import write_up
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.endless import Milestone, Route, milestones
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.track import Tracks

NAME = "no-hands-1995"
STAGES = {
    "train": "A demonstration each, and networks that learn from it",
    "route": "The roads, surveyed once from end to end",
    "trip": "The long drive, with shift-and-rotate",
    "clone": "The plain clone on the first part of it",
    "expert": "The expert on the same, for comparison",
    "further": "Further seeds, each on a road of its own",
    "film": "Films",
    "page": "Report",
}
MILE_M = 1609.344
TRIP_SEED_AFTER = 5
"""The trip's seed less the first of the further ones."""
_WEATHER = 51
"""Second word of the gusts' seed; the third is the part of the trip."""
_PROGRESS_TICKS = 20


@dataclass(frozen=True, slots=True)
class Config(Seeded):
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
    quick: bool = False
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


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 1,
    "trip_miles": 6.0,
    "further_km": 3.0,
    "part_miles": 4.0,
    "num_cars": 24,
    "num_steps": 90,
}
"""What a quick run has less of."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A network, by its method and its seed, drives `length_m` from the start of its seed's road."""

    stage: str
    method: str
    seed: int
    length_m: float


Driving = Generator[Progress, None, Found]
"""Work that yields its progress and returns what was found."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    part_store.open_folder(folder, NAME, asdict(config), resume=resume)
    start_s = time.perf_counter()
    found = yield from kept_side_by_side(folder, preparations(config, folder), no_hands_findings.said)
    driving = kept_side_by_side(folder, driving_parts(config, folder), no_hands_findings.said)
    ends_s: dict[str, float] = {}
    found |= yield from _noting_ends(driving, ends_s)
    from drive_sim.lessons import no_hands_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    films = no_hands_report.film_parts(config, found, folder)
    found |= yield from kept_side_by_side(folder, films, no_hands_findings.said)
    wall_s = None if resume else ends_s["trip"] - start_s
    yield from write_up(
        folder,
        lambda: _make_result(config, found, wall_s),
        lambda result: no_hands_report.write_page(config, found, result, folder),
    )


def _make_result(config: Config, found: Found, wall_s: float | None) -> dict[str, Any]:
    result = no_hands_findings.make_result(config, found, name=NAME)
    trip = result["methods"]["shift-rotate"]
    return {**result, "time_bars": [no_hands_findings.time_bar(trip, wall_s, os.cpu_count() or 1)]}


def _noting_ends(driving: Driving, ends_s: dict[str, float]) -> Driving:
    """Pass a work's progress through, and note when each of its stages ended, in s."""
    with closing(driving):
        while True:
            try:
                news = next(driving)
            except StopIteration as end:
                return end.value
            if news.share == 1.0:
                ends_s[news.stage] = time.perf_counter()
            yield news


def drives(config: Config) -> tuple[Drive, ...]:
    """All that is driven. Clone and expert meet the first part of the trip, in the same gusts."""
    seed = config.trip_seed
    return (
        Drive("trip", "shift-rotate", seed, config.trip_miles * MILE_M),
        Drive("clone", "plain", seed, config.part_miles * MILE_M),
        Drive("expert", "expert", seed, config.part_miles * MILE_M),
        *(Drive("further", "shift-rotate", further, config.further_km * 1000.0) for further in config.seeds),
    )


def preparations(config: Config, folder: Path) -> list[Part]:
    """Every network learns once, every road is surveyed once."""
    networks = dict.fromkeys((drive.method, drive.seed) for drive in drives(config) if drive.method != "expert")
    roads = {drive.seed: drive.length_m for drive in drives(config) if drive.stage in ("trip", "further")}
    learning = [
        Part(
            "train",
            f"{method} seed {seed}",
            no_hands_learn.learn,
            (folder, method, seed, config.conditions, config.num_steps),
        )
        for method, seed in networks
    ]
    return learning + [Part("route", f"seed {seed}", survey, (config, seed, m)) for seed, m in roads.items()]


def driving_parts(config: Config, folder: Path) -> list[Part]:
    """Every part of every drive."""
    return [
        Part(drive.stage, f"seed {drive.seed} part {number:02d}", drive_part, (config, folder, drive, number))
        for drive in drives(config)
        for number in range(num_parts(config, drive.length_m))
    ]


def num_parts(config: Config, length_m: float) -> int:
    """Parts of a drive; the last one may be shorter."""
    return math.ceil(length_m / (config.part_miles * MILE_M) - 1e-9)


def stage_ends_m(config: Config, length_m: float, number: int) -> Sequence[float]:
    """Where the stages of a part begin, and where the last one ends."""
    part_m = config.part_miles * MILE_M
    return np.linspace(number * part_m, min((number + 1) * part_m, length_m), config.num_cars + 1).tolist()


def route_of(config: Config, seed: int) -> Route:
    """The endless road of a seed, of the conditions' kind."""
    return Route(seed, ROAD_KINDS[config.conditions.road_kind])


def survey(config: Config, seed: int, length_m: float) -> part_store.Work:
    """The last milestone before each stage of a road, part by part, and one at the end: (parts, stages, 5 numbers)."""
    stones = milestones(route_of(config, seed))
    stone, upcoming = next(stones), next(stones)
    surveyed: list[list[tuple[float, ...]]] = []
    count = num_parts(config, length_m)
    for number in range(count):
        surveyed.append([])
        for s_m in stage_ends_m(config, length_m, number):
            while upcoming.s_m <= s_m:
                stone, upcoming = upcoming, next(stones)
            surveyed[-1].append((stone.number, stone.x_m, stone.y_m, stone.heading_rad, stone.curvature_per_m))
        yield Progress("route", (number + 1) / count, f"{stone.s_m / 1000.0:.0f} km")
    return {"seed": seed, "milestones": surveyed}


def drive_part(config: Config, folder: Path, drive: Drive, number: int) -> part_store.Work:
    """One part of a drive, all its stages at once; see `DriveLog.finish` for what is found."""
    start_s = time.process_time()
    surveyed = part_store.read_kept(folder, f"route-seed-{drive.seed}")["milestones"][number]
    ends_m = stage_ends_m(config, drive.length_m, number)
    stages = [
        Stage(Milestone(*stone), start, end - start)
        for stone, start, end in zip(surveyed[:-1], ends_m[:-1], ends_m[1:], strict=True)
    ]
    policy = None if drive.method == "expert" else no_hands_learn.load(folder, drive.method, drive.seed)
    evaluation = EvalConfig(vehicle=config.conditions.vehicle, camera=None if policy is None else Camera())
    log = DriveLog(stages, 1.0 / evaluation.control_hz, config.most_films)
    ticks = drive_stages(
        PursuitExpert if policy is None else partial(_same, policy),
        route_of(config, drive.seed),
        stages,
        config.conditions.evaluation,
        evaluation,
        np.random.default_rng([drive.seed, _WEATHER, number]),
    )
    tick_number = -1
    for tick_number, tick in enumerate(ticks):
        log.add(tick, tick_number)
        if tick_number % _PROGRESS_TICKS == 0:
            yield Progress(drive.stage, log.share, f"interventions: {log.interventions.sum()}")
    kept = log.finish(tick_number)
    return {**asdict(drive), "part": number, **kept, "driving_cpu_s": time.process_time() - start_s}


def _same(policy: Policy, roads: Tracks) -> Policy:  # noqa: ARG001 - a network does not know the road
    return policy
