"""How many seconds of labelled driving does it take? Cloning, shift-and-rotate and DAgger, from 5 s to 5 min.

With every drive the labelled pictures double. After each the policy drives unseen roads, and is put back where it goes
astray: interventions a km over seconds of demonstration, a curve a method. Where do the curves cross?
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.learn import dagger
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import data_efficiency_findings
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.road_learners import METHODS, Course, rounds_of, task_of
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.model_folder import METRICS, load_model, save_model
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.suites import Suite, make_suite

NAME = "data-efficiency"
STAGES = {
    "expert": "The expert drives the unseen roads",
    "clone": "Cloning, from twice as many labels each time",
    "shift-rotate": "Shift-and-rotate, from the same pictures",
    "dagger": "DAgger, from as many pictures of its own driving",
    "page": "Report",
}


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on; the course's drives are the points of the curves, each driven on all held-out roads."""

    course: Course = field(default_factory=lambda: Course(dagger.Config(num_rounds=7, ticks_per_round=50, growth=2.0)))
    quick: bool = False

    def __post_init__(self) -> None:
        if self.num_seeds < 1 or self.course.drives.num_rounds < 2:
            raise InputError(f"{NAME}: it takes a seed, and two drives at least, or there is no curve")

    @property
    def seconds(self) -> tuple[float, ...]:
        """Seconds of labelled driving at each point of the curves."""
        return tuple(labels / EnvConfig().control_hz for labels in self.course.num_labels)


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "course": Course(
        dagger.Config(num_rounds=3, ticks_per_round=50, growth=2.0),
        num_steps=80,
        network="small",
        conditions=replace(CONDITIONS, num_roads=10, distance_m=150.0),
    ),
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; what is finished stays there, model by model, and `resume` goes on with it."""
    return run_parts(
        NAME,
        config,
        folder,
        parts_of(config, folder),
        _said,
        data_efficiency_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config, folder: Path) -> list[Part]:
    """The expert's drive, and a part for each method and seed."""
    return [
        Part("expert", "all roads", drive_expert, (config,)),
        *(
            Part(name, f"seed {s}", learn_and_drive, (config, name, s, folder))
            for name in METHODS
            for s in config.seeds
        ),
    ]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import data_efficiency_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    data_efficiency_report.write_page(config, found, result, folder)


def _said(stage: str, found: list[dict[str, Any]]) -> str:
    if stage == "expert":
        return f"{sum(found[0]['interventions'])} interventions"
    km = sum(sum(part["points"][-1]["distance_m"]) for part in found) / 1000.0
    return f"{sum(sum(part['points'][-1]['interventions']) for part in found) / km:.2f} interventions a km at the end"


def drive_expert(config: Config) -> part_store.Work:
    """What the expert does on the same roads in the same gusts."""
    yield Progress("expert", 0.0, "")
    suite = make_suite("held-out", conditions=config.course.conditions)
    evaluation = EvalConfig(vehicle=config.course.conditions.vehicle, camera=None)
    return _counted(evaluate(PursuitExpert(suite.tracks), suite, evaluation))


def learn_and_drive(config: Config, method: str, seed: int, folder: Path) -> part_store.Work:
    """One method with one seed: a point of its curve after each drive.

    Every policy is kept in `folder`/models and every point beside the parts, so that little is done again after a stop:
    the drives, since they are not kept, but no fit and no evaluation.
    """
    course, num_points = config.course, len(config.seconds)
    models = [folder / "models" / f"{method}-seed-{seed}" / f"{s:g}-s" for s in config.seconds]
    suite = make_suite("held-out", conditions=course.conditions)
    task = task_of(course, method)
    assert task.base_learner is not None
    task = replace(task, base_learner=kept_fit(task.base_learner, models))
    rounds = rounds_of(course, method, seed, fitted_after=tuple(range(1, num_points + 1)), task=task)
    places, points = np.empty((0, 2)), []
    yield Progress(method, 0.0, "getting ready")
    _warm_up(course, method)
    for i, model in enumerate(models):
        note = f"{config.seconds[i]:.0f} s of {config.seconds[-1]:.0f}"
        yield Progress(method, i / num_points, f"{note}: learning")
        is_old, start_s = model.exists(), time.process_time()
        latest = next(rounds)
        fit_cpu_s = _fit_cpu_s(model)
        drive_cpu_s = time.process_time() - start_s - (0.0 if is_old else fit_cpu_s)
        places = np.concatenate([places, _places(latest.rollout)])
        spread = dict(zip(("offset_sd_m", "heading_sd_rad"), places.std(axis=0).tolist(), strict=True))
        yield Progress(method, (i + 0.6) / num_points, f"{note}: driving unseen roads")
        learned = {"num_labels": course.num_labels[i], "fit_cpu_s": fit_cpu_s, "drive_cpu_s": drive_cpu_s, **spread}
        learned["put_back"] = len(latest.rollout.episodes()) - 1
        name = f"{method}-seed-{seed}-point-{i + 1}"
        points.append(_end_of(part_store.kept(folder, name, _evaluated(latest.policy, suite, config, learned))))
    return {"method": method, "seed": seed, "points": points}


def _warm_up(course: Course, method: str) -> None:
    """Drive two ticks and fit one step: compiles kernels and loads libraries, which is no part of learning."""
    little = replace(course, drives=dagger.Config(num_rounds=1, ticks_per_round=2), num_steps=1)
    next(rounds_of(little, method, 0, fitted_after=(1,)))


def kept_fit(fit: Callable[..., Any], models: Sequence[Path]) -> Callable[..., Any]:
    """The base learner `fit`, whose policies are kept in these folders, one after the other, and read there.

    A policy is used as it was read back, also where it was fitted just now.
    """
    folders = iter(models)

    def fit_or_read(data: Demonstrations, rng: np.random.Generator) -> Any:
        model = next(folders)
        if not model.exists():
            start_s = time.process_time()
            policy = fit(data, rng)
            numbers = {"num_frames": len(data), "cpu_s": time.process_time() - start_s}
            save_model(model, policy, None, numbers)
        return load_model(model)

    return fit_or_read


def _fit_cpu_s(model: Path) -> float:
    return json.loads((model / METRICS).read_text(encoding="utf-8"))["cpu_s"]


def _places(rollout: Demonstrations) -> Any:
    """Where the pictures were taken: offset and heading (n, 2)."""
    assert rollout.lane is not None
    return np.stack([rollout.lane.offset_m, rollout.lane.heading_rad], axis=-1)


def _end_of(work: part_store.Work) -> dict[str, Any]:
    """What work finds, when its progress is too short to be told."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def _evaluated(policy: Any, suite: Suite, config: Config, learned: dict[str, Any]) -> part_store.Work:
    """A point of a curve: a policy on the unseen roads, beside what is known of its learning."""
    yield Progress("drive", 0.0, "")
    report = evaluate(policy, suite, EvalConfig(vehicle=config.course.conditions.vehicle))
    return {**learned, **_counted(report)}


def _counted(report: EvalReport) -> dict[str, Any]:
    """Interventions, metres driven, and where along it the car was put back, a road each."""
    places = [report.s_m[out, road].round(1) for road, out in enumerate(report.intervened.T)]
    steps = int(np.isfinite(report.offset_m).sum())
    return {
        "interventions": report.interventions,
        "distance_m": report.distance_m,
        "places_m": places,
        "evaluation_steps": steps,
    }
