"""How many interventions a km after so many seconds of data, where the curves cross, and how many seconds it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.curves import Crossing, LogRates, Worth, cross, known, settled_s, worth
from drive_sim.evaluate.intervals import Draws, Estimate, estimate_crossed_per_km
from drive_sim.lessons import kit
from drive_sim.lessons.road.data_efficiency import Config, Driven, Points
from drive_sim.lessons.road.learners import METHODS

LIMITS_PER_KM = (0.1, 0.0)
"""Interventions a km that a policy shall come down to."""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method's curve of k points, in all and seed by seed (s, k), and what it took.

    `settled_s`: from when on it needs no more than each of `limits_per_km`, seed by seed; None where it never does.
    The standard deviations of what its network learns from count shifted and turned views as well.
    """

    seconds: list[float]
    num_labels: list[int]
    per_km: list[Estimate]
    per_seed: Numbers
    num_interventions: list[int]
    km: list[float]
    learning_cpu_s: Numbers
    offset_sd_m: Numbers
    heading_sd_rad: Numbers
    limits_per_km: list[float]
    settled_s: list[list[float | None]]
    effort: kit.Effort
    expert_steps: int
    put_back_in_training: float


@dataclass(frozen=True, slots=True)
class Expert:
    """The expert's interventions on the same roads, and the most a km that none of them may stand for."""

    num_interventions: int
    km: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The curves, where they cross, and what shift-and-rotate's first seconds are worth in plain demonstration.

    Rates below `floor_per_km`, three interventions in all that was driven at a point, can't be told from none. On the
    road `typical_road` cloning had its median number of interventions, all seeds and points together.
    """

    seconds: list[float]
    expert: Expert
    methods: dict[str, Method]
    floor_per_km: float
    seed_floor_per_km: float
    crossings: list[Crossing]
    worth: Worth
    typical_road: int


def result(config: Config, found: kit.PartResults) -> Result:
    """The curves of all methods, and where they cross."""
    parts = {name: found.read(name, Points) for name in METHODS}
    counts, metres = ({n: _by_point(kind, of) for n, of in parts.items()} for kind in ("interventions", "distance_m"))
    km = {name: of / 1000.0 for name, of in metres.items()}
    draws, seconds = Draws.make(*counts["clone"].shape[-2:]), np.array(config.budget.seconds)
    floor, seed_floor = (float(3.0 / of.sum()) for of in (km["clone"][0], km["clone"][0, :1]))
    curves = {name: LogRates.make(counts[name], km[name], draws, floor, seed_floor) for name in METHODS}
    (expert,) = found.read("expert", Driven)
    expert_km = sum(expert.distance_m) / 1000.0
    return Result(
        seconds.tolist(),
        Expert(sum(expert.interventions), expert_km, 3.0 / expert_km),
        {name: _method(config, name, parts[name], counts[name], km[name], draws) for name in METHODS},
        floor,
        seed_floor,
        [cross(seconds, pair, curves) for pair in combinations(METHODS, 2)],
        worth(seconds, curves["clone"], curves["shift-rotate"]),
        typical_road(counts["clone"]),
    )


def _by_point(kind: str, parts: Sequence[Points]) -> Numbers:
    """Interventions or metres (points, seeds, roads)."""
    values = [[getattr(point.driven, kind) for point in part.points] for part in parts]
    return np.array(values, dtype=np.float64).swapaxes(0, 1)


def typical_road(counts: Numbers) -> int:
    """The road with the median of counts (points, seeds, roads)."""
    by_road = counts.sum(axis=(0, 1))
    return int(np.argsort(by_road, kind="stable")[len(by_road) // 2])


def _method(config: Config, name: str, parts: Sequence[Points], counts: Numbers, km: Numbers, draws: Draws) -> Method:
    per_seed, seconds = (counts.sum(axis=-1) / km.sum(axis=-1)).T, np.array(config.budget.seconds)
    learned = [[(of.learning_cpu_s, of.offset_sd_m, of.heading_sd_rad) for of in part.points] for part in parts]
    cpu_s, offset_sd_m, heading_sd_rad = np.mean(learned, axis=0).T
    if name == "shift-rotate":
        views = ShiftRotate()
        offset_sd_m = np.sqrt(offset_sd_m**2 + views.share * views.max_shift_m**2 / 3.0)
        heading_sd_rad = np.sqrt(heading_sd_rad**2 + views.share * views.max_turn_rad**2 / 3.0)
    labels = config.budget.num_labels
    steps = float(np.mean([sum(point.driven.evaluation_steps for point in part.points) for part in parts]))
    return Method(
        seconds=seconds.tolist(),
        num_labels=list(labels),
        per_km=[estimate_crossed_per_km(*of, draws) for of in zip(counts, km, strict=True)],
        per_seed=per_seed,
        num_interventions=[int(of.sum()) for of in counts],
        km=[float(of.sum()) for of in km],
        learning_cpu_s=cpu_s,
        offset_sd_m=offset_sd_m,
        heading_sd_rad=heading_sd_rad,
        limits_per_km=list(LIMITS_PER_KM),
        settled_s=[[known(s) for s in settled_s(seconds, per_seed, most)] for most in LIMITS_PER_KM],
        effort=kit.Effort(labels[-1], labels[-1], steps, float(cpu_s[-1])),
        expert_steps=labels[0 if name == "dagger" else -1],
        put_back_in_training=float(np.mean([sum(point.put_back for point in part.points) for part in parts])),
    )
