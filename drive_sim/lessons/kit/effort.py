"""What learning took, and the rows of a page's table that say so."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from drive_sim.lessons.kit.table import Row, numbers


@dataclass(frozen=True, slots=True)
class Effort:
    """With one seed, or in the mean over seeds: labels, ticks driven to learn and to measure, processor time."""

    num_labels: float
    steps: float
    evaluation_steps: float
    learning_cpu_s: float


def mean_effort(efforts: Sequence[Effort]) -> Effort:
    """The mean over seeds."""
    return Effort(*(float(np.mean(values)) for values in zip(*map(astuple, efforts), strict=True)))


def effort_rows(
    efforts: Sequence[Effort], evaluation: str, *, cpu_digits: int = 0, cpu_of: str = "driving included"
) -> list[Row]:
    """What each policy took; `evaluation` says what was driven after training, `cpu_of` what learning's time is of."""
    labels, steps, evaluation_steps, cpu_s = zip(*map(astuple, efforts), strict=True)
    return [
        Row("Pictures labelled by the expert", numbers(labels, 0), "a seed"),
        Row("Steps driven in training", numbers(steps, 0), "a seed"),
        Row(evaluation, numbers(evaluation_steps, 0), "a seed"),
        Row("Learning, seconds of processor time", numbers(cpu_s, cpu_digits), f"a seed, {cpu_of}"),
    ]
