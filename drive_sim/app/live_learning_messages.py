"""What the window and the process that learns behind its driver say to each other; light to import."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.arrays import CarIndex, Images, PerCar
from drive_sim.learn.live import Asked, Weights


@dataclass(frozen=True, slots=True)
class LearningTask:
    """Which network learns (a key of `learn.live.CONFIGS`), from which draws; then come ticks and wishes, in order."""

    network: str
    seed: int
    tick_s: float


@dataclass(frozen=True, slots=True, eq=False)
class SaveTwin:
    """A wish: a twin as it was let go, by its weights after so many ticks, as a new model folder."""

    twin: str
    folder: Path
    weights: Weights
    num_ticks: int


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Why the disk refused."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class NewExemplars:
    """What a tick has put into a buffer: the places (m,), small pictures (m, h, w, 3) and what to steer there (m,)."""

    places: CarIndex
    pictures: Images
    curvature_per_m: PerCar


@dataclass(frozen=True, slots=True, eq=False)
class TwinLearned:
    """What a twin said to a tick before it learned from it, and what it has now."""

    asked: Asked
    exemplars: NewExemplars
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class TickLearned:
    """Both twins, by their names, have learned from the tick of this number."""

    number: int
    twins: dict[str, TwinLearned]
