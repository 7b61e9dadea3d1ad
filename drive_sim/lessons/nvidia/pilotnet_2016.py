"""NVIDIA's PilotNet again (Bojarski et al. 2016, arXiv 1604.07316): 100 miles of unseen road after thirty seconds.

The paper trains on 72 hours, drives about 100 miles of recorded road in its simulator, counts an intervention wherever
the car is more than a metre off, and reports autonomy on the road. Here four ways to make training samples of the same
thirty seconds drive the same 100 miles of held-out road.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import kit
from drive_sim.lessons.kit.demonstration import NUM_TICKS, demonstrate
from drive_sim.lessons.nvidia.autonomy import Driven, Driving, estimate_more_per_km
from drive_sim.lessons.nvidia.samples import ARC, METHODS, Recipe, training
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import Suite, make_suite

if TYPE_CHECKING:
    from drive_sim.policies.network_size import NetworkSize


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """Roads of the held-out suite, and how far each is driven.

    The mix with another label, and the networks that draw their command instead of giving its mean, drive the first
    `num_beside` of the roads only.
    """

    num_roads: int = 81
    distance_m: float = 2000.0
    num_beside: int = 10
    num_ticks: int = NUM_TICKS
    recipe: Recipe = field(default_factory=Recipe)
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads >= self.num_beside > 0 and self.num_ticks > 0):
            raise InputError(
                "pilotnet-2016: it takes seeds, ticks to learn from, roads, and num_beside of them at most"
            )
        if not self.distance_m > 0.0:
            raise InputError(f"pilotnet-2016: distance_m must be positive, got {self.distance_m}")


_SMALL = Recipe(network="small", num_steps=250)
QUICK = Config(0, 2, quick=True, num_roads=2, distance_m=1000.0, num_beside=1, recipe=_SMALL)


@dataclass(frozen=True, slots=True)
class Published:
    """What the paper prints (sections 6 and 7): autonomy on the road, what it is an hour, and the network's size."""

    autonomy_percent: float = 98.0
    interventions_per_hour: float = 12.0
    parameters: int = 252_219
    multiply_adds: float = 26.9e6


@dataclass(frozen=True, slots=True, eq=False)
class LearnedAndDriven:
    """What a part found: the drives by the mean command and by drawn ones, and what was learned from."""

    driven: Driven
    drawn: Driven
    width_per_m: float
    error_per_m: float
    num_pictures: int
    num_samples: int
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method's figures over all seeds, driving by the mean command and by drawn ones."""

    driving: Driving
    drawn: Driving
    width_per_m: Estimate
    width_per_m_per_seed: list[float]
    error_per_m: float
    num_pictures: int
    num_samples: int
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every method's figures; `best` of METHODS needed least help and, among equals, kept nearest to its lane.

    `neediest`: those of the others that need most help; `plain_more`: interventions a km that plain cloning needs
    beyond them. `arc_more`: those of the mix with the other label beyond the mix, on the same roads. `same_for_all`:
    what was set beforehand, the least and the most of METHODS.
    """

    best: str
    expert: Driving
    methods: dict[str, Method]
    neediest: list[str]
    plain_more: Estimate
    arc_more: Estimate
    same_for_all: dict[str, tuple[float, float]]
    network: "NetworkSize"
    published: Published = field(default_factory=Published)


def parts(config: Config) -> list[kit.Part]:
    """A part a method and seed; the expert needs no seed, since it learns nothing and the weather is the suite's."""
    expert = kit.parts_by_seed(drive_expert, config, ["expert"], [config.seed])
    return expert + kit.parts_by_seed(learn_and_drive, config, (*METHODS, ARC), config.seeds)


def drive_expert(config: Config, _stage: str, _seed: int, report: kit.Report) -> Driven:
    """The expert on the same roads, without pictures."""
    suite = _suite(config, config.num_roads)
    return _drive(PursuitExpert(suite.tracks), suite, EvalConfig(config.conditions.vehicle, camera=None), report)


