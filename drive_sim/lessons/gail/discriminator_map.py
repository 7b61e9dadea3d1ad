"""The discriminator over angle and angular velocity of the pole, and what policy and demonstrator did there."""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.data.transitions import Transitions
from drive_sim.learn.gail import AdversarialRound

ANGLES = np.linspace(-0.21, 0.21, 29)
"""In rad; an episode ends at 0.2095."""
VELOCITIES = np.linspace(-1.5, 1.5, 29)
"""In rad/s."""
NUM_DRAWN = 120
Grid = Annotated[npt.NDArray[np.int64], "action angle velocity"]
Dots = Annotated[npt.NDArray[np.float64], "k 3"]
"""Angle, angular velocity, and what was done."""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """One round: C in per cent for pushing left and right where the cart stands in the middle, and what was done."""

    num_steps: int
    percent: Grid
    policy: Dots


def map_of(latest: AdversarialRound) -> Map:
    """That of a round."""
    discriminator, rollout = latest.discriminator, latest.rollout
    assert discriminator is not None
    angle, velocity = np.meshgrid(ANGLES, VELOCITIES, indexing="ij")
    seen = np.zeros((angle.size, 4), np.float32)
    seen[:, 2], seen[:, 3] = angle.ravel(), velocity.ravel()
    C = [discriminator.probabilities(_pushing(rollout, seen, action)) for action in (0.0, 1.0)]
    some = rollout.rows(np.linspace(0, len(rollout) - 1, NUM_DRAWN).astype(np.int64))
    return Map(
        num_steps=int(latest.metrics["num_steps"]),
        percent=np.rint(100.0 * np.reshape(C, (2, *angle.shape))).astype(np.int64),
        policy=np.column_stack([some.observation[:, 2:4], some.action]).round(3).astype(np.float64),
    )


def _pushing(like: Transitions, seen: npt.NDArray[np.float32], action: float) -> Transitions:
    """Rows in which that is done where this is seen."""
    num = len(seen)
    never = np.zeros(num, dtype=np.bool_)
    return replace(
        like,
        observation=seen,
        action=np.full((num, 1), action),
        next_observation=seen,
        terminated=never,
        truncated=~never,
        reward=None,
    )
