"""Thirty seconds at the wheel and what is learned from them: the first drive's demonstration, stream by stream.

The same seed gives the same road, the same pictures and, trained in the same way, the same network as `demo`.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.lessons.kit.progress import Progress
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

if TYPE_CHECKING:
    from drive_sim.learn import bc
    from drive_sim.policies.neural import NeuralPolicy

NUM_TICKS = 300
_DEMONSTRATION, _TRAINING = 7, 11
"""Second words of the seeds, those of the first drive."""


def demonstrate(
    seed: int,
    conditions: Conditions = CONDITIONS,
    *,
    num_ticks: int = NUM_TICKS,
    side_m: float | None = None,
    camera: Camera | None = None,
) -> Demonstrations:
    """The expert drives the demonstration road of a seed, and a camera (None: the car's usual one) looks on.

    With `side_m` two cameras beside the middle one look, too.
    """
    track, scene = make_demonstration_world(seed, conditions=conditions)
    roads = Tracks.stack([track])
    config = EnvConfig(camera or Camera(), conditions.vehicle, conditions.demonstration)
    env = DriveEnv(roads, Scenes.stack([scene]), config, np.random.default_rng([seed, _DEMONSTRATION]))
    return rollout.collect(
        env, PursuitExpert(roads), num_ticks, np.random.default_rng(seed), source=track.name, side_m=side_m
    )


def training_rng(seed: int) -> np.random.Generator:
    """The stream that every network of this seed is trained with."""
    return np.random.default_rng([seed, _TRAINING])


def learn(
    stage: str, config: "bc.Config", demos: Demonstrations, seed: int
) -> Generator[Progress, None, tuple["NeuralPolicy", float]]:
    """Clone; yields progress and returns the last policy and its error in training, root mean square, in 1/m."""
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.learn.base import ImitationTask  # noqa: PLC0415

    latest = None
    for latest in bc.train(config, ImitationTask(demos), training_rng(seed)):
        step = int(latest.metrics["step"])
        yield Progress(stage, step / config.num_steps, f"step {step}")
    assert latest is not None
    return latest.policy, bc.root_mean_square_error(latest.metrics["loss"], config.curvature_unit_per_m)
