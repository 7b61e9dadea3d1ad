"""What each of the two learners does, in a process of its own: learn, keep the model, drive the unseen roads."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

import numpy as np

from drive_sim.checkout import code_commit
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.evaluate import EvalConfig, Tick, drive, make_report
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.kit.training import train_with_progress, training_config, training_rng
from drive_sim.lessons.kit.workers import Connection
from drive_sim.lessons.learner import Driven, Learned, Task
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import make_suite

__all__ = ["TRAINING", "clone_and_drive", "training_config"]
TRAINING = bc.Config()
"""How the first drive's networks are trained; one of them without `shift_rotate`, and nothing else differs."""


def clone_and_drive(home: Connection, task: Task) -> None:
    """Get ready, wait for the recording's folder, learn from it, save the model and drive the held-out suite.

    Sends home Progress, then Learned, then Driven.
    """
    config = training_config(task.name, task.num_steps)
    suite = make_suite("held-out", conditions=task.conditions)
    _warm_up(config)
    demos = load_recording(home.recv()).demonstrations()
    policy, learned = _learn(home, task, config, demos)
    metrics = {
        "seed": task.seed,
        "num_frames": len(demos),
        "data": "the demonstration beside",
        "error_per_m": learned.error_per_m[-1],
    }
    save_model(task.model_folder, policy, config, metrics)
    home.send(learned)
    start_s = time.perf_counter()
    evaluation = EvalConfig(vehicle=task.conditions.vehicle)
    ticks = drive(policy, suite, evaluation)
    report = make_report(_watched(ticks, home, f"drive {task.name}", suite.distance_m), suite, evaluation)
    home.send(Driven(report, time.perf_counter() - start_s))


def _learn(home: Connection, task: Task, config: bc.Config, demos: Demonstrations) -> tuple[NeuralPolicy, Learned]:
    def report(share: float, note: str) -> None:
        home.send(Progress(f"train {task.name}", share, note))

    start_s = time.perf_counter()
    found = train_with_progress(config, ImitationTask(demos), training_rng(task.seed), report)
    duration_s = time.perf_counter() - start_s
    return found.policy, Learned(asdict(config), found.steps, found.errors_per_m, code_commit(), duration_s)


def _watched(ticks: Iterable[Tick], home: Connection, stage: str, distance_m: float) -> Iterator[Tick]:
    """The ticks themselves; now and then, home is told how far they are."""
    interventions = 0
    for number, tick in enumerate(ticks):
        interventions += int((tick.intervened & tick.counted).sum())
        if number % 50 == 0:
            share = float(np.minimum(tick.distance_m / distance_m, 1.0).mean())
            home.send(Progress(stage, min(share, 0.99), f"interventions: {interventions}"))
        yield tick
    home.send(Progress(stage, 1.0, f"interventions: {interventions}"))


def _warm_up(config: bc.Config) -> None:
    """One step on two black frames: compiles kernels and loads libraries while the expert is still driving."""
    camera = Camera()
    images = np.zeros((2, camera.height_px, camera.width_px, 3), dtype=np.uint8)
    nothing = Demonstrations(images, np.zeros(2), np.zeros(2), camera)
    next(bc.train(replace(config, num_steps=1, batch_size=2), ImitationTask(nothing), np.random.default_rng(0)))
