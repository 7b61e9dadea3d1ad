"""What is shown of learning live at one moment: made by the driving screen each frame, drawn by its panels."""

from dataclasses import dataclass

from drive_sim.app.live_learning_twin import LiveTwin
from drive_sim.arrays import Picture
from drive_sim.learn.live import Activity


@dataclass(frozen=True, slots=True, eq=False)
class LiveStatus:
    """The twins, which of them is shown and would be let go, how far they are, and who has the wheel."""

    twins: tuple[LiveTwin, ...]
    chosen: LiveTwin
    learned_s: float
    behind_s: float
    """What was driven and not yet learned from."""
    refused_s: float
    """What was not taken, since it was too far behind."""
    drives: bool
    """The chosen one has the wheel."""
    is_letting_go: bool
    """It will have it when it has learned all that was driven."""
    command_per_m: float | None
    """What it steers, or said when it was asked last (None: never)."""
    activity: Activity | None
    """How active its units were then (None: it has no row of them)."""
    picture: Picture | None
    """What its camera saw at the last tick (None: nothing yet)."""
    why_not: str
    """Why it does not learn now; empty where it does."""
