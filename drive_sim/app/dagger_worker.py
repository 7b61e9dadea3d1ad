"""In a process beside the window: DAgger goes on from a clone and its recording, with the scripted expert as teacher.

The recording is the first round, and the clone what was fitted to it; in each further round the policy drives the roads
of the suite "train" in the evaluation's weather, and the expert labels what it meets, as in `lessons/road/learners.py`.
"""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.app.training_messages import ModelSaved, StepsDone, TrainingTask
from drive_sim.app.training_places import ScriptedDemonstration, scripted_demonstration
from drive_sim.app.training_worker import relative_path
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.learn import bc, dagger, hg_dagger
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import error_per_m, training_config, training_rng
from drive_sim.lessons.kit.workers import Connection
from drive_sim.lessons.road.learners import DataBudget, task_of
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

ROUNDS = dagger.Config(num_rounds=3, ticks_per_round=150)
"""The recording, and two drives of fifteen seconds: a person waits for it."""
_STEPS_PER_MESSAGE = 10


@dataclass(frozen=True, slots=True)
class _Metrics:
    """What is kept beside the model; paths are relative to its folder."""

    seed: int
    num_frames: int
    num_shown: int
    """So many of the frames are the recording's; the others were met by the policy and labelled by the expert."""
    data: list[str]
    demonstration: ScriptedDemonstration | None
    """Made again where the clone that ships was shown nothing else."""
    started_from: str
    error_per_m: float
    duration_s: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _FromClone(ImitationTask[Demonstrations, Any]):
    """A task whose first round is fitted already: cloning the recording is what the clone did."""

    clone: NeuralPolicy

    def fit(self, i: int, data: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
        return self.clone if i == 1 else ImitationTask.fit(self, i, data, rng)


def train(parent: Connection, task: TrainingTask) -> None:
    """Send StepsDone now and then, save the model, send ModelSaved. Raises InputError where nothing can be learned."""
    start_s = time.perf_counter()
    clone, made = _clone_of(task), None if task.recordings else scripted_demonstration(clone_folder(task))
    if made is None:
        shown = hg_dagger.aggregated([load_recording(folder) for folder in task.recordings])
    else:
        shown = demonstrate(made.seed, num_ticks=made.num_ticks)
    if clone.camera != shown.camera or clone.camera != Camera():
        raise InputError("DAgger drives by the usual camera, and the recording was seen through another one")
    cloning = replace(training_config("plain", task.num_steps), steps_per_round=_STEPS_PER_MESSAGE)
    fitting = _Fitting(parent, cloning)
    offered = task_of(DataBudget(ROUNDS), "dagger")
    from_clone = _FromClone(shown, offered.make_env, offered.expert, fitting.fit, clone=clone)
    *_, last = dagger.train(ROUNDS, from_clone, training_rng(task.seed))
    metrics = _Metrics(
        seed=task.seed,
        num_frames=int(last.metrics["num_frames"]),
        num_shown=len(shown),
        demonstration=made,
        data=[relative_path(folder, task.model_folder) for folder in task.recordings],
        started_from=relative_path(clone_folder(task), task.model_folder),
        error_per_m=fitting.error_per_m,
        duration_s=time.perf_counter() - start_s,
    )
    save_model(task.model_folder, last.policy, cloning, asdict(metrics))
    parent.send(ModelSaved(task.model_folder))


class _Fitting:
    """The base learner, cloning, which tells how far all rounds are."""

    def __init__(self, parent: Connection, cloning: bc.Config) -> None:
        self._parent, self._cloning = parent, cloning
        self._steps_before = 0
        self.error_per_m = float("nan")

    def fit(self, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
        """The policy that fits the labels so far best."""
        num_steps, latest = (ROUNDS.num_rounds - 1) * self._cloning.num_steps, None
        for latest in bc.train(self._cloning, ImitationTask(demos), rng):
            self.error_per_m = error_per_m(latest)
            done = self._steps_before + int(latest.metrics["step"])
            self._parent.send(StepsDone(done, num_steps, self.error_per_m))
        self._steps_before += self._cloning.num_steps
        assert latest is not None
        return latest.policy


def clone_folder(task: TrainingTask) -> Path:
    """The model that DAgger goes on from. Raises InputError where the task names none."""
    if task.start_from is None:
        raise InputError("DAgger goes on from a clone of the recording; name one")
    return task.start_from


def _clone_of(task: TrainingTask) -> NeuralPolicy:
    clone = load_model(clone_folder(task))
    if not isinstance(clone, NeuralPolicy):
        raise InputError(f"{task.start_from}: DAgger goes on from a cloned network; train one first")
    return clone
