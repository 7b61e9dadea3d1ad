"""ALVINN on the fly (Pomerleau 1991, NIPS 3): a network watches somebody drive, and after minutes it drives itself.

A frame every eleven metres, fifteen views of it, a buffer of 200, one pass of back-propagation a frame. After each of
some numbers of frames the network, as it is then, drives roads that it has never seen; so do those that learned the
same frames without one of the ingredients.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.lessons import alvinn_methods, alvinn_on_the_fly_findings
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.alvinn_methods import BEND_CASES, METHODS, ONE_BY_ONE
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import Suite, make_suite

if TYPE_CHECKING:
    from drive_sim.learn import alvinn
    from drive_sim.policies.alvinn import AlvinnPolicy

NAME = "alvinn-on-the-fly"
STAGES = {
    "expert": "The expert drives the unseen roads",
    "alvinn": "ALVINN on the fly, as published",
    "alvinn-alone": "Without views: the frame alone",
    "alvinn-oldest": "Without the buffer's rule: first in, first out",
    "alvinn-smear": "Smeared edges",
    "alvinn-narrow": "Shifts of 0.6 m",
    "alvinn-later": "The later settings",
    "one by one": "The later settings, one by one",
    "bend": "A bend that does not end",
    "page": "Report",
}


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on, each with a road of its own among the held-out ones; `asked`: after which frames to drive.

    `num_frames`, one of `asked`, is where the bar is. The long bend begins after `bend_frames[0]` frames of the usual
    road and takes `bend_frames[1]` more; it is run on the first `num_bend_seeds` seeds and `num_bend_roads` roads.
    """

    num_seeds: int = 10
    num_roads: int = 10
    asked: tuple[int, ...] = (10, 20, 30, 40, 50, 75, 100)
    num_frames: int = 50
    bend_frames: tuple[int, int] = (30, 70)
    bend_radius_m: float = 40.0
    num_bend_seeds: int = 5
    num_bend_roads: int = 5
    quick: bool = False
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds >= self.num_bend_seeds > 0 and self.num_roads >= self.num_bend_roads > 0):
            raise InputError(f"{NAME}: it takes seeds and roads, and for the bend at most as many")
        if self.num_frames not in self.asked or min(self.asked) < 1 or list(self.asked) != sorted(set(self.asked)):
            raise InputError(f"{NAME}: asked must rise from 1 on and hold num_frames, got {self.asked}")
        if not (min(self.bend_frames) > 0 and self.bend_radius_m > 0.0):
            raise InputError(f"{NAME}: the bend takes frames before it, frames in it and a radius")


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_roads": 2,
    "asked": (10, 30),
    "num_frames": 30,
    "bend_frames": (15, 15),
    "num_bend_seeds": 1,
    "num_bend_roads": 1,
    "conditions": replace(CONDITIONS, distance_m=500.0),
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
        alvinn_on_the_fly_findings.said,
        alvinn_on_the_fly_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config) -> list[Part]:
    """A part a method and seed, one a seed for the later settings one by one, and one a seed for the bend."""
    parts = [Part("expert", "all", drive_expert, (config,))]
    parts += [
        Part(method, f"seed {seed}", learn_and_drive, (config, method, seed))
        for method in METHODS
        for seed in config.seeds
    ]
    parts += [Part("one by one", f"seed {seed}", change_one_by_one, (config, seed)) for seed in config.seeds]
    return parts + [
        Part("bend", f"seed {seed}", learn_in_bend, (config, seed)) for seed in config.seeds[: config.num_bend_seeds]
    ]


def _write_page(config: Config, _found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import alvinn_on_the_fly_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    alvinn_on_the_fly_report.write_page(config, result, folder)


def drive_expert(config: Config) -> part_store.Work:
    """The expert on the same roads in the same gusts, without pictures."""
    yield Progress("expert", 0.0, "")
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.conditions)
    report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(config.conditions.vehicle, camera=None))
    return {"interventions": report.interventions, "km": report.distance_m / 1000.0}


