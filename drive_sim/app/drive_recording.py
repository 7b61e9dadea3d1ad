"""The recording that a person makes while driving: one folder, episode after episode, and what to say of it."""

from drive_sim.app.canvas import ORANGE, RED
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.human_row import make_human_row
from drive_sim.app.recorder import Recorder
from drive_sim.app.session import Session
from drive_sim.data.recording import drop_off_road, load_recording
from drive_sim.data.rollout import episode_info
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.observation import Observation

DROP_S = 5.0


class DriveRecording:
    """Becomes the session's recording with its first episode; until then `recorder` is None and no folder is made."""

    def __init__(self, session: Session) -> None:
        self.recorder: Recorder | None = None
        self._session = session

    @property
    def is_on(self) -> bool:
        """An episode is being recorded."""
        return self.recorder is not None and self.recorder.is_recording

    @property
    def is_flushed(self) -> bool:
        """Everything is on the disk."""
        return self.recorder is None or self.recorder.is_flushed

    def begin(self, env: DriveEnv) -> None:
        """A new episode on the session's present road. Raises InputError where no folder can be made."""
        session = self._session
        if self.recorder is None:
            folder = session.recording_out or numbered_folder(session.runs, "drive")
            self.recorder, session.recording_out = Recorder(folder), None
        roads = session.roads
        facts = {"name": roads.name, "reversed": roads.is_reversed, "mirrored": roads.is_mirrored}
        self.recorder.begin(episode_info(env, road=facts, seed=session.seed))
        session.recording, session.recorder = self.recorder.folder, self.recorder

    def append(
        self,
        observation: Observation,
        human: HumanDriver,
        expert: PursuitExpert,
        tick_s: float,
        *,
        is_takeover: bool = False,
    ) -> None:
        """A control tick begins, in which the person may have the wheel from a driver; kept while it is recorded."""
        recorder = self.recorder
        if recorder is not None and recorder.is_recording:
            row = make_human_row(recorder.tick, observation, human, expert, tick_s=tick_s, intervention=is_takeover)
            recorder.append(row)

    def drop_last(self) -> None:
        """Mark the last seconds as dropped, and say so."""
        dropped_s = 0.0 if self.recorder is None else self.recorder.drop_last(DROP_S)
        line = f"The last {dropped_s:.1f} s are dropped" if dropped_s else "There is nothing to drop"
        self._session.say(line, ORANGE)

    def on_and_off_road_s(self) -> tuple[float, float]:
        """How much is recorded and not dropped, and how much of that was driven off the road's surface.

        Before the first episode: of the recording that the session has already.
        """
        if self.recorder is not None:
            return self.recorder.recorded_s, self.recorder.off_road_s
        if self._session.recording is None:
            return 0.0, 0.0
        try:
            recording = load_recording(self._session.recording)
        except InputError:  # who learns from it will say what is wrong
            return 0.0, 0.0
        return recording.duration_s, recording.off_road_s

    def leave_out_off_road(self) -> None:
        """The episode is over, and what was driven off the road is left out (marked, never destroyed)."""
        if self.recorder is not None:
            self.recorder.drop_off_road()
        elif self._session.recording is not None:
            drop_off_road(self._session.recording)

    def end(self) -> None:
        """The episode is over."""
        if self.recorder is not None:
            self.recorder.end()

    def report(self) -> None:
        """Once a frame: say what a network would not learn from it, or why the disk refuses it."""
        if self.recorder is None:
            return
        if not self._session.note.is_question and (warning := self.recorder.pop_warning()):
            self._session.say(warning, ORANGE)
        if failure := self.recorder.pop_failure():
            self._session.say(failure, RED)

    def close(self) -> None:
        """What was recorded is on the disk."""
        if self.recorder is not None:
            self.recorder.close()
