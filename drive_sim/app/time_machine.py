"""A rollout that can be rewound and forked: from a moment of the last minute somebody else goes on.

Until somebody touches it, a fork is driven by what was logged, and so it is what was, to the bit. Once touched, it
keeps the wind and the nudges as they were scheduled; the old future stays beside it until the fork is decided.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.rollout_state import RolloutInput, RolloutState
from drive_sim.app.timeline import FRAMES_HZ, LONGEST_S, DrivenPath, Timeline
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

_NUDGES = (LiveRollout.nudge, LiveRollout.push, LiveRollout.change_knobs)
"""What the world does, whoever drives."""


@dataclass(slots=True, eq=False)
class Fork:
    """Where it began, and what had been from there on: the old future and the state in which it ended."""

    num_frames: int
    old: Timeline
    end: RolloutState
    path: DrivenPath
    commands: dict[int, Command]
    touched_at: int | None = None
    """After which frame it became a future of its own; None: it is what was."""
    verdict: str = ""
    """What a person says of it: good, bad, or nothing yet."""

    @property
    def is_touched(self) -> bool:
        """It is a future of its own."""
        return self.touched_at is not None

    def inputs_before(self, num_frames: int) -> list[RolloutInput]:
        """What was done before this frame and shall be done again; to a touched fork, what the world does."""
        now = [given for given in self.old.inputs if given.num_frames == num_frames > self.num_frames]
        return [given for given in now if not self.is_touched or given.nudge is not None]


class TimeMachine:
    """Keeps a rollout's last minute while it `advance`s; time stands while somebody looks back."""

    def __init__(self, rollout: LiveRollout) -> None:
        self.rollout, self.timeline = rollout, Timeline()
        self.fork: Fork | None = None
        self._present: RolloutState | None = None
        """Where time goes on, while somebody looks back."""
        self._path: DrivenPath | None = None
        self._is_replaying = False
        rollout.log = self._log

    @property
    def looks_back(self) -> bool:
        """Time stands, and the rollout is as it was."""
        return self._present is not None

    @property
    def repeats(self) -> bool:
        """What is shown was: time stands, or goes on as it did."""
        return self.looks_back or (self.fork is not None and not self.fork.is_touched)

    @property
    def end_frame(self) -> int:
        """The latest frame that is known: the present, or the end of an old future."""
        present = self.rollout if self._present is None else self._present
        return max(present.num_frames, 0 if self.fork is None else self.fork.end.num_frames)

    @property
    def present_frame(self) -> int:
        """Where time goes on."""
        return (self.rollout if self._present is None else self._present).num_frames

    @property
    def seconds_ago(self) -> float:
        """How long before the present what is shown was."""
        return (self.present_frame - self.rollout.num_frames) / FRAMES_HZ

    @property
    def ghost(self) -> DrivenPath | None:
        """What came after the moment that is shown, or what came instead of a touched fork."""
        if self.looks_back:
            return self._path
        return self.fork.path if self.fork is not None and self.fork.is_touched else None

    def advance(self, command: Command | None, watch: Callable[[Observation], None] | None = None) -> None:
        """One frame; a person's command touches the fork that is under way."""
        rollout, fork = self.rollout, self.fork
        if command is not None:
            self.touch()
        if fork is not None:
            self._replay(fork)
            if not fork.is_touched:
                command = fork.commands.get(rollout.num_frames)
        if rollout.car.begins_tick:
            self.timeline.add(rollout.snapshot())
        if command is not None:
            self.timeline.commands.append((rollout.num_frames, command))
        rollout.advance(command, watch)
        if fork is not None:
            self._settle(fork)

    def look_at(self, num_frames: float) -> None:
        """Show the moment nearest to a frame; the latest of all is the present itself."""
        if not self.timeline.states:
            return
        if self._present is None:
            self._present = self.rollout.snapshot()
            self._path = self.timeline.path(0)
        state = self.timeline.nearest(num_frames)
        if num_frames >= self._present.num_frames:
            self.look_now()
        elif state.num_frames != self.rollout.num_frames:
            self.rollout.restore(state)

    def look_back(self, seconds: float) -> None:
        """Show what was so much earlier than what is shown now; later, where it is less than nothing."""
        self.look_at(self.rollout.num_frames - FRAMES_HZ * seconds)

    def look_now(self) -> None:
        """Time goes on where it stood."""
        if self._present is not None:
            self.rollout.restore(self._present)
            self._present = None

    def begin_fork(self) -> bool:
        """Time goes on from the moment that is shown; False where nobody looks back."""
        if self._present is None:
            return False
        old, num_frames = self.timeline, self.rollout.num_frames
        commands = {frame: command for frame, command in old.commands if frame >= num_frames}
        self.fork = Fork(num_frames, old, self._present, old.path(num_frames), commands)
        self.timeline, self._present = old.until(num_frames), None
        return True

    def touch(self) -> None:
        """Somebody does what was not done: the fork, or what a moment that is shown becomes, is a future of its own."""
        self.begin_fork()
        if self.fork is not None and not self.fork.is_touched:
            self.fork.touched_at = self.rollout.num_frames

    def discard(self) -> Fork | None:
        """The old future comes back, as it was when it was left; returns the fork that was under way."""
        self.look_now()
        fork, self.fork = self.fork, None
        if fork is not None:
            self.rollout.restore(fork.end)
            self.timeline = fork.old
        return fork

    def _log(self, given: RolloutInput) -> None:
        if not self._is_replaying:
            self.touch()
        self.timeline.add_input(given)

    def _replay(self, fork: Fork) -> None:
        self._is_replaying = True
        for given in fork.inputs_before(self.rollout.num_frames):
            if fork.is_touched and given.nudge is not None:
                self.rollout.push(given.nudge)
            else:
                given.do(self.rollout, *given.arguments)
        self._is_replaying = False

    def _settle(self, fork: Fork) -> None:
        """A replay ends where it began; a fork that is a minute long has become the only past there is."""
        num_frames = self.rollout.num_frames
        is_replayed = not fork.is_touched and num_frames >= fork.end.num_frames
        if is_replayed:
            self._replay(fork)  # what was done just before somebody looked back
        if is_replayed or num_frames - fork.num_frames > FRAMES_HZ * LONGEST_S:
            self.fork = None
