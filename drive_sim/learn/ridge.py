"""Ridge regression of the command on a small picture's colours: the base learner of the kart experiment (2011).

    minimise over w and b:  (1/n) sum_i (w . x_i + b - y_i)^2 + ridge |w|^2

with ridge = 1e-3 and LAB / 255 as features. The bias b is not penalised, so that a shift of all commands shifts the
answer. The minimum is exact: with C the covariance of the features and c that with the commands, (C + ridge I) w = c.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.policies.linear import LinearPolicy, lab_features, num_features_of

NEEDS: tuple[Need, ...] = ("demonstrations",)
MOST_FEATURES = 6000
"""Of a covariance that still fits into memory; 25x19 pictures have 1425."""
ROWS_AT_ONCE = 2048


@dataclass(frozen=True, slots=True)
class Config:
    """The weight of the penalty on the squared length of the weights."""

    ridge: float = 1e-3

    def __post_init__(self) -> None:
        if not self.ridge > 0.0:
            raise InputError(f"ridge: ridge must be positive, got {self.ridge}")


def train(
    config: Config,
    task: ImitationTask[Demonstrations, Any],
    rng: np.random.Generator,  # noqa: ARG001 - every learner is given one
) -> Iterator[Round[LinearPolicy]]:
    """The minimum, as the only Round. Raises InputError without a camera, without frames, and for large pictures."""
    demos = task.require("ridge", NEEDS).demonstrations
    policy = fit(config, demos)
    loss = float(np.mean((policy.predict(demos.images) - demos.curvature_per_m) ** 2))
    yield Round(0, policy, {"round": 1, "num_rounds": 1, "num_frames": len(demos), "loss": loss})


def fit(config: Config, demos: Demonstrations, rng: np.random.Generator | None = None) -> LinearPolicy:  # noqa: ARG001
    """The minimum itself."""
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    if len(demos) == 0:
        raise InputError(f"{demos.where}: no frames to learn from; record some driving first")
    if num_features_of(demos.camera) > MOST_FEATURES:
        size = f"{demos.camera.width_px}x{demos.camera.height_px}"
        raise InputError(f"{demos.where}: {size} pictures are too large for a linear policy; use 25x19")
    n, y = len(demos), demos.curvature_per_m
    num_features = num_features_of(demos.camera)
    mean_x = np.zeros(num_features)
    for x, _ in _chunks(demos):
        mean_x += x.sum(axis=0) / n
    mean_y = float(y.mean())
    C, c = config.ridge * np.eye(num_features), np.zeros(num_features)
    for x, rows in _chunks(demos):
        centred = x - mean_x
        C += centred.T @ centred / n
        c += centred.T @ (y[rows] - mean_y) / n
    w = cho_solve(cho_factor(C), c)
    return LinearPolicy(w, mean_y - float(w @ mean_x), demos.camera)


def _chunks(demos: Demonstrations) -> Iterator[tuple[np.ndarray, slice]]:
    """Features, a few thousand rows at a time, so that many laps need not be in memory as numbers of 8 bytes."""
    for start in range(0, len(demos), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        yield lab_features(demos.images[rows]), rows
