"""DAgger for a comparison: where none is there, it learns beside the window from the recording that the clone had."""

from collections.abc import Sequence

from drive_sim.app.compare_messages import ComparedPolicy
from drive_sim.app.compare_policies import clone_of, policy_of, recordings_of, taught_by
from drive_sim.app.session import Session
from drive_sim.app.training import Training
from drive_sim.app.training_messages import DAGGER
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder


class DaggerBeside:
    """At most one training a sitting, which goes on when its screen is left; `words` says how it goes, in a line."""

    FROM_TICK = 100
    """It begins when the others' batches have come so far: until then they have the processor."""

    def __init__(self, session: Session, policies: Sequence[ComparedPolicy], *, is_wanted: bool = True) -> None:
        self._session, self._policies = session, policies
        self._is_there = any(policy.name == DAGGER for policy in policies)
        self._clone = clone_of(policies)
        self._recordings = [] if self._clone is None else recordings_of(session, self._clone)
        self._failure = ""
        if not self._is_there and not is_wanted:
            self._failure = "DAgger was not asked for"
        elif not self._is_there and (self._clone is None or taught_by(session, self._clone) is None):
            whose = "no clone of a recording is among them" if self._clone is None else "the clone's recording is gone"
            self._failure = f"DAgger cannot learn: {whose}"

    @property
    def words(self) -> str:
        """How it goes; empty where DAgger drives already."""
        training = self._training
        if self._is_there:
            return ""
        if self._failure:
            return self._failure
        if training is None:
            return "DAgger will learn from the same recording"
        return f"DAgger learns from the same recording: {training.share:.0%}"

    @property
    def is_awaited(self) -> bool:
        """It is to join yet."""
        return not (self._is_there or self._failure)

    @property
    def _training(self) -> Training | None:
        """The sitting's, where it goes on from this clone."""
        training, clone = self._session.dagger_training, self._clone
        is_own = training is not None and clone is not None and clone.folder in training.start_from.values()
        return training if is_own else None

    def begin(self) -> None:
        """Unless it is there, or learns already, or cannot, or another clone's learns still."""
        session, clone = self._session, self._clone
        other = session.dagger_training
        is_taken = self._training is not None or (other is not None and other.is_running)
        if self._is_there or self._failure or clone is None or is_taken:
            return
        assert clone.folder is not None
        try:
            folder = numbered_folder(session.runs, DAGGER)
        except InputError as error:
            self._failure = str(error)
            return
        starts = {DAGGER: clone.folder}
        session.dagger_training = Training(
            self._recordings, folder, seed=session.seed, names=(DAGGER,), start_from=starts
        )

    def poll(self) -> ComparedPolicy | None:
        """The policy, once: in the frame in which it has learned."""
        training = self._training
        if self._is_there or training is None:
            return None
        training.poll()
        if training.error is not None:
            self._failure = training.error
        if not training.is_done:
            return None
        self._is_there = True
        return policy_of(training.models[DAGGER], self._policies)
