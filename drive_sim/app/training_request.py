"""Two networks are to learn from what was just recorded: once it is on the disk, training begins beside the window."""

from drive_sim.app.canvas import ORANGE, RED
from drive_sim.app.drive_recording import DriveRecording
from drive_sim.app.session import Note, Session
from drive_sim.app.training import Training
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder


class TrainingRequest:
    """What a person asks for with one key: made, waited for, begun, and reported where it fails."""

    def __init__(self, session: Session, recording: DriveRecording) -> None:
        self._session, self._recording = session, recording
        self._is_pending, self._has_shown_error = False, True

    def make(self) -> None:
        """Ask for it; a line on the screen says why where it cannot be.

        What was driven off the road is learned from only if a person wants that: asked for again, it is left out.
        """
        session, recording = self._session, self._recording
        if session.running_training is not None:
            end_training(session)
        elif session.recording is None:
            session.say("Record some driving first: R begins", ORANGE)
        elif question := self._off_road_question():
            recording.end()
            if session.asks(question):
                recording.leave_out_off_road()
                self._is_pending = True
        else:
            recording.end()
            self._is_pending = True

    def answer_all(self) -> None:
        """The other answer to what `make` asks: learn from all of it."""
        if self._session.note.is_question and self._session.is_asking(self._off_road_question()):
            self._session.note = Note()
            self._is_pending = True

    def poll(self) -> None:
        """Once a frame: begin when the recording is on the disk, and say once why the training has failed."""
        if self._is_pending and self._recording.is_flushed:
            self._is_pending = False
            self._begin()
        training = self._session.training
        if training is not None and training.error is not None and not self._has_shown_error:
            self._session.say(training.error, RED)
            self._has_shown_error = True

    def _off_road_question(self) -> str:
        """Empty where nothing was driven off the road."""
        all_s, off_road_s = self._recording.on_and_off_road_s()
        if not off_road_s:
            return ""
        return f"{off_road_s:.1f} of {all_s:.1f} s are off the road. T again leaves them out; E learns from all"

    def _begin(self) -> None:
        session = self._session
        assert session.recording is not None
        try:
            folder = numbered_folder(session.runs, "models")
        except InputError as error:
            session.say(str(error), RED)
            return
        self._has_shown_error = False
        session.training = Training([session.recording], folder, seed=session.seed)


def end_training(session: Session) -> None:
    """The key that has begun a training ends it, pressed twice."""
    training = session.running_training
    if training is not None and session.asks(f"{training.words}. T again ends that; nothing of it is kept"):
        training.cancel()
        session.say("The training is ended; nothing of it is kept", ORANGE)
