"""The road as an episodic task: n cars, their reward, and what is told of them; both environments are shells of it."""

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.errors import InputError
from drive_sim.gym.road_config import RoadConfig
from drive_sim.gym.trips import Trips
from drive_sim.policies.alvinn import Units
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.road_input import LANE_ROWS
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.checks import is_finite
from drive_sim.sim.circuit_file import resolve_track
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.render import render
from drive_sim.sim.road_end import is_at_the_end, routes_m
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

START_OPTIONS = ("start_s_m", "start_offset_m", "start_heading_rad")
"""What `reset(options=...)` understands: one number, or one a car."""

_HIT = np.array(["none", "verge"], dtype=object)
"""What a car hits that is on the road's surface, and off it."""

Steering = Annotated[npt.NDArray[Any], "n 1"]
"""Normalised, right positive: 1 is a curvature of 0.12 /m to the right. Where a unit is chosen, its number (n,).
Where an action accelerates, too, (n, 2): the second number is a share of the car's acceleration, or of its braking."""
Seen = Any
"""What cars see, an array (n, ...); where they see their speed as well, a dict of two."""


class RoadBatch:
    """n cars on the seed's roads, and what they earn in a tick.

        reward = progress along the lane / (cruising speed x tick) - offset_cost_per_m x |offset from the lane|

    This is about 1 where the lane is kept, so an episode's return counts the ticks' worth of road that were driven.
    An end (`RoadConfig` says of what) costs nothing but what could have been earned.
    """

    def __init__(self, config: RoadConfig, num_cars: int) -> None:
        if num_cars < 1:
            raise InputError(f"road: at least one car is needed, got {num_cars}")
        self.config, self.num_cars, self.units = config, num_cars, config.units
        self._price = _price(config)
        self.trips = Trips(num_cars)
        self._drive: DriveEnv | None = None
        self._expert: PursuitExpert | None = None

    @property
    def drive(self) -> DriveEnv:
        """The simulator, with all that experts and metrics may read. Raises InputError before the first reset."""
        if self._drive is None:
            raise InputError("road: reset the environment before anything else")
        return self._drive

    @property
    def expert(self) -> PursuitExpert:
        """Who drives these roads as they should be, at the speed that is kept or at its own."""
        if self._expert is None:
            limits = SpeedLimits().within(self.config.vehicle) if self.config.drives_speed else None
            self._expert = PursuitExpert(self.drive.tracks, speed=limits)
        return self._expert

    @property
    def seen(self) -> Seen:
        """What the cars see: pictures (n, h, w, 3), or rows of the lane pose (n, f), and their speeds (n, 1)."""
        observation = self.drive.timestep.observation
        if observation.images is not None:
            name, seen = "image", observation.images
        else:
            name, seen = "lane", LANE_ROWS[self.config.observation](observation.lane)
        if not self.config.sees_speed:
            return seen
        return {name: seen, "speed": observation.speed_mps.astype(np.float32)[:, None]}

    def seen_by(self, car: int) -> Seen:
        """What one of them sees."""
        seen = self.seen
        return {name: values[car] for name, values in seen.items()} if isinstance(seen, dict) else seen[car]

    def reset(
        self,
        rng: np.random.Generator,
        options: dict[str, Any] | None,
        where: CarMask | None = None,
        *,
        new: bool,
        in_place: bool = False,
    ) -> None:
        """Start the cars of `where` (all by default) anew, on roads that are drawn first where `new`.

        `in_place`: nobody has been given what is seen now, so it may be written into.
        """
        if self._drive is None or new:
            self._make_roads(rng)
            where = None
        drive = self.drive
        where = np.ones(self.num_cars, dtype=np.bool_) if where is None else where
        # Drawn for all cars, so that who is reset never shifts what comes later.
        road = rng.integers(len(drive.tracks.tracks), size=self.num_cars)
        share = rng.random(self.num_cars)
        drive.track_idx[where] = road[where]
        if drive.config.camera is not None:
            drive.scene_idx[where] = road[where]
        start = {
            "start_s_m": share * routes_m(drive.tracks)[drive.track_idx],
            **self._drawn_start(rng),
            **_start(options, self.num_cars),
        }
        drive.reset(where, **start, in_place=in_place)
        self.trips.begin(where)

    def step(self, steering: Steering) -> tuple[PerCar, CarMask, CarMask]:
        """Drive one tick; returns reward, terminated and truncated. What is beyond ±1 is cut off."""
        drive = self.drive
        if self.config.drives_speed:
            command = command_from_action(steering, self.num_cars, self.config.vehicle)
        else:
            command = Command(curvature_from_action(steering, self.num_cars, self.units), np.zeros(self.num_cars))
        before = drive.timestep.observation.lane
        driven = drive.step(command)
        lane = driven.observation.lane
        reward = self.trips.go_on(drive.tracks, before, lane, drive.elapsed_s, self._price)
        return reward, self._ended(), driven.truncated | is_at_the_end(drive.tracks, lane)

    def info(self) -> dict[str, npt.NDArray[Any]]:
        """What donkeycar tells as well, (n,) each, of the cars as they are.

        `cte`: metres off the lane, right positive. `speed`: m/s. `lap_count`: whole laps since the start of the
        episode, `last_lap_time`: seconds of the last one, 0 before. `hit`: "verge" off the road, or else "none".
        """
        observation = self.drive.timestep.observation
        return {
            "cte": -observation.lane.offset_m,
            "speed": observation.speed_mps.copy(),
            "lap_count": self.trips.lap_count.copy(),
            "last_lap_time": self.trips.last_lap_time_s.copy(),
            "hit": _HIT[self.drive.timestep.terminated.view(np.int8)],
        }

    def screens(self) -> Images:
        """What the cars see in the size of `screen_px`, without the sensor's noise."""
        drive = self.drive
        camera, poses = self.config.camera.resized(*self.config.screen_px), drive.timestep.observation.state.poses
        assert drive.scenes is not None, "a camera has scenes"
        # Each road has a scene of its own.
        return render(drive.tracks, drive.scenes, camera, poses, drive.track_idx, drive.track_idx)

    def _ended(self) -> CarMask:
        """Which cars are off the road's surface or, where only that ends an episode, too far from their lane."""
        timestep, most_m = self.drive.timestep, self.config.end_offset_m
        return timestep.terminated if most_m is None else np.abs(timestep.observation.lane.offset_m) >= most_m

    def _drawn_start(self, rng: np.random.Generator) -> dict[str, PerCar]:
        """Offset and heading of each car, where they aren't the same for all."""
        ranges = {"start_offset_m": self.config.start_offset_m, "start_heading_rad": self.config.start_heading_rad}
        return {
            name: rng.uniform(least, most, self.num_cars) if most > least else np.full(self.num_cars, least)
            for name, (least, most) in ranges.items()
        }

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
        self._expert = None
        if (profile := self.expert.profile) is not None:
            self._drive.start_speed = profile.at


