"""What is learned from, and what is kept aside to measure on."""

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError


def split(demos: Demonstrations, validation_share: float) -> tuple[Demonstrations, Demonstrations]:
    """Training and held-out rows, cut in time: neighbouring frames are near copies, so a random cut would leak.

    Raises InputError where nothing is left to learn from.
    """
    num_training = len(demos) - round(validation_share * len(demos))
    if num_training == 0:
        raise InputError(f"{demos.where}: no frames to learn from; record some driving first")
    return demos.rows(slice(0, num_training)), demos.rows(slice(num_training, None))
