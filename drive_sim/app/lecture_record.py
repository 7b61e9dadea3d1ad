"""What a lecture's step has driven so far, as a value: what its sentence and its panels are made from."""

from dataclasses import dataclass
from enum import Enum

from drive_sim.app.driven_window import DrivenWindow
from drive_sim.app.nudge_search import NudgeTrial


class Phase(Enum):
    """Where a step stands."""

    CALM = "nobody pushes"
    SEEKING = "a push is sought"
    COMING = "a push was found; its moment has not come"
    PUSHED = "pushed, and followed"
    OVER = "followed to the end of the window"
    COUNTING = "pushed every few seconds, and put back"


@dataclass(frozen=True, slots=True)
class CalmDrive:
    """What was driven without a push: for how long, how far off the lane at most, and how often the lane was left."""

    duration_s: float = 0.0
    largest_m: float = 0.0
    times_left: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LectureMoment:
    """A step at one frame."""

    phase: Phase
    labels: tuple[str, str]
    """The clone's and the twin's, as they begin a sentence."""
    drivers: tuple[int, ...]
    """Whom each car is for: the clone (0) or the twin (1)."""
    puts_back: bool
    calm: CalmDrive = CalmDrive()
    trial: NudgeTrial | None = None
    """The push that was chosen."""
    windows: tuple[DrivenWindow, ...] = ()
    """What each car has driven since the push."""
    num_in_vain: int = 0
    """How often in a row a push was sought and none found."""
    interventions: tuple[int, ...] = ()
    """Each car's, where they are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class PushRecord:
    """A push that was driven to the end of its window: what was expected, and what each car did."""

    trial: NudgeTrial
    drivers: tuple[int, ...]
    windows: tuple[DrivenWindow, ...]
    puts_back: bool
