"""What is learned from, and what is kept aside to measure on."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import CarMask, PerCar
from drive_sim.data.demonstrations import DEFAULT_TICK_S, Demonstrations
from drive_sim.errors import InputError

LEAST_BLOCK_ROWS = 5


@dataclass(frozen=True, slots=True)
class HeldOutBlocks:
    """Held-out blocks of time: `share` of the rows in `num_blocks` pieces, spread evenly over what was driven.

    Neighbouring frames are near copies of each other, so rows held out at random are as good as learned. Within
    `gap_s` seconds of a block nothing is learned from, either. With `patience` learning stops after so many rounds in a
    row that were no better on them (`early_stopping`).
    """

    share: float = 0.2
    num_blocks: int = 5
    gap_s: float = 1.0
    patience: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 0.5:
            raise InputError(f"held-out blocks: share must be above 0, at most 0.5, got {self.share}")
        if not (self.num_blocks >= 1 and 0.0 <= self.gap_s < np.inf):
            raise InputError("held-out blocks: there must be one at least, and gap_s must not be negative")
        if self.patience is not None and self.patience < 1:
            raise InputError(f"held-out blocks: patience must be 1 round at least, got {self.patience}")

    def held_out(self, num_rows: int) -> CarMask:
        """Which of so many rows (n,) are held out: in each of `num_blocks` equal stretches the middle ones."""
        place_in_stretch = (np.arange(num_rows) + 0.5) * self.num_blocks / max(num_rows, 1) % 1.0
        return np.abs(place_in_stretch - 0.5) < 0.5 * self.share


def split(demos: Demonstrations, validation_share: float) -> tuple[Demonstrations, Demonstrations]:
    """Training and held-out rows, cut in time: neighbouring frames are near copies, so a random cut would leak.

    Raises InputError where nothing is left to learn from.
    """
    num_training = len(demos) - round(validation_share * len(demos))
    if num_training == 0:
        raise InputError(f"{demos.where}: no frames to learn from; record some driving first")
    return demos.rows(slice(0, num_training)), demos.rows(slice(num_training, None))


def split_blocks(demos: Demonstrations, blocks: HeldOutBlocks) -> tuple[Demonstrations, Demonstrations]:
    """Training rows and those of held-out blocks, none of either within `gap_s` of the other in the same drive.

    Raises InputError for what is too short for that.
    """
    held_out = blocks.held_out(len(demos))
    near = held_out.copy()
    for rows in demos.episodes():
        near[rows] |= _seconds_to_nearest(_times_s(demos, rows), held_out[rows]) <= blocks.gap_s
    if held_out.sum() < LEAST_BLOCK_ROWS * blocks.num_blocks or (~near).sum() < held_out.sum():
        raise InputError(
            f"{demos.where}: {len(demos)} rows are too few for {blocks.num_blocks} held-out blocks of "
            f"{blocks.share / blocks.num_blocks:.0%} with {blocks.gap_s:g} s free around each; record more"
        )
    return demos.rows(~near), demos.rows(held_out)


def _times_s(demos: Demonstrations, rows: slice) -> PerCar:
    """The times of an episode's rows in seconds; where nothing says them, ticks of 0.1 s."""
    return DEFAULT_TICK_S * np.arange(rows.stop - rows.start) if demos.time_s is None else demos.time_s[rows]


def _seconds_to_nearest(time_s: PerCar, is_held_out: CarMask) -> PerCar:
    """How far in time each row (n,) lies from the nearest that is held out; infinite where none is."""
    edges_s = np.concatenate([[-np.inf], time_s[is_held_out], [np.inf]])
    after = np.searchsorted(edges_s, time_s)
    return np.minimum(edges_s[after] - time_s, time_s - edges_s[after - 1])
