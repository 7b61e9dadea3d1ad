"""The screen on which a person drives, is recorded, and has two networks learn from the recording."""

from collections.abc import Callable

import numpy as np
import pygame

from drive_sim.app.canvas import GREEN, ORANGE, RED, Canvas
from drive_sim.app.drive_hands import DriveHands
from drive_sim.app.drive_keys import DRIVING_KEYS, KEYS, KEYS_LIVE
from drive_sim.app.drive_panels import DrivePanels
from drive_sim.app.drive_recording import DriveRecording
from drive_sim.app.drive_status import DriveMoment, DriveStatus
from drive_sim.app.drivers import make_expert
from drive_sim.app.hud import draw_key_line
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.live_learning import LiveLearning
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.recorder import Recorder
from drive_sim.app.reward_overlay import PERSON, RewardOverlay
from drive_sim.app.screen import Route, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.time_travel import TimeTravel
from drive_sim.app.timeline_bar import FOOTER, draw_timeline
from drive_sim.app.training_request import TrainingRequest
from drive_sim.errors import InputError
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command


class DriveScreen:
    """A person drives; what is recorded is the wheel's curvature, and beside it what the hands did."""

    title = "Drive"

    def __init__(self, session: Session, route: Route | None = None, size_px: tuple[int, int] | None = None) -> None:  # noqa: ARG002
        self.session, self.human, self.recording = session, HumanDriver(), DriveRecording(session)
        self.hands = DriveHands(session, self.human, self.recording)
        self.liking, self.drawer = RewardOverlay(), KnobDrawer(session, "in demonstrations", FOOTER)
        self.live, self.keys = LiveLearning(session), KEYS
        self.is_paused, self.has_started = False, False
        """The car waits for the first key."""
        self._training_request = TrainingRequest(session, self.recording)
        self._road_change: Callable[[], None] | None = None
        """What is still being made."""
        self._actions = self._make_actions()
        self._take_road()

    @property
    def car(self) -> SingleCar:
        """The one that is driven."""
        return self.rollout.car

    @property
    def recorder(self) -> Recorder | None:
        """What writes the recording; None before the first episode."""
        return self.recording.recorder

    @property
    def moment(self) -> DriveMoment:
        """Where the last control tick began."""
        now = DriveMoment(self.car.snapshot(), self.human.wheel_per_m, self.rollout.laps.kept)
        return now if self.car.begins_tick or self._last_moment is None else self._last_moment

    @property
    def is_recording(self) -> bool:
        """The lamp is red."""
        return self.recording.is_on

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; the mouse and game pads steer."""
        if self.drawer.handle(event, canvas, self.car):
            return None
        if event.type == pygame.KEYDOWN:
            self.has_started = self.has_started or event.key in DRIVING_KEYS
            try:
                if self.live.press(event.key, self.car):
                    return None
                if event.key in self._actions:
                    return self._actions[event.key]()
            except InputError as error:
                self.session.say(str(error), RED)
        if not self.live.is_on and self.time.handle(event, canvas):
            self.is_paused = self.is_paused and not self.time.looks_back
        else:
            self.human.handle(event)
        return None

    def advance(self, held: HeldKeys) -> Route | None:
        """One frame: the wheel follows the hands, the car follows the wheel from this very substep on."""
        self._poll_background()
        car, human = self.car, self.human
        if not self.live.is_on:
            self.time.hold(held)
        command = self.hands.advance(self.drawer.hands(held, car))
        self.has_started = self.has_started or human.is_touched
        if not self.has_started or self.is_paused:
            human.let_go(human.wheel_per_m)
            return None
        if car.begins_tick:
            self._change_conditions()
            self._last_moment = self.moment
        if self.live.is_on:
            self._advance_live()
        elif not self.time.advance(command, self._record, is_shaded=self.is_recording and car.has_left_the_road):
            return None
        driver = self.live.driver if self.live.is_on else self.rollout.active_name
        self.session.frame_history.add(car, driver, car.offset_m, 0)
        return None

    def draw(self, canvas: Canvas) -> None:
        """The road ahead and the panels."""
        self.panels.draw(canvas, self.status)
        if not self.live.is_on:
            draw_timeline(canvas, self.time.machine, "the wheel or G")
        draw_key_line(canvas, self.keys)

    @property
    def status(self) -> DriveStatus:
        """What the panels show now."""
        session = self.session
        return DriveStatus(
            self.rollout,
            self.time.machine,
            self.human,
            self.recorder,
            session.running_training,
            self.liking,
            self.drawer,
            live=self.live.status,
            road_name=session.roads.name,
            has_models=bool(session.models),
            has_started=self.has_started,
            is_paused=self.is_paused,
        )

    def close(self) -> None:
        """What was recorded is on the disk, and nothing more is read."""
        self.recording.close()
        self.liking.close()
        self.live.close()

    def _make_actions(self) -> dict[int, Callable[[], Route | None]]:
        roads = self.session.roads
        return {
            pygame.K_r: self.hands.toggle_recording,
            pygame.K_BACKSPACE: self.recording.drop_last,
            pygame.K_t: self._training_request.make,
            pygame.K_e: self._training_request.answer_all,
            pygame.K_l: self._let_go,
            pygame.K_i: self._toggle_live,
            pygame.K_RETURN: lambda: self._place(self.rollout.put_back),
            pygame.K_h: lambda: self._place(self.rollout.start_over),
            pygame.K_g: self.hands.give_away,
            **dict.fromkeys((pygame.K_p, pygame.K_SPACE), self._pause),
            pygame.K_k: lambda: self.session.say(self.drawer.change_speed(self.car)),
            pygame.K_q: lambda: self.session.say(self.drawer.change_place(self.rollout)),
            pygame.K_y: lambda: self.session.say(self.liking.toggle()),
            pygame.K_o: lambda: self._change_road(roads.next_road),
            pygame.K_c: lambda: self._change_road(roads.next_scene),
            pygame.K_v: lambda: self._change_road(roads.vary),
        }

    def _take_road(self) -> None:
        """A car at the start of the session's present road, driven by a person or, where one is wanted, the expert."""
        roads, rng = self.session.roads, np.random.default_rng(self.session.seed)
        self.rollout = rollout = LiveRollout(roads.track, roads.scene, [], rng, CONDITIONS.demonstration)
        rollout.drivers.append(make_expert(rollout.car.tracks))
        rollout.puts_back, rollout.by_hand = False, True
        self.drawer.fit(rollout.car)
        self.panels = DrivePanels(rollout.car)
        self._begin_time()

    def _begin_time(self) -> None:
        """There is no past yet, and the person drives."""
        self.time = TimeTravel(self.session, self.hands, TimeMachine(self.rollout), self.panels.map)
        self.hands.drive_in(self.time.machine)
        self._last_moment: DriveMoment | None = None

    def _advance_live(self) -> None:
        """One frame while networks learn: what they have learned stays so, and therefore time does not go back."""
        car, live = self.car, self.live
        live.advance(self.human)
        self.panels.map.add_car(car, is_shaded=self.is_recording and car.has_left_the_road)
        if car.begins_tick:
            self.rollout.laps.add(float(car.observation.lane.s_m[0]), car.env.config.tick_s)
        car.advance(self._act_live, None if live.drives else self.human.command)
        if car.begins_tick and car.is_at_the_end:
            car.put_back()

    def _act_live(self, observation: Observation) -> Command:
        if self.live.drives:
            self.recording.end()
            return self.live.act(self.car)
        self.live.watch(self.car, self.human.wheel_per_m)
        self._record(observation)
        return self.human.command

    def _record(self, observation: Observation) -> None:
        if self.hands.record(observation):
            self.liking.follow(PERSON, self.car)

    def _let_go(self) -> Route | None:
        if self.session.models:
            self.session.say("Now on a road that nobody has learned from: the networks drive; Esc leads back", GREEN)
            return ToWatch()
        self.session.say("No network has learned to drive yet: R records, T trains", ORANGE)
        return None

    def _place(self, put: Callable[[], None]) -> None:
        self.hands.in_new_episode(put)
        self.human.let_go()

    def _change_conditions(self) -> None:
        """What a person has turned counts from this control tick on."""
        if not self.time.looks_back and (knobs := self.drawer.pop(waits=self.is_recording)) is not None:
            self.hands.in_new_episode(lambda: self.rollout.change_knobs(knobs))

    def _pause(self) -> None:
        if not self.time.goes_on():
            self.is_paused = not self.is_paused

    def _toggle_live(self) -> None:
        self.time.machine.look_now()
        self._begin_time()
        self.live.toggle(self.car)
        self.keys = KEYS_LIVE if self.live.is_on else KEYS

    def _change_road(self, change: Callable[[], None]) -> None:
        """Another road or sky, as soon as it is made."""
        self._road_change = change

    def _poll_background(self) -> None:
        """What threads and processes have done meanwhile."""
        if self._road_change is not None and self.session.roads.is_ready:
            change, self._road_change = self._road_change, None
            self._place(lambda: self._on_other_road(change))
        self.recording.report()
        self.liking.poll(PERSON)
        self._training_request.poll()

    def _on_other_road(self, change: Callable[[], None]) -> None:
        change()
        self.session.say(self.session.roads.what)
        self._take_road()
