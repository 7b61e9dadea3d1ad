"""How a reward's soft policy steers where a car was, and how that changes with the weights."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.irl.lattice import Drive, Shared
from drive_sim.policies.corridor import PerStation
from drive_sim.policies.lattice_planning import Kernel, PerState, Step, backward, kernel_of
from drive_sim.policies.lattice_reward import FEATURES, NUM_PLACE, RoadReward, jerking, turning

Slopes = Annotated[npt.NDArray[np.float64], "n f"]
_TURNING, _JERKING = FEATURES.index("turning"), FEATURES.index("jerking")


@dataclass(frozen=True, slots=True, eq=False)
class Steering:
    """The soft policy's mean curvature beyond the road's at each station (n,) of a drive, in the state in which the car
    was there, and its derivatives to the weights (n, f)."""

    mean_per_m: PerStation
    slopes: Slopes


def steering(drive: Drive, reward: RoadReward) -> Steering:
    """Of a drive, by one backward pass that carries the values' derivatives along.

    With x the value of driving a curvature and j that of changing to it, dV = E[dx + dj], and the derivative of the
    mean curvature is the covariance of the curvature with dx + dj, both under the soft policy.
    """
    lattice, shared = drive.lattice, Shared.of(drive)
    grid, kernel, changing = lattice.grid, kernel_of(lattice.grid, reward), jerking(lattice.grid)
    num_features, of_turning = len(FEATURES), turning(grid)
    mean_per_m, slopes = np.zeros(len(lattice)), np.zeros((len(lattice), num_features))
    of_values = np.zeros((grid.num_poses * len(grid.turn_per_m), num_features))
    for step in backward(lattice, reward):
        at = step.station
        after = grid.moves(lattice.corridor.curvature_per_m[at]) @ of_values
        of_done = after.reshape(grid.num_poses, len(grid.turn_per_m), num_features)
        of_done[:, :, :NUM_PLACE] += np.repeat(lattice.place[at], len(grid.heading_rad), axis=0)[:, None]
        of_done[:, :, _TURNING] += of_turning
        means, beside = _of_states(step, kernel, grid.turn_per_m, changing, of_done, shared.pose[at])
        states = shared.states(at)
        mean_per_m[at], slopes[at] = np.sum(states * means), np.tensordot(states, beside, 2)
        expected = kernel @ (step.choice[:, :, None] * of_done)
        expected[:, :, _JERKING] += step.choice @ (kernel * changing).T
        expected /= step.total[:, :, None]
        expected[lattice.ends(at)] = 0.0
        of_values = expected.reshape(-1, num_features)
    return Steering(mean_per_m, slopes)


def _of_states(
    step: Step,
    kernel: Kernel,
    turn_per_m: npt.NDArray[np.float64],
    changing: Kernel,
    of_done: Annotated[npt.NDArray[np.float64], "i a f"],
    pose: npt.NDArray[np.int64],
) -> tuple[PerState, Annotated[npt.NDArray[np.float64], "k p f"]]:
    """The mean curvature of some poses (k,) after each curvature, (k, p), and its derivatives."""
    policy = step.choice[pose][:, None, :] * kernel / step.total[pose][:, :, None]
    means = policy @ turn_per_m
    beyond = policy * (turn_per_m - means[:, :, None])
    slopes = np.einsum("kpa,kaf->kpf", beyond, of_done[pose])
    slopes[:, :, _JERKING] += np.einsum("kpa,pa->kp", beyond, changing)
    return means, slopes
