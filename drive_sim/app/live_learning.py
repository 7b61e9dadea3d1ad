"""Learning live, a part of the driving screen: networks learn behind whoever drives, and are let go on its road."""

from dataclasses import replace

import numpy as np
import pygame

from drive_sim.app.canvas import ORANGE, RED
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.live_learning_messages import NotSaved
from drive_sim.app.live_learning_process import LearningProcess
from drive_sim.app.live_learning_status import LiveStatus
from drive_sim.app.live_learning_twin import AloneDrive, LiveTwin
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.arrays import Picture
from drive_sim.files import numbered_folder
from drive_sim.learn.live import CAMERAS, CONFIGS, TWINS, Activity, LivePolicy, tick_of
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.sim.intervention import needs_intervention
from drive_sim.sim.vehicle import Command

_NOT_NOW = (pygame.K_g, pygame.K_f, pygame.K_m, pygame.K_DELETE, pygame.K_PAGEUP, pygame.K_PAGEDOWN, pygame.K_END)
"""Keys of time, and of other drivers."""
_SLOWEST_MPS = 0.3
"""A car that stands teaches nothing but where it stands."""


class LiveLearning:
    """Twins that learn while a person drives; `drives` where the chosen one has the wheel."""

    def __init__(self, session: Session) -> None:
        self.is_on = self.drives = self.is_letting_go = False
        """Shown, and learning; the network has the wheel; it will have it as soon as it has learned all there is."""
        self.chosen = TWINS[0]
        self.process: LearningProcess | None = None
        self.command_per_m = 0.0
        """What the network steers where it drives."""
        self.picture: Picture | None = None
        """What its camera saw at the last control tick."""
        self._session, self._network = session, next(iter(CONFIGS))
        self._policy: LivePolicy | None = None
        self._drive_activity: Activity | None = None
        self._last_place: tuple[int, int] | None = None
        """The car, and how often it was placed, when the last tick was handed over; None: nothing follows on it."""
        self._is_waiting_for_hands_off = False
        self._why_not = ""
        self._num_saved = 0

    @property
    def twin(self) -> LiveTwin | None:
        """The chosen one."""
        return None if self.process is None else self.process.twins[self.chosen]

    @property
    def driver(self) -> str:
        """Who has the wheel, by the name under which films know its kind."""
        return self.twin.kind if self.drives and self.twin is not None else "human"

    @property
    def status(self) -> LiveStatus | None:
        """What the panels show now; None where nobody learns live."""
        if not self.is_on or self.process is None:
            return None
        process = self.process
        return LiveStatus(
            twins=tuple(process.twins.values()),
            chosen=process.twins[self.chosen],
            learned_s=process.num_learned * process.tick_s,
            behind_s=process.behind_s,
            refused_s=process.refused_s,
            drives=self.drives,
            is_letting_go=self.is_letting_go,
            command_per_m=self._shown_command_per_m,
            activity=self._activity,
            picture=self.picture,
            why_not=process.error or self._why_not,
        )

    @property
    def _shown_command_per_m(self) -> float | None:
        """What the chosen one steers, or would have at the last tick that it was asked about."""
        if self.drives:
            return self.command_per_m
        return None if self.twin is None or self.twin.last is None else self.twin.last.predicted_per_m

    @property
    def _activity(self) -> Activity | None:
        if self.drives:
            return self._drive_activity
        return None if self.twin is None or self.twin.last is None else self.twin.last.activity

    def toggle(self, car: SingleCar) -> None:
        """Begin, or end: what was learned stays until the screen is left."""
        self.is_on = not self.is_on
        if self.is_on and self.process is None:
            self._begin(car)
        if not self.is_on:
            self.take_back()

    def press(self, key: int, car: SingleCar) -> bool:
        """Whether a key was for it."""
        if not self.is_on:
            return False
        if key == pygame.K_l:
            self._let_go()
        elif key == pygame.K_x:
            self._choose(TWINS[1 - TWINS.index(self.chosen)])
        elif key in (pygame.K_n, pygame.K_z):
            names = list(CONFIGS)
            self._network = names[(names.index(self._network) + (key == pygame.K_n)) % len(names)]
            self._begin(car)
        elif key in _NOT_NOW:
            self._session.say("While networks learn L lets go, and time does not go back: I ends that", ORANGE)
        else:
            return False
        return True

    def advance(self, human: HumanDriver) -> None:
        """One frame, before the car goes on: what was learned; the wheel goes to the network, or back to the person."""
        process = self.process
        if process is None:
            return
        process.poll()
        self._tell_saved(process)
        if self.is_letting_go and process.kept is not None:
            self._hand_the_wheel()
            self._is_waiting_for_hands_off = True
        if self.drives:
            self._is_waiting_for_hands_off = self._is_waiting_for_hands_off and human.is_touched
            if human.is_touched and not self._is_waiting_for_hands_off:
                self.take_back()
                self._session.say("You have the wheel; it learns again", ORANGE)
            else:
                human.wheel_per_m = self.command_per_m

    def act(self, car: SingleCar) -> Command:
        """A control tick begins in which the network drives."""
        assert self._policy is not None
        images = car.env.view(CAMERAS[self._network])
        command = car.speed.act(self._policy, replace(car.observation, images=images), np.random.default_rng(0))
        self.command_per_m, self.picture = float(command.curvature_per_m[0]), images[0]
        self._drive_activity = self._policy.activity(images)[0] if isinstance(self._policy, AlvinnPolicy) else None
        self._count(car)
        return command

    def watch(self, car: SingleCar, curvature_per_m: float) -> None:
        """A control tick begins in which a person steers: it is handed over, unless it should not be learned.

        After L hands may be off the wheel, so nothing more is learned until it is taken back.
        """
        process = self.process
        if not self.is_on or self.is_letting_go or process is None:
            return
        self._why_not = _why_not(car)
        if self._why_not:
            self._last_place = None
            return
        place = id(car), car.num_placed
        is_placed = place != self._last_place
        tick = tick_of(process.num_handed, car.env, self._network, curvature_per_m, is_placed=is_placed)
        process.hand_over(tick)
        self._session.learns_live = True
        self._last_place, self.picture = place, tick.frame.images[0]

    def take_back(self) -> None:
        """The person has the wheel again."""
        self.drives = self.is_letting_go = False
        self._last_place = None

    def close(self) -> None:
        """The screen is left."""
        if self.process is not None:
            self._session.learns_live = False
            self.process.close()

    def _begin(self, car: SingleCar) -> None:
        """Both twins from nothing."""
        self.close()
        self.take_back()
        self.process = LearningProcess(self._network, self._session.seed, car.env.config.tick_s)
        self._num_saved = 0

    def _choose(self, name: str) -> None:
        """The other twin is shown; where a network drives, it has the wheel from the next tick on."""
        self.chosen = name
        if self.drives:
            self._hand_the_wheel()

    def _let_go(self) -> None:
        """As soon as it has learned all that was driven until now; pressed again, with what it has learned so far."""
        process = self.process
        if process is None or self.drives:
            return
        if process.num_handed == 0:
            self._session.say("Drive first: it has learned nothing yet", ORANGE)
            return
        process.keep(process.num_learned if self.is_letting_go else process.num_handed)
        self.is_letting_go = True

    def _hand_the_wheel(self) -> None:
        process, twin = self.process, self.twin
        assert process is not None
        assert twin is not None
        self._policy, self.drives, self.is_letting_go = process.policy(self.chosen), True, False
        self._last_place = None
        twin.driven = AloneDrive()
        twin.num_let_go += 1
        process.save(self.chosen, numbered_folder(self._session.runs, "live") / f"{process.network}-{self.chosen}")

    def _count(self, car: SingleCar) -> None:
        twin = self.twin
        assert twin is not None
        is_off = bool(needs_intervention(car.tracks, car.env.timestep)[0])
        twin.driven.num_ticks += 1
        twin.driven.num_left += is_off and not twin.driven.is_off
        twin.driven.is_off = is_off

    def _tell_saved(self, process: LearningProcess) -> None:
        for told in process.saved[self._num_saved :]:
            if isinstance(told, NotSaved):
                self._session.say(told.reason, RED)
                continue
            self._session.live_models[f"{told.folder.parent.name}-{told.folder.name}"] = told.folder
        self._num_saved = len(process.saved)


def _why_not(car: SingleCar) -> str:
    """Why a tick is not learned from; empty where it is."""
    if car.has_left_the_road:
        return "off the road: not learned"
    return "you stand: nothing to learn" if float(car.state.speed_mps[0]) < _SLOWEST_MPS else ""
