"""Judging a demonstration before a network learns from it: each warning says what to drive more of."""

from dataclasses import dataclass

import numpy as np

from drive_sim.data.demonstrations import Demonstrations

MIN_DURATION_S = 20.0
BEND_PER_M = 0.004
"""A command tighter than this (a radius of 250 m) is a bend."""
MIN_BEND_SHARE = 0.04
"""Of thirty seconds, one and a bit."""
MIN_BALANCE = 0.1
"""The rarer side's share of all bends."""
STANDING_MPS = 0.5
MAX_STANDING_SHARE = 0.1
MIN_SPREAD_PER_M = 1e-4


@dataclass(frozen=True, slots=True)
class Balance:
    """What a demonstration consists of: its length, and shares of its rows from 0 to 1."""

    duration_s: float
    left: float
    right: float
    straight: float
    standing: float


def balance(demos: Demonstrations) -> Balance:
    """How much of a demonstration bends left, bends right, goes straight, and stands still."""
    curvature_per_m = demos.curvature_per_m
    left, right = float(np.mean(curvature_per_m > BEND_PER_M)), float(np.mean(curvature_per_m < -BEND_PER_M))
    # A speed that is not known (NaN) is not standing.
    standing = float(np.mean(demos.speed_mps < STANDING_MPS))
    return Balance(demos.duration_s, left, right, 1.0 - left - right, standing)


def check_demonstrations(demos: Demonstrations) -> list[str]:
    """Warnings, one line each, on what a network would not learn from this; none for a good demonstration."""
    if len(demos) == 0:
        return ["nothing was driven: drive for at least 20 s"]
    found = balance(demos)
    checks = (_too_short(found), _standing(found), _one_sided(demos, found), _on_or_off(demos))
    return [warning for warning in checks if warning]


def _too_short(found: Balance) -> str:
    if found.duration_s >= MIN_DURATION_S:
        return ""
    return f"only {found.duration_s:.0f} s were driven: drive for at least {MIN_DURATION_S:.0f} s, better 30"


def _standing(found: Balance) -> str:
    if found.standing <= MAX_STANDING_SHARE:
        return ""
    return f"the car stands still for {found.standing:.0%} of it: drop those seconds, or drive on"


def _one_sided(demos: Demonstrations, found: Balance) -> str:
    if float(np.ptp(demos.curvature_per_m)) < MIN_SPREAD_PER_M:
        return f"the command is {demos.curvature_per_m[0]:.3f} /m throughout: drive a road that bends both ways"
    bends = found.left + found.right
    if bends < MIN_BEND_SHARE:
        return f"only {bends:.0%} of it bends: drive a road that bends, both ways"
    for side, share, other in (("left", found.left, "right"), ("right", found.right, "left")):
        if share < max(MIN_BALANCE * bends, MIN_BEND_SHARE / 2):
            return (
                f"hardly a bend to the {side} ({share:.0%} of it, {bends - share:.0%} to the {other}): "
                f"drive bends to the {side} too, or the road the other way round"
            )
    return ""


def _on_or_off(demos: Demonstrations) -> str:
    if demos.raw_steering is None:
        return ""
    steering = demos.raw_steering[np.isfinite(demos.raw_steering)]
    # The command counts: a wheel that turns gradually under an on-off key is fine.
    if len(steering) == 0 or len(np.unique(np.round(demos.curvature_per_m, 6))) > 3:
        return ""
    return "the steering is only full left, straight or full right: steer by mouse or pad, or smooth the commands"
