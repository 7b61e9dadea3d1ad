"""The lecture's sentences: each says what was driven, or that something is expected; nothing else."""

import math

from drive_sim.app.driven_window import DrivenWindow
from drive_sim.app.lecture_record import CalmDrive, LectureMoment, Phase
from drive_sim.app.nudge import Nudge
from drive_sim.app.nudge_search import HORIZON_S

_FIRST_S = 3.0
"""Before so much was driven nothing is said of it."""


def sentence_of(moment: LectureMoment) -> str:
    """What is said at a moment."""
    if moment.phase is Phase.CALM:
        return _calm(moment.labels[0], moment.calm)
    if moment.phase is Phase.COUNTING:
        clone, twin = moment.interventions
        return (
            f"Same road, same wind, same pushes: {lower(moment.labels[0])} was put back {times(clone)}, "
            f"{lower(moment.labels[1])} {times(twin)}."
        )
    if moment.phase is Phase.SEEKING:
        return _seeking(moment)
    if moment.phase is Phase.COMING:
        return _coming(moment)
    return _pushed(moment)


def push_words(nudge: Nudge) -> str:
    """How far the car is thrown, and to which side."""
    return f"{abs(nudge.shift_m):.2f} m to the {'left' if nudge.shift_m > 0.0 else 'right'}"


def at_most_m(offset_m: float) -> str:
    """An offset that was never exceeded, rounded up."""
    return f"{math.ceil(round(10.0 * offset_m, 6)) / 10.0:.1f} m"


def _calm(label: str, calm: CalmDrive) -> str:
    if calm.duration_s < _FIRST_S:
        return f"{label} on a road that it has not learned from. Nobody pushes."
    seconds = f"{label}, nobody pushes: in {calm.duration_s:.0f} s"
    if calm.times_left:
        return f"{seconds} it left its lane {times(calm.times_left)} by itself."
    return f"{seconds} never more than {at_most_m(calm.largest_m)} off its lane."


def _seeking(moment: LectureMoment) -> str:
    clone, twin = moment.labels
    wanted = f"after which {lower(clone)} leaves its lane, and {lower(twin)} does not"
    if moment.num_in_vain:
        return f"No push was found within {HORIZON_S:.0f} s {wanted}. Looking farther ahead."
    return f"Looking ahead for a push {wanted}."


def _coming(moment: LectureMoment) -> str:
    assert moment.trial is not None
    clone, twin = moment.labels
    where = "the road" if moment.trial.clone.left_road_s is not None else "its lane"
    return (
        f"A push was chosen by rolling both ahead. Expected: {lower(clone)} leaves {where}, unpushed it does not; "
        f"{lower(twin)} comes back."
    )


def _pushed(moment: LectureMoment) -> str:
    """What the cars did since the push, and what was expected without it."""
    assert moment.trial is not None
    is_over = moment.phase is Phase.OVER
    parts = [
        f"{lower(moment.labels[driver])} {did(window, is_over=is_over, puts_back=moment.puts_back)}"
        for driver, window in zip(moment.drivers, moment.windows, strict=True)
    ]
    said = f"Pushed {push_words(moment.trial.nudge)}: " + "; ".join(parts) + "."
    if is_over and moment.drivers == (0,):
        return f"{said} Rolled ahead without the push: at most {at_most_m(moment.trial.control.largest_m)}."
    return said


def did(window: DrivenWindow, *, is_over: bool, puts_back: bool = False) -> str:
    """What a car did since a push, so far or to the end."""
    if window.left_road_s is not None and not puts_back:
        return f"was off the road after {window.left_road_s:.1f} s"
    if window.left_lane_s is not None:
        left = f"left its lane after {window.left_lane_s:.1f} s"
        return f"{left}, and was put back" if puts_back else f"{left}, {at_most_m(window.largest_m)} off at most"
    if not is_over:
        return f"is {at_most_m(window.largest_m)} off at most so far"
    came_back = "came back, " if window.has_come_back else ""
    return f"{came_back}{at_most_m(window.largest_m)} off at most"


def times(count: int) -> str:
    """How often, in words."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def lower(label: str) -> str:
    """A label within a sentence; names in capitals stay as they are."""
    return label if label[:2].isupper() or label in {"PilotNet"} else label[:1].lower() + label[1:]
