"""The road as an episodic task: n cars, their reward, and what is told of them; both environments are shells of it."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.circuit_file import resolve_track
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.track import Tracks, progress_m
from drive_sim.sim.vehicle import Command, VehicleParams

START_OPTIONS = ("start_s_m", "start_offset_m", "start_heading_rad")
"""What `reset(options=...)` understands: one number, or one a car."""

Steering = Annotated[npt.NDArray[Any], "n 1"]
"""Normalised, right positive: 1 is a curvature of 0.12 /m to the right."""


@dataclass(frozen=True, slots=True)
class RoadConfig:
    """What is driven on and with what; every field is an argument of `gymnasium.make("drive_sim/Road-v0", ...)`.

    `num_roads` roads of `road_kind` are drawn from the seed of `reset`, and every episode starts somewhere on one of
    them; `track` (a name or a circuit's CSV file) stands for all of them where it is given. After `time_limit_s` an
    episode is truncated. `screen_px` is the width and height of what `render` returns.
    """

    camera: Camera = field(default_factory=Camera)
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    disturbance: Disturbance = field(default_factory=Disturbance)
    track: str | None = None
    road_kind: str = "country"
    road_length_m: float = 2000.0
    num_roads: int = 4
    scene_kind: str = "day"
    control_hz: float = 10.0
    time_limit_s: float = 120.0
    offset_cost_per_m: float = 0.2
    screen_px: tuple[int, int] = (640, 360)
    num_threads: int = 1

    def __post_init__(self) -> None:
        if self.road_kind not in ROAD_KINDS:
            raise InputError(f"road: no road_kind {self.road_kind!r}; there are {', '.join(ROAD_KINDS)}")
        if self.scene_kind not in SCENE_KINDS:
            raise InputError(f"road: no scene_kind {self.scene_kind!r}; there are {', '.join(SCENE_KINDS)}")
        if self.num_roads < 1 or not self.time_limit_s > 0.0:
            raise InputError("road: num_roads must be at least 1 and time_limit_s positive")

    @property
    def env_config(self) -> EnvConfig:
        """The same for the simulator."""
        return EnvConfig(
            self.camera, self.vehicle, self.disturbance, self.control_hz, time_limit_s=float(self.time_limit_s)
        )


class RoadBatch:
    """n cars on the seed's roads, and what they earn in a tick.

        reward = progress along the lane / (cruising speed x tick) - offset_cost_per_m x |offset from the lane|

    This is about 1 where the lane is kept, so an episode's return counts the ticks' worth of road that were driven.
    Leaving the road ends the episode and costs nothing but what could have been earned.
    """

    def __init__(self, config: RoadConfig, num_cars: int) -> None:
        if num_cars < 1:
            raise InputError(f"road: at least one car is needed, got {num_cars}")
        self.config, self.num_cars = config, num_cars
        self._drive: DriveEnv | None = None

    @property
    def drive(self) -> DriveEnv:
        """The simulator, with all that experts and metrics may read. Raises InputError before the first reset."""
        if self._drive is None:
            raise InputError("road: reset the environment before anything else")
        return self._drive

    @property
    def images(self) -> Images:
        """What the cars see, (n, h, w, 3)."""
        images = self.drive.timestep.observation.images
        assert images is not None, "RoadConfig always has a camera"
        return images

    def reset(
        self, rng: np.random.Generator, options: dict[str, Any] | None, where: CarMask | None = None, *, new: bool
    ) -> None:
        """Start the cars of `where` (all by default) anew, on roads that are drawn first where `new`."""
        if self._drive is None or new:
            self._make_roads(rng)
            where = None
        drive = self.drive
        where = np.ones(self.num_cars, dtype=np.bool_) if where is None else where
        # Drawn for all cars, so that who is reset never shifts what comes later.
        road = rng.integers(len(drive.tracks.tracks), size=self.num_cars)
        share = rng.random(self.num_cars)
        drive.track_idx[where], drive.scene_idx[where] = road[where], road[where]
        start = {"start_s_m": share * self._length_m, **_start(options, self.num_cars)}
        drive.reset(where, **start)
        for count in (self.driven_m, self.lap_count, self.lap_start_s, self.last_lap_time_s):
            count[where] = 0

    def step(self, steering: Steering) -> tuple[PerCar, CarMask, CarMask]:
        """Drive one tick; returns reward, terminated and truncated. Steering beyond ±1 is cut off."""
        drive = self.drive
        before = drive.timestep.observation.lane
        driven = drive.step(Command.steer(curvature_from_action(steering, self.num_cars)))
        lane = driven.observation.lane
        moved_m = progress_m(drive.tracks, before, lane)
        self._count_laps(moved_m)
        reward = moved_m / self._cruise_m - self.config.offset_cost_per_m * np.abs(lane.offset_m)
        return reward, driven.terminated, driven.truncated

    def info(self) -> dict[str, npt.NDArray[Any]]:
        """What donkeycar tells as well, (n,) each, of the cars as they are.

        `cte`: metres off the lane, right positive. `speed`: m/s. `lap_count`: whole laps since the start of the
        episode, `last_lap_time`: seconds of the last one, 0 before. `hit`: "verge" off the road, or else "none".
        """
        observation = self.drive.timestep.observation
        return {
            "cte": -observation.lane.offset_m,
            "speed": observation.speed_mps.copy(),
            "lap_count": self.lap_count.copy(),
            "last_lap_time": self.last_lap_time_s.copy(),
            "hit": np.where(self.drive.timestep.terminated, "verge", "none").astype(object),
        }

    def screens(self) -> Images:
        """What the cars see in the size of `screen_px`, without the sensor's noise."""
        drive = self.drive
        camera, poses = self.config.camera.resized(*self.config.screen_px), drive.timestep.observation.state.poses
        assert drive.scenes is not None, "a camera has scenes"
        return render(drive.tracks, drive.scenes, camera, poses, drive.track_idx, drive.scene_idx)

    @property
    def _length_m(self) -> PerCar:
        return self.drive.tracks.length_m[self.drive.track_idx]

    @property
    def _cruise_m(self) -> float:
        return max(self.config.vehicle.cruise_mps, 1.0) * self.config.env_config.tick_s

    def _make_roads(self, rng: np.random.Generator) -> None:
        config = self.config
        road_rng, scene_rng, drive_rng = rng.spawn(3)
        if config.track is not None:
            tracks = [resolve_track(config.track)]
        else:
            kind = ROAD_KINDS[config.road_kind]
            children = road_rng.spawn(config.num_roads)
            tracks = [make_circuit(child, kind=kind, length_m=config.road_length_m) for child in children]
        scenes = [make_scene(config.scene_kind, child) for child in scene_rng.spawn(len(tracks))]
        first = np.zeros(self.num_cars, dtype=np.int64)
        self._drive = DriveEnv(
            Tracks.stack(tracks),
            Scenes.stack(scenes),
            config.env_config,
            drive_rng,
            track_idx=first,
            scene_idx=first.copy(),
            num_threads=config.num_threads,
        )
        self.driven_m, self.lap_start_s, self.last_lap_time_s = np.zeros((3, self.num_cars))
        self.lap_count = np.zeros(self.num_cars, dtype=np.int64)

    def _count_laps(self, moved_m: PerCar) -> None:
        elapsed_s = self.drive.elapsed_s
        self.driven_m += moved_m
        done = self.driven_m >= (self.lap_count + 1) * self._length_m
        self.last_lap_time_s[done] = (elapsed_s - self.lap_start_s)[done]
        self.lap_start_s[done] = elapsed_s[done]
        self.lap_count[done] += 1


def curvature_from_action(steering: npt.ArrayLike, num_cars: int) -> PerCar:
    """Curvatures (n,) in 1/m for actions (n, 1); InputError where they are of another shape or not finite."""
    steering = np.asarray(steering, dtype=np.float64)
    if steering.shape != (num_cars, 1) or not np.isfinite(steering).all():
        raise InputError(f"road: actions must be finite numbers ({num_cars}, 1), got {steering.shape}")
    return geometry.curvature_from_normalised(np.clip(steering[:, 0], -1.0, 1.0))


def _start(options: dict[str, Any] | None, num_cars: int) -> dict[str, PerCar]:
    """The start that the options of `reset` ask for."""
    start: dict[str, PerCar] = {}
    for name, value in (options or {}).items():
        if name not in START_OPTIONS:
            raise InputError(f"road: reset has no option {name!r}; there are {', '.join(START_OPTIONS)}")
        start[name] = np.asarray(value, dtype=np.float64)
        if start[name].shape not in ((), (num_cars,)) or not np.isfinite(start[name]).all():
            raise InputError(f"road: option {name} must be one finite number, or ({num_cars},) of them")
    return start
