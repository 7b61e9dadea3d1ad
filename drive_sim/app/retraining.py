"""A network learns on from what a person drove when it went wrong (human-gated DAgger), as one more driver."""

from collections.abc import Sequence

from drive_sim.app.drivers import PolicyDriver, load_driver
from drive_sim.app.model_discovery import training_recordings
from drive_sim.app.session import Session
from drive_sim.app.takeover import Takeover
from drive_sim.app.training import RETRAINED, Training
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder
from drive_sim.sim.camera import Camera


class Retraining:
    """The training that is under way, and how many control ticks of the person's it learns from for the first time."""

    def __init__(self, training: Training, num_rows: int) -> None:
        self.training, self._num_rows = training, num_rows

    def finish(self, drivers: Sequence[PolicyDriver]) -> PolicyDriver:
        """What has learned, as one more driver beside those that there are.

        Raises InputError where the new model cannot drive.
        """
        (folder,) = self.training.models.values()
        return load_driver(folder, drivers)

    def give_up(self, takeover: Takeover) -> None:
        """Nothing has come of it: what the person drove can be learned from yet."""
        takeover.learned_nothing(self._num_rows)


def begin_retraining(
    session: Session, takeover: Takeover, driver: PolicyDriver, num_steps: int | None = None
) -> Retraining:
    """The driver's network learns on from what it has learned from before, and from the takeovers.

    `num_steps` None: as many as a person waits for. Raises InputError where there is nothing to learn, or nobody who
    could.
    """
    folder = driver.folder
    if folder is None or driver.network is None:
        raise InputError(f"{driver.label} cannot learn here, only convolutional networks can; A hands the wheel on")
    if driver.camera != Camera():
        raise InputError(f"{driver.label} sees through another camera than the one that records you; A hands on")
    num_rows = takeover.num_rows
    corrections = takeover.take_recording()
    if corrections is None:
        raise InputError("Take the wheel first where it drives badly: any arrow key; G gives it back")
    recordings = [path for path in (*training_recordings(folder), corrections) if path.exists()]
    recordings = list(dict.fromkeys(path.resolve() for path in recordings))
    if len(recordings) == 1 and session.recording is not None:
        recordings.insert(0, session.recording)
    models, name = numbered_folder(session.runs, "models"), f"{folder.name.removesuffix(RETRAINED)}{RETRAINED}"
    training = Training(
        recordings, models, seed=session.seed, names=(name,), start_from={name: folder}, num_steps=num_steps
    )
    session.training = training
    return Retraining(training, num_rows)