def learn_and_drive(config: Config, method: str, seed: int, report: kit.Report) -> LearnedAndDriven:
    """One method with one seed: learn from thirty seconds, drive the roads, and some of them by drawn commands."""
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.policies.gaussian import likeliest_around  # noqa: PLC0415

    use_one_thread()
    start_s = time.process_time()
    demos = demonstrate(seed, config.conditions, num_ticks=config.num_ticks, side_m=config.recipe.side_m)
    recipe, samples = training(config.recipe, method, demos)
    task, rng = ImitationTask(samples), kit.training_rng(seed)
    trained = kit.train_with_progress(recipe, task, rng, kit.between(report, 0.0, 0.3))
    learning_cpu_s = time.process_time() - start_s
    evaluation, few = EvalConfig(config.conditions.vehicle), _suite(config, config.num_beside)
    suite = few if method == ARC else _suite(config, config.num_roads)
    driven = _drive(trained.policy, suite, evaluation, kit.between(report, 0.3, 0.9))
    gaussian = likeliest_around(trained.policy, demos.images, demos.curvature_per_m)
    drawn = _drive(gaussian, few, evaluation, kit.between(report, 0.9, 1.0))
    return LearnedAndDriven(
        driven,
        drawn,
        gaussian.width_per_m,
        trained.error_per_m,
        num_pictures=3 * len(samples) if recipe.three_cameras else len(samples),
        num_samples=recipe.num_steps * recipe.batch_size,
        effort=kit.Effort(len(demos), len(demos), driven.num_ticks + drawn.num_ticks, learning_cpu_s),
    )


def _suite(config: Config, num_roads: int) -> Suite:
    suite = make_suite("held-out", num_roads=num_roads, conditions=config.conditions)
    return replace(suite, distance_m=config.distance_m)


def _drive(policy: Policy, suite: Suite, evaluation: EvalConfig, report: kit.Report) -> Driven:
    return Driven.of(kit.drive_with_progress(policy, suite, evaluation, report))


def result(_config: Config, found: kit.PartResults) -> Result:
    """Who needs how much help, and how much more than others on the same roads."""
    from drive_sim.policies.network_size import pilotnet_size  # noqa: PLC0415

    parts = {name: found.read(name, LearnedAndDriven) for name in (*METHODS, ARC)}
    drives = {name: [part.driven for part in of] for name, of in parts.items()}
    methods = {name: _method(of) for name, of in parts.items()}
    rates = {name: methods[name].driving.per_km.mean for name in METHODS[1:]}
    neediest = [name for name, rate in rates.items() if rate == max(rates.values())]
    return Result(
        best=best_of({name: methods[name].driving for name in METHODS}),
        expert=Driving.of(found.read("expert", Driven)),
        methods=methods,
        neediest=neediest,
        plain_more=estimate_more_per_km(drives["plain"], drives[neediest[0]]),
        arc_more=estimate_more_per_km(drives[ARC], drives["nvidia"]),
        same_for_all=same_for_all([methods[name] for name in METHODS]),
        network=pilotnet_size(),
    )


def best_of(drivings: Mapping[str, Driving]) -> str:
    """The method that needed least help; among equals, the one that kept nearest to its lane."""
    return min(drivings, key=lambda name: (drivings[name].interventions, drivings[name].offset_p95_cm.mean))


def _method(parts: Sequence[LearnedAndDriven]) -> Method:
    widths = [part.width_per_m for part in parts]
    return Method(
        driving=Driving.of([part.driven for part in parts]),
        drawn=Driving.of([part.drawn for part in parts]),
        width_per_m=estimate_mean(widths, least=0.0),
        width_per_m_per_seed=widths,
        error_per_m=float(np.mean([part.error_per_m for part in parts])),
        num_pictures=parts[0].num_pictures,  # as with all seeds
        num_samples=parts[0].num_samples,
        effort=kit.mean_effort([part.effort for part in parts]),
    )


def same_for_all(methods: Sequence[Method]) -> dict[str, tuple[float, float]]:
    """What was set beforehand, and is the same for these methods: of each the least and the most."""
    spans = {
        "km of held-out road": np.hstack([method.driving.km_per_seed for method in methods]),
        "ticks labelled by the expert": np.array([method.effort.num_labels for method in methods]),
        "samples in training": np.array([method.num_samples for method in methods]),
    }
    return {what: (float(values.min()), float(values.max())) for what, values in spans.items()}
