"""HG-DAgger: a person takes the wheel when it is needed, and only what that person did is learned from.

Kelly, Sidrane, Driggs-Campbell and Kochenderfer 2019 (ICRA, arXiv 1810.02890), Algorithm 1:

    D <- D_BC, pi_1 trained on it                                  the first demonstration, by a person or the expert
    for epoch i = 1 to K:
        let pi_i drive; where g(s) = 1 a person has the wheel      the gate g is the person's own judgement
        D <- D + {(s, pi_H(s)) : g(s) = 1}                         states that pi_i led into, with the way back
        train pi_{i+1} on D

In DAgger the expert is asked about every state while the novice drives; a person asked so steers badly, since nothing
answers. Here whoever labels also drives, so the commands are a person's natural ones. What the policy itself drove is
not learned from at all.

Not here: the doubt threshold (section III-C), which needs an ensemble. Different from the paper: a network goes on from
its present weights on a short schedule instead of starting anew, since people wait for it (`retraining_of`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.data.recording import Episode, Recording
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.policies.neural import NeuralPolicy

NEEDS: tuple[Need, ...] = ("demonstrations",)
RETRAINING_STEPS = 200
RETRAINING_RATE = 5e-4
"""Half of the first training's learning rate: the weights are good already."""


def aggregated(recordings: Sequence[Recording]) -> Demonstrations:
    """D: all that the expert or a person drove in any of the recordings, takeovers included.

    Raises InputError where there is nothing of that kind, or where cameras differ.
    """
    parts = [part for recording in recordings for episode in recording.episodes if len(part := learned_from(episode))]
    if not parts:
        where = ", ".join(str(recording.folder) for recording in recordings)
        raise InputError(f"{where or 'no recording'}: nothing was driven by hand or by the expert; drive at least 20 s")
    return concatenated(parts)


def learned_from(episode: Episode) -> Demonstrations:
    """The rows of an episode with g(s) = 1, the commands driven as labels and the expert's beside."""
    return episode.demonstrations(("expert", "human"))


def taken_over(recordings: Sequence[Recording]) -> int:
    """In how many rows a person had taken the wheel from a policy."""
    return sum(int(np.sum(episode.column("intervention"))) for r in recordings for episode in r.episodes)


def retraining_of(config: bc.Config, num_steps: int | None = None) -> bc.Config:
    """The short schedule on which a network that was trained by `config` goes on."""
    return replace(config, num_steps=num_steps or RETRAINING_STEPS, learning_rate=RETRAINING_RATE)


def train(
    config: bc.Config, task: ImitationTask[Demonstrations, Any], rng: np.random.Generator, *, start: NeuralPolicy
) -> Iterator[Round[NeuralPolicy]]:
    """One epoch's training: pi_{i+1} on D, the task's demonstrations, from the weights of pi_i, which is not touched.

    D is what `aggregated` says. Raises InputError as `bc.train` does.
    """
    task.require("hg-dagger", NEEDS)
    return bc.train(config, task, rng, start=start)
