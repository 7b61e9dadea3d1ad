"""The screen on which models drive live: pushed aside, compared, corrected by hand and taught again."""

from collections.abc import Callable

import numpy as np
import pygame

from drive_sim.app.canvas import GREEN, ORANGE, VERMILION, Canvas
from drive_sim.app.car_drag import CarDrag
from drive_sim.app.drivers import PolicyDriver, load_drivers
from drive_sim.app.hand_over import hand_to_clicked, hand_to_expert, hand_to_next
from drive_sim.app.hud import draw_key_line
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.radar import Radar
from drive_sim.app.retraining import Retraining, begin_retraining
from drive_sim.app.reward_overlay import RewardDriver, RewardOverlay
from drive_sim.app.saliency_overlay import SaliencyOverlay
from drive_sim.app.screen import Route, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.takeover import Takeover, change_conditions
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.time_travel import TimeTravel
from drive_sim.app.timeline_bar import FOOTER, draw_timeline
from drive_sim.app.training_request import end_training
from drive_sim.app.watch_keys import KEYS
from drive_sim.app.watch_panels import WatchPanels
from drive_sim.app.watch_status import WatchStatus
from drive_sim.errors import InputError
from drive_sim.sim.observation import Observation


class WatchScreen:
    """Models drive an unseen road in the evaluation's wind."""

    title, keys = "Watch", KEYS

    def __init__(self, session: Session, route: ToWatch, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self.session = session
        self.is_paused = False
        self.takeover, self.saliency, self.drag = Takeover(session), SaliencyOverlay(), CarDrag()
        self.liking, self.radar = RewardOverlay(), Radar()
        self.drawer = KnobDrawer(session, "in evaluations", FOOTER)
        self.retraining_steps: int | None = None
        """None: as many as a person waits for."""
        self.road_number = route.road_number
        self._known_models = dict(session.models)
        self._retraining: Retraining | None = None
        self._follows_session = route.models is None
        self.rollout = self._new_rollout([])
        self.rollout.drivers, complaints = load_drivers(session, route.models, self.rollout.car.tracks)
        self._take_rollout()
        if complaints:
            drives = "" if len(self.rollout.drivers) > 1 else f"; {self.rollout.driver.label.lower()} drives"
            session.say(complaints[0] + drives, VERMILION)
        self._actions = self._make_actions()

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; the mouse drags the car on the map, and steers elsewhere."""
        if self.drawer.handle(event, canvas, self.rollout.car):
            return None
        if event.type == pygame.KEYDOWN and event.key in self._actions:
            self._actions[event.key]()
        elif self.time.handle(event, canvas):
            self.is_paused = self.is_paused and not self.time.looks_back
        elif hand_to_clicked(self.rollout, event, canvas) or self.drag.handle(
            event, canvas, self.rollout, self.panels.map
        ):
            self.takeover.give_back()
        else:
            self.takeover.handle(event)
        return None

    def advance(self, held: HeldKeys) -> Route | None:
        """One frame of driving, unless paused, dragged or looking back."""
        self._poll_background()
        self.time.hold(held)
        if self.is_paused or self.drag.close_up is not None:
            return None
        rollout = self.rollout
        held = self.drawer.hands(held, rollout.car)
        if not self.time.looks_back:
            change_conditions(self.drawer, rollout, self.takeover)
        goes_on = self.time.advance(self.takeover.command(held, rollout), self._record)
        self.saliency.follow(rollout)
        self.radar.follow(rollout)
        if not goes_on:
            return None
        tally = rollout.driver.tally
        self.session.frame_history.add(rollout.car, rollout.active_name, rollout.car.offset_m, tally.times_left)
        if rollout.car.begins_tick and not self.session.turned_knobs:
            self.session.scores[rollout.driver.name] = tally.score
        return None

    def draw(self, canvas: Canvas) -> None:
        """The road ahead and the panels."""
        self.panels.draw(canvas, self.status)
        draw_timeline(canvas, self.time.machine, "the wheel, A or E")
        draw_key_line(canvas, self.keys)

    @property
    def status(self) -> WatchStatus:
        """What the panels show now."""
        return WatchStatus(
            self.rollout,
            self.time.machine,
            self.saliency,
            self.liking,
            self.radar,
            RewardDriver.of(self.rollout),
            self.drawer,
            self.drag.close_up,
            self.session.running_training,
            has_wheel=self.takeover.has_wheel,
            is_paused=self.is_paused,
        )

    def close(self) -> None:
        """What was recorded is on the disk, and nothing more is read."""
        for part in (self.takeover, self.liking, self.radar, self.panels):
            part.close()

    def _make_actions(self) -> dict[int, Callable[[], None]]:
        return {
            pygame.K_a: self._switch,
            pygame.K_e: self._hand_to_expert,
            pygame.K_n: self._nudge,
            pygame.K_g: self.takeover.give_back,
            pygame.K_t: self._retrain,
            pygame.K_s: lambda: self.session.say(f"What the network looks at is shown: {self.saliency.next_place()}"),
            pygame.K_r: lambda: self.session.say(self.liking.toggle()),
            pygame.K_y: lambda: self.session.say(self.panels.basin.toggle(self.rollout)),
            pygame.K_v: lambda: self.session.say(self.radar.toggle()),
            pygame.K_x: self._toggle_put_back,
            pygame.K_k: lambda: self.session.say(self.drawer.change_speed(self.rollout.car)),
            pygame.K_q: lambda: self.session.say(self.drawer.change_place(self.rollout)),
            pygame.K_o: self._next_road,
            pygame.K_RETURN: self._put_back,
            pygame.K_SPACE: self._pause,
            pygame.K_p: self._pause,
        }

    def _new_rollout(self, drivers: list[PolicyDriver]) -> LiveRollout:
        """On the road that was asked for, else on one that nobody has learned from; each in a wind of its own."""
        roads, seed, number = self.session.roads, self.session.seed, self.road_number
        track, scene = (roads.given if number == 0 else None) or roads.unseen(seed + number)
        rollout = LiveRollout(track, scene, drivers, np.random.default_rng([seed, number]))
        self.drawer.fit(rollout.car)
        return rollout

    def _next_road(self) -> None:
        self.takeover.give_back()
        self.road_number += 1
        before = self.rollout
        self.rollout = self._new_rollout(before.drivers)
        self.rollout.driver_index, self.rollout.puts_back = before.driver_index, before.puts_back
        for driver in before.drivers:
            driver.on(self.rollout.car.tracks)
        self.panels.close()
        self._take_rollout()

    def _take_rollout(self) -> None:
        """Panels and a past of its own for the rollout."""
        self.panels = WatchPanels(self.rollout.car)
        self._begin_time()

    def _begin_time(self) -> None:
        self.time = TimeTravel(self.session, self.takeover, TimeMachine(self.rollout), self.panels.map)

    def _switch(self) -> None:
        self.takeover.give_back()
        hand_to_next(self.rollout, self.session)

    def _hand_to_expert(self) -> None:
        self.takeover.give_back()
        hand_to_expert(self.rollout)

    def _toggle_put_back(self) -> None:
        rollout = self.rollout
        rollout.leave_alone(rollout.puts_back)
        self.session.say(
            "More than 1 m off it is put back" if rollout.puts_back else "It is left alone, wherever it goes"
        )

    def _nudge(self) -> None:
        self.rollout.nudge()

    def _put_back(self) -> None:
        self.rollout.put_back()

    def _pause(self) -> None:
        if not self.time.goes_on():
            self.is_paused = not self.is_paused

    def _record(self, observation: Observation) -> None:
        self.takeover.record(self.rollout, observation)
        self.liking.follow(RewardDriver.of(self.rollout), self.rollout.car)

    def _retrain(self) -> None:
        session = self.session
        if session.running_training is not None:
            end_training(session)
            return
        try:
            self._retraining = begin_retraining(session, self.takeover, self.rollout.driver, self.retraining_steps)
        except InputError as error:
            session.say(str(error), ORANGE)

    def _poll_background(self) -> None:
        """What threads and processes have done meanwhile."""
        session = self.session
        self.liking.poll(RewardDriver.of(self.rollout))
        if failure := self.takeover.pop_failure():
            session.say(failure, VERMILION)
        if self._retraining is not None:
            self._poll_retraining(self._retraining)
        elif self._follows_session and session.models != self._known_models:
            self._known_models = dict(session.models)
            self.rollout.drivers, _ = load_drivers(session, None, self.rollout.car.tracks)
            self.rollout.driver_index = 0
            self._begin_time()
            session.say("The networks have learned, and have the wheel", GREEN)

    def _poll_retraining(self, retraining: Retraining) -> None:
        training = retraining.training
        if training.error is not None or training.is_cancelled:
            self._retraining = None
            retraining.give_up(self.takeover)
            if training.error is not None:
                self.session.say(training.error, VERMILION)
        elif training.is_done:
            self._retraining = None
            self._known_models = dict(self.session.models) | training.models
            self._join(retraining)

    def _join(self, retraining: Retraining) -> None:
        """What has learned from the person drives on beside what it was before, whose figures stay."""
        drivers = self.rollout.drivers
        try:
            driver = retraining.finish(drivers)
        except InputError as error:
            self.session.say(str(error), VERMILION)
            return
        drivers.append(driver.on(self.rollout.car.tracks))
        if not self.time.looks_back:
            self.rollout.hand_to(driver)
        seconds = retraining.training.duration_s or 0.0
        self.session.say(f"Learned from you in {seconds:.0f} s: {driver.label} drives; A hands the wheel round", GREEN)
