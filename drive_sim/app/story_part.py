"""The parts of the sixty-second story, and what is kept of driving without a push."""

from dataclasses import dataclass
from enum import Enum

from drive_sim.app.lecture_record import CalmDrive
from drive_sim.arrays import Poses


class Part(Enum):
    """Where the story stands."""

    SHOWN = "what both have learned from"
    CALM = "the clone drives, and a push is sought"
    CLONE = "the clone is pushed"
    TWIN = "the same push for its twin"
    TWIN_CALM = "no push was found: the twin drives the same stretch"
    ABOVE = "both from above"
    DATA = "in what they differ"


@dataclass(slots=True)
class Unpushed:
    """What somebody drove before a push, or without one."""

    calm: CalmDrive
    poses: list[Poses]
