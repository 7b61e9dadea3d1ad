"""The environment: it alone owns the random generator and the clock; physics and drawing are functions it calls."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.car_cameras import CarCameras, PictureSource
from drive_sim.sim.disturbance import Disturbance, Push
from drive_sim.sim.env_config import EnvConfig
from drive_sim.sim.env_state import EnvState
from drive_sim.sim.generator_state import GeneratorState
from drive_sim.sim.lateral_goal import lateral_goal
from drive_sim.sim.observation import Observation, TimeStep
from drive_sim.sim.placement import StartSpeed, checked_scenes, checked_tracks, placed
from drive_sim.sim.scene import Scenes
from drive_sim.sim.tick_segment import TickSegment
from drive_sim.sim.track import LanePose, Tracks, lane_pose
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState
from drive_sim.sim.weather_by_car import make_weather

__all__ = ["DriveEnv", "EnvConfig"]


class DriveEnv:
    """A batch of cars, each on its road and under its sky.

    It draws its randomness in lockstep, the same count each tick whatever the cars do, so every policy meets the
    same gusts, kicks and sensor noise. Cars that are done drive on until they are reset.
    """

    def __init__(
        self,
        tracks: Tracks,
        scenes: Scenes | None,
        config: EnvConfig,
        rng: np.random.Generator,
        *,
        track_idx: CarIndex | None = None,
        scene_idx: CarIndex | None = None,
        car_idx: CarIndex | None = None,
        num_threads: int = 1,
        start_speed: StartSpeed | None = None,
    ) -> None:
        """One car a road unless `track_idx`, `scene_idx` (n,) say otherwise; `car_idx`: as in `make_weather`.

        Cars are put at their places with `start_speed`, an attribute that may change; None: at cruising speed.
        """
        self.tracks, self.scenes, self.config, self.num_threads = tracks, scenes, config, num_threads
        self.track_idx = checked_tracks(tracks, track_idx)
        self.scene_idx = checked_scenes(scenes, scene_idx, self.num_cars) if config.camera else self.track_idx
        weather_rng, self._noise_rng = rng.spawn(2)
        self.start_speed = start_speed
        self._weather = make_weather(config.disturbance, self.num_cars, config.tick_s, weather_rng, car_idx)
        self._push, self._ticks = Push.none(self.num_cars), np.zeros(self.num_cars, dtype=np.int64)
        self._noise_seed = int(self._noise_rng.integers(2**31))
        self._segment: TickSegment | None = None
        self._cameras = CarCameras(self.track_idx, self.scene_idx, car_idx, num_threads)
        self._is_first = self._nobody = np.zeros(self.num_cars, dtype=np.bool_)
        self.reset()

    @property
    def num_cars(self) -> int:
        """Cars in the batch."""
        return len(self.track_idx)

    @property
    def timestep(self) -> TimeStep:
        """What the cars see now."""
        return self._timestep

    @property
    def push(self) -> Push:
        """What the world did to the cars in the last tick."""
        return self._push

    @property
    def elapsed_s(self) -> PerCar:
        """Time since each car's last reset."""
        return self._ticks.astype(np.float64) * self.config.tick_s

    def reset(
        self,
        where: CarMask | None = None,
        *,
        start_s_m: npt.ArrayLike = 0.0,
        start_offset_m: npt.ArrayLike = 0.0,
        start_heading_rad: npt.ArrayLike = 0.0,
        in_place: bool = False,
    ) -> TimeStep:
        """Start the cars of `where` (all by default) anew, wheels along the lane.

        Arc length, offset from the target lane and heading against it may be one number or (n,). The weather goes on.
        `in_place`: nobody keeps this tick's pictures, so those of other cars need no copy.
        """
        where = np.ones(self.num_cars, dtype=np.bool_) if where is None else where
        self._ticks = np.where(where, 0, self._ticks)
        return self._place(where, (start_s_m, start_offset_m, start_heading_rad), in_place=in_place)

    def put_back(self, where: CarMask) -> TimeStep:
        """Put the cars of `where` (n,) onto the target lane at their place, along it; clock and weather go on."""
        here = self._timestep
        return self._place(where, (here.observation.lane.s_m, 0.0, 0.0)) if where.any() else here

    def change_tracks(self, tracks: Tracks, s_m: PerCar) -> TimeStep:
        """Put as many other roads under the cars, which are at arc lengths `s_m` (n,) of them: endless roads go on so.

        Cars, clock and weather stay as they are to the bit; where the roads lie as the old ones do, so does the view.
        """
        if len(tracks) != len(self.tracks):
            raise InputError(f"env: give {len(self.tracks)} roads, one for each old one, not {len(tracks)}")
        self.tracks, self._segment = tracks, None
        seen = self._timestep.observation
        lane = lane_pose(tracks, self.track_idx, seen.state.poses, s_m)
        return self._show(self._images(seen.state), seen.state, lane, seen.images_before)

    def change_scenes(self, scenes: Scenes) -> None:
        """Put the cars under as many other skies, from the next picture on."""
        if self.scenes is None or len(scenes) != len(self.scenes):
            raise InputError("env: give one new scene for each old one")
        self.scenes = scenes

    def change_conditions(self, vehicle: VehicleParams, disturbance: Disturbance) -> None:
        """From the next tick on the cars answer, and the wind blows, like this; no car jumps, nor do its wheels.

        Raises InputError within a tick.
        """
        if self._segment is not None:
            raise InputError("env: a tick is under way; finish it before the conditions change")
        self._take_conditions(vehicle, disturbance)
        seen = self._timestep.observation
        seen = replace(seen, state=seen.state.with_latency(vehicle.latency_ticks))
        self._timestep = replace(self._timestep, observation=seen)

    def snapshot(self) -> EnvState:
        """All that decides what happens from here on, at any substep; the env goes on as if nothing had been kept."""
        seen, sources = self._timestep.observation, (self._cameras.now, self._cameras.before)
        seen = seen if sources[0] is None else replace(seen, images=None)
        seen = seen if sources[1] is None else replace(seen, images_before=None)
        weather, noise = self._weather.snapshot(), (GeneratorState.of(self._noise_rng), self._noise_seed)
        conditions = self._segment, self.config.vehicle, self.config.disturbance
        return EnvState(self.tracks, self.scenes, self._ticks, seen, self._push, weather, *noise, *conditions, *sources)

    def restore(self, state: EnvState) -> TimeStep:
        """Go back to a state of this env, or of one made alike: from there on all is as it was, to the bit.

        Vehicle and wind are the state's, pictures this env's own camera's. InputError where it is of other cars.
        """
        state.check(self.track_idx, self.config)
        self._take_conditions(state.vehicle, state.disturbance)
        self.tracks, self.scenes, self._ticks, self._push = state.tracks, state.scenes, state.ticks, state.push
        self._weather.restore(state.weather)  # pyright: ignore[reportArgumentType] - of an env made alike
        self._noise_rng, self._noise_seed, self._segment = state.noise.make(), state.noise_seed, state.segment
        seen, cameras, camera = state.observation, self._cameras, self.config.camera
        cameras.now, cameras.before = state.drawn_from, state.before_drawn_from
        images = cameras.seen(camera, cameras.now) if seen.images is None else seen.images
        before = cameras.seen(camera, cameras.before) if seen.images_before is None else seen.images_before
        self._is_first = self._nobody if seen.is_first is None else seen.is_first
        return self._show(images, seen.state, seen.lane, before)

    def step(self, command: Command) -> TimeStep:
        """Drive one control tick."""
        self.begin(command)
        return self.finish()

    def begin(self, command: Command) -> None:
        """Begin a control tick without driving it yet: for windows, which show the substeps as they come."""
        command.check(self.num_cars)
        self._push = next(self._weather)
        self._segment = TickSegment(self._timestep.observation.state, command, self._push)

    def substep(self, command: Command | None = None) -> VehicleState:
        """Drive one substep of the tick that was begun; a new command counts from this one on.

        With one command for all of them the tick is that of `step`, to the bit. Where commands take ticks to arrive
        (latency), those of `begin` count alone. Raises InputError where no substep is left.
        """
        segment, config = self._segment, self.config
        if segment is None or segment.last_substep == config.num_substeps:
            raise InputError("env: no tick is under way; begin one")
        if command is not None and not config.vehicle.latency_ticks:
            command.check(self.num_cars)
            segment = segment.with_command(command, config.vehicle, config.substep_s)
        self._segment = segment = segment.driven(1)
        return segment.state_after(config.vehicle, config.substep_s)

    def finish(self) -> TimeStep:
        """Drive the rest of the tick that was begun, and look."""
        if self._segment is None:
            raise InputError("env: no tick is under way; begin one")
        config, before = self.config, self._timestep.observation
        segment = self._segment.driven(config.num_substeps - self._segment.last_substep)
        state, self._segment = segment.state_after(config.vehicle, config.substep_s), None
        self._ticks, self._noise_seed = self._ticks + 1, int(self._noise_rng.integers(2**31))
        self._cameras.before, self._is_first = self._cameras.now, self._nobody
        # The search along the road starts where the car would be if it had followed it.
        s_hint_m = before.lane.s_m + config.tick_s * state.speed_mps
        lane = lane_pose(self.tracks, self.track_idx, state.poses, s_hint_m)
        return self._show(self._images(state), state, lane, before.images)

    def view(self, camera: Camera, *, noise_seed: int | None = None) -> Images:
        """What another camera (n, h, w, 3) on the same cars sees now; nothing else changes.

        With the noise of this tick, unless `noise_seed` is given: an env that has this camera sees the same, to the
        bit. Raises InputError in an env without a camera of its own.
        """
        if self.scenes is None or self.config.camera is None:
            raise InputError("env: another camera takes scenes and an env that has a camera; give EnvConfig one")
        noise_seed = self._noise_seed if noise_seed is None else noise_seed
        source = PictureSource(self.tracks, self.scenes, self._timestep.observation.state.poses, noise_seed)
        return self._cameras.drawn(camera, source)

    def view_before(self, camera: Camera) -> Images | None:
        """What another camera saw (n, h, w, 3) where `images_before` were seen; None where that is not known."""
        return self._cameras.seen(camera, self._cameras.before)

    def _take_conditions(self, vehicle: VehicleParams, disturbance: Disturbance) -> None:
        self.config = replace(self.config, vehicle=vehicle, disturbance=disturbance)
        self._weather.disturbance = disturbance

    def _place(self, where: CarMask, place: tuple[npt.ArrayLike, ...], *, in_place: bool = False) -> TimeStep:
        """Place some cars, leave the others, and draw only those that moved."""
        seen, self._segment = None if where.all() else self._timestep.observation, None
        state, lane = placed(self.tracks, self.track_idx, self.config.vehicle, place, seen, where, self.start_speed)
        images, self._is_first = self._images(state, where, in_place=in_place), where | self._is_first
        if seen is not None:
            return self._show(images, state, lane, seen.images_before)
        self._cameras.before = None
        return self._show(images, state, lane, None)

    def _images(self, state: VehicleState, where: CarMask | None = None, *, in_place: bool = False) -> Images | None:
        """New pictures of all cars, or of those of `where` among the pictures from before."""
        if self.scenes is None:
            return None
        camera, source = self.config.camera, PictureSource(self.tracks, self.scenes, state.poses, self._noise_seed)
        before = None if where is None or where.all() else self._timestep.observation.images
        if camera is None or before is None or where is None:
            return self._cameras.take(camera, source)
        return self._cameras.take_some(camera, source, before if in_place else before.copy(), where)

    def _show(self, images: Images | None, state: VehicleState, lane: LanePose, before: Images | None) -> TimeStep:
        limit_s, seen_under = self.config.time_limit_s, None if self.config.camera is None else self.scenes
        late = np.zeros(self.num_cars, np.bool_) if limit_s is None else self.elapsed_s >= limit_s - 1e-9
        goal = lateral_goal(self.tracks, lane, seen_under, self.scene_idx)
        seen = Observation(images, state.speed_mps, lane, state, goal, before, self._is_first)
        self._timestep = TimeStep(seen, lane.edge_m < 0.0, late)
        return self._timestep
