"""What a pair of networks has learned from, and how much of that was driven off the road: a lecture should say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drive_sim.app.model_discovery import is_shipped, training_recordings
from drive_sim.app.training_places import scripted_demonstration
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.sim.env import EnvConfig

_MUCH = 0.05
"""The share of grass from which on a person is asked whether this is the pair to show."""


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """Where a pair lies, and how many seconds of driving it has learned from, on and off the road."""

    place: str
    seconds: float
    off_road_s: float

    @property
    def is_doubtful(self) -> bool:
        """Much of it was driven off the road."""
        return self.off_road_s > _MUCH * self.seconds

    @property
    def line(self) -> str:
        """All of it in one sentence; the seconds are not known where the recording is gone."""
        if not self.seconds:
            return f"The pair of {self.place}"
        off_road = f", {self.off_road_s:.0f} s of them off the road" if self.off_road_s else ""
        return f"The pair of {self.place} has learned from {self.seconds:.0f} s of driving{off_road}"


def learned_from(models: Sequence[Path]) -> LearnedFrom:
    """What the models of these folders (at least one) say that they have learned from, as far as it is still there.

    Raises InputError where a model that ships says that wrongly.
    """
    if is_shipped(models[0]):
        made = scripted_demonstration(models[0])
        return LearnedFrom("the first drive, which ships,", made.num_ticks * EnvConfig().tick_s if made else 0.0, 0.0)
    recordings = dict.fromkeys(path.resolve() for model in models for path in training_recordings(model))
    seconds = off_road_s = 0.0
    for folder in recordings:
        try:
            recording = load_recording(folder)
        except InputError:  # a log of somebody else's, or one that was damaged since
            continue
        seconds, off_road_s = seconds + recording.duration_s, off_road_s + recording.off_road_s
    return LearnedFrom(short_place(models[0].parent), seconds, off_road_s)


def short_place(path: Path) -> str:
    """The last two parts of a path that say something."""
    folder = path.parent if path.name == "models" else path
    return f"{folder.parent.name}/{folder.name}" if folder.parent.name else folder.name
