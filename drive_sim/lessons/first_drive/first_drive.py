"""The first drive: thirty seconds of demonstration, two networks, one of them stays on the road.

A scripted expert drives 300 ticks on one road. Two identical networks learn from exactly these frames, one of them
from shifted and rotated views as well. Both, and the expert, then drive roads that nobody has seen.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from drive_sim import files, records
from drive_sim.data import rollout
from drive_sim.data.recording import load_recording
from drive_sim.evaluate import EvalConfig, drive, make_report
from drive_sim.lessons.first_drive.first_drive_result import LEARNERS, Config, Findings, make_result
from drive_sim.lessons.first_drive.learner import Driven, Learned, Task, learn_and_drive
from drive_sim.lessons.kit import workers
from drive_sim.lessons.kit.demonstration import demonstration_env
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.kit.workers import Worker
from drive_sim.policies.expert import PursuitExpert
from drive_sim.report.numbers import counted
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import make_demonstration_world, make_suite

STAGES = {
    "record": "The expert drives and is recorded",
    "train plain": "A network learns from the frames as they are",
    "train shift-rotate": "Its twin learns from shifted and rotated views as well",
    "drive expert": "The expert drives the unseen roads",
    "drive plain": "The plain clone drives them",
    "drive shift-rotate": "Its twin drives them",
    "film": "Film",
    "page": "Report",
}
"""What is done, by name, in the order in which it starts."""


def run(config: Config, folder: Path) -> Iterator[Progress | Finished]:
    """Tell the whole story into `folder`, which is new or empty; the last record is `Finished`.

    What is finished when it is interrupted stays there, the numbers before the film and the page. Raises InputError
    where the folder cannot be written.
    """
    start_s = time.perf_counter()
    files.new_folder(folder)
    yield Progress("record", 0.0, "")
    with workers.start_workers({name: _job(name, config, folder) for name in LEARNERS}) as learners:
        track, scene = make_demonstration_world(config.seed, conditions=config.conditions)
        found = Findings(config, track, scene, make_suite("held-out", conditions=config.conditions))
        yield from _record(found, folder / "demonstration")
        for learner in learners:
            workers.send(learner, folder / "demonstration")
        yield from _drive_expert(found, learners)
        from drive_sim.lessons.first_drive import first_drive_page  # noqa: PLC0415 - it loads while the networks learn

        views = first_drive_page.views_from_elsewhere(found)
        while workers.any_working(learners):
            yield from _listen(learners, found, timeout_s=None)
    found.times_s["before the film"] = time.perf_counter() - start_s
    result = make_result(found)
    told = records.to_json(result)
    files.write_json(folder / "result.json", told)
    poster = yield from first_drive_page.make_film(found, folder / "film.mp4")
    yield Progress("page", 0.0, "")
    first_drive_page.write_page(found, result, views, poster, folder)
    yield Progress("page", 1.0, f"{time.perf_counter() - start_s:.0f} s in all")
    yield Finished(folder, result.headline, told)


def _job(name: str, config: Config, folder: Path) -> workers.Job[Task]:
    task = Task(name, config.seed, config.conditions, config.num_steps, folder / "models" / name)
    return learn_and_drive, task


def _record(found: Findings, folder: Path) -> Iterator[Progress]:
    """The expert drives the demonstration, which is written, and read back as learners read it."""
    start_s, config = time.perf_counter(), found.config
    env, expert = demonstration_env(config.seed, found.track, found.scene, config.conditions, Camera())
    info = rollout.episode_info(env, road={"made_from_seed": config.seed}, seed=config.seed)
    ticks = rollout.drive(env, expert, config.num_ticks, np.random.default_rng(config.seed))
    for tick in rollout.record(ticks, folder, [info], "expert"):
        if tick.tick % 30 == 0:
            yield Progress("record", tick.tick / config.num_ticks, f"{tick.time_s:.0f} s on {found.track.name}")
    found.demos = load_recording(folder).demonstrations()
    found.times_s["record"] = time.perf_counter() - start_s
    yield Progress("record", 1.0, f"{len(found.demos)} frames")


def _drive_expert(found: Findings, learners: Sequence[Worker]) -> Iterator[Progress]:
    """The expert drives the unseen roads; what the learners send meanwhile is passed on."""
    start_s, suite, stage = time.perf_counter(), found.suite, "drive expert"
    config = EvalConfig(vehicle=found.config.conditions.vehicle, camera=None)
    ticks = []
    for number, tick in enumerate(drive(PursuitExpert(suite.tracks), suite, config)):
        ticks.append(tick)
        if number % 50 == 0:
            yield Progress(stage, min(0.99, float(tick.distance_m.mean()) / suite.distance_m), "")
            yield from _listen(learners, found, timeout_s=0.0)
    found.reports["expert"] = make_report(ticks, suite, config)
    found.times_s[stage] = time.perf_counter() - start_s
    yield Progress(stage, 1.0, counted(int(found.reports["expert"].interventions.sum()), "intervention"))


def _listen(learners: Sequence[Worker], found: Findings, timeout_s: float | None) -> Iterator[Progress]:
    """Pass the learners' progress on, and keep what they found."""
    for name, message in workers.receive(learners, timeout_s):
        if isinstance(message, Learned):
            found.learned[name] = message
            found.times_s[f"train {name}"] = message.duration_s
        elif isinstance(message, Driven):
            found.reports[name] = message.report
            found.times_s[f"drive {name}"] = message.duration_s
        else:
            yield message
