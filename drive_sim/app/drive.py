"""The screen on which a person drives, is recorded, and has two networks learn from the recording."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pygame

from drive_sim.app.canvas import ORANGE, RED, Canvas
from drive_sim.app.drive_panels import DrivePanels
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.lap_counter import LapCounter
from drive_sim.app.recorder import Recorder
from drive_sim.app.screen import Key, Route, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.training import Training
from drive_sim.data.recording import Row
from drive_sim.data.rollout import Tick, episode_info, row_of
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig, Observation
from drive_sim.sim.vehicle import Command

DROP_S = 5.0
KEYS = (
    Key("Arrows or A D W S", "steer; throttle and brake where the speed is not kept"),
    Key("Mouse", "hold the left button: the wheel follows the mouse"),
    Key("Game pad", "left stick steers, triggers (or the first two buttons) are the pedals"),
    Key("R", "record; again: stop", "record"),
    Key("Backspace", "drop the last 5 s of the recording (marked, never destroyed)", "drop 5 s"),
    Key("T", "train two networks on it, with and without shift-and-rotate", "train"),
    Key("L", "let go: the networks drive", "let go"),
    Key("Enter", "back to the lane", "to the lane"),
    Key("Home", "back to the start of the road"),
    Key("Space", "pause (or P)", "pause"),
    Key("K", "keep the speed, or use the pedals"),
    Key("Page Down", "the next road", "next road"),
    Key("C", "the next scene", "scene"),
    Key("V", "the road the other way round"),
    Key("M", "the road's mirror image"),
)
_DRIVING_KEYS = (
    *(pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN),
    *(pygame.K_a, pygame.K_d, pygame.K_w, pygame.K_s, pygame.K_r),
)
_FRAME_S = 1.0 / 60.0


class DriveScreen:
    """A person drives; what is recorded is the wheel's curvature, and beside it what the hands did."""

    title, keys = "Drive", KEYS

    def __init__(self, session: Session, route: Route | None = None, size_px: tuple[int, int] | None = None) -> None:  # noqa: ARG002
        self.session, self.human = session, HumanDriver()
        self.is_paused, self.rolls = False, False
        """The car waits for the first key."""
        self.recorder: Recorder | None = None
        self._wants_training, self._told_failure = False, True
        self._wish: Callable[[], None] | None = None
        """A change of road that is still being made."""
        self._does: Mapping[int, Callable[[], Route | None]] = self._actions()
        self._take_road()

    @property
    def is_recording(self) -> bool:
        """The lamp is red."""
        return self.recorder is not None and self.recorder.is_recording

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:  # noqa: ARG002
        """Keys do what `KEYS` says; the mouse and game pads steer."""
        self.human.handle(event)
        if event.type == pygame.KEYDOWN:
            self.rolls = self.rolls or event.key in _DRIVING_KEYS
            try:
                return self._does.get(event.key, _nothing)()
            except InputError as error:
                self.session.say(str(error), RED)
        return None

    def advance(self, held: HeldKeys) -> Route | None:
        """One frame: the wheel follows the hands, the car follows the wheel from this very substep on."""
        self._watch_the_others()
        car, human = self.car, self.human
        human.advance(held, float(car.state.speed_mps[0]), _FRAME_S)
        self.rolls = self.rolls or human.is_touched
        if not self.rolls or self.is_paused:
            human.let_go(human.wheel_per_m)
            return None
        if car.begins_tick:
            self.panels.map.add(*car.state.poses[0, :2])
            self.laps.add(float(car.observation.lane.s_m[0]), car.env.config.tick_s)
        car.advance(self._act, human.command)
        self.session.frame_history.add(car, "human", car.offset_m, 0)
        return None

    def draw(self, canvas: Canvas) -> None:
        """The road ahead and the panels."""
        self.panels.draw(canvas, self)

    def close(self) -> None:
        """What was recorded is on the disk."""
        if self.recorder is not None:
            self.recorder.close()

    def _actions(self) -> dict[int, Callable[[], Route | None]]:
        roads = self.session.roads
        return {
            pygame.K_r: self._toggle_recording,
            pygame.K_BACKSPACE: self._drop,
            pygame.K_t: self._train,
            pygame.K_l: self._let_go,
            pygame.K_RETURN: lambda: self._place(self.car.put_back),
            pygame.K_HOME: lambda: self._place(self._start_over),
            pygame.K_p: self._pause,
            pygame.K_SPACE: self._pause,
            pygame.K_k: self._toggle_pedals,
            pygame.K_PAGEDOWN: lambda: self._change(roads.next_road),
            pygame.K_c: lambda: self._change(roads.next_scene),
            pygame.K_v: lambda: self._change(roads.reverse),
            pygame.K_m: lambda: self._change(roads.mirror),
        }

    def _take_road(self) -> None:
        """A car at the start of the session's present road."""
        roads = self.session.roads
        rng = np.random.default_rng(self.session.seed)
        config = EnvConfig(Camera(), CONDITIONS.vehicle, CONDITIONS.demonstration)
        self.car = SingleCar(roads.track, roads.scene, config, rng)
        self.laps = LapCounter(roads.track)
        self.panels = DrivePanels(self.car)
        self._expert = PursuitExpert(self.car.tracks)
        self.human.let_go()

    def _act(self, observation: Observation) -> Command:
        if self.is_recording and self.recorder is not None:
            self.recorder.append(self._row(observation, self.recorder.tick))
        return self.human.command

    def _row(self, observation: Observation, number: int) -> Row:
        human = self.human
        expert_per_m = self._expert.act(observation).curvature_per_m
        time_s = number * self.car.env.config.tick_s
        tick = Tick(number, time_s, observation, human.command, np.zeros(1, dtype=np.bool_), expert_per_m)
        raw: dict[str, Any] = {"raw_steering": human.raw_steering, "raw_throttle": human.raw_throttle}
        return replace(row_of(tick, 0, "human"), raw_key=human.raw_key, **raw)

    def _toggle_recording(self) -> None:
        if self.is_recording:
            self._end_episode()
        else:
            self._begin_episode()

    def _begin_episode(self) -> None:
        session = self.session
        if self.recorder is None:
            folder = session.recording_out or numbered_folder(session.runs, "drive")
            self.recorder, session.recording_out = Recorder(folder), None
        roads = session.roads
        facts = {"name": roads.name, "reversed": roads.is_reversed, "mirrored": roads.is_mirrored}
        self.recorder.begin(episode_info(self.car.env, road=facts, seed=session.seed))
        session.recording = self.recorder.folder

    def _end_episode(self) -> None:
        if self.recorder is not None:
            self.recorder.end()

    def _drop(self) -> None:
        dropped_s = self.recorder.drop_last(DROP_S) if self.recorder is not None else 0.0
        self.session.say(f"The last {dropped_s:.1f} s are dropped" if dropped_s else "There is nothing to drop", ORANGE)

    def _train(self) -> None:
        training = self.session.training
        if training is not None and training.is_running:
            self.session.say("Two networks are learning already")
        elif self.session.recording is None:
            self.session.say("Record some driving first: R begins", ORANGE)
        else:
            self._end_episode()
            self._wants_training = True

    def _let_go(self) -> Route | None:
        if self.session.models:
            return ToWatch()
        self.session.say("No network has learned to drive yet: R records, T trains", ORANGE)
        return None

    def _place(self, put: Callable[[], None]) -> None:
        """Put the car elsewhere; a recording goes on in a new episode."""
        was_recording = self.is_recording
        self._end_episode()
        put()
        self.human.let_go()
        if was_recording:
            self._begin_episode()

    def _start_over(self) -> None:
        self.car.start_over()
        self.laps = LapCounter(self.car.track)

    def _pause(self) -> None:
        self.is_paused = not self.is_paused

    def _toggle_pedals(self) -> None:
        human = self.human
        human.keeps_speed = not human.keeps_speed
        self.session.say("The speed is kept" if human.keeps_speed else "Up and Down are throttle and brake")

    def _change(self, go: Callable[[], None]) -> None:
        """Another road or sky, as soon as it is made."""
        self._wish = go

    def _watch_the_others(self) -> None:
        """What threads and processes have done meanwhile."""
        self._fulfil_wish()
        recorder, session = self.recorder, self.session
        if recorder is not None:
            if verdict := recorder.verdict():
                session.say(verdict, ORANGE)
            if failure := recorder.news():
                session.say(failure, RED)
        if self._wants_training and (recorder is None or recorder.is_settled):
            self._wants_training = False
            self._begin_training()
        training = session.training
        if training is not None and training.error is not None and not self._told_failure:
            session.say(training.error, RED)
            self._told_failure = True

    def _begin_training(self) -> None:
        session = self.session
        assert session.recording is not None
        try:
            folder = numbered_folder(session.runs, "models")
        except InputError as error:
            session.say(str(error), RED)
            return
        self._told_failure = False
        session.training = Training([session.recording], folder, seed=session.seed)

    def _fulfil_wish(self) -> None:
        if self._wish is not None and self.session.roads.is_ready:
            wish, self._wish = self._wish, None
            was_recording, rolled = self.is_recording, self.rolls
            self._end_episode()
            wish()
            self._take_road()
            self.rolls = rolled
            if was_recording:
                self._begin_episode()


def _nothing() -> None:
    """What most keys do."""
