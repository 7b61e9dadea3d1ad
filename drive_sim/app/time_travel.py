"""Rewinding and forking on a screen where drivers take turns: keys, the map's trail, and what becomes of a fork."""

from collections.abc import Callable
from typing import Protocol

import pygame

from drive_sim.app.canvas import GREEN, INK, ORANGE, Canvas
from drive_sim.app.road_map import DrivenStretch, RoadMap
from drive_sim.app.screen import Key
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.time_machine import Fork, TimeMachine
from drive_sim.app.timeline_bar import TimelineBar
from drive_sim.data.marks import Verdict
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

KEYS = (
    Key("Page Up", "back in time (or drag the line); End: now", "rewind"),
    Key("F", "fork: go on from what is shown", "fork"),
    Key("M", "what you drove in a fork is good, or bad"),
    Key("Delete", "discard the fork: the old future is back"),
)
_NEXT: dict[str, Verdict] = {"": "good", "good": "bad", "bad": "good"}
_SAYS = {"good": "Marked good: T learns from it", "bad": "Marked bad: nothing learns from it"}


class Hands(Protocol):
    """A person's hands beside a driver's; what they drive is recorded, in episodes."""

    @property
    def has_wheel(self) -> bool:
        """The person drives."""
        ...

    @property
    def has_driven_in_fork(self) -> bool:
        """Something of what was driven since the fork is recorded."""
        ...

    def begin_fork(self) -> None:
        """Time forks."""

    def give_back(self) -> None:
        """The person does not drive any more."""

    def mark(self, verdict: Verdict) -> None:
        """What was driven since the fork is good, or bad and left out."""

    def discard(self) -> None:
        """What was driven since the fork is dropped."""


class TimeTravel:
    """A time machine with its bar; the hands that correct, and the map whose trail is cut where time forks."""

    def __init__(self, session: Session, hands: Hands, machine: TimeMachine, road_map: RoadMap) -> None:
        self.machine, self.bar = machine, TimelineBar()
        self._session, self._hands, self._map = session, hands, road_map
        self._fork: Fork | None = None
        self._old_trail: list[DrivenStretch] = []
        """On the map, of what came after the fork."""
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
        if self.looks_back and self._hands.has_wheel:
            self._hands.give_back()

    def advance(
        self, command: Command | None, watch: Callable[[Observation], None], *, is_shaded: bool = False
    ) -> bool:
        """One frame, with a person's command where a person drives; False where time stands."""
        machine = self.machine
        if self.looks_back and command is None:
            return False
        if command is not None:
            machine.touch()
        self._follow_fork()
        rollout = machine.rollout
        self._map.add_car(rollout.car, rollout.active_colour, is_shaded=is_shaded, frame=rollout.num_frames)
        machine.advance(command, watch)
        return True

    def fork(self) -> None:
        """Time goes on from the moment that is shown."""
        if not self.goes_on():
            self._session.say("Rewind first: Page Up, or drag the line above the keys", ORANGE)

    def goes_on(self) -> bool:
        """Time goes on from the moment that is shown; False where it has not stood."""
        return self.machine.begin_fork()

    def _follow_fork(self) -> None:
        """A fork that has just begun: its trail begins there, and so does what a person drives in it."""
        fork = self.machine.fork
        if fork is not None and fork is not self._fork:
            self._old_trail = self._map.cut(fork.num_frames)
            self._hands.begin_fork()
        self._fork = fork

    def _mark(self) -> None:
        fork, session = self.machine.fork, self._session
        if fork is None or not self._hands.has_driven_in_fork:
            session.say("M marks what you drove since a fork, where that was recorded", ORANGE)
            return
        fork.verdict = verdict = _NEXT[fork.verdict]
        self._hands.mark(verdict)
        session.say(_SAYS[verdict], GREEN if verdict == "good" else ORANGE)

    def _discard(self) -> None:
        fork = self.machine.discard()
        if fork is None:
            self._session.say("There is no fork to discard", ORANGE)
            return
        if fork is self._fork:
            self._hands.discard()
            self._map.cut(fork.num_frames)
            self._map.put(self._old_trail)
        self._fork = None
        self._session.say("The old future is back", INK)
