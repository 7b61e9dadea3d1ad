"""What the screens share: the folder of runs, the seed, the road, what was recorded and learned, and a line to say."""

from dataclasses import dataclass, field
from pathlib import Path

from drive_sim.app.canvas import INK, Colour
from drive_sim.app.frame_history import FrameHistory
from drive_sim.app.roads import Roads
from drive_sim.app.training import Training

NOTE_FRAMES = 210
"""How long a line stays on the screen."""


@dataclass(slots=True)
class Note:
    """A line for the person, and for how many more frames it is shown."""

    text: str = ""
    colour: Colour = INK
    num_frames: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """How far a model has driven, and how often it had to be put back."""

    interventions: int
    distance_km: float
    autonomy_percent: float | None = None


@dataclass(slots=True)
class Session:
    """One sitting at the window; new folders for what it makes lie in `runs`."""

    runs: Path
    seed: int
    roads: Roads
    recording: Path | None = None
    """The last recording that a person made."""
    recording_out: Path | None = None
    """Where the first recording goes, if the command line named a folder."""
    models: dict[str, Path] = field(default_factory=dict)
    """The folders of the pair that the session has learned, "plain" and "shift-rotate"."""
    training: Training | None = None
    """Goes on whichever screen is shown."""
    scores: dict[str, Score] = field(default_factory=dict)
    """What each model that was watched has done, by its name."""
    frame_history: FrameHistory = field(default_factory=FrameHistory)
    note: Note = field(default_factory=Note)

    @property
    def running_training(self) -> Training | None:
        """The training, while it runs."""
        return self.training if self.training is not None and self.training.is_running else None

    def say(self, text: str, colour: Colour = INK) -> None:
        """Show a line on whichever screen is shown."""
        self.note = Note(text, colour, NOTE_FRAMES)

    def poll(self) -> None:
        """Once a frame: hear how the training goes; what it has learned are the session's models then."""
        if self.training is not None:
            self.training.poll()
            if self.training.is_done:
                self.models.update(self.training.models)

    def close(self) -> None:
        """The window is closed: training stops, and no more roads are made."""
        self.roads.close()
        if self.training is not None:
            self.training.cancel()
