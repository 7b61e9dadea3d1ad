"""A person's hands in their own car: the wheel, given to a driver and taken back, and what of a fork is recorded.

Of two futures that are recorded one counts: the one that was driven instead, unless it is discarded or bad.
"""

from collections.abc import Callable

from drive_sim.app.canvas import GREEN, ORANGE, RED
from drive_sim.app.drive_recording import DriveRecording
from drive_sim.app.drivers import load_drivers
from drive_sim.app.fork_recording import ForkRecording
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_discovery import shipped_pair
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.timeline import FRAMES_HZ
from drive_sim.data.marks import Verdict
from drive_sim.errors import InputError
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command


class DriveHands:
    """`has_wheel` until a driver is given it, and from the next touch on; nobody while time stands or repeats."""

    _machine: TimeMachine

    def __init__(self, session: Session, human: HumanDriver, recording: DriveRecording) -> None:
        self.has_wheel = True
        self._session, self._human, self._recording = session, human, recording
        self._begins_next = False
        """A recording goes on as soon as the person drives again."""
        self._has_repeated = self._waits = self._is_takeover = False
        """Time stood or repeated; what is touched takes nothing yet; a driver had the wheel before."""
        self._fork = ForkRecording()

    def drive_in(self, machine: TimeMachine) -> None:
        """The person drives, in the rollout of this machine from now on."""
        self.has_wheel, self._machine = True, machine
        self._has_repeated = self._waits = self._is_takeover = False
        self._fork = ForkRecording()

    def advance(self, held: HeldKeys) -> Command | None:
        """One frame of the wheel: what the person commands; None where the person does not drive."""
        human, machine, rollout = self._human, self._machine, self._machine.rollout
        if machine.repeats and not self._has_repeated:
            # What is held already when time begins to stand must be let go before it can take the wheel.
            self.has_wheel, self._waits = False, True
        elif self._has_repeated and not machine.repeats:
            self._go_on()
        self._has_repeated = machine.repeats
        if not self.has_wheel:
            human.wheel_per_m = rollout.command_per_m
        human.keeps_speed = not rollout.car.speed.is_own
        human.advance(held, float(rollout.car.state.speed_mps[0]), 1.0 / FRAMES_HZ)
        self._waits = self._waits and human.is_touched
        if human.is_touched and not self._waits and not self.has_wheel:
            self._take()
        return human.command if self.has_wheel else None

    def record(self, observation: Observation) -> bool:
        """A control tick begins; whether the person drives it now. It becomes a row where that is recorded."""
        machine, recording, rollout = self._machine, self._recording, self._machine.rollout
        if machine.repeats or not self.has_wheel:
            return False
        if recording.recorder is not None and recording.is_on:
            self._fork.add(recording.recorder, rollout.num_frames, machine.fork)
        tick_s = rollout.car.env.config.tick_s
        recording.append(observation, self._human, rollout.expert, tick_s, is_takeover=self._is_takeover)
        return True

    def toggle_recording(self) -> None:
        """Begin, or end; where the person does not drive, it begins as soon as that is so."""
        if self._recording.is_on:
            self._recording.end()
        elif self.has_wheel:
            self._begin()
        else:
            self._begins_next = not self._begins_next
            self._session.say("Recorded as soon as you drive" if self._begins_next else "You will not be recorded")

    def give_away(self) -> None:
        """To the expert, and pressed again to each network in turn; a touch takes the wheel back."""
        rollout, session = self._machine.rollout, self._session
        by_hand = self.has_wheel or (self._machine.repeats and rollout.by_hand)
        self._machine.touch()
        self._end()
        self.has_wheel = self._has_repeated = False
        self._waits = True
        if not by_hand:
            _load_networks(rollout, session)
            rollout.switch()
        session.say(f"{rollout.driver.label} drives; G: the next one, a touch of the wheel takes it back", GREEN)

    def in_new_episode(self, change: Callable[[], None]) -> None:
        """Change something; a recording goes on in a new episode."""
        was_on = self._recording.is_on
        self._recording.end()
        change()
        if was_on:
            self._begin()

    def give_back(self) -> None:
        """Time stands."""
        self.has_wheel = False

    def begin_fork(self) -> None:
        """Time forks."""
        self._fork.begin()

    @property
    def has_driven_in_fork(self) -> bool:
        """Something of what was driven since the fork is recorded."""
        return self._fork.first_episode is not None

    def mark(self, verdict: Verdict) -> None:
        """What was driven since the fork counts instead of the old future; or is left out, and the old one counts."""
        if recorder := self._recording.recorder:
            self.in_new_episode(lambda: self._fork.mark(recorder, verdict))

    def discard(self) -> None:
        """What was driven since the fork is dropped, and the old future counts and goes on."""
        self._end()
        self.has_wheel, self._has_repeated = False, True
        if recorder := self._recording.recorder:
            self._fork.discard(recorder)

    def _take(self) -> None:
        self._is_takeover = not self._machine.rollout.by_hand
        if self._has_repeated:
            self._end()
        self.has_wheel, self._has_repeated = True, False
        self._begin_again()

    def _go_on(self) -> None:
        """Whoever drove when time stood goes on; in a future of its own in an episode of its own."""
        self.has_wheel = self._machine.rollout.by_hand
        if self._machine.fork is not None:
            self._end()
        if self.has_wheel:
            self._begin_again()

    def _end(self) -> None:
        """For now: the recording goes on when the person drives."""
        self._begins_next = self._begins_next or self._recording.is_on
        self._recording.end()

    def _begin_again(self) -> None:
        if self._begins_next:
            self._begin()

    def _begin(self) -> None:
        self._begins_next = False
        try:
            self._recording.begin(self._machine.rollout.car.env)
        except InputError as error:
            self._session.say(str(error), RED)


def _load_networks(rollout: LiveRollout, session: Session) -> None:
    """Those of the session, or those that ship, are among the drivers, as far as they can drive."""
    there = {driver.folder for driver in rollout.drivers}
    names = [str(folder) for folder in session.models.values() if folder not in there]
    if not session.models and len(there) == 1:
        names = list(shipped_pair())
    if names:
        drivers, complaints = load_drivers(session, names, rollout.car.tracks)
        rollout.drivers += [driver for driver in drivers if driver.folder is not None]
        if complaints:
            session.say(complaints[0], ORANGE)
