"""The screen on which models drive live: pushed aside, compared, corrected by hand and taught again."""

from collections.abc import Callable, Mapping

import numpy as np
import pygame

from drive_sim.app.canvas import GAP, GREEN, INK, MARGIN, ORANGE, PADDING, VERMILION, Box, Canvas
from drive_sim.app.close_up import CloseUp
from drive_sim.app.drivers import PolicyDriver, load_driver, load_drivers, make_expert
from drive_sim.app.hud import draw_key_line
from drive_sim.app.live_rollout import INTERVENTION_M, LiveRollout
from drive_sim.app.saliency_overlay import SaliencyOverlay
from drive_sim.app.screen import Key, Route, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.takeover import Takeover
from drive_sim.app.training import Training
from drive_sim.app.training_view import draw_training
from drive_sim.app.view import RoadAhead, RoadMap, draw_network_picture, map_box, network_box
from drive_sim.app.watch_panels import (
    ERRORS_HEIGHT,
    LEFT_WIDTH,
    WHEELS_HEIGHT,
    draw_alarm,
    draw_banner,
    draw_errors,
    draw_hint,
    draw_strip,
    draw_units,
    draw_wheels,
    draw_who,
    strip_box,
    who_box,
)
from drive_sim.errors import InputError
from drive_sim.sim.env import Observation

KEYS = (
    Key("A", "hand the wheel to the other network, from the next control tick on", "other network"),
    Key("N", "nudge the car to a side, by 0.6 m and 4.6 degrees (or drag it on the map)", "nudge"),
    Key("Arrows", "take the wheel (a mouse button or a game pad does, too)", "take the wheel"),
    Key("G", "give the wheel back", "let go"),
    Key("T", "the network that drives learns from what you drove", "retrain"),
    Key("S", "what the network looks at: over its picture, over the road, nowhere", "looks at"),
    Key("X", "put the car back when it is 1 m off, or leave it alone", "put back"),
    Key("O", "another road that nobody has learned from", "other road"),
    Key("Enter", "put the car onto its lane"),
    Key("Space", "pause (or P)", "pause"),
)
_NEAR_UNITS = 16.0
"""Nearer to the car on the map the mouse takes hold of it, farther off the car is fetched."""
_DRAGGED_TO_M = 3.0


