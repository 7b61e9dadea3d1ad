"""Two networks are to learn from what was just recorded: once it is on the disk, training begins beside the window."""

from drive_sim.app.canvas import ORANGE, RED
from drive_sim.app.session import Session
from drive_sim.app.training import Training
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder


class TrainingRequest:
    """What a person asks for with one key: made, waited for, begun, and reported where it fails."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_pending, self._has_shown_error = False, True

    def make(self) -> bool:
        """Ask for it; a line on the screen says why where it cannot be."""
        if self._session.running_training is not None:
            self._session.say("Two networks are learning already")
        elif self._session.recording is None:
            self._session.say("Record some driving first: R begins", ORANGE)
        else:
            self._is_pending = True
        return self._is_pending

    def poll(self, *, is_flushed: bool) -> None:
        """Once a frame: begin when the recording is on the disk, and say once why the training has failed."""
        if self._is_pending and is_flushed:
            self._is_pending = False
            self._begin()
        training = self._session.training
        if training is not None and training.error is not None and not self._has_shown_error:
            self._session.say(training.error, RED)
            self._has_shown_error = True

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
