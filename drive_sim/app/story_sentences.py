"""The sentences of the sixty-second story: each says what was driven, or what a model's folder says of its training."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from drive_sim.app.driven_window import DrivenWindow
from drive_sim.app.lecture_record import CalmDrive, LectureMoment, Phase
from drive_sim.app.lecture_sentences import did, lower, push_words, sentence_of, times
from drive_sim.app.nudge import Nudge
from drive_sim.app.training_places import ScriptedDemonstration, augmenter, scripted_demonstration
from drive_sim.data.augment import ShiftRotate
from drive_sim.sim.env import EnvConfig

CHOSEN = "Now a push. It was chosen by rolling both networks ahead."
AGAIN = "Back to the same moment, the same wind and the same push, for the other network."


@dataclass(frozen=True, slots=True)
class LearnedAlike:
    """What two networks have learned from, and how the second one's pictures were moved; None: it is not known."""

    demonstration: ScriptedDemonstration | None
    moved: ShiftRotate | None

    @property
    def beginning(self) -> str:
        """What both have in common."""
        if self.demonstration is None:
            return "Two networks have learned to drive."
        seconds = self.demonstration.num_ticks * EnvConfig().tick_s
        return (
            f"Two networks have learned from the same {seconds:.0f} s of driving: these pictures, and what was steered."
        )

    def difference(self, labels: tuple[str, str], windows: Sequence[DrivenWindow]) -> str:
        """In what they differ, after what both have driven since a push, where there was one."""
        if self.demonstration is None or self.moved is None:
            return f"They differ in what they have learned from: {lower(labels[0])}, and {lower(labels[1])}."
        moved, pictures = self.moved, self.demonstration.num_ticks
        has_cured = bool(windows) and windows[0].left_road_s is not None and windows[1].has_come_back
        begins = "What cured it is the data" if has_cured else "They differ in their data alone"
        return (
            f"{begins}. Both: {pictures} pictures. {labels[1]}: {100.0 * moved.share:.0f} % of them moved by "
            f"up to {moved.max_shift_m:.1f} m and {np.degrees(moved.max_turn_rad):.0f} degrees, each with the way back."
        )


def learned_alike(clone: Path | None, twin: Path | None) -> LearnedAlike:
    """What the folders of two models say. Raises InputError where they say it wrongly."""
    if clone is None or twin is None:
        return LearnedAlike(None, None)
    both = scripted_demonstration(clone), scripted_demonstration(twin)
    same = both[0] is not None and both[0] == both[1] and augmenter(clone) is None
    return LearnedAlike(both[0], augmenter(twin)) if same else LearnedAlike(None, None)


def calm_sentence(moment: LectureMoment, calm: CalmDrive, times_as_fast: int, *, is_twin: bool = False) -> str:
    """What was driven so far without a push, and by whom."""
    labels = moment.labels[::-1] if is_twin else moment.labels
    said = sentence_of(replace(moment, phase=Phase.CALM, calm=calm, labels=labels))
    return f"{said} ({times_as_fast} times as fast)" if times_as_fast > 1 else said


def without_push_sentence(moment: LectureMoment, calm: CalmDrive) -> str:
    """No push was found, and what was driven meanwhile."""
    seconds = f"In {calm.duration_s:.0f} s no push was found that tells the two apart."
    return f"{seconds} {calm_sentence(moment, calm, 1)}"


def both_pushed_sentence(labels: Sequence[str], nudge: Nudge, windows: Sequence[DrivenWindow]) -> str:
    """What two cars did after the same push, each to the end."""
    parts = [f"{lower(label)} {did(window, is_over=True)}" for label, window in zip(labels, windows, strict=True)]
    return f"Same road, same wind, same push {push_words(nudge)}: {'; '.join(parts)}."


def both_calm_sentence(labels: Sequence[str], calms: Sequence[CalmDrive]) -> str:
    """How often two cars left their lane that nobody pushed."""
    parts = [
        f"{lower(label)} left its lane {times(calm.times_left)}" for label, calm in zip(labels, calms, strict=True)
    ]
    return f"Same road, nobody pushed, {calms[0].duration_s:.0f} s: {'; '.join(parts)}."
