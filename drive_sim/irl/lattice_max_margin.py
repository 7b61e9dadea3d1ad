"""Maximum margin (Abbeel and Ng 2004) on our road: weights by which a drive is better than every policy so far.

A policy is the soft one of weights that are made SHARP times as long: nearly the hard one, which a lattice's noise
would let swing between grid points. Features are divided by what the drive has of them, lest one of them be the margin
alone; weights are given back in their own units. Only their direction means anything: `maxent`'s have a scale.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from drive_sim.irl import max_margin
from drive_sim.irl.lattice import Drive, Weights, demonstrated_features, evaluate
from drive_sim.policies.lattice_reward import FEATURES, RoadReward

LEAST_MARGIN = 0.01
"""Once the margin is less than this share of its first, policies surround the drive, and weights say nothing more."""
SHARP = 300.0
"""How long weights of length 1 are made, in nats a station in the units of the drive's own spread."""


@dataclass(frozen=True, slots=True, eq=False)
class MarginFit:
    """The reward, its weights (f,) at the length at which the drive is likeliest, the margin, and how many policies
    were planned."""

    reward: RoadReward
    weights: Weights
    margin: float
    num_policies: int


def fit_max_margin(
    drives: Sequence[Drive], num_iterations: int = 15, report: Callable[[int], None] | None = None
) -> MarginFit:
    """The weights of maximum margin for some drives of one driver; `report` hears of each policy."""
    num_stations = sum(int(drive.counted.sum()) for drive in drives)
    expert = np.sum([demonstrated_features(drive) for drive in drives], axis=0) / num_stations
    uniform = _gap(drives, np.zeros(len(FEATURES))) / num_stations
    unit = np.maximum(np.abs(uniform), 1e-6)
    planned = 0

    def plan(scaled: Weights) -> max_margin.Planned[Weights]:
        nonlocal planned
        planned += 1
        if report is not None:
            report(planned)
        weights = SHARP * scaled / unit
        return max_margin.Planned(weights, (expert - _gap(drives, weights) / num_stations) / unit)

    search = max_margin.search(plan, expert / unit, max_margin.Config(num_iterations=num_iterations))
    found = first = next(search)
    for now in search:
        if now.hull.margin < LEAST_MARGIN * first.hull.margin:
            break
        found = now
    direction = found.hull.weights / unit
    weights = direction * _likeliest_length(drives, direction)
    return MarginFit(RoadReward(tuple(map(float, weights))), weights, found.hull.margin, planned)


def _gap(drives: Sequence[Drive], weights: Weights) -> Weights:
    """The drives' features, less those that the soft policy of some weights expects from their starts."""
    return np.sum([evaluate(drive, weights, "matching").gradient for drive in drives], axis=0)


def _likeliest_length(drives: Sequence[Drive], direction: Weights) -> float:
    """How long weights of a direction must be for the drives to be likeliest."""

    def less_likely(log_length: float) -> float:
        weights = np.exp(log_length) * direction
        return -sum(evaluate(drive, weights, "matching").value for drive in drives)

    found: Any = optimize.minimize_scalar(less_likely, bounds=(-6.0, 6.0), method="bounded", options={"maxiter": 12})
    return float(np.exp(found.x))
