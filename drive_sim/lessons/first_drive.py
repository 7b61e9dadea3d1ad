"""The first drive: thirty seconds of demonstration, two networks, one of them stays on the road."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drive_sim.lessons.story import Finished, Progress

STAGES = {
    "record": "The expert drives and is recorded",
    "train plain": "A network learns from the frames as they are",
    "train shift-rotate": "Its twin learns from shifted and rotated views as well",
    "drive expert": "The expert drives the unseen roads",
    "drive plain": "The plain clone drives them",
    "drive shift-rotate": "Its twin drives them",
    "film": "Film",
    "page": "Report",
}
"""What is done, by name, in the order in which it starts."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the lesson is run with; all but the seed is fixed by the regime, and smaller only in tests."""

    seed: int = 0
    num_steps: int | None = None
    num_roads: int = 20
    distance_m: float = 2000.0
    film_s: float = 24.0


def run(config: Config, folder: Path) -> Iterator[Progress | Finished]:
    """Tell the whole story into `folder`, which is new; the last record is `Finished`.

    What is finished when it is interrupted stays in the folder. Raises InputError where the folder cannot be written.
    """
    raise NotImplementedError(config, folder)
    yield Progress("record", 0.0, "")
