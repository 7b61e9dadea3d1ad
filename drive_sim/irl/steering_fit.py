"""The reward whose soft policy steers as a driver did: the likelihood of the curvature driven at each station.

    max over w of   sum_t log N(k_t ; E_w[k | s_t], sd^2)  -  l2 / 2 |w|^2

with E_w the soft policy's mean where the car was, and sd the spread about it, found in turn. Matching features
(`lattice_fit.py`) asks instead that the policy *get* where the driver got. Where the world is not the lattice's, the
two part. The lattice's chance is coarser than gusts, so the policy that gets as near to a line steers more softly than
its driver; and who is blown aside gets where he doesn't like to be. How somebody steers where he is depends on neither:
the world's luck is no part of log pi(k | s).

It takes the driver for one who plans without the wind. One who reckons with a steady wind plans with the way the car
goes in place of its heading (`sideslip.py`); which of the two somebody is, his steering can't tell.

The objective has more than one maximum. It is climbed from a stiff driver of the line that was driven
in the mean; and of what costs
a driver something (edges, turning, changing the curvature) no weight is above 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from drive_sim.errors import InputError
from drive_sim.irl.lattice import Drive, Weights
from drive_sim.irl.lattice_drives import PIECE
from drive_sim.irl.lattice_steering import Steering, steering
from drive_sim.policies.lattice_reward import BEND_PER_M, FEATURES, RoadReward

MOST = np.array([np.inf if name in ("offset", "inward") else 0.0 for name in FEATURES])
"""The most that each weight may be; the square of the offset is a cost as well, since a line is liked."""
_STIFF = {"offset^2": -3.0, "turning": -0.5, "jerking": -0.2}
_LEAST_PER_M = 1e-5
"""Nobody steers more exactly."""


@dataclass(frozen=True, slots=True)
class Config:
    """How weights are kept small: l2 / 2 |w|^2 is taken from a sum in nats over all stations; `rounds` of finding the
    weights for a spread and the spread for the weights."""

    l2: float = 1.0
    rounds: int = 2
    most_evaluations: int = 25

    def __post_init__(self) -> None:
        if not (self.l2 >= 0.0 and self.rounds > 0 and self.most_evaluations > 0):
            raise InputError("steering: l2 must not be negative, and rounds and evaluations must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The reward, its weights (f,), the spread of what was driven about the mean, and how often it was asked."""

    reward: RoadReward
    weights: Weights
    sd_per_m: float
    num_evaluations: int


def fit(drives: Sequence[Drive], config: Config | None = None, report: Callable[[int], None] | None = None) -> Fit:
    """The weights of the features of `lattice_reward` for some drives of one driver; `report` hears of each evaluation.

    Raises InputError where no station counts.
    """
    config = config or Config()
    if not any(drive.counted.any() for drive in drives):
        raise InputError("there is nothing to learn from: no station of the drives counts; give a longer drive")
    policy = _Asked(drives, report)
    weights, penalty = _stiff(drives), np.sqrt(config.l2) * np.eye(len(FEATURES))
    for _ in range(config.rounds):
        sd_per_m = _spread(policy.errors(weights))
        found: Any = optimize.least_squares(
            lambda w, sd: np.append(policy.errors(w) / sd, penalty @ w),
            weights,
            jac=lambda w, sd: np.vstack([policy.slopes(w) / sd, penalty]),  # pyright: ignore[reportArgumentType]
            bounds=(-np.inf, MOST),
            max_nfev=config.most_evaluations,
            xtol=1e-4,
            ftol=1e-5,
            args=(sd_per_m,),
        )
        weights = found.x
    sd_per_m = _spread(policy.errors(weights))
    return Fit(RoadReward(tuple(map(float, weights))), weights, sd_per_m, policy.num_evaluations)


