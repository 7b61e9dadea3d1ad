"""Ridge regression of the command on a small picture's colours: the base learner of the kart experiment (2011).

    minimise over w and b:  (1/n) sum_i (w . x_i + b - y_i)^2 + ridge |w|^2

with ridge = 1e-3 and LAB / 255 as features. The bias b is not penalised, so that a shift of all commands shifts the
answer. The minimum is exact: with C the covariance of the features and c that with the commands, (C + ridge I) w = c.
C and c follow from sums over the rows, and sums add up (`learn/ridge_sums.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.ridge_sums import MIDDLE, SummedDemonstrations, Sums
from drive_sim.policies.linear import LinearPolicy, num_features_of
from drive_sim.sim.camera import Camera

NEEDS: tuple[Need, ...] = ("demonstrations",)
MOST_FEATURES = 6000
"""Of a covariance that still fits into memory; 25x19 pictures have 1425."""


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
    rng: np.random.Generator,
) -> Iterator[Round[LinearPolicy]]:
    """The minimum, as the only Round. Raises InputError without a camera, without frames, and for large pictures."""
    demos = task.require("ridge", NEEDS).demonstrations
    policy = fit(config, demos, rng)
    loss = float(np.mean((policy.predict(demos.images) - demos.curvature_per_m) ** 2))
    yield Round(0, policy, {"round": 1, "num_rounds": 1, "num_frames": len(demos), "loss": loss})


def fit(
    config: Config,
    data: Demonstrations | SummedDemonstrations,
    rng: np.random.Generator | None = None,  # noqa: ARG001 - nothing is drawn
) -> LinearPolicy:
    """The minimum itself; demonstrations that grow are read once (`SummedDemonstrations`)."""
    summed = data if isinstance(data, SummedDemonstrations) else SummedDemonstrations((data,))
    camera = _checked_camera(summed.drives[0])
    return solve(config, summed.sums, camera)


def solve(config: Config, sums: Sums, camera: Camera) -> LinearPolicy:
    """The minimum from the sums over the rows of pictures by this camera."""
    mean_x, mean_y = sums.x / sums.n, sums.y / sums.n
    C = sums.xx / sums.n - np.outer(mean_x, mean_x) + config.ridge * np.eye(len(mean_x))
    c = sums.xy / sums.n - mean_y * mean_x
    w = cho_solve(cho_factor(C), c)
    return LinearPolicy(w, mean_y - float(w @ (mean_x + MIDDLE)), camera)


def _checked_camera(demos: Demonstrations) -> Camera:
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    if len(demos) == 0:
        raise InputError(f"{demos.where}: no frames to learn from; record some driving first")
    if num_features_of(demos.camera) > MOST_FEATURES:
        size = f"{demos.camera.width_px}x{demos.camera.height_px}"
        raise InputError(f"{demos.where}: {size} pictures are too large for a linear policy; use 25x19")
    return demos.camera
