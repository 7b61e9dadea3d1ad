"""What weights say in a driver's words: where he likes to be, in straights and in bends, beside where he was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from scipy import special

from drive_sim.errors import InputError
from drive_sim.irl.lattice_drives import Trace
from drive_sim.policies.corridor import Corridor
from drive_sim.policies.lattice_reward import FEATURES, NUM_PLACE, RoadReward, place_features

STRAIGHT_PER_M = 0.005
"""Less than this is a straight."""
_WIDE_M = 4.0
_ASIDE_M = 0.05
"""The step of the differences that say how sharp a peak is."""
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
    """What a reward that was learned from some traces says; with the weights' covariance (f, f) intervals to 1st order.

    The length of the weights, which is known worst, moves no peak. Where the covariance stands on a few pieces of
    drives, it is itself unsure: Student's t with a degree of freedom less than pieces (Cameron and Miller 2015, section
    VI). None: a normal.
    Raises InputError where no offset is liked more than those beside it, so that there is nothing to tell.
    """
    curvature, offset_m = (
        np.concatenate([getattr(t, name) for t in traces]) for name in ("curvature_per_m", "offset_m")
    )
    bends = np.abs(curvature) > STRAIGHT_PER_M
    bend_per_m = float(np.percentile(np.abs(curvature[bends]), 75.0)) if bends.any() else STRAIGHT_PER_M
    _check_peak(reward, bend_per_m)
    peaks_m = liked_offsets_m(reward, bend_per_m)
    within_m = np.zeros(2) if covariance is None else _within_m(reward, bend_per_m, covariance, num_pieces)
    inward = offset_m[bends] * np.sign(curvature[bends])
    means = (float(offset_m[~bends].mean()) if (~bends).any() else None, float(inward.mean()) if bends.any() else None)
    found = [
        PreferredOffset(peak_m, float(peak_m - within), float(peak_m + within), mean)
        for peak_m, within, mean in zip(peaks_m, within_m, means, strict=True)
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


def _within_m(
    reward: RoadReward, bend_per_m: float, covariance: npt.NDArray[np.float64], num_pieces: int | None
) -> npt.NDArray[np.float64]:
    """By how much either side of the peaks in straights and bends (2,) the intervals reach."""
    straight, left, right = (
        _peak_slopes(reward, curvature, peak_m)
        for curvature, peak_m in zip((0.0, bend_per_m, -bend_per_m), _peaks_m(reward, bend_per_m), strict=True)
    )
    slopes = np.stack([straight, 0.5 * (left - right)])
    errors_m = np.sqrt(np.maximum(np.diag(slopes @ covariance @ slopes.T), 0.0))
    return errors_m * float(special.ndtri(0.975) if num_pieces is None else special.stdtrit(num_pieces - 1, 0.975))


def _peak_slopes(reward: RoadReward, curvature_per_m: float, peak_m: float) -> Annotated[npt.NDArray[np.float64], "f"]:
    """How the peak moves with each weight: where the reward's slope is 0, -(slope of the feature) / (its curvature)."""
    corridor = Corridor(np.array([curvature_per_m]), np.array([_WIDE_M]), np.array([-_WIDE_M]))
    before, at, after = place_features(corridor, peak_m + _ASIDE_M * np.array([-1.0, 0.0, 1.0]))[0]
    bent = float((before - 2.0 * at + after) @ reward.weights[:NUM_PLACE]) / _ASIDE_M**2
    slopes = np.zeros(len(FEATURES))
    slopes[:NUM_PLACE] = (after - before) / (2.0 * _ASIDE_M) / max(-bent, 1e-9)
    return slopes


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