def _price(config: RoadConfig) -> tuple[float, float]:
    """How much progress earns 1, and what a metre off the lane costs."""
    return max(float(config.vehicle.cruise_mps), 1.0) * config.env_config.tick_s, float(config.offset_cost_per_m)


def curvature_from_action(steering: npt.ArrayLike, num_cars: int, units: Units | None = None) -> PerCar:
    """Curvatures (n,) in 1/m for actions (n, 1), or for the numbers (n,) or (n, 1) of units.

    Raises InputError where they are of another shape, not finite, or no unit's.
    """
    steering = np.asarray(steering)
    if units is not None:
        chosen = steering.reshape(-1)
        if len(chosen) != num_cars or not np.isin(chosen, np.arange(len(units))).all():
            raise InputError(f"road: actions must be {num_cars} units from 0 to {len(units) - 1}, got {steering}")
        return units[chosen.astype(np.int64)]
    if steering.shape != (num_cars, 1) or not is_finite(steering):
        raise InputError(f"road: actions must be finite numbers ({num_cars}, 1), got {steering.shape}")
    return geometry.curvature_from_normalised(np.minimum(np.maximum(steering[:, 0], -1.0), 1.0))


def command_from_action(action: npt.ArrayLike, num_cars: int, vehicle: VehicleParams) -> Command:
    """What actions (n, 2), steering and a share of acceleration or braking, command.

    Raises InputError where they are of another shape or not finite.
    """
    action = np.asarray(action, dtype=np.float64)
    if action.shape != (num_cars, 2) or not is_finite(action):
        raise InputError(f"road: actions must be finite numbers ({num_cars}, 2), got {action.shape}")
    steering, pedal = np.clip(action, -1.0, 1.0).T
    acceleration_mps2 = pedal * np.where(pedal > 0.0, vehicle.max_acceleration_mps2, vehicle.max_braking_mps2)
    return Command(geometry.curvature_from_normalised(steering), acceleration_mps2)


def action_from_command(command: Command, vehicle: VehicleParams) -> Annotated[npt.NDArray[np.float32], "n 2"]:
    """The actions that command this, as far as steering and pedals reach."""
    wanted_mps2 = command.acceleration_mps2
    most_mps2 = np.where(wanted_mps2 > 0.0, vehicle.max_acceleration_mps2, vehicle.max_braking_mps2)
    pedal = np.clip(wanted_mps2 / np.maximum(most_mps2, 1e-9), -1.0, 1.0)
    steering = geometry.normalised_from_curvature(command.curvature_per_m)
    return np.stack([steering, pedal], axis=-1).astype(np.float32)


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