def learn_and_drive(config: Config, method: str, seed: int) -> part_store.Work:
    """A part: one method with one seed watches, and drives the unseen roads after each number of frames asked for."""
    _use_one_thread()
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.conditions)
    most, learning_s = max(config.asked), 0.0
    demos = alvinn_methods.drive_frames(seed, config.conditions, most)
    points: list[dict[str, Any]] = []
    warm_up(alvinn_methods.settings(method), demos)
    for policy, so_far in watched(alvinn_methods.settings(method), demos, seed, config.asked):
        learning_s += so_far["cpu_s"]
        yield Progress(method, so_far["frames"] / most, f"driving after {so_far['frames']} of {most} frames")
        points.append({**so_far, "cpu_s": learning_s, **_driven(policy, suite, config)})
    return {"method": method, "seed": seed, "steps": len(demos), "points": points}


def warm_up(settings: "alvinn.Config", demos: Demonstrations) -> None:
    """The same learner for one frame, thrown away: what is compiled only now is not billed to the first one."""
    from drive_sim.learn import alvinn  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.learn.base import ImitationTask  # noqa: PLC0415

    next(alvinn.train(replace(settings, num_frames=1), ImitationTask(demos), np.random.default_rng(0)))


def watched(
    settings: "alvinn.Config", demos: Demonstrations, seed: int, asked: tuple[int, ...]
) -> Generator[tuple["AlvinnPolicy", dict[str, Any]], None, None]:
    """The policy after each number of frames asked for.

    With it `frames`, `views` in the buffer, `shown`: the patterns that it has learned from, a step each, and `cpu_s`
    since the number before.
    """
    from drive_sim.learn import alvinn  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.learn.base import ImitationTask  # noqa: PLC0415

    settings, shown, cpu_s = replace(settings, num_frames=max(asked)), 0, 0.0
    for latest in alvinn.train(settings, ImitationTask(demos), alvinn_methods.learning_rng(seed)):
        cpu_s += latest.metrics["cpu_s"]
        shown += settings.steps_per_frame or len(latest.buffer)
        if latest.index + 1 in asked:
            so_far = {"frames": latest.index + 1, "views": len(latest.buffer), "shown": shown, "cpu_s": cpu_s}
            yield latest.policy, so_far
            cpu_s = 0.0


def change_one_by_one(config: Config, seed: int) -> part_store.Work:
    """A part: the settings of 1991 with some of the later ones, each driven after `num_frames` frames."""
    _use_one_thread()
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.conditions)
    demos = alvinn_methods.drive_frames(seed, config.conditions, config.num_frames)
    found = {}
    for number, (name, later) in enumerate(ONE_BY_ONE.items()):
        yield Progress("one by one", number / len(ONE_BY_ONE), name)
        ((policy, _),) = watched(alvinn_methods.settings_with(*later), demos, seed, (config.num_frames,))
        found[name] = _driven(policy, suite, config)
    return {"seed": seed, "variants": found}


def learn_in_bend(config: Config, seed: int) -> part_store.Work:
    """A part: the usual road, a bend that does not end, then the unseen roads; each rule with each kind of views."""
    _use_one_thread()
    suite = make_suite("held-out", num_roads=config.num_bend_roads, conditions=config.conditions)
    demos = alvinn_methods.drive_into_bend(seed, config.conditions, *config.bend_frames, config.bend_radius_m)
    found = {}
    for number, (views, rule) in enumerate(BEND_CASES):
        yield Progress("bend", number / len(BEND_CASES), f"{views}, {rule}")
        settings = alvinn_methods.settings_in_bend(views, rule)
        ((policy, _),) = watched(settings, demos, seed, (sum(config.bend_frames),))
        found[f"{views} {rule}"] = _driven(policy, suite, config)
    return {"seed": seed, "variants": found}


def _driven(policy: "AlvinnPolicy", suite: Suite, config: Config) -> dict[str, Any]:
    report: EvalReport = evaluate(policy, suite, EvalConfig(config.conditions.vehicle, policy.camera))
    return {"interventions": report.interventions, "km": report.distance_m / 1000.0, "steps": _num_ticks(report)}


def _num_ticks(report: EvalReport) -> int:
    """Ticks that were driven and counted, all roads together."""
    return int((report.elapsed_s * report.config.control_hz).round().sum())


def _use_one_thread() -> None:
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415 - torch loads only where a network learns

    use_one_thread()