def covariance(
    drives: Sequence[Drive], fitted: Fit, config: Config, stations_a_piece: int = PIECE
) -> Annotated[npt.NDArray[np.float64], "f f"]:
    """The covariance (f, f) of the weights, by the sandwich over pieces of the drives taken for independent.

    Bread: the penalised objective's curvature without second derivatives of the mean; middle: the scores of single
    pieces (White 1982). Weights that stand at their bound have none. Raises InputError for fewer pieces than two.
    """
    slopes, scores = [], []
    for drive in drives:
        policy, counted = steering(drive, fitted.reward), np.flatnonzero(drive.counted)
        slope = policy.slopes[counted] / fitted.sd_per_m
        error = (drive.turn_per_m - policy.mean_per_m)[counted] / fitted.sd_per_m
        slopes.append(slope)
        whole = num_pieces([drive], stations_a_piece)
        each = (slope * error[:, None])[: whole * stations_a_piece]
        scores += [piece.sum(axis=0) for piece in np.split(each, stations_a_piece * np.arange(1, whole))]
    if len(scores) < 2:
        raise InputError(
            f"standard errors need two pieces of {stations_a_piece} stations at least; give a longer drive"
        )
    free, together = fitted.weights < MOST - 1e-3, np.concatenate(slopes)
    bread = np.zeros((len(free), len(free)))
    curvature = together.T @ together + config.l2 * np.eye(len(free))
    bread[np.ix_(free, free)] = np.linalg.pinv(curvature[np.ix_(free, free)], hermitian=True)
    return bread @ (len(scores) * np.atleast_2d(np.cov(np.array(scores).T))) @ bread


def num_pieces(drives: Sequence[Drive], stations_a_piece: int = PIECE) -> int:
    """How many pieces there are in some drives; a drive that is shorter than one is one."""
    counted = [int(drive.counted.sum()) for drive in drives]
    return sum(max(min(1, number), number // stations_a_piece) for number in counted)


class _Asked:
    """The soft policy's steering along some drives, kept for the last weights that it was asked for."""

    def __init__(self, drives: Sequence[Drive], report: Callable[[int], None] | None) -> None:
        self._drives, self._report, self._last, self.num_evaluations = drives, report, (np.empty(0), []), 0

    def errors(self, weights: Weights) -> npt.NDArray[np.float64]:
        """By how much the policy's mean differs from what was driven at the stations that count."""
        found = zip(self._drives, self._found(weights), strict=True)
        return np.concatenate([(each.mean_per_m - drive.turn_per_m)[drive.counted] for drive, each in found])

    def slopes(self, weights: Weights) -> npt.NDArray[np.float64]:
        """Their derivatives to the weights."""
        found = zip(self._drives, self._found(weights), strict=True)
        return np.concatenate([each.slopes[drive.counted] for drive, each in found])

    def _found(self, weights: Weights) -> list[Steering]:
        if not np.array_equal(weights, self._last[0]):
            self.num_evaluations += 1
            if self._report is not None:
                self._report(self.num_evaluations)
            reward = RoadReward(tuple(map(float, weights)))
            self._last = weights.copy(), [steering(drive, reward) for drive in self._drives]
        return self._last[1]


def _stiff(drives: Sequence[Drive]) -> Weights:
    """A stiff driver of the line that was driven in the mean, linear in the curvature: where the climb begins."""
    offset_m = np.concatenate([drive.offset_m for drive in drives])
    bend = np.concatenate([drive.lattice.corridor.curvature_per_m for drive in drives]) / BEND_PER_M
    line = np.linalg.lstsq(np.stack([np.ones_like(bend), bend], axis=-1), offset_m, rcond=None)[0]
    driven = dict(zip(("offset", "inward"), -2.0 * _STIFF["offset^2"] * line, strict=True))
    return np.minimum([(_STIFF | driven).get(name, 0.0) for name in FEATURES], MOST - 1e-3)


def _spread(errors_per_m: npt.NDArray[np.float64]) -> float:
    return max(float(np.sqrt(np.mean(np.square(errors_per_m)))), _LEAST_PER_M)
