"""NVIDIA's PilotNet again (Bojarski et al. 2016, arXiv 1604.07316): 100 miles of unseen road after thirty seconds.

The paper trains on 72 hours, drives about 100 miles of recorded road in its simulator, counts an intervention wherever
the car is more than a metre off, and reports autonomy on the road. Here four ways to make training samples of the same
thirty seconds drive the same 100 miles of held-out road.
"""

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport, Tick, drive, make_report
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import pilotnet_2016_findings, pilotnet_methods
from drive_sim.lessons.pilotnet_methods import ARC, METHODS, Recipe
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.lessons.story import Finished, Progress, within
from drive_sim.lessons.thirty_seconds import NUM_TICKS, demonstrate, learn
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import Suite, make_suite

NAME = "pilotnet-2016"
STAGES = {
    "expert": "The expert drives the same roads",
    "plain": "The middle camera's pictures as they are",
    "three-cameras": "Left and right cameras as well",
    "shift-rotate": "Shifted and rotated views",
    "nvidia": "NVIDIA's mix: three cameras, normal shifts and turns, back in two seconds",
    ARC: "The same mix with another label",
    "page": "Report",
}
OFFSET_EDGES_M = np.round(np.linspace(-1.6, 1.6, 65), 3)
"""Where offsets while driving are counted."""
_TELLS_EVERY = 40


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on; roads of the held-out suite, its own first, and how far each is driven.

    The mix with another label, and the networks that draw their command instead of giving its mean, drive the first
    `num_beside` of the roads only.
    """

    num_roads: int = 81
    distance_m: float = 2000.0
    num_beside: int = 10
    num_ticks: int = NUM_TICKS
    recipe: Recipe = field(default_factory=Recipe)
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)
    quick: bool = False

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads >= self.num_beside > 0 and self.num_ticks > 0):
            raise InputError(f"{NAME}: it takes seeds, ticks to learn from, and roads, num_beside of them at most all")
        if not self.distance_m > 0.0:
            raise InputError(f"{NAME}: distance_m must be positive, got {self.distance_m}")


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_roads": 2,
    "distance_m": 1000.0,
    "num_beside": 1,
    "recipe": Recipe(network="small", num_steps=250),
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    return run_parts(
        NAME,
        config,
        folder,
        parts_of(config),
        pilotnet_2016_findings.said,
        pilotnet_2016_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config) -> list[Part]:
    """A part a method and seed; the expert needs no seed, since it learns nothing and the weather is the suite's."""
    learners = [
        Part(method, f"seed {seed}", learn_and_drive, (config, method, seed))
        for method in (*METHODS, ARC)
        for seed in config.seeds
    ]
    return [Part("expert", "all", drive_expert, (config,)), *learners]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import pilotnet_2016_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    pilotnet_2016_report.write_page(config, found, result, folder)


def drive_expert(config: Config) -> part_store.Work:
    """The expert on the same roads, without pictures."""
    suite = _suite(config, config.num_roads)
    report = yield from _drive("expert", PursuitExpert(suite.tracks), suite, config)
    return {"method": "expert", **figures_of(report)}


def learn_and_drive(config: Config, method: str, seed: int) -> part_store.Work:
    """One method with one seed: learn from thirty seconds, drive the roads, and some of them by drawn commands."""
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.policies.gaussian import likeliest_around  # noqa: PLC0415

    use_one_thread()
    start_s, recipe = time.process_time(), config.recipe
    demos = demonstrate(seed, config.conditions, num_ticks=config.num_ticks, side_m=recipe.side_m)
    training, samples = pilotnet_methods.training(recipe, method, demos)
    policy, error_per_m = yield from within(learn(method, training, samples, seed), 0.0, 0.3)
    learning_cpu_s = time.process_time() - start_s
    num_roads = config.num_beside if method == ARC else config.num_roads
    report = yield from within(_drive(method, policy, _suite(config, num_roads), config), 0.3, 0.9)
    gaussian = likeliest_around(policy, demos.images, demos.curvature_per_m)
    drawn = yield from within(_drive(method, gaussian, _suite(config, config.num_beside), config), 0.9, 1.0)
    return {
        "method": method,
        "seed": seed,
        **figures_of(report),
        "width_per_m": gaussian.width_per_m,
        "drawn_interventions": drawn.interventions,
        "drawn_km": drawn.distance_m / 1000.0,
        "error_per_m": error_per_m,
        "num_labels": len(demos),
        "num_pictures": len(samples) if not training.three_cameras else 3 * len(samples),
        "num_samples": training.num_steps * training.batch_size,
        "steps": len(demos),
        "evaluation_steps": _num_ticks(report) + _num_ticks(drawn),
        "learning_cpu_s": learning_cpu_s,
    }


def figures_of(report: EvalReport) -> dict[str, Any]:
    """What is kept of a drive: figures a road, offsets as counts, where each road's first intervention came."""
    offset_m = report.offset_m[np.isfinite(report.offset_m)]
    size_cm = 100.0 * np.abs(offset_m)
    first = np.where(report.intervened, report.driven_m, np.inf).min(axis=0)
    return {
        "interventions": report.interventions,
        "km": report.distance_m / 1000.0,
        "elapsed_s": report.elapsed_s,
        "left_road": int(report.left_road.sum()),
        "first_km": [float(m) / 1000.0 if np.isfinite(m) else None for m in first],
        "offset_counts": np.histogram(offset_m, OFFSET_EDGES_M)[0],
        "num_offsets": len(offset_m),
        "offset_p95_cm": float(np.percentile(size_cm, 95.0)),
        "offset_max_cm": float(size_cm.max()),
    }


def _suite(config: Config, num_roads: int) -> Suite:
    suite = make_suite("held-out", num_roads=num_roads, conditions=config.conditions)
    return replace(suite, distance_m=config.distance_m)


def _drive(stage: str, policy: Policy, suite: Suite, config: Config) -> Generator[Progress, None, EvalReport]:
    """Drive a suite to its end; yields progress, returns the report."""
    camera = None if isinstance(policy, PursuitExpert) else EvalConfig().camera
    evaluation = EvalConfig(vehicle=config.conditions.vehicle, camera=camera)
    ticks, interventions = [], 0
    for number, tick in enumerate(drive(policy, suite, evaluation)):
        ticks.append(_without_pictures(tick))
        interventions += int((tick.intervened & tick.counted).sum())
        if number % _TELLS_EVERY == 0:
            share = float(np.minimum(tick.distance_m / suite.distance_m, 1.0).mean())
            yield Progress(stage, share, pilotnet_2016_findings.counted(interventions))
    return make_report(ticks, suite, evaluation)


def _without_pictures(tick: Tick) -> Tick:
    """The same tick, light enough to be kept: the report reads no pictures."""
    seen = replace(tick.timestep.observation, images=None)
    return replace(tick, timestep=replace(tick.timestep, observation=seen))


def _num_ticks(report: EvalReport) -> int:
    return int(np.isfinite(report.driven_m).sum())
