"""What each of the two learners does, in a process of its own: learn, keep the model, drive the unseen roads."""

import math
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
from drive_sim.lessons.kit.workers import Connection
from drive_sim.lessons.learner import Driven, Learned, Task
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import make_suite

TRAINING = bc.Config()
"""How the first drive's networks are trained; one of them without `shift_rotate`, and nothing else differs."""

_TRAINING_STREAM = 11
"""Second word of the training's seed: both networks draw from the same streams."""


def training_config(name: str, num_steps: int | None = None, network: str | None = None) -> bc.Config:
    """The training of one of the two networks, "plain" or "shift-rotate"; None takes what the first drive takes."""
    config = replace(TRAINING, num_steps=num_steps or TRAINING.num_steps, network=network or TRAINING.network)
    return replace(config, shift_rotate=None) if name == "plain" else config


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
    start_s, policy = time.perf_counter(), None
    steps, errors = [], []
    for latest in bc.train(config, ImitationTask(demos), np.random.default_rng([task.seed, _TRAINING_STREAM])):
        policy, step = latest.policy, int(latest.metrics["step"])
        steps.append(step)
        errors.append(_error_per_m(latest.metrics["loss"], config))
        note = f"{latest.metrics['frames_per_s']:,.0f} frames/s"
        home.send(Progress(f"train {task.name}", step / config.num_steps, note))
    assert policy is not None
    duration_s = time.perf_counter() - start_s
    return policy, Learned(asdict(config), tuple(steps), tuple(errors), code_commit(), duration_s)


def _error_per_m(loss: float, config: bc.Config) -> float:
    """The root mean square error that a Gaussian's mean negative log likelihood stands for."""
    return config.curvature_unit_per_m * math.sqrt(max(2.0 * (loss - bc.HALF_LOG_TWO_PI), 0.0))


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
