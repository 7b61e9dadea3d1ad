"""What the parts of the lesson on GAIL on the road found, put together: by method, and by the number of laps shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import (
    Estimate,
    estimate_crossed_per_km,
    estimate_difference_per_km,
    estimate_mean,
    estimate_per_km,
)
from drive_sim.lessons import kit
from drive_sim.lessons.gail.gail_on_the_road import Config, Ends, FromPixels, Learned, Tried
from drive_sim.lessons.gail.road_drives import Measured
from drive_sim.lessons.gail.road_learners import METHODS

GAIL = METHODS[-1]


@dataclass(frozen=True, slots=True, eq=False)
class ByLaps:
    """A method after each number of laps: scaled returns (0 at random, 1 the expert's), interventions a kilometre.

    `returns` and `rates` (seeds, laps) are single seeds'. `fewer`: interventions a km less the clone's, drawn together.
    """

    scaled: list[Estimate]
    per_km: list[Estimate]
    fewer: list[Estimate]
    returns: Numbers
    rates: Numbers
    effort: list[kit.Effort]


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """GAIL from small pictures and a clone of as many labels, one seed."""

    steps: list[float]
    looks_per_km: list[float]
    scaled: float
    per_km: Estimate
    effort: kit.Effort
    clone_scaled: float
    clone_per_km: Estimate
    clone_effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Methods by name, the expert, GAIL whose steering is drawn as it learned, and GAIL from pixels."""

    methods: dict[str, ByLaps]
    expert_return: Estimate
    random_return: Estimate
    expert_per_km: Estimate
    random_per_km: Estimate
    drawn_per_km: list[Estimate]
    pixels: Pixels


def result(_config: Config, found: kit.PartResults) -> Result:
    """The lesson's figures."""
    ends = found.read("expert", Ends)
    scale = [(of.random.mean_return, of.expert.mean_return) for of in ends]
    tried = found.read(GAIL, Tried)
    measured = {name: [of.measured for of in found.read(name, Learned)] for name in METHODS[:-1]}
    measured[GAIL] = [of.measured for of in tried]
    efforts = {name: [of.effort for of in found.read(name, Learned)] for name in METHODS[:-1]}
    efforts[GAIL] = [of.effort for of in tried]
    clones = _by_laps(measured["clone"])
    (pixels,) = found.read("pixels", FromPixels)
    return Result(
        methods={name: _method(measured[name], clones, efforts[name], scale) for name in METHODS},
        expert_return=estimate_mean([of.expert.mean_return for of in ends]),
        random_return=estimate_mean([of.random.mean_return for of in ends]),
        expert_per_km=_rate([of.expert for of in ends]),
        random_per_km=_rate([of.random for of in ends]),
        drawn_per_km=[_rate(of) for of in _by_laps([of.drawn for of in tried])],
        pixels=_pixels(pixels, scale[0]),
    )


def _method(
    seeds: Sequence[Sequence[Measured]],
    clones: Sequence[Sequence[Measured]],
    efforts: Sequence[Sequence[kit.Effort]],
    scale: Sequence[tuple[float, float]],
) -> ByLaps:
    by_laps = _by_laps(seeds)
    returns = np.array([[_scaled(of, ends) for of in seed] for seed, ends in zip(seeds, scale, strict=True)])
    return ByLaps(
        scaled=[estimate_mean(column) for column in returns.T],
        per_km=[_rate(of) for of in by_laps],
        fewer=[
            estimate_difference_per_km(*_counts(of), *_counts(clone)) for of, clone in zip(by_laps, clones, strict=True)
        ],
        returns=returns,
        rates=np.array([[of.per_km for of in seed] for seed in seeds]),
        effort=[kit.mean_effort(of) for of in zip(*efforts, strict=True)],
    )


def _pixels(of: FromPixels, ends: tuple[float, float]) -> Pixels:
    per_km, clone_per_km = (estimate_per_km(one.interventions, one.km) for one in (of.measured, of.clone))
    scaled, clone_scaled = _scaled(of.measured, ends), _scaled(of.clone, ends)
    return Pixels(of.steps, of.per_km, scaled, per_km, of.effort, clone_scaled, clone_per_km, of.clone_effort)


def _by_laps(seeds: Sequence[Sequence[Measured]]) -> list[tuple[Measured, ...]]:
    return list(zip(*seeds, strict=True))


def _counts(of: Sequence[Measured]) -> tuple[Numbers, Numbers]:
    """Interventions and kilometres (seeds, roads)."""
    return np.array([one.interventions for one in of]), np.array([one.km for one in of])


def _rate(of: Sequence[Measured]) -> Estimate:
    return estimate_crossed_per_km(*_counts(of))


def _scaled(of: Measured, ends: tuple[float, float]) -> float:
    return (of.mean_return - ends[0]) / (ends[1] - ends[0])
