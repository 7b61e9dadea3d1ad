"""The screen on which a person drives and is recorded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.driver import HeldKeys, Keys, WheelFeel, acceleration, full_turn_per_m, held_keys, turned
from drive_sim.app.hud import ORANGE, RED, Hud, Instruments
from drive_sim.app.loop import FRAMES_HZ, run
from drive_sim.app.ride import Ride
from drive_sim.app.view import RoadAhead, RoadMap, draw_network_picture
from drive_sim.data.recording import RecordingWriter, Row, drop_last
from drive_sim.data.rollout import Tick, episode_info, row_of
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import EnvConfig, Observation
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import Command, VehicleParams

DROP_S = 5.0
NOTE_FRAMES = 2 * FRAMES_HZ
KEYS = "Arrows  drive     R  record     Backspace  drop 5 s     Enter  back to the lane     Esc  leave"
GREY = (104, 114, 125)


class DriveScreen:
    """The arrow keys drive; R records; what is recorded is the wheel's curvature, and the keys beside it."""

    def __init__(self, ride: Ride, open_episode: Callable[[], RecordingWriter], folder: Path) -> None:
        self.ride, self.recorded_s = ride, 0.0
        self._open_episode, self._folder = open_episode, folder
        self._episode: RecordingWriter | None = None
        self._expert = PursuitExpert(ride.tracks)
        self._feel, self._keys, self._wheel_per_m = WheelFeel(), Keys(), 0.0
        self._tick, self._note, self._note_frames = 0, "", 0
        self._rolls = False
        self._hud, self._map = Hud(), RoadMap(ride.track)
        self._road = RoadAhead(ride, pygame.display.get_window_size())

    @property
    def is_recording(self) -> bool:
        """The lamp is red."""
        return self._episode is not None

    def press(self, key: int) -> None:
        """Any key lets the car roll; R starts and stops the recording, Backspace drops its end, Enter puts back."""
        self._rolls = True
        if key == pygame.K_r:
            if self.is_recording:
                self.stop()
            else:
                self._episode, self._tick = self._open_episode(), 0
        elif key == pygame.K_BACKSPACE and (self.is_recording or self.recorded_s > 0.0):
            self._drop()
        elif key == pygame.K_RETURN:
            self.stop()
            self._wheel_per_m = 0.0
            self.ride.put_back()

    def stop(self) -> None:
        """End the episode; what was recorded is on the disk."""
        if self._episode is not None:
            self._episode.close()
            self._episode = None

    def advance(self, held: HeldKeys) -> None:
        """One frame: the wheel follows the keys in every one, the car gets its command where a control tick begins."""
        if not self._rolls:
            return
        self._keys = held_keys(held)
        speed_mps = float(self.ride.state.speed_mps[0])
        self._wheel_per_m = turned(self._wheel_per_m, self._keys, speed_mps, self._feel, 1.0 / FRAMES_HZ)
        self._note_frames = max(0, self._note_frames - 1)
        if self.ride.begins:
            self._map.add(*self.ride.state.poses[0, :2])
        self.ride.advance(self._act)

    def draw(self, surface: pygame.Surface) -> None:
        """The road ahead, the map, the network's picture and the instruments."""
        self._road.draw(surface)
        self._map.draw(surface)
        observation = self.ride.observation
        if observation.images is not None:
            draw_network_picture(surface, observation.images[0], self._hud.small)
        self._hud.draw(surface, self._instruments())

    def _act(self, observation: Observation) -> Command:
        command = Command(np.array([self._wheel_per_m]), np.array([acceleration(self._keys, self._feel)]))
        if self._episode is not None:
            self._episode.append(self._row(observation, command))
            self._tick += 1
            self.recorded_s += self.ride.env.config.tick_s
        return command

    def _row(self, observation: Observation, command: Command) -> Row:
        time_s = self._tick * self.ride.env.config.tick_s
        expert_per_m = self._expert.act(observation).curvature_per_m
        tick = Tick(self._tick, time_s, observation, command, np.zeros(1, dtype=np.bool_), expert_per_m)
        # The keys' steering at the border to other people's tools: right positive.
        keys = {"raw_steering": float(-self._keys.steer), "raw_throttle": float(self._keys.pedal)}
        return replace(row_of(tick, 0, "human"), raw_key=str(self._keys), **keys)

    def _drop(self) -> None:
        dropped_s = self._episode.drop_last(DROP_S) if self._episode else drop_last(self._folder, DROP_S)
        self.recorded_s = max(0.0, self.recorded_s - dropped_s)
        self._note, self._note_frames = f"the last {dropped_s:.1f} s are dropped", NOTE_FRAMES

    def _instruments(self) -> Instruments:
        lamp = f"{self.recorded_s:.1f} s" if self.recorded_s else "press R to record"
        speed_mps = float(self.ride.state.speed_mps[0])
        if not self._rolls:
            lamp = "press any key to go"
        elif self.ride.has_left_the_road:
            lamp += ", Enter puts you back"
        return Instruments(
            title="recording" if self.is_recording else "not recording",
            lamp=self._note if self._note_frames else lamp,
            lamp_colour=ORANGE if self._note_frames else RED if self.is_recording else GREY,
            speed_mps=speed_mps,
            offset_m=self.ride.offset_m,
            curvature_per_m=self._wheel_per_m,
            full_turn_per_m=full_turn_per_m(speed_mps, self._feel),
            keys=KEYS,
        )


def drive(
    track: Track,
    scene: Scene,
    vehicle: VehicleParams,
    folder: Path,
    *,
    seed: int = 0,
    num_frames: int | None = None,
) -> float:
    """Open the window on a road; how many seconds were recorded into `folder` once it is closed."""
    screens: list[DriveScreen] = []

    def make_screen() -> DriveScreen:
        ride = Ride(track, scene, EnvConfig(Camera(), vehicle), np.random.default_rng(seed))
        info = episode_info(ride.env, seed=seed)
        screens.append(DriveScreen(ride, lambda: RecordingWriter(folder, info), folder))
        return screens[0]

    try:
        run(make_screen, f"drive_sim - driving {track.name}", num_frames=num_frames)
    finally:
        for screen in screens:
            screen.stop()
    return screens[0].recorded_s
