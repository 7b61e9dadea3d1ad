"""What the screens share: the folder of runs, the seed, the road, what was recorded and learned, and a line to say."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from drive_sim.app.canvas import INK, ORANGE, Colour
from drive_sim.app.frame_history import FrameHistory
from drive_sim.app.recorder import Recorder
from drive_sim.app.roads import Roads
from drive_sim.app.training import Training

NOTE_FRAMES, QUESTION_FRAMES = 210, 480
"""How long a line stays on the screen, and how long one that asks for something."""


@dataclass(slots=True)
class Note:
    """A line for the person, and for how many more frames it is shown."""

    text: str = ""
    colour: Colour = INK
    num_frames: int = 0
    asks: bool = False
    """It waits for an answer."""

    @property
    def is_question(self) -> bool:
        """It is shown and waits for an answer."""
        return self.asks and self.num_frames > 0


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
    live_models: dict[str, Path] = field(default_factory=dict)
    """The folders of the networks that learned behind a driver and were let go."""
    learns_live: bool = False
    """Networks have learned behind a driver, and have not been left."""
    training: Training | None = None
    """Goes on whichever screen is shown."""
    dagger_training: Training | None = None
    """Of the comparison, where DAgger learns from the clone's recording; it goes on, too."""
    recorder: Recorder | None = None
    """The last one that was begun, on whichever screen."""
    film: Thread | None = None
    """Makes the last film that was asked for."""
    scores: dict[str, Score] = field(default_factory=dict)
    """What each model that was watched has done, by its name."""
    frame_history: FrameHistory = field(default_factory=FrameHistory)
    turned_knobs: dict[str, float] = field(default_factory=dict)
    """What a person has turned, by the knob's name; all else is as each screen's regime has it."""
    note: Note = field(default_factory=Note)

    @property
    def running_training(self) -> Training | None:
        """The training, while it runs."""
        return self.training if self.training is not None and self.training.is_running else None

    @property
    def under_way(self) -> str:
        """What goes on that a person may not want to end, as a sentence begins; empty where nothing does."""
        learns = "" if self.running_training is None else self.running_training.words
        recorded = "You are being recorded" if self.recorder is not None and self.recorder.is_recording else ""
        live = "A network learns behind you" if self.learns_live else ""
        return learns or recorded or live

    def say(self, text: str, colour: Colour = INK) -> None:
        """Show a line on whichever screen is shown."""
        self.note = Note(text, colour, NOTE_FRAMES)

    def asks(self, question: str) -> bool:
        """Show a question, which is answered by asking again; True where it stood there already, and stands no more."""
        if self.is_asking(question):
            self.note = Note()
            return True
        self.note = Note(question, ORANGE, QUESTION_FRAMES, asks=True)
        return False

    def is_asking(self, question: str) -> bool:
        """Whether this question stands on the screen."""
        return self.note.is_question and self.note.text == question

    def poll(self) -> None:
        """Once a frame: hear how the training goes; what it has learned are the session's models then."""
        if self.training is not None:
            self.training.poll()
            if self.training.is_done and not self.training.models.items() <= self.models.items():
                # Beside a pair stands what has learned on from it; a new pair begins anew.
                before = {folder.name: folder for folder in self.training.start_from.values()}
                self.models = {**before, **(self.models if before else {}), **self.training.models}

    def close(self) -> None:
        """The window is closed: training stops, and no more roads are made."""
        self.roads.close()
        for training in (self.training, self.dagger_training):
            if training is not None:
                training.cancel()
