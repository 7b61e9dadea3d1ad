"""What weights say in a driver's words: where he likes to be, in straights and in bends, beside where he was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.lattice_drives import Trace
from drive_sim.policies.lattice_reward import FEATURES, RoadReward

STRAIGHT_PER_M = 0.005
"""Less than this is a straight."""
_NUM_DRAWS = 400
_WIDE_M = 4.0
_SMALL_M = 0.05
"""What is nearer to the lane's middle is in its middle, in words."""


@dataclass(frozen=True, slots=True)
class PreferredOffset:
    """An offset that is liked, its 95 % interval, and the mean of the offsets that were driven there, in metres."""

    liked_m: float
    low_m: float
    high_m: float
    driven_m: float | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """Where a driver likes to be: in straights (left positive), and in bends of `bend_per_m` (inward positive)."""

    straight: PreferredOffset
    inward: PreferredOffset
    bend_per_m: float

    def in_words(self) -> str:
        """One sentence."""
        radius_m = 1.0 / self.bend_per_m
        if max(abs(self.straight.liked_m), abs(self.inward.liked_m)) < _SMALL_M:
            return "likes to be in the lane's middle, in straights and in bends"
        return (
            f"likes to be {_beside(self.straight.liked_m, 'left', 'right')} the lane's middle in straights, and "
            f"{_beside(self.inward.liked_m, 'inward', 'outward')} it in bends of {radius_m:.0f} m radius"
        )


def preferences_of(
    reward: RoadReward,
    traces: Sequence[Trace],
    covariance: npt.NDArray[np.float64] | None = None,
    num_pieces: int | None = None,
) -> Preferences:
    """What a reward that was learned from some traces says; with the weights' covariance (f, f) intervals by draws.

    Where the covariance stands on a few pieces of drives, it is itself unsure: draws are of Student's t with a degree
    of freedom less than pieces (Cameron and Miller 2015, section VI). None: of a normal.
    Raises InputError where no offset is liked more than those beside it, so that there is nothing to tell.
    """
    curvature, offset_m = (
        np.concatenate([getattr(t, name) for t in traces]) for name in ("curvature_per_m", "offset_m")
    )
    bends = np.abs(curvature) > STRAIGHT_PER_M
    bend_per_m = float(np.percentile(np.abs(curvature[bends]), 75.0)) if bends.any() else STRAIGHT_PER_M
    _check_peak(reward, bend_per_m)
    draws = [reward]
    if covariance is not None:
        draws += _drawn(reward, covariance, num_pieces)
    peaks = np.array([liked_offsets_m(draw, bend_per_m) for draw in draws])
    inward = offset_m[bends] * np.sign(curvature[bends])
    means = (float(offset_m[~bends].mean()) if (~bends).any() else None, float(inward.mean()) if bends.any() else None)
    found = [
        PreferredOffset(float(peak[0]), float(np.percentile(peak, 2.5)), float(np.percentile(peak, 97.5)), mean)
        for peak, mean in zip(peaks.T, means, strict=True)
    ]
    return Preferences(found[0], found[1], bend_per_m)


def standard_errors_of(covariance: npt.NDArray[np.float64]) -> Annotated[npt.NDArray[np.float64], "f"]:
    """The standard error of each weight."""
    return np.sqrt(np.maximum(np.diag(covariance), 0.0))


def weights_in_words(reward: RoadReward) -> list[tuple[str, str]]:
    """Each feature with what its weight means: liked or minded; near 0, nothing of it was seen."""
    said = {
        "offset": "being left of the lane's middle",
        "offset^2": "being off the line that is liked",
        "inward": "being inward in bends",
        "near an edge": "being near an edge",
        "on the verge": "having wheels on the verge",
        "turning": "turning beyond the road's own curvature",
        "jerking": "changing the curvature",
    }
    return [(name, f"{_verb(reward.weight(name))} {said[name]}") for name in FEATURES]


def _drawn(reward: RoadReward, covariance: npt.NDArray[np.float64], num_pieces: int | None) -> list[RoadReward]:
    rng = np.random.default_rng(0)
    apart = rng.multivariate_normal(np.zeros(len(covariance)), covariance, _NUM_DRAWS, method="eigh")
    if num_pieces is not None:
        freedom = num_pieces - 1
        apart *= np.sqrt(freedom / rng.chisquare(freedom, _NUM_DRAWS))[:, None]
    return [RoadReward(tuple(map(float, weights))) for weights in apart + np.array(reward.weights)]


def liked_offsets_m(reward: RoadReward, bend_per_m: float) -> tuple[float, float]:
    """Where a reward peaks on a wide road: in straights (left positive), and in such bends (inward positive)."""
    straight, left, right = _peaks_m(reward, bend_per_m)
    return float(straight), float(0.5 * (left - right))


def _peaks_m(reward: RoadReward, bend_per_m: float) -> npt.NDArray[np.float64]:
    """Where the reward peaks in straights, left bends and right bends, on a wide road."""
    return reward.liked_offset_m([0.0, bend_per_m, -bend_per_m], _WIDE_M, -_WIDE_M)


def _check_peak(reward: RoadReward, bend_per_m: float) -> None:
    if np.any(np.abs(_peaks_m(reward, bend_per_m)) >= _WIDE_M):
        raise InputError(
            "the weights say of no offset that it is liked more than those beside it: give a longer recording, or, "
            "where the l2 leaves them next to nothing, a smaller one"
        )


def _beside(offset_m: float, one: str, other: str) -> str:
    if abs(offset_m) < _SMALL_M:
        return "in"
    return f"{abs(offset_m):.2f} m {one if offset_m > 0.0 else other} of"


def _verb(weight: float) -> str:
    if abs(weight) < 0.02:
        return "shows nothing of"
    return "likes" if weight > 0.0 else "minds"
