"""Until all lessons are ported: the demonstration, and cloning as a generator of progress."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.lessons.kit.demonstration import NUM_TICKS, demonstrate
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.kit.training import train_with_progress, training_rng

if TYPE_CHECKING:
    from drive_sim.learn import bc
    from drive_sim.policies.neural import NeuralPolicy

__all__ = ["NUM_TICKS", "demonstrate", "learn", "training_rng"]


def learn(
    stage: str, config: "bc.Config", demos: Demonstrations, seed: int
) -> Generator[Progress, None, tuple["NeuralPolicy", float]]:
    """Clone; returns the last policy and its error in training, in 1/m."""
    from drive_sim.learn.base import ImitationTask  # noqa: PLC0415

    yield Progress(stage, 0.0, "")
    trained = train_with_progress(config, ImitationTask(demos), training_rng(seed), lambda *_: None)
    return trained.policy, trained.error_per_m
