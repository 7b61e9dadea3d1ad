"""One car as a window shows it: a frame is a substep of physics, and a command comes at least every sixth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from drive_sim.app.chosen_speed import ChosenSpeed
from drive_sim.app.knobs import Knobs
from drive_sim.app.wanted_place import allowed_place, lane_at, wanted_place
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.env_state import EnvState
from drive_sim.sim.intervention import intervention_limit_m, limit_by_width_m
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_end import is_at_the_end
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import Command, VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class CarState:
    """A car at one frame: its environment, what is drawn of it, and how many substeps of its tick are driven.

    `at_own_speed`: the speed is its driver's choice, and is not kept.
    """

    env: EnvState
    drawn: VehicleState
    substep: int
    at_own_speed: bool = False


class SingleCar:
    """A car on one road under one sky; `state` is what to draw now, `observation` what its driver last saw."""

    def __init__(self, track: Track, scene: Scene, config: EnvConfig, rng: np.random.Generator) -> None:
        self._road = track
        """The road with its own lane, which is driven by sight."""
        self.env = DriveEnv(track_batch(track), Scenes.stack([scene]), config, rng)
        self.speed = ChosenSpeed(self.env)
        self.regime = self.knobs
        """The knobs as they stood at first."""
        self.state: VehicleState = self.observation.state
        widest_m = (track.width_left_m + track.width_right_m).max()
        self.widest_limit_m = float(limit_by_width_m(widest_m))
        """`limit_m` where the road is widest."""
        self.num_placed = 0
        """How often it was put somewhere, so that it did not drive to where it is."""
        self._substep = 0

    @property
    def tracks(self) -> Tracks:
        """A batch of one: the road that it drives, with the lane to be kept now."""
        return self.env.tracks

    @property
    def track(self) -> Track:
        """The road that it drives, with the lane to be kept now."""
        return self.tracks.tracks[0]

    @property
    def scenes(self) -> Scenes:
        """A batch of one: the sky that it drives under."""
        scenes = self.env.scenes
        assert scenes is not None, "made with one"
        return scenes

    @property
    def scene(self) -> Scene:
        """The sky that it drives under."""
        return self.scenes.scenes[0]

    @property
    def knobs(self) -> Knobs:
        """How it answers, what the world does to it, its camera's noise, at whose speed and where it is driven."""
        config, place = self.env.config, wanted_place(self.track)
        return Knobs(config.vehicle, config.disturbance, self.scene.noise_grey, self.speed.is_own, place)

    def allowed(self, knobs: Knobs) -> Knobs:
        """Knobs whose wanted place is on this road."""
        return replace(knobs, wanted_place=allowed_place(self._road, knobs.wanted_place))

    def change_knobs(self, knobs: Knobs) -> None:
        """From here on, where a control tick begins, these as far as the road allows; the car does not jump.

        Raises InputError within a tick.
        """
        knobs = self.allowed(knobs)
        self.env.change_conditions(knobs.vehicle, knobs.disturbance)
        if knobs.wanted_place != wanted_place(self.track):
            self.env.change_tracks(self._lane_at(knobs.wanted_place), self.observation.lane.s_m)
        self.speed.choose(own=knobs.own_speed)
        if knobs.noise_grey != self.scene.noise_grey:
            self.env.change_scenes(Scenes.stack([replace(self.scene, noise_grey=knobs.noise_grey)]))

    @property
    def observation(self) -> Observation:
        """What the car's own camera saw at the last control tick, and where it was."""
        return self.env.timestep.observation

    @property
    def offset_m(self) -> float:
        """From the target lane, left positive, at the last control tick."""
        return float(self.observation.lane.offset_m[0])

    @property
    def limit_m(self) -> float:
        """How far off its target lane it may be where it is; beyond, somebody would have to help."""
        return float(intervention_limit_m(self.tracks, self.observation.lane)[0])

    @property
    def has_left_the_road(self) -> bool:
        """The car's middle is off the surface."""
        return bool(self.env.timestep.terminated[0])

    @property
    def begins_tick(self) -> bool:
        """The next frame begins a control tick."""
        return self._substep == 0

    def advance(self, act: Callable[[Observation], Command], human_command: Command | None = None) -> None:
        """Go on by one frame; `act` is asked where a control tick begins.

        A person's command, `human_command`, counts from this very substep on, also within a tick.
        """
        if self.begins_tick:
            self.env.begin(act(self.observation))
        self.state = self.env.substep(human_command)
        self._substep = (self._substep + 1) % self.env.config.num_substeps
        if self.begins_tick:
            self.env.finish()

    def snapshot(self) -> CarState:
        """All that decides what happens to the car from this frame on."""
        return CarState(self.env.snapshot(), self.state, self._substep, self.speed.is_own)

    def restore(self, state: CarState) -> None:
        """Go back to a state of this car, or of one on the same road: from there on all is as it was, to the bit."""
        self.env.restore(state.env)
        self.speed.choose(own=state.at_own_speed)
        self._restart()
        self.state, self._substep = state.drawn, state.substep

    def put_back(self) -> None:
        """Put the car onto its lane, at its place on the road; at the end of an open one, at its start."""
        if self.is_at_the_end:
            self.env.reset()
        else:
            self.env.put_back(np.ones(1, dtype=np.bool_))
        self._restart()

    @property
    def is_at_the_end(self) -> bool:
        """It has driven an open road as far as there is road to be seen."""
        return bool(is_at_the_end(self.tracks, self.observation.lane)[0])

    def start_over(self) -> None:
        """Put the car onto its lane where the road begins."""
        self.env.reset()
        self._restart()

    def nudge(self, shift_m: float, turn_rad: float = 0.0) -> None:
        """Throw the car aside and turn it, to the left where positive."""
        lane = self.observation.lane
        heading_rad = lane.heading_rad + turn_rad
        self.env.reset(start_s_m=lane.s_m, start_offset_m=lane.offset_m + shift_m, start_heading_rad=heading_rad)
        self._restart()

    def place(self, s_m: float, offset_m: float, heading_rad: float = 0.0) -> None:
        """Put the car at an arc length, an offset from the lane (left positive) and a heading against it."""
        self.env.reset(start_s_m=s_m, start_offset_m=offset_m, start_heading_rad=heading_rad)
        self._restart()

    def _lane_at(self, place: float | None) -> Tracks:
        return track_batch(self._road) if place is None else lane_at(self._road, place)

    def _restart(self) -> None:
        self.state = self.observation.state
        self.num_placed += 1
        self._substep = 0


@lru_cache(maxsize=8)
def track_batch(track: Track) -> Tracks:
    """A road as a batch of one, packed once."""
    return Tracks.stack([track])
