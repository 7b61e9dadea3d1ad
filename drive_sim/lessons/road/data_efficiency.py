"""How many seconds of labelled driving does it take? Cloning, shift-and-rotate and DAgger, from 5 s to 5 min.

With every drive the labelled pictures double. After each the policy drives unseen roads, and is put back where it goes
astray: interventions a km over seconds of demonstration, a curve a method. Where do the curves cross?
"""

import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.unaided import LaneErrors, lane_errors
from drive_sim.learn import dagger
from drive_sim.learn.base import Round
from drive_sim.lessons import kit
from drive_sim.lessons.kit.part_store import kept_piece
from drive_sim.lessons.road.learners import METHODS, DataBudget, learning_rng, rounds_of, task_of
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import Suite


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """The budget's drives are the points of the curves; each policy is driven on all held-out roads."""

    budget: DataBudget = field(default_factory=lambda: DataBudget(dagger.Config(7, 50, growth=2.0)))

    def __post_init__(self) -> None:
        if self.num_seeds < 1 or self.budget.drives.num_rounds < 2:
            raise InputError("data-efficiency: it takes a seed, and two drives at least, or there is no curve")


QUICK = Config(
    num_seeds=2,
    quick=True,
    budget=DataBudget(
        dagger.Config(num_rounds=3, ticks_per_round=50, growth=2.0),
        num_steps=80,
        network="small",
        conditions=replace(CONDITIONS, num_roads=10, distance_m=150.0),
    ),
)


@dataclass(frozen=True, slots=True)
class Driven:
    """Interventions, metres, and where along them the car was put back, by unseen road; and ticks in all."""

    interventions: list[int]
    distance_m: list[float]
    places_m: list[list[float]]
    evaluation_steps: int


@dataclass(frozen=True, slots=True)
class Point:
    """A policy from so many labels, how often the car was put back in its last drive, and how it drives unseen roads.

    `offset_sd_m`, `heading_sd_rad`: how its pictures are spread about the lane, standard deviations. `learning_cpu_s`:
    what it took; `cpu_s`: what was added for this point, driving unseen roads included.
    """

    num_labels: int
    put_back: int
    offset_sd_m: float
    heading_sd_rad: float
    learning_cpu_s: float
    driven: Driven
    cpu_s: float
    commit: str | None


@dataclass(frozen=True, slots=True)
class Points:
    """What a part found after each drive, and the seconds of processor time of all, also where it was stopped."""

    points: list[Point]
    cpu_s: float


def parts(config: Config) -> list[kit.Part]:
    """The expert's drive, and a part for each method and seed."""
    learning = [
        kit.Part(method, f"seed {seed}", partial(learn_and_drive, config, method, seed), in_folder=True)
        for method in METHODS
        for seed in config.seeds
    ]
    return [kit.Part("expert", "all roads", partial(drive_expert, config)), *learning]


def drive_expert(config: Config, report: kit.Report) -> Driven:
    """A part: what the expert does on the same roads in the same gusts."""
    suite = config.budget.unseen_roads()
    return _drive(PursuitExpert(suite.tracks), suite, EvalConfig(config.budget.conditions.vehicle, None), report)


def learn_and_drive(config: Config, method: str, seed: int, report: kit.Report, *, folder: Path) -> Points:
    """A part: one method with one seed, a point of its curve after each drive.

    Every policy is kept in `folder`/models and every point beside the parts, so that little is done again after a stop:
    the drives to learn from, since they are not kept, but no fit and no evaluation.
    """
    from drive_sim.learn.resume import kept_rounds  # noqa: PLC0415 - torch loads only where a network learns

    budget, name, spent_s, errors, points = config.budget, f"{method}-seed-{seed}", 0.0, np.empty((0, 2)), []
    suite = budget.unseen_roads()
    train = partial(rounds_of, method=method, fitted_after=range(1, budget.drives.num_rounds + 1))
    task, models = task_of(budget, method), folder / "models" / name
    report(0.0, "getting ready")
    _warm_up(budget, method)
    rounds = kept_rounds(train, budget, task, learning_rng(seed), models, keep_drives=False)
    for i, seconds in enumerate(budget.seconds):
        words = f"{seconds:.0f} s of {budget.seconds[-1]:.0f}: "
        of_point = kit.between(report, i / len(budget.seconds), (i + 1) / len(budget.seconds), words)
        of_point(0.0, "learning")
        latest = next(rounds)
        spent_s += latest.metrics["cpu_s"]
        errors = np.concatenate([errors, lane_errors(latest.rollout.lane)])
        make = partial(_point, config, suite, latest, errors, spent_s, kit.between(of_point, 0.6, 1.0))
        points.append(kept_piece(folder, f"{name}-point-{i + 1}", Point, make))
    return Points(points, sum(point.cpu_s for point in points))


def _warm_up(budget: DataBudget, method: str) -> None:
    """Drive two ticks and fit one step: compiles kernels and loads libraries, which is no part of learning."""
    little = replace(budget, drives=dagger.Config(num_rounds=1, ticks_per_round=2), num_steps=1)
    next(rounds_of(little, task_of(little, method), learning_rng(0), method=method, fitted_after=(1,)))


def _point(
    config: Config, suite: Suite, latest: Round[Any], errors: LaneErrors, spent_s: float, report: kit.Report
) -> Point:
    """A point of a curve: a round's policy on the unseen roads, beside what is known of its learning."""
    start_s, metrics = time.process_time(), latest.metrics
    driven = _drive(latest.policy, suite, EvalConfig(config.budget.conditions.vehicle), report)
    fit_cpu_s, (offset_sd_m, heading_sd_rad) = metrics.get("fit_cpu_s", 0.0), errors.std(axis=0).tolist()
    return Point(
        len(errors),
        len(latest.rollout.episodes()) - 1,
        offset_sd_m,
        heading_sd_rad,
        spent_s + fit_cpu_s,
        driven,
        metrics["cpu_s"] + fit_cpu_s + time.process_time() - start_s,
        code_commit(),
    )


def _drive(policy: Policy, suite: Suite, evaluation: EvalConfig, report: kit.Report) -> Driven:
    driven = kit.drive_with_progress(policy, suite, evaluation, report)
    places_m = [driven.s_m[out, road].round(1).tolist() for road, out in enumerate(driven.intervened.T)]
    steps = int(np.isfinite(driven.offset_m).sum())
    return Driven(driven.interventions.tolist(), driven.distance_m.tolist(), places_m, steps)
