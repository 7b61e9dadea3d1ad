"""Rewinding and forking on a screen where drivers take turns: keys, the map's trail, and what becomes of a fork."""

from collections.abc import Callable

import pygame

from drive_sim.app.canvas import GREEN, INK, ORANGE, Canvas
from drive_sim.app.road_map import RoadMap
from drive_sim.app.screen import Key
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.takeover import Takeover
from drive_sim.app.time_machine import Fork, TimeMachine
from drive_sim.app.timeline_bar import TimelineBar
from drive_sim.data.marks import Verdict
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

KEYS = (
    Key("Page Up", "back in time (or drag the line); End: now", "rewind"),
    Key("F", "fork: go on from the moment that is shown", "fork"),
    Key("M", "mark what you drove in a fork good, or bad"),
    Key("Delete", "discard the fork: the old future is back"),
)
_NEXT: dict[str, Verdict] = {"": "good", "good": "bad", "bad": "good"}
_SAYS = {"good": "Marked good: T learns from it", "bad": "Marked bad: nothing learns from it"}


class TimeTravel:
    """A time machine with its bar; the hands that correct, and the map whose trail is cut where time forks."""

    def __init__(self, session: Session, takeover: Takeover, machine: TimeMachine, road_map: RoadMap) -> None:
        self.machine, self.bar = machine, TimelineBar()
        self._session, self._takeover, self._map = session, takeover, road_map
        self._fork: Fork | None = None
        self._first_episode = 0
        """Of what is driven by hand since the fork."""
        self._actions: dict[int, Callable[[], None]] = {
            pygame.K_f: self.fork,
            pygame.K_m: self._mark,
            pygame.K_DELETE: self._discard,
            pygame.K_BACKSPACE: self._discard,
        }

    @property
    def looks_back(self) -> bool:
        """Time stands, and what is shown was."""
        return self.machine.looks_back

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> bool:
        """Whether the event was about time."""
        if event.type == pygame.KEYDOWN and event.key in self._actions:
            self._actions[event.key]()
            return True
        return self.bar.handle(event, canvas, self.machine)

    def hold(self, held: HeldKeys) -> None:
        """Once a frame, also while time stands: the moment that is wanted is shown."""
        self.bar.advance(held, self.machine)
        if self.looks_back and self._takeover.has_wheel:
            self._takeover.give_back()

    def advance(self, command: Command | None, watch: Callable[[Observation], None]) -> bool:
        """One frame, with a person's command where a person drives; False where time stands."""
        machine = self.machine
        if self.looks_back and command is None:
            return False
        if command is not None:
            machine.touch()
        self._follow_fork()
        rollout = machine.rollout
        self._map.add_car(rollout.car, rollout.active_colour, frame=rollout.num_frames)
        machine.advance(command, watch)
        return True

    def fork(self) -> None:
        """Time goes on from the moment that is shown."""
        if not self.machine.begin_fork():
            self._session.say("Rewind first: Page Up, or drag the line above the keys", ORANGE)

    def _follow_fork(self) -> None:
        """A fork that has just begun: its trail begins there, and so does what a person drives in it."""
        fork = self.machine.fork
        if fork is not None and fork is not self._fork:
            self._map.cut(fork.num_frames)
            self._first_episode = self._takeover.num_episodes - self._takeover.has_wheel
        self._fork = fork

    def _mark(self) -> None:
        fork, session = self.machine.fork, self._session
        if fork is None or not self._takeover.num_episodes > self._first_episode:
            session.say("M marks what you drove since a fork: rewind, and take the wheel", ORANGE)
            return
        fork.verdict = verdict = _NEXT[fork.verdict]
        self._takeover.mark(self._first_episode, verdict)
        session.say(_SAYS[verdict], GREEN if verdict == "good" else ORANGE)

    def _discard(self) -> None:
        fork = self.machine.discard()
        if fork is None:
            self._session.say("There is no fork to discard", ORANGE)
            return
        if fork is self._fork:
            self._takeover.discard(self._first_episode)
            self._map.cut(fork.num_frames)
            for state in fork.old.states:
                if state.num_frames > fork.num_frames and state.history:
                    x_m, y_m, _ = state.car.drawn.poses[0]
                    self._map.add(x_m, y_m, state.history[-1].colour, frame=state.num_frames)
        self._fork = None
        self._session.say("The old future is back", INK)
