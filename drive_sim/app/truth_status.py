"""What the truth-o-meter shows at one moment: made by the screen each frame, drawn by its panels."""

import math
from dataclasses import dataclass

from drive_sim.app.slider import Slider
from drive_sim.data.augment import ShiftRotate
from drive_sim.data.moved_view import MovedView

_REACH = ShiftRotate()
SHIFT = Slider("shift", -3.0, 3.0, 0.05, (-_REACH.max_shift_m, _REACH.max_shift_m))
TURN_END_DEG = round(math.degrees(_REACH.max_turn_rad))
TURN = Slider("turn", -20.0, 20.0, 0.5, (-TURN_END_DEG, TURN_END_DEG))
"""In degrees. Both reach beyond what the augmenter draws, which is marked."""


@dataclass(frozen=True, slots=True, eq=False)
class TruthStatus:
    """The view that is shown and where it comes from, or why there is none yet."""

    view: MovedView | None
    waits_for: str
    """What is still being read, or why nothing can be shown."""
    source_name: str
    is_live: bool
    number: int
    num_frames: int
    complaint: str
    """Why nothing true can be shown beside the synthetic view."""
    shift_m: float
    turn_deg: float
    wipe: float
    """Where the wipe stands: the share of the picture, from the left, that is synthetic."""
    shows_mask: bool
    held: str
    """Which slider the mouse holds."""
    is_paused: bool


def side_words(value: float, unit: str, digits: int) -> str:
    """A shift or a turn, left positive, as a person says it."""
    if value == 0.0:
        return "none"
    return f"{abs(value):.{digits}f}{unit} {'left' if value > 0.0 else 'right'}"


def frame_slider(num_frames: int) -> Slider:
    """The slider that chooses among so many frames, counted from 0."""
    return Slider("frame", 0.0, float(max(0, num_frames - 1)), 1.0)
