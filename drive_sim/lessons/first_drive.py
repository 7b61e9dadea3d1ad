"""The first drive: thirty seconds of demonstration, two networks, one of them stays on the road.

A scripted expert drives 300 ticks on one road. Two identical networks learn from exactly these frames, one of them
from shifted and rotated views as well. Both, and the expert, then drive roads that nobody has seen.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from drive_sim import files
from drive_sim.data import rollout
from drive_sim.data.recording import load_recording
from drive_sim.evaluate import EvalConfig, drive, make_report
from drive_sim.lessons.first_drive_findings import LEARNERS, Config, Findings, make_result
from drive_sim.lessons.kit import workers
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.kit.workers import Worker
from drive_sim.lessons.learner import Driven, Learned, Task, learn_and_drive
from drive_sim.policies.expert import PursuitExpert
from drive_sim.report.stretch import choose_stretch
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world, make_suite
from drive_sim.sim.track import Tracks

__all__ = ["STAGES", "Config", "run"]

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

_DEMONSTRATION_STREAM = 7
"""Second word of the demonstration's seed."""


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
        for progress in _drive_expert(found):
            yield progress
            yield from _listen(learners, found, timeout_s=0.0)
        from drive_sim.lessons import first_drive_report  # noqa: PLC0415 - Matplotlib loads while the networks learn

        first_drive_report.look_from_elsewhere(found)
        while workers.any_working(learners):
            yield from _listen(learners, found, timeout_s=None)
    found.stretch = choose_stretch(found.clones, "plain", config.film_s)
    found.times_s["before the film"] = time.perf_counter() - start_s
    result = make_result(found)
    files.write_json(folder / "result.json", result)
    yield from first_drive_report.make_film(found, folder / "film.mp4")
    yield Progress("page", 0.0, "")
    first_drive_report.write_page(found, result, folder)
    yield Progress("page", 1.0, f"{time.perf_counter() - start_s:.0f} s in all")
    yield Finished(folder, result["headline"], result)


def _job(name: str, config: Config, folder: Path) -> workers.Job[Task]:
    task = Task(name, config.seed, config.conditions, config.num_steps, folder / "models" / name)
    return learn_and_drive, task


def _record(found: Findings, folder: Path) -> Iterator[Progress]:
    """The expert drives the demonstration, which is written, and read back as learners read it."""
    start_s, config = time.perf_counter(), found.config
    tracks, scenes = Tracks.stack([found.track]), Scenes.stack([found.scene])
    env_config = EnvConfig(Camera(), config.conditions.vehicle, config.conditions.demonstration)
    env = DriveEnv(tracks, scenes, env_config, np.random.default_rng([config.seed, _DEMONSTRATION_STREAM]))
    info = rollout.episode_info(env, road={"made_from_seed": config.seed}, seed=config.seed)
    ticks = rollout.drive(env, PursuitExpert(tracks), config.num_ticks, np.random.default_rng(config.seed))
    for tick in rollout.record(ticks, folder, [info], "expert"):
        if tick.tick % 30 == 0:
            yield Progress("record", tick.tick / config.num_ticks, f"{tick.time_s:.0f} s on {found.track.name}")
    found.demos = load_recording(folder).demonstrations()
    found.times_s["record"] = time.perf_counter() - start_s
    yield Progress("record", 1.0, f"{len(found.demos)} frames")


def _drive_expert(found: Findings) -> Iterator[Progress]:
    start_s, suite = time.perf_counter(), found.suite
    config = EvalConfig(vehicle=found.config.conditions.vehicle, camera=None)
    ticks = []
    for number, tick in enumerate(drive(PursuitExpert(suite.tracks), suite, config)):
        ticks.append(tick)
        if number % 50 == 0:
            yield Progress("drive expert", min(0.99, float(tick.distance_m.mean()) / suite.distance_m), "")
    found.reports["expert"] = make_report(ticks, suite, config)
    found.times_s["drive expert"] = time.perf_counter() - start_s
    interventions = found.reports["expert"].interventions.sum()
    yield Progress("drive expert", 1.0, f"interventions: {interventions}")


def _listen(learners: Sequence[Worker], found: Findings, timeout_s: float | None) -> Iterator[Progress]:
    """Pass the learners' progress on, and keep what they found."""
    for name, record in workers.receive(learners, timeout_s):
        if isinstance(record, Learned):
            found.learned[name] = record
            found.times_s[f"train {name}"] = record.duration_s
        elif isinstance(record, Driven):
            found.reports[name] = record.report
            found.times_s[f"drive {name}"] = record.duration_s
        else:
            yield record
