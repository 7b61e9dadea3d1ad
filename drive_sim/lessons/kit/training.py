"""Cloning that says how far it is: one recipe and one loop for lessons, the window and the command line.

Torch is imported where a network learns, not where this module is: whoever only hands parts in stays light.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.base import ImitationTask, PolicyT, Round
from drive_sim.lessons.kit.progress import Report

if TYPE_CHECKING:
    from drive_sim.learn import bc
    from drive_sim.policies.neural import NeuralPolicy

_TRAINING = 11
"""Second word of the training's seed: all networks of a seed draw from the same streams."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNetwork:
    """A network that was cloned: steps done after each round, the root mean square error since the last, in 1/m."""

    policy: "NeuralPolicy"
    steps: tuple[int, ...]
    errors_per_m: tuple[float, ...]

    @property
    def error_per_m(self) -> float:
        """The last round's error in training."""
        return self.errors_per_m[-1]


def training_config(name: str, num_steps: int | None = None, network: str | None = None) -> "bc.Config":
    """How the first drive's networks, "plain" or "shift-rotate", are trained; None takes what they take.

    Shift-and-rotate is all in which the two differ.
    """
    from drive_sim.learn import bc  # noqa: PLC0415

    usual = bc.Config()
    config = replace(usual, num_steps=num_steps or usual.num_steps, network=network or usual.network)
    return replace(config, shift_rotate=None) if name == "plain" else config


def training_rng(seed: int) -> np.random.Generator:
    """The stream that every network of this seed is trained with."""
    return np.random.default_rng([seed, _TRAINING])


def train_with_progress(
    config: "bc.Config", task: ImitationTask[Demonstrations, Any], rng: np.random.Generator, report: Report
) -> TrainedNetwork:
    """Clone the task's demonstrations, round after round, to the last policy."""
    from drive_sim.learn import bc  # noqa: PLC0415

    policy, steps, errors = None, [], []
    for latest in with_progress(bc.train(config, task, rng), report):
        policy = latest.policy
        steps.append(int(latest.metrics["step"]))
        errors.append(error_per_m(latest))
    assert policy is not None
    return TrainedNetwork(policy, tuple(steps), tuple(errors))


def with_progress(rounds: Iterable[Round[PolicyT]], report: Report) -> Iterator[Round[PolicyT]]:
    """The rounds of a cloning themselves; each is reported as it comes."""
    for latest in rounds:
        now = latest.metrics
        note = f"step {now['step']:.0f}, loss {now['loss']:.3f}, {now['frames_per_s']:,.0f} frames/s"
        report(now["step"] / now["num_steps"], note)
        yield latest


def error_per_m(latest: Round["NeuralPolicy"]) -> float:
    """The root mean square error of the curvatures since the round before, in 1/m."""
    from drive_sim.learn import cloning_loss  # noqa: PLC0415

    loss = latest.metrics.get("curvature_loss", latest.metrics["loss"])
    return cloning_loss.root_mean_square_error(loss, latest.policy.curvature_unit_per_m)
