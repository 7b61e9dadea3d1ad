"""The weights whose soft policy gets, feature by feature, as much as the drives: maximum entropy as it is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.lattice import Drive, Weights, evaluate
from drive_sim.policies.lattice_reward import FEATURES, RoadReward


@dataclass(frozen=True, slots=True)
class Config:
    """Which objective, and how weights are kept small: l2 / 2 |w|^2 is taken from a sum in nats over all stations."""

    objective: Literal["likelihood", "matching"] = "matching"
    l2: float = 1.0
    tolerance: float = 0.05
    most_iterations: int = 100

    def __post_init__(self) -> None:
        if self.objective not in ("likelihood", "matching"):
            raise InputError(f"lattice: the objective is likelihood or matching, not {self.objective!r}")
        if not (self.l2 >= 0.0 and self.tolerance > 0.0):
            raise InputError("lattice: l2 must not be negative, and the tolerance must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The reward, its weights (f,), the objective there in nats, the largest slope left, and how often it was asked."""

    reward: RoadReward
    weights: Weights
    value: float
    slope: float
    num_evaluations: int


def fit(drives: Sequence[Drive], config: Config | None = None, report: Callable[[int], None] | None = None) -> Fit:
    """The weights of the features of `lattice_reward` for some drives of one driver; `report` hears of each evaluation.

    Raises InputError where no station counts.
    """
    config, asked = config or Config(), 0
    if not any(drive.counted.any() for drive in drives):
        raise InputError("there is nothing to learn from: no station of the drives counts; give a longer drive")

    def objective(weights: Weights) -> tuple[float, Weights]:
        nonlocal asked
        asked += 1
        if report is not None:
            report(asked)
        found = [evaluate(drive, weights, config.objective) for drive in drives]
        value = sum(each.value for each in found) - 0.5 * config.l2 * weights @ weights
        return -float(value), config.l2 * weights - np.sum([each.gradient for each in found], axis=0)

    found = optimize.minimize(
        objective,
        np.zeros(len(FEATURES)),
        jac=True,
        method="L-BFGS-B",
        options={"gtol": config.tolerance, "ftol": 1e-10, "maxiter": config.most_iterations},
    )
    reward = RoadReward(tuple(map(float, found.x)))
    return Fit(reward, found.x, -float(found.fun), float(np.abs(found.jac).max()), asked)
