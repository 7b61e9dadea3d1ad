"""Keep the rounds of a learner that tries in a folder, and go on after a stop as if nothing had happened.

    FOLDER/round-001/state.safetensors    all that has been learned until the end of that round
    FOLDER/round-001/*.json               the state of the rollout's random stream before, and numbers

The learner knows nothing of this. It is run again from its first round; what it has learned in a round that is kept is
read and not learned again. What it tried is tried again: each round draws from a stream of its own, in a world made
anew, so that it is the same to the bit, and takes a fraction of the time that learning takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.data.transitions import Transitions
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.learner_state import LearnerState, restore, tensors_of
from drive_sim.learn.resume import check_stream, kept, kept_numbers, round_folder
from drive_sim.policies.base import Actor
from drive_sim.policies.tensor_file import load_tensors, save_tensors

Train = Callable[[Any, ImitationTask[Transitions, Any], np.random.Generator], Iterator[Round[Any]]]


def kept_trials(
    train: Train, config: Any, task: ImitationTask[Transitions, Any], rng: np.random.Generator, folder: Path
) -> Iterator[Round[Any]]:
    """The rounds of `train(config, task, rng)`, kept in a folder; what that holds of them is not learned again.

    Raises InputError where the folder's rounds were drawn from another seed, or are of another learner.
    """
    offered = {f.name: getattr(task, f.name) for f in fields(task)}
    for latest in train(config, _KeptTask(**offered, folder=folder), rng):
        told = kept_numbers(round_folder(folder, latest.index + 1) / "metrics.json", latest.metrics)
        # A run may be asked for more rounds than it was begun with.
        yield replace(latest, metrics=told | {"num_rounds": latest.metrics["num_rounds"]})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _KeptTask(ImitationTask[Transitions, Any]):
    """A task that keeps what is learned in each round, and gives it back where the folder holds it."""

    folder: Path

    def rollout(self, i: int, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator) -> Transitions:
        check_stream(round_folder(self.folder, i) / "rollout-stream.json", rng)
        return ImitationTask.rollout(self, i, policy, num_ticks, rng)

    def learn(self, i: int, state: LearnerState, update: Callable[[], dict[str, float]]) -> dict[str, float]:
        folder = round_folder(self.folder, i)
        path = folder / "state.safetensors"
        if path.exists():
            restore(state, load_tensors(path, "delete that round's folder and those after it, and resume"), str(path))
            return kept(folder / "learned.json", {})
        told = kept(folder / "learned.json", update())
        save_tensors(path, tensors_of(state))
        return told
