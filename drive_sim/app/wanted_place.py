"""The wanted lateral place as the window tells it: in half widths of the road, left positive; None is by sight."""

import math
from functools import lru_cache

from drive_sim.sim.lateral_goal import WIDEST_GOAL, told_goal, widest_goal_on, with_lateral_goal
from drive_sim.sim.track import Track, Tracks

STEP = 0.1
"""Between two places."""
BY_SIGHT = -WIDEST_GOAL - STEP
"""Where a slider stands whose other places lie as they do on the road, what is left being negative."""
_ROUND = (None, 0.5, 0.0, -0.5)
"""The places through which a key leads."""


def wanted_place(track: Track) -> float | None:
    """What drivers of this road are told."""
    goal = told_goal(track)
    return None if math.isnan(goal) else goal


def allowed_place(track: Track, goal: float | None) -> float | None:
    """The place that is nearest to a wanted one on this road; by sight, where drivers go by sight."""
    if goal is None:
        return None
    widest, steps = widest_goal_on(track), round(1.0 / STEP)
    most = min(math.floor(steps * widest) / steps, widest)
    return min(max(round(goal, 6), -most), most) + 0.0


def next_place(track: Track, goal: float | None) -> float | None:
    """By sight, left, middle, right, and by sight again; from places between them first by sight."""
    places = [allowed_place(track, place) for place in _ROUND]
    return places[(places.index(goal) + 1) % len(places)] if goal in places else None


def in_words(goal: float | None) -> str:
    """A place as it is said."""
    if goal is None:
        return "by sight"
    return f"{abs(goal):.2g} half widths {'left' if goal > 0.0 else 'right'}" if goal else "the middle"


def on_slider(goal: float | None) -> float:
    """Where a slider stands."""
    return BY_SIGHT if goal is None else -goal + 0.0


def from_slider(value: float) -> float | None:
    """The place at which a slider stands."""
    return None if value < BY_SIGHT + STEP / 2 else -value + 0.0


@lru_cache(maxsize=8)
def lane_at(road: Track, goal: float) -> Tracks:
    """A road as a batch of one, its target lane at a place, made once. Raises InputError as `with_lateral_goal`."""
    return Tracks.stack([with_lateral_goal(road, goal)])
