"""In processes beside the window: cars drive from every pose of a grid, a batch at a time.

Each process computes on one thread: two of them share two cores better than one whose threads wait for each other.
"""

from collections.abc import Iterator
from pathlib import Path

from drive_sim.app.basin_messages import BasinTask, PosesOfModel, ShownPlaces, StartsDriven, StartsTask
from drive_sim.app.training_places import shown_to
from drive_sim.errors import InputError
from drive_sim.evaluate.basin import drive_poses, drive_starts, pose_batches
from drive_sim.evaluate.closed_loop import EvalConfig
from drive_sim.lessons.kit.workers import Connection
from drive_sim.policies.base import Policy
from drive_sim.policies.named_driver import EXPERT, load_named_driver
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import Suite

_MOST_SHOWN = 300


def work(parent: Connection, task: BasinTask | StartsTask) -> None:
    """Send what is found as it is found. Raises InputError where a model cannot be read."""
    if isinstance(task, StartsTask):
        policy, evaluation = _driver(task.model, task.suite, task.config.seed)
        weather = task.suite.disturbance
        parent.send(StartsDriven(*drive_starts(policy, task.suite, task.starts, task.config, evaluation, weather)))
        return
    for message in basin_parts(task):
        parent.send(message)


def basin_parts(task: BasinTask) -> Iterator[PosesOfModel | ShownPlaces]:
    """This process's batches, coarse ones first and the models in turn; the first process adds what was shown."""
    number, num_processes = task.share
    jobs = [(model, poses) for poses in pose_batches(task.config) for model in task.models]
    drivers: dict[str, tuple[Policy, EvalConfig]] = {}
    for index, (model, poses) in enumerate(jobs[number::num_processes]):
        if model not in drivers:
            drivers[model] = _driver(model, task.suite, task.config.seed)
        policy, evaluation = drivers[model]
        yield PosesOfModel(model, drive_poses(policy, task.suite, task.s_m, poses, task.config, evaluation))
        if index == 0 and number == 0:
            yield from _shown(task)


def _shown(task: BasinTask) -> Iterator[ShownPlaces]:
    for model in task.models:
        if model == EXPERT:
            continue
        try:
            places = shown_to(Path(model))[:, :2]
        except InputError:
            continue  # a recording that is gone, or broken since, has nothing to show
        yield ShownPlaces(model, places[:: max(1, len(places) // _MOST_SHOWN)])


def _driver(model: str, suite: Suite, seed: int) -> tuple[Policy, EvalConfig]:
    policy, camera = load_named_driver(model, suite.tracks)
    return policy, EvalConfig(CONDITIONS.vehicle, camera, seed=seed)
