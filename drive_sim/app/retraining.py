"""A network learns on from what a person drove when it went wrong (human-gated DAgger), and drives on with that."""

from drive_sim.app.drivers import PolicyDriver, load_driver
from drive_sim.app.model_discovery import training_recordings
from drive_sim.app.session import Session
from drive_sim.app.takeover import Takeover
from drive_sim.app.training import Training
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder
from drive_sim.sim.camera import Camera


class Retraining:
    """The training that is under way, and the driver whose network it replaces."""

    def __init__(self, training: Training, driver: PolicyDriver) -> None:
        self.training, self.driver = training, driver

    def finish(self) -> str:
        """The driver drives with what it has learned, and counts anew; returns the line that says so.

        Raises InputError where the new model cannot drive.
        """
        driver = self.driver
        (folder,) = self.training.models.values()
        fresh = load_driver(folder, name=driver.name)
        driver.policy, driver.folder, driver.tally = fresh.policy, fresh.folder, type(driver.tally)()
        seconds = self.training.duration_s or 0.0
        return f"{driver.label} has learned from you in {seconds:.0f} s and drives on; it counts anew"


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
    corrections = takeover.take_recording()
    if corrections is None:
        raise InputError("Take the wheel first where it drives badly: any arrow key; G gives it back")
    recordings = [path for path in (*training_recordings(folder), corrections) if path.exists()]
    recordings = list(dict.fromkeys(path.resolve() for path in recordings))
    if len(recordings) == 1 and session.recording is not None:
        recordings.insert(0, session.recording)
    models, name = numbered_folder(session.runs, "models"), folder.name
    training = Training(
        recordings, models, seed=session.seed, names=(name,), start_from={name: folder}, num_steps=num_steps
    )
    session.training = training
    return Retraining(training, driver)
