"""How familiar a place is to a network: how far it lies from where its training pictures were taken.

A place is an offset, a heading and how the lane bends there. Each counts as the metres that it leads aside within the
lookahead l: offset, `l heading`, and `l^2 curvature / 2`, so that a distance is in metres.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, PerCar
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, bootstrap_interval
from drive_sim.sim.track import LanePose

LanePlaces = Annotated[npt.NDArray[np.float64], "n 3"]
"""Offset from the lane in metres and heading against it in radians (left positive), and the lane's curvature in 1/m."""
NEAR_M = 0.3
"""Nearer to each other than this two places look alike."""
DRAWS_PER_PICTURE = 20
OFTEN, NOW_AND_THEN = 0.01, 0.001
"""From these shares of the training pictures on that are from near a place, it is said to have been seen so."""
WORDS = ("seen often", "seen now and then", "hardly ever seen", "nobody showed this")


def lane_places(lane: LanePose) -> LanePlaces:
    """Where cars are on their lanes."""
    return np.stack([lane.offset_m, lane.heading_rad, lane.curvature_per_m], axis=-1)


def in_metres(places: LanePlaces, lookahead_m: float) -> LanePlaces:
    """Places as the metres (n, 3) that offset, heading and bend lead aside within the lookahead."""
    return places * np.array([1.0, lookahead_m, 0.5 * lookahead_m**2])


def trained_places(
    shown: LanePlaces, shift_rotate: ShiftRotate | None, rng: np.random.Generator, draws: int = DRAWS_PER_PICTURE
) -> LanePlaces:
    """The places of the pictures that a network was trained on: those shown, or so many moved views of each.

    Moved views are drawn as the augmenter draws them, some of them not moved at all.
    """
    if shift_rotate is None:
        return shown
    repeated = np.repeat(shown, draws, axis=0)
    shift_m, turn_rad = draw_motion(rng, len(repeated), shift_rotate)
    return repeated + np.stack([shift_m * np.cos(repeated[:, 1]), turn_rad, np.zeros(len(repeated))], axis=-1)


class Familiarity:
    """The places (n, 3) of a network's training pictures, to ask how near others are. Raises InputError for none."""

    def __init__(self, places: LanePlaces, lookahead_m: float = ShiftRotate().arc_length_m) -> None:
        from scipy.spatial import KDTree  # noqa: PLC0415 - half a second to import

        if not len(places):
            raise InputError("familiarity: nothing says where on its lane the car was when it was shown how to drive")
        self.places, self.lookahead_m = places, lookahead_m
        self._tree = KDTree(in_metres(places, lookahead_m))

    def distance_m(self, places: LanePlaces) -> PerCar:
        """How far (n,) places lie from the nearest one of training."""
        return np.asarray(self._tree.query(in_metres(places, self.lookahead_m))[0], dtype=np.float64)

    def share_near(self, places: LanePlaces) -> PerCar:
        """The share (n,) of the training pictures that are from nearer than `NEAR_M`."""
        counts = self._tree.query_ball_point(in_metres(places, self.lookahead_m), NEAR_M, return_length=True)
        return np.asarray(counts, dtype=np.float64) / len(self.places)


def word_for(share_near: float) -> str:
    """One of `WORDS` for the share of the training pictures that are from near."""
    least = (OFTEN, NOW_AND_THEN, np.nextafter(0.0, 1.0), 0.0)
    return next(word for word, share in zip(WORDS, least, strict=True) if share_near >= share)


def rank_correlation(
    distance_m: PerCar, error_per_m: PerCar, group: CarIndex, *, seed: int = 0, num_resamples: int = 1000
) -> Estimate:
    """Spearman's rank correlation of distances and steering errors (n,), with a bootstrap over groups such as roads.

    Raises InputError where one of them does not vary.
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - half a second to import

    if len(distance_m) < 3 or np.ptp(distance_m) == 0.0 or np.ptp(error_per_m) == 0.0:
        raise InputError("rank correlation: it takes three pairs or more, and both numbers must vary")
    rows = [np.flatnonzero(group == name) for name in np.unique(group)]

    def correlation(groups: CarIndex) -> float:
        picked = np.concatenate([rows[number] for number in groups])
        ranks = rankdata(distance_m[picked]), rankdata(error_per_m[picked])
        return float(np.corrcoef(*ranks)[0, 1])

    interval = bootstrap_interval(correlation, len(rows), num_resamples, seed=seed)
    return Estimate(correlation(np.arange(len(rows))), *interval, "bootstrap over groups of cars")
