"""What each of the two learners does, in a process of its own: learn, keep the model, drive the unseen roads."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.checkout import code_commit
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.evaluate import EvalConfig, EvalReport
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import kit
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.kit.workers import Connection
from drive_sim.records import Json
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import Conditions
from drive_sim.sim.suites import make_suite

if TYPE_CHECKING:
    from drive_sim.learn import bc


@dataclass(frozen=True, slots=True)
class Task:
    """What a learner is to do; `num_steps` is given only in tests."""

    name: str
    seed: int
    conditions: Conditions
    num_steps: int | None
    model_folder: Path


@dataclass(frozen=True, slots=True)
class Learned:
    """A network has learned: how, the step of each round and the root mean square error since the last, in 1/m."""

    config: Json
    steps: tuple[int, ...]
    errors_per_m: tuple[float, ...]
    commit: str | None
    duration_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """A network has driven the unseen roads."""

    report: EvalReport
    duration_s: float


def learn_and_drive(parent: Connection, task: Task) -> None:
    """Get ready, wait for the recording's folder, learn from it, save the model and drive the held-out suite.

    Sends Progress, then Learned, then Driven.
    """
    from drive_sim.policies.model_folder import save_model  # noqa: PLC0415 - the parent need not load torch

    config, suite = kit.training_config(task.name, task.num_steps), make_suite("held-out", conditions=task.conditions)
    _warm_up(config)
    demos = load_recording(parent.recv()).demonstrations()
    start_s = time.perf_counter()
    to_learn, rng = ImitationTask(demos), kit.training_rng(task.seed)
    trained = kit.train_with_progress(config, to_learn, rng, _sender(parent, f"train {task.name}"))
    learning_s = time.perf_counter() - start_s
    metrics = {"seed": task.seed, "num_frames": len(demos), "data": "the demonstration beside"}
    save_model(task.model_folder, trained.policy, config, metrics | {"error_per_m": trained.error_per_m})
    parent.send(Learned(asdict(config), trained.steps, trained.errors_per_m, code_commit(), learning_s))
    start_s, evaluation = time.perf_counter(), EvalConfig(vehicle=task.conditions.vehicle)
    report = kit.drive_with_progress(trained.policy, suite, evaluation, _sender(parent, f"drive {task.name}"))
    parent.send(Driven(report, time.perf_counter() - start_s))


def _sender(parent: Connection, stage: str) -> kit.Report:
    return lambda share, note: parent.send(Progress(stage, share, note))


def _warm_up(config: "bc.Config") -> None:
    """One step on two black frames: compiles kernels and loads libraries while the expert is still driving."""
    camera = Camera()
    images = np.zeros((2, camera.height_px, camera.width_px, 3), dtype=np.uint8)
    nothing = ImitationTask(Demonstrations(images, np.zeros(2), np.zeros(2), camera))
    one_step = replace(config, num_steps=1, batch_size=2)
    kit.train_with_progress(one_step, nothing, np.random.default_rng(0), lambda *_: None)
