"""The lesson's figures, of what its parts found: means with intervals over cities and small worlds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.irl.worlds.road_graph import FEATURES, NUM_MINUTES, TURNS
from drive_sim.irl.worlds.road_trips import FELT, JAMMED, TURN_S
from drive_sim.lessons import kit
from drive_sim.lessons.irl.maxent_2008 import Checks, Config
from drive_sim.lessons.irl.maxent_cities import LIKELIHOODS, METHODS, City
from drive_sim.lessons.irl.maxent_faults import FAULTS, Fault
from drive_sim.lessons.irl.maxent_small_world import Faults

WHOLE = 0.9
"""A trip is matched as a whole from this share of its length on."""
IN_SECONDS = np.array([60.0 if name in TURNS else 1.0 for name in FEATURES])
MEAN_TASTES = np.array([*FELT, JAMMED - 1.0, *TURN_S])
"""The mean driver's; in the centre it is what comes on top of an arterial's minute."""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method over all cities: the share of a trip's length matched, of trips matched, and log-probability a trip."""

    matched: Estimate
    whole: Estimate
    log_prob: Estimate | None
    matched_per_city: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class FaultEffect:
    """A fault's effects over all small worlds."""

    lost: Estimate
    lost_per_seed: list[float]
    slope: Estimate
    gap: Estimate
    like_truth: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """`more_likely`: by how much a trip's log-probability is higher for maximum entropy than action-based, paired.

    `above_fastest`, `whole_above_fastest`: by how much each method's match is above the fastest way's, paired;
    `mean_driver`: the match of the drivers' mean taste, which nobody is told; `tastes`: each method's weights, in
    units in which a minute of the three classes is the mean driver's in the mean; turns in seconds.
    """

    checks: Checks
    methods: dict[str, Method]
    mean_driver: Estimate
    more_likely: Estimate
    more_likely_per_city: list[float]
    above_fastest: dict[str, Estimate]
    whole_above_fastest: dict[str, Estimate]
    faults: dict[str, FaultEffect]
    tastes: dict[str, list[Estimate]]


def result(_config: Config, found: kit.PartResults) -> Result:
    """What the page tells."""
    (checks,), cities = found.read("checks", Checks), found.read("cities", City)
    worlds = found.read("faults", Faults)
    matched = {name: _per_city(cities, name) for name in (*METHODS, "mean driver")}
    whole = {name: np.array([np.mean(city.matched[name] >= WHOLE) for city in cities]) for name in METHODS}
    likely = {name: np.array([city.log_prob[name].mean() for city in cities]) for name in LIKELIHOODS}
    learned = METHODS[1:]
    more_likely = likely["maxent"] - likely["action"]
    return Result(
        checks=checks,
        methods={
            name: Method(
                estimate_mean(matched[name], least=0.0, most=1.0),
                estimate_mean(whole[name], least=0.0, most=1.0),
                estimate_mean(likely[name], most=0.0) if name in likely else None,
                matched[name].tolist(),
            )
            for name in METHODS
        },
        mean_driver=estimate_mean(matched["mean driver"], least=0.0, most=1.0),
        more_likely=estimate_mean(more_likely),
        more_likely_per_city=more_likely.tolist(),
        above_fastest={name: estimate_mean(matched[name] - matched["fastest"]) for name in learned},
        whole_above_fastest={name: estimate_mean(whole[name] - whole["fastest"]) for name in learned},
        faults={fault: _effect(worlds, fault) for fault in FAULTS},
        tastes={name: _tastes(cities, name) for name in learned},
    )


def _tastes(cities: Sequence[City], name: str) -> list[Estimate]:
    weights = np.array([city.weights[name] for city in cities])
    scale = np.mean(FELT) / weights[:, :NUM_MINUTES].mean(axis=1, keepdims=True)
    return [estimate_mean(of) for of in (weights * scale * IN_SECONDS).T]


def _per_city(cities: Sequence[City], name: str) -> Numbers:
    return np.array([city.matched[name].mean() for city in cities])


def _effect(worlds: Sequence[Faults], fault: Fault) -> FaultEffect:
    lost = [float(world.lost[fault][-1]) for world in worlds]
    return FaultEffect(
        estimate_mean(lost, least=0.0),
        lost,
        estimate_mean([world.slope[fault] for world in worlds], least=0.0),
        estimate_mean([world.gap[fault] for world in worlds], least=0.0),
        estimate_mean([world.like_truth[fault] for world in worlds], least=-1.0, most=1.0),
    )


def median_fit_s(result: Result) -> float:
    """The median of the times of a fit, in seconds of the processor."""
    return median(result.checks.fit_cpu_s.tolist())
