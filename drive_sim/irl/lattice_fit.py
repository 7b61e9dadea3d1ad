"""The weights under which drives on our road are likeliest, with their covariance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.lattice import Drive, Weights, evaluate, evaluate_planned
from drive_sim.irl.lattice_drives import PIECE
from drive_sim.policies.lattice_planning import backward
from drive_sim.policies.lattice_reward import FEATURES, RoadReward

_PROBE = 1e-3
"""The step of the central differences that the curvature of the objective is made of."""


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


def covariance(
    drives: Sequence[Drive], fitted: Fit, config: Config, stations_a_piece: int = PIECE
) -> Annotated[npt.NDArray[np.float64], "f f"]:
    """The covariance (f, f) of the weights, by the sandwich over pieces of the drives taken for independent.

    Bread: the curvature of the penalised objective, by central differences of its exact gradient; middle: the scores of
    single pieces (White 1982). Raises InputError for fewer pieces than two.
    """
    scores = np.array(_scores(drives, fitted.weights, config.objective, stations_a_piece))
    if len(scores) < 2:
        raise InputError(
            f"standard errors need two pieces of {stations_a_piece} stations at least; give a longer drive"
        )
    probes = _PROBE * (1.0 + np.abs(fitted.weights))
    slopes = [
        (_gradient(drives, fitted.weights + step, config) - _gradient(drives, fitted.weights - step, config)) / 2.0
        for step in np.diag(probes)
    ]
    curvature = -np.array(slopes) / probes[:, None] + config.l2 * np.eye(len(probes))
    bread = np.linalg.pinv(0.5 * (curvature + curvature.T), hermitian=True)
    middle = len(scores) * np.atleast_2d(np.cov(scores.T))
    return bread @ middle @ bread


def num_pieces(drives: Sequence[Drive], stations_a_piece: int = PIECE) -> int:
    """How many pieces there are in some drives; a drive that is shorter than one is one."""
    counted = [int(drive.counted.sum()) for drive in drives]
    return sum(max(min(1, number), number // stations_a_piece) for number in counted)


def _gradient(drives: Sequence[Drive], weights: Weights, config: Config) -> Weights:
    return np.sum([evaluate(drive, weights, config.objective).gradient for drive in drives], axis=0)


def _scores(drives: Sequence[Drive], weights: Weights, objective: str, stations_a_piece: int) -> list[Weights]:
    """The gradient of each piece."""
    scores: list[Weights] = []
    for drive in drives:
        steps = list(backward(drive.lattice, RoadReward(tuple(weights))))[::-1]
        pieces = np.cumsum(drive.counted) // stations_a_piece
        for piece in range(num_pieces([drive], stations_a_piece)):
            counted = drive.counted & (pieces == piece)
            scores.append(evaluate_planned(drive, weights, steps, objective, counted).gradient)
    return scores
