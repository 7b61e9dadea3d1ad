"""Thirty seconds of demonstration and a network that learns from them: the first drive's, stream by stream."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.lessons import cells
from drive_sim.lessons.story import Progress
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.regime import Regime
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

if TYPE_CHECKING:
    from drive_sim.policies.model_kinds import SavedPolicy

NUM_TICKS = 300
_DEMONSTRATION, _TRAINING = 7, 11
"""Second words of the seeds, those of the first drive: the same seed gives the same network there and here."""


def demonstrate(seed: int, regime: Regime) -> Demonstrations:
    """The expert drives for thirty seconds on the demonstration road of a seed."""
    track, scene = make_demonstration_world(seed, regime=regime)
    roads = Tracks.stack([track])
    config = EnvConfig(Camera(), regime.vehicle, regime.demonstration)
    env = DriveEnv(roads, Scenes.stack([scene]), config, np.random.default_rng([seed, _DEMONSTRATION]))
    return rollout.collect(env, PursuitExpert(roads), NUM_TICKS, np.random.default_rng(seed))


def learn(folder: Path, name: str, seed: int, regime: Regime, num_steps: int | None) -> cells.Work:
    """Train "plain" or "shift-rotate" on a seed's demonstration and keep the model in the lesson's folder.

    A model that is there already is whole, and was trained by the same seed: it is kept.
    """
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.lessons.cloning import training_config  # noqa: PLC0415
    from drive_sim.policies.model_folder import METRICS, save_model  # noqa: PLC0415

    where = model_folder(folder, name, seed)
    if not where.is_dir():
        start_s = time.process_time()
        demos, config = demonstrate(seed, regime), training_config(name, num_steps)
        policy: Any = None
        error_per_m = float("nan")
        for latest in bc.train(config, demos, np.random.default_rng([seed, _TRAINING])):
            policy = latest.policy
            error_per_m = bc.root_mean_square_error(latest.metrics["loss"], config.curvature_unit_per_m)
            yield Progress(name, latest.metrics["step"] / config.num_steps, f"step {latest.metrics['step']:.0f}")
        metrics = {"seed": seed, "num_labels": len(demos), "error_per_m": error_per_m}
        save_model(where, policy, config, metrics | {"learning_cpu_s": time.process_time() - start_s})
    metrics = json.loads((where / METRICS).read_text(encoding="utf-8"))
    return {"method": name, **metrics}


def load(folder: Path, name: str, seed: int) -> "SavedPolicy":
    """The model that `learn` kept, to drive on one thread of the processor."""
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415

    use_one_thread()
    return load_model(model_folder(folder, name, seed))


def model_folder(folder: Path, name: str, seed: int) -> Path:
    """Where in the lesson's folder a seed's network lies."""
    return folder / "models" / f"{name}-seed-{seed}"
