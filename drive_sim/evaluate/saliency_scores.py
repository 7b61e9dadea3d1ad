"""How well a map of what counts in a picture agrees with what the picture truly shows.

A map ranks pixels and has no scale of its own, so it is asked for as many pixels as the truth has, its strongest: then
precision and recall are one number, and intersection over union is that number in another unit.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Masks, PerCar
from drive_sim.errors import InputError

Maps = Annotated[npt.NDArray[np.floating], "n h w"]
"""How much each pixel of n pictures counts, in any unit."""
Counts = Annotated[npt.NDArray[np.int64], "n"]


def strongest(maps: Maps, counts: Counts) -> Masks:
    """The `counts` (n,) strongest pixels of each map; among equals, those further up and left."""
    _, height, width = maps.shape
    order = np.argsort(-maps.reshape(len(maps), -1), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(height * width)[None], axis=1)
    return (rank < counts[:, None]).reshape(maps.shape)


def intersection_over_union(maps: Maps, truth: Masks) -> PerCar:
    """For each picture (n,): what a map's strongest pixels and the true ones share, over what they cover together.

    What chance gives is `chance_of_intersection`. Raises InputError where a truth is empty.
    """
    if not truth.any(axis=(1, 2)).all():
        raise InputError("intersection over union: a picture shows none of what is looked for; leave it out")
    found = strongest(maps, truth.sum(axis=(1, 2)))
    return (found & truth).sum(axis=(1, 2)) / (found | truth).sum(axis=(1, 2))


def points_at(maps: Maps, truth: Masks, *, within_px: int = 0) -> npt.NDArray[np.bool_]:
    """Whether each map's strongest pixel (n,) lies on the truth, or within so many rows and columns of it.

    The pointing game (Zhang et al. 2016, arXiv 1608.00507, section 4.1).
    """
    row, column = np.unravel_index(maps.reshape(len(maps), -1).argmax(axis=1), maps.shape[1:])
    return widened(truth, within_px)[np.arange(len(maps)), row, column]


def chance_of_intersection(truth: Masks) -> PerCar:
    """Intersection over union (n,) of as many pixels as a truth has, drawn anywhere in the picture.

    They share p of their number with a truth that covers p of the picture, and p / (2 - p) of what both cover.
    """
    share = truth.mean(axis=(1, 2))
    return np.asarray(share / (2.0 - share))


def chance_of_pointing(truth: Masks, *, within_px: int = 0) -> PerCar:
    """How likely a pixel drawn anywhere in the picture (n,) points at the truth: the share that would be taken."""
    return np.asarray(widened(truth, within_px).mean(axis=(1, 2)))


def widened(truth: Masks, by_px: int) -> Masks:
    """The pixels (n, h, w) within so many rows and columns of the truth."""
    _, height, width = truth.shape
    padded = np.pad(truth, ((0, 0), (by_px, by_px), (by_px, by_px)))
    window = range(2 * by_px + 1)
    rows = np.any([padded[:, i : i + height] for i in window], axis=0)
    return np.asarray(np.any([rows[:, :, j : j + width] for j in window], axis=0))
