"""What driving without help cost each of the drivers, and where it led them: over all seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drive_sim.evaluate import unaided
from drive_sim.evaluate.intervals import Estimate, estimate_crossed, estimate_mean, estimate_ratio
from drive_sim.evaluate.unaided import COSTS, LaneErrors
from drive_sim.lessons import kit
from drive_sim.lessons.road.cascading_errors import Config, Drive, DriveCost
from drive_sim.lessons.road.learners import DRIVERS

LOOKAHEAD_M = 9.0
"""A heading counts as what it leads aside over this way, the expert's look-ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """What a drive costs, its excess over the expert's, and their exponents; over all seeds only where each has one."""

    total: Estimate
    total_per_seed: list[float]
    excess: Estimate
    exponent: Estimate | None
    exponent_per_seed: list[Estimate | None]
    own_exponent: Estimate | None


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """A policy's costs by name, the share of its cars that end off the road, and how far from pictures they came.

    `distance` (1-Wasserstein) and `nearest` are those from its own pictures; the expert has none.
    """

    costs: dict[str, Cost]
    lost: Estimate
    distance_from_clone: Estimate
    distance: Estimate | None
    distance_per_seed: list[float]
    nearest: Estimate | None
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every driver's figures, and how many times DAgger's cost the clone's is, by each of COSTS.

    `constant_risk_exponent`: see `unaided`, for as many lost as the clone's cars.
    """

    drivers: dict[str, Driver]
    ratios: dict[str, Estimate]
    ratio_per_seed: list[float]
    constant_risk_exponent: float | None


def result(config: Config, found: kit.PartResults) -> Result:
    """What driving without help cost each of the drivers, and where it led them."""
    drives = {name: found.read(name, Drive) for name in DRIVERS}
    drivers = {name: _driver(config, some, drives["expert"], drives["clone"]) for name, some in drives.items()}
    clones, learners = ([drive.costs for drive in drives[name]] for name in ("clone", "dagger"))
    return Result(
        drivers,
        {cost: estimate_ratio(*([of[cost].by_road for of in some] for some in (clones, learners))) for cost in COSTS},
        [float(a["squared"].curve[-1] / b["squared"].curve[-1]) for a, b in zip(clones, learners, strict=True)],
        unaided.constant_risk_exponent(
            drivers["clone"].lost.mean, config.num_ticks, config.first_tick, config.last_tick
        ),
    )


def _driver(config: Config, drives: Sequence[Drive], experts: Sequence[Drive], clones: Sequence[Drive]) -> Driver:
    """A driver's seeds, beside the expert's and the clone's of the same seeds."""

    def distance(seen: LaneErrors, visited: LaneErrors) -> float:
        return unaided.wasserstein_distance_m(seen, visited, LOOKAHEAD_M, config.num_places, np.random.default_rng(0))

    own = [(drive.seen, drive.visited) for drive in drives if drive.seen is not None]
    pictures = [clone.seen for clone in clones if clone.seen is not None]
    distances = [distance(*pair) for pair in own]
    nearest = [float(unaided.nearest_distances_m(*pair, LOOKAHEAD_M).mean()) for pair in own]
    return Driver(
        {name: _cost(*([drive.costs[name] for drive in some] for some in (drives, experts))) for name in COSTS},
        estimate_crossed([drive.lost_by_road for drive in drives], most=1.0),
        estimate_mean([distance(seen, of.visited) for seen, of in zip(pictures, drives, strict=True)], least=0.0),
        estimate_mean(distances, least=0.0) if own else None,
        distances,
        estimate_mean(nearest, least=0.0) if own else None,
        kit.mean_effort([drive.effort for drive in drives]),
    )


def _cost(seeds: Sequence[DriveCost], experts: Sequence[DriveCost]) -> Cost:
    total, expert_total = (np.array([of.by_road for of in some]) for some in (seeds, experts))
    return Cost(
        estimate_crossed(total),
        total.mean(axis=1).tolist(),
        estimate_crossed(total - expert_total),
        _mean_of_all([of.exponent and of.exponent.mean for of in seeds]),
        [of.exponent for of in seeds],
        _mean_of_all([of.own_exponent for of in seeds]),
    )


def _mean_of_all(values: Sequence[float | None]) -> Estimate | None:
    known = [value for value in values if value is not None]
    return estimate_mean(known) if len(known) == len(values) else None
