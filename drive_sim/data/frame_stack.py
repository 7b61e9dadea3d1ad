"""The picture before each picture, for networks that see two on end (the frame stack of Mnih et al. 2015, Nature 518).

Two pictures show what turns, and so what the driver does; what he should do may be neither learned from that nor be in
it (causal confusion: de Haan, Jayaraman and Levine 2019, arXiv 1905.11979).
"""

from dataclasses import replace

import numpy as np

from drive_sim.arrays import CarIndex, Images
from drive_sim.data.demonstrations import Demonstrations

LONGEST_GAP_TICKS = 1.5
"""Rows further apart in time have others between them, which were left out."""


def with_previous_images(demos: Demonstrations) -> Demonstrations:
    """The demonstrations with what was seen a tick before each row; where that is not there, the row's own picture.

    Rows must stand as they were driven: what is left out, split or shuffled before has no picture before.
    """
    return replace(demos, previous_images=demos.images[_rows_before(demos)])


def for_frames(demos: Demonstrations, num_frames: int) -> Demonstrations:
    """The demonstrations as a network of so many pictures on end, one or two, learns from them."""
    if num_frames == 1:
        return replace(demos, previous_images=None)
    return demos if demos.previous_images is not None else with_previous_images(demos)


def stacked(demos: Demonstrations) -> Images:
    """The pictures (n, h, w, 3) or, with what was seen before, stacks of two (n, h, w, 6), the earlier first."""
    if demos.previous_images is None:
        return demos.images
    return np.concatenate([demos.previous_images, demos.images], axis=-1)


def _rows_before(demos: Demonstrations) -> CarIndex:
    """The number of the row before each (n,), its own where there is none."""
    before = np.arange(len(demos))
    for rows in demos.episodes():
        follows = np.ones(max(rows.stop - rows.start - 1, 0), dtype=np.int64)
        if demos.time_s is not None and len(follows):
            gap_s = np.diff(demos.time_s[rows])
            follows[gap_s > LONGEST_GAP_TICKS * np.median(gap_s)] = 0
        before[rows.start + 1 : rows.stop] -= follows
    return before
