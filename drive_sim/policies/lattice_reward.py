"""What a driver may like on a road, and the reward that it makes of a lattice: linear, each feature of order one."""

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.policies.corridor import Corridor, PerPose
from drive_sim.policies.lattice import Grid

FEATURES = ("offset", "offset^2", "inward", "near an edge", "on the verge", "turning", "jerking")
"""Of each station: the offset from the lane in m (left positive), and its square; the offset times the lane's curvature
over BEND_PER_M, positive inward; the square of how much less than NEAR_M is left to the edge; wheels beyond it; the
squares of the curvature beyond the road's, and of its change from station to station, in units of TURN_PER_M."""
NUM_PLACE = 5
"""The first features are functions of the place; the others of what is done there."""
BEND_PER_M, TURN_PER_M, NEAR_M, HALF_CAR_M = 0.03, 0.01, 1.2, 0.85
END_PRICE = 5.0
"""What an end costs for each station that was still to come, in nats: set by hand, and no feature of the fit."""

PlaceFeatures = Annotated[npt.NDArray[np.float64], "n i p"]


@dataclass(frozen=True, slots=True)
class RoadReward:
    """The weight of each feature, and the price of leaving the surface (or entering a closed part) by hand."""

    weights: tuple[float, ...]
    end_price: float = END_PRICE

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES) or not np.isfinite(self.weights).all():
            raise InputError(f"a reward of the road has {len(FEATURES)} finite weights, got {self.weights}")
        if not 0.0 <= self.end_price < np.inf:
            raise InputError(f"the price of an end must not be negative, got {self.end_price}")

    @classmethod
    def named(cls, end_price: float = END_PRICE, **weights: float) -> Self:
        """From weights by name, spaces as underscores and ^2 as `_squared`; those that are not named are 0."""
        names = [name.replace(" ", "_").replace("^2", "_squared") for name in FEATURES]
        return cls(tuple(weights.get(name, 0.0) for name in names), end_price)

    def weight(self, name: str) -> float:
        """The weight of a feature."""
        return self.weights[FEATURES.index(name)]

    def liked_offset_m(
        self, curvature_per_m: npt.ArrayLike, left_m: float = 2.2, right_m: float = -2.2
    ) -> npt.NDArray[np.float64]:
        """Where on the surface the reward peaks over the offset, left positive, in bends of these curvatures (n,)."""
        curvature = np.atleast_1d(np.asarray(curvature_per_m, dtype=np.float64))
        offset_m = np.linspace(right_m, left_m, 1 + round((left_m - right_m) / 0.005))
        corridor = Corridor(curvature, np.full(len(curvature), left_m), np.full(len(curvature), right_m))
        return offset_m[np.argmax(self.at(corridor, offset_m), axis=1)]

    def at(self, corridor: Corridor, offset_m: PerPose) -> Annotated[npt.NDArray[np.float64], "n i"]:
        """What of the reward is of the place, for these offsets at each station; minus infinity at ends."""
        reward = place_features(corridor, offset_m) @ np.array(self.weights[:NUM_PLACE])
        return np.where(corridor.is_end(offset_m), -np.inf, reward)


def place_features(corridor: Corridor, offset_m: PerPose) -> PlaceFeatures:
    """The features of the place (n, i, p) for offsets (i,) at each station."""
    bend = corridor.curvature_per_m[:, None] / BEND_PER_M
    edge_m = corridor.edge_m(offset_m)
    columns = (
        offset_m + 0.0 * bend,
        np.square(offset_m) + 0.0 * bend,
        offset_m * bend,
        np.square(np.maximum(NEAR_M - edge_m, 0.0)),
        np.clip((HALF_CAR_M - edge_m) / 0.1 + 0.5, 0.0, 1.0),
    )
    return np.stack(columns, axis=-1)


def turning(grid: Grid) -> PerPose:
    """The feature of driving each curvature beyond the road's (a,)."""
    return np.square(grid.turn_per_m / TURN_PER_M)


def jerking(grid: Grid) -> Annotated[npt.NDArray[np.float64], "a a"]:
    """The feature of driving one curvature (second index) after another (first)."""
    return np.square((grid.turn_per_m[None, :] - grid.turn_per_m[:, None]) / TURN_PER_M)
