"""How many interventions a km after so many seconds of data, where the curves cross, and how many seconds it takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.curves import Crossing, LogRates, Worth, cross, known, settled_s, worth
from drive_sim.evaluate.intervals import Draws, Estimate, estimate_crossed_per_km
from drive_sim.lessons import kit
from drive_sim.lessons.road.data_efficiency import Config, Driven, Points
from drive_sim.lessons.road.learners import METHODS, Numbers

LIMITS_PER_KM = (0.1, 0.0)
"""Interventions a km that a policy shall come down to."""


@dataclass(frozen=True, slots=True)
class RatePoint:
    """Interventions a km after so many seconds of data, and what the network learned from; means over the seeds."""

    seconds: float
    num_labels: int
    per_km: Estimate
    per_seed: list[float]
    num_interventions: int
    km: float
    learning_cpu_s: float
    offset_sd_m: float
    heading_sd_rad: float


@dataclass(frozen=True, slots=True)
class Settled:
    """From which point on each seed needs at most so many interventions a km; None where it never does."""

    per_km: float
    per_seed: list[float | None]


@dataclass(frozen=True, slots=True)
class Method:
    """A method's curve, from when on it is good enough, and what it took."""

    points: list[RatePoint]
    until: list[Settled]
    effort: kit.Effort
    expert_steps: int
    put_back_in_training: float


@dataclass(frozen=True, slots=True)
class Expert:
    """The expert's interventions on the same roads, and the most a km that they may stand for."""

    num_interventions: int
    km: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """The curves, where they cross, and what shift-and-rotate's first seconds are worth in plain demonstration.

    Rates below `floor_per_km`, three interventions in all that was driven at a point, can't be told from none.
    """

    seconds: list[float]
    expert: Expert
    methods: dict[str, Method]
    floor_per_km: float
    seed_floor_per_km: float
    crossings: list[Crossing]
    worth: Worth


def result(config: Config, found: kit.PartResults) -> Result:
    """The curves of all methods, and where they cross."""
    parts = {name: found.read(name, Points) for name in METHODS}
    counts, km = ({name: _by_point(kind, of) for name, of in parts.items()} for kind in ("interventions", "distance_m"))
    km = {name: of / 1000.0 for name, of in km.items()}
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
    )


def _by_point(kind: str, parts: Sequence[Points]) -> Numbers:
    """Interventions or metres (points, seeds, roads)."""
    values = [[getattr(point.driven, kind) for point in part.points] for part in parts]
    return np.array(values, dtype=np.float64).swapaxes(0, 1)


def _method(config: Config, name: str, parts: Sequence[Points], counts: Numbers, km: Numbers, draws: Draws) -> Method:
    own, seconds = (counts.sum(axis=-1) / km.sum(axis=-1)).T, np.array(config.budget.seconds)
    points = [
        RatePoint(
            float(seconds[i]),
            config.budget.num_labels[i],
            estimate_crossed_per_km(counts[i], km[i], draws),
            own[:, i].tolist(),
            int(counts[i].sum()),
            float(km[i].sum()),
            float(np.mean([part.points[i].learning_cpu_s for part in parts])),
            *_spread(name, parts, i),
        )
        for i in range(len(seconds))
    ]
    steps = float(np.mean([sum(point.driven.evaluation_steps for point in part.points) for part in parts]))
    return Method(
        points,
        [Settled(most, [known(s) for s in settled_s(seconds, own, most)]) for most in LIMITS_PER_KM],
        kit.Effort(points[-1].num_labels, points[-1].num_labels, steps, points[-1].learning_cpu_s),
        points[0 if name == "dagger" else -1].num_labels,
        float(np.mean([sum(point.put_back for point in part.points) for part in parts])),
    )


def _spread(name: str, parts: Sequence[Points], i: int) -> tuple[float, float]:
    """Standard deviations of offset and heading in what the network learns from, shifted and turned views included."""
    offset_m = float(np.mean([part.points[i].offset_sd_m for part in parts]))
    heading_rad = float(np.mean([part.points[i].heading_sd_rad for part in parts]))
    if name == "shift-rotate":
        motion = ShiftRotate()
        offset_m = math.sqrt(offset_m**2 + motion.share * motion.max_shift_m**2 / 3.0)
        heading_rad = math.sqrt(heading_rad**2 + motion.share * motion.max_turn_rad**2 / 3.0)
    return offset_m, heading_rad