class WatchScreen:
    """Models drive an unseen road in the evaluation's wind."""

    title, keys = "Watch", KEYS

    def __init__(self, session: Session, route: ToWatch, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self.session = session
        self.is_paused = False
        self.takeover, self.saliency = Takeover(session), SaliencyOverlay()
        self._close_up: CloseUp | None = None
        self._number = 0
        self._known_models = dict(session.models)
        self._retraining: tuple[Training, PolicyDriver] | None = None
        self._follows_session = route.models is None
        self.rollout = self._new_rollout([])
        self.rollout.drivers, complaints = load_drivers(session, route.models, self.rollout.car.tracks)
        self._take_road()
        if complaints:
            driver = "" if len(self.rollout.drivers) > 1 else f"; {self.rollout.driver.label.lower()} drives"
            session.say(complaints[0] + driver, VERMILION)
        self._does: Mapping[int, Callable[[], None]] = self._actions()

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; the mouse drags the car on the map, and steers elsewhere."""
        if event.type == pygame.KEYDOWN and event.key in self._does:
            self._does[event.key]()
        elif not self._drags(event, canvas):
            self.takeover.handle(event)
        return None

    def advance(self, held: HeldKeys) -> Route | None:
        """One frame of driving, unless paused or dragged."""
        self._hear()
        if self.is_paused or self._close_up is not None:
            return None
        rollout = self.rollout
        if rollout.car.begins_tick:
            x_m, y_m, _ = rollout.car.state.poses[0]
            self._map.add(x_m, y_m, rollout.active_colour)
        hand = self.takeover.hand(held, rollout)
        rollout.advance(hand, self._record)
        self.saliency.follow(rollout)
        tally = rollout.driver.tally
        self.session.frame_history.add(rollout.car, rollout.active_name, rollout.car.offset_m, tally.interventions)
        if rollout.car.begins_tick:
            self.session.scores[rollout.driver.name] = tally.score
        return None

    def draw(self, canvas: Canvas) -> None:
        """The road ahead and the panels."""
        rollout = self.rollout
        self._road.draw(canvas)
        self.saliency.draw_on_road(canvas)
        draw_alarm(canvas, rollout)
        who = who_box(len(rollout.drivers))
        draw_who(canvas, rollout, who)
        draw_wheels(canvas, Box(MARGIN, who.bottom + GAP, LEFT_WIDTH, WHEELS_HEIGHT), rollout)
        draw_strip(canvas, strip_box(canvas), rollout)
        self._draw_map(canvas)
        self._draw_picture(canvas)
        self._draw_middle(canvas)
        draw_key_line(canvas, self.keys)

    def _draw_picture(self, canvas: Canvas) -> None:
        """What the driver sees, and for ALVINN what its units say to it."""
        rollout, saliency, box = self.rollout, self.saliency, network_box(canvas)
        if saliency.picture is None:
            return
        alvinn = rollout.driver.alvinn
        if alvinn is None or saliency.activity is None:
            title = "What the network looks at" if rollout.driver.network else "What a network would see"
            draw_network_picture(canvas, box, saliency.picture, title)
            return
        where = draw_network_picture(canvas, box, saliency.picture, "What ALVINN sees, and what its units say")
        beside = Box(where.right + PADDING, where.top, box.right - where.right - 2 * PADDING, where.height)
        draw_units(canvas, beside, saliency.activity, alvinn.units, rollout)

    def close(self) -> None:
        """What was recorded is on the disk."""
        self.takeover.close()

    def _actions(self) -> dict[int, Callable[[], None]]:
        return {
            pygame.K_a: self._switch,
            pygame.K_n: self._nudge,
            pygame.K_g: self._give_back,
            pygame.K_t: self._retrain,
            pygame.K_s: lambda: self.session.say(f"What the network looks at is shown: {self.saliency.next_place()}"),
            pygame.K_x: self._toggle_put_back,
            pygame.K_o: self._next_road,
            pygame.K_RETURN: self._put_back,
            pygame.K_SPACE: self._pause,
            pygame.K_p: self._pause,
        }

    def _put_back(self) -> None:
        self.rollout.put_back()

    def _nudge(self) -> None:
        self.rollout.nudge()

    def _new_rollout(self, drivers: list[PolicyDriver]) -> LiveRollout:
        """On the road that was asked for, else on one that nobody has learned from; each in a wind of its own."""
        roads, seed = self.session.roads, self.session.seed
        given = roads.given if self._number == 0 else None
        return LiveRollout(
            *(given or roads.unseen(seed + self._number)), drivers, np.random.default_rng([seed, self._number])
        )

    def _take_road(self) -> None:
        """What belongs to the road under the car."""
        self._map, self._road = RoadMap(self.rollout.car.track), RoadAhead(self.rollout.car)

    def _next_road(self) -> None:
        self._give_back()
        self._number += 1
        before = self.rollout
        self.rollout = self._new_rollout(before.drivers)
        self.rollout.driver_index, self.rollout.puts_back = before.driver_index, before.puts_back
        for driver in before.drivers:
            if driver.folder is None:
                driver.policy = make_expert(self.rollout.car.tracks).policy
        self._take_road()

    def _switch(self) -> None:
        self._give_back()
        if len(self.rollout.drivers) == 1 and self.rollout.driver.folder is not None:
            self.rollout.drivers.append(make_expert(self.rollout.car.tracks))
        self.rollout.switch()
        if len(self.rollout.drivers) == 1:
            self.session.say("There is no other driver: networks learn on the Drive screen", ORANGE)

    def _toggle_put_back(self) -> None:
        rollout = self.rollout
        rollout.puts_back = not rollout.puts_back
        self.session.say(
            "More than 1 m off it is put back" if rollout.puts_back else "It is left alone, wherever it goes"
        )

    def _pause(self) -> None:
        self.is_paused = not self.is_paused

    def _give_back(self) -> None:
        self.takeover.give_back()

    def _record(self, observation: Observation) -> None:
        self.takeover.record(self.rollout, observation)

    def _retrain(self) -> None:
        session = self.session
        if session.training is not None and session.training.is_running:
            session.say("Networks are learning already", ORANGE)
            return
        try:
            training = self.takeover.retrain(self.rollout.driver)
        except InputError as error:
            session.say(str(error), ORANGE)
            return
        session.training, self._retraining = training, (training, self.rollout.driver)

    def _hear(self) -> None:
        """What threads and processes have done meanwhile."""
        session = self.session
        if failure := self.takeover.news():
            session.say(failure, VERMILION)
        if self._retraining is not None:
            self._hear_retraining(*self._retraining)
        elif self._follows_session and session.models != self._known_models:
            self._known_models = dict(session.models)
            self.rollout.drivers, _ = load_drivers(session, None, self.rollout.car.tracks)
            self.rollout.driver_index = 0
            session.say("The networks have learned, and have the wheel", GREEN)

    def _hear_retraining(self, training: Training, driver: PolicyDriver) -> None:
        if training.error is not None:
            self._retraining = None
            self.session.say(training.error, VERMILION)
        elif training.is_done:
            self._retraining = None
            self._known_models = dict(self.session.models) | training.models
            try:
                fresh = load_driver(next(iter(training.models.values())), name=driver.name)
            except InputError as error:
                self.session.say(str(error), VERMILION)
                return
            driver.policy, driver.folder, driver.tally = fresh.policy, fresh.folder, type(driver.tally)()
            seconds = training.duration_s or 0.0
            self.session.say(
                f"{driver.label} has learned from you in {seconds:.0f} s and drives on; it counts anew", GREEN
            )

    def _drags(self, event: pygame.event.Event, canvas: Canvas) -> bool:
        """Whether the event was the mouse taking the car on the map somewhere."""
        box = map_box(canvas)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and box.holds(canvas.units(event.pos)):
            where = canvas.units(event.pos)
            ground_m, beside_m = self._map.ground_from(where), self._map.ground_from((where[0] + _NEAR_UNITS, where[1]))
            near_m = abs(beside_m[0] - ground_m[0])
            self._give_back()
            self._close_up = CloseUp.at(self.rollout.car, ground_m, where, near_m=near_m)
            self._place()
            return True
        if self._close_up is None:
            return False
        if event.type == pygame.MOUSEMOTION:
            most_m = 0.9 * INTERVENTION_M if self.rollout.puts_back else _DRAGGED_TO_M
            self._close_up.drag(box, canvas.units(event.pos), most_m)
            self._place()
        elif event.type == pygame.MOUSEBUTTONUP:
            self._close_up = None
        return True

    def _place(self) -> None:
        if self._close_up is not None:
            self.rollout.place(self._close_up.s_m, self._close_up.offset_m)

    def _draw_map(self, canvas: Canvas) -> None:
        rollout, box = self.rollout, map_box(canvas)
        if self._close_up is not None:
            self._close_up.draw(canvas, box, rollout.active_colour)
        else:
            x_m, y_m, heading_rad = map(float, rollout.car.state.poses[0])
            self._map.draw(canvas, box, ((x_m, y_m, heading_rad, rollout.active_colour),))
        errors = Box(box.left, box.bottom + GAP, box.width, ERRORS_HEIGHT)
        draw_errors(canvas, errors, [driver for driver in rollout.drivers if driver.folder is not None])

    def _draw_middle(self, canvas: Canvas) -> None:
        """What goes on besides driving."""
        training = self.session.training
        if self.is_paused:
            draw_banner(canvas, "Paused", INK, "Space goes on")
        elif self.takeover.has_wheel:
            draw_hint(canvas, 2 * MARGIN + LEFT_WIDTH, "G lets go, T retrains")
        elif training is not None and training.is_running:
            left = 2 * MARGIN + LEFT_WIDTH
            draw_training(canvas, Box(left, MARGIN, map_box(canvas).left - MARGIN - left, 130.0), training)
