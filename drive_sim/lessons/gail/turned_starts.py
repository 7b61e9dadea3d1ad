"""The world of the lesson on turned starts: roads, normal starts for who shows, turned ones for who learns, and tests.

Leaving the road ends nothing here, as in CarRacing: a car drives on over the grass until it is 25 m from its lane or
the time is over. Who is back on the lane and along it by then, and stays there, has found back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.arrays import CarMask, Numbers
from drive_sim.data.transitions import Transitions
from drive_sim.geometry import FULL_LOCK_PER_M
from drive_sim.gym.road import RoadVectorEnv, pursuit_expert
from drive_sim.gym.world import Task, collect, make_task
from drive_sim.policies.alvinn import ALVINN_CAMERA, Units, curvature_units
from drive_sim.policies.base import Policy
from drive_sim.policies.regressor import ExpertReader
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks, progress_m
from drive_sim.sim.vehicle import VehicleParams

TEST_ROADS, VALIDATION_ROADS = 241, 242
"""Seeds of roads: the same for all who are tested, and never those on which anybody learns."""
_DRIVING = 243


@dataclass(frozen=True, slots=True)
class World:
    """A slow car on two-lane roads, five commands a second (1.2 m a tick), steering by one of so many units.

    A drive is `distance_m` long; found means within `within_m` of the lane and facing along it over its last
    `settled_m`. Demonstrations start up to `normal_m` off the lane and up to `normal_deg` turned, to either side; who
    learns by trying starts on the lane, turned by 0 to `most_turned_deg` to the left.
    """

    road_kind: str = "two-lane"
    road_length_m: float = 1000.0
    speed_mps: float = 6.0
    control_hz: float = 5.0
    num_units: int = 21
    distance_m: float = 300.0
    settled_m: float = 200.0
    within_m: float = 1.0
    lost_m: float = 25.0
    most_turned_deg: float = 110.0
    normal_m: float = 0.5
    normal_deg: float = 6.0
    num_cars: int = 16

    @property
    def vehicle(self) -> VehicleParams:
        """The car."""
        return VehicleParams(cruise_mps=self.speed_mps)

    @property
    def num_ticks(self) -> int:
        """The ticks of a drive."""
        return round(self.distance_m / self.speed_mps * self.control_hz)

    @property
    def first_settled(self) -> int:
        """The first tick by which a car has to be back."""
        return round((self.distance_m - self.settled_m) / self.speed_mps * self.control_hz)

    @property
    def units(self) -> Units:
        """The curvatures that can be chosen, from full left to full right."""
        return curvature_units(self.num_units, FULL_LOCK_PER_M)

    def task(self, shown: Transitions, observation: str, *, num_cars: int | None = None) -> Task:
        """What a learner is offered who tries from turned starts, and may ask an expert there."""
        turned = {"start_heading_rad": (0.0, float(np.radians(self.most_turned_deg)))}
        env = self.env(num_cars or self.num_cars, observation, turned)
        return make_task(env, pursuit_expert, demonstrations=shown, keep_pictures=True)

    def demonstrate(self, num_drives: int, rng: np.random.Generator, observation: str) -> Transitions:
        """The expert's drives from normal starts."""
        turned_rad = float(np.radians(self.normal_deg))
        normal = {
            "start_offset_m": (-self.normal_m, self.normal_m),
            "start_heading_rad": (-turned_rad, turned_rad),
        }
        env = self.env(num_drives, observation, normal)
        return collect(env, ExpertReader(), self.num_ticks, rng, expert=pursuit_expert, keep_pictures=True)

    def env(self, num_cars: int, observation: str, starts: Mapping[str, tuple[float, float]]) -> RoadVectorEnv:
        """Cars on as many roads: whoever was shown four roads leaves a fifth where it bends more."""
        settings: dict[str, Any] = {**self._settings(observation), **starts}
        return RoadVectorEnv(num_cars, num_roads=num_cars, **settings)

    def _settings(self, observation: str) -> dict[str, Any]:
        """Of the road as Gymnasium's border has it (`RoadConfig`)."""
        return {
            "camera": ALVINN_CAMERA,
            "vehicle": self.vehicle,
            "road_kind": self.road_kind,
            "road_length_m": self.road_length_m,
            "control_hz": self.control_hz,
            "time_limit_s": self.distance_m / self.speed_mps,
            "end_offset_m": self.lost_m,
            "observation": observation,
            "steering_units": self.num_units,
        }


@dataclass(frozen=True, slots=True, eq=False)
class TurnedRoads:
    """Roads with a scene each, on which policies are put and turned; drawn from a word of their own."""

    tracks: Tracks
    scenes: Scenes
    start_s_m: Numbers

    @classmethod
    def make(cls, world: World, word: int, num_roads: int) -> "TurnedRoads":
        """So many, the first ones of more."""
        children = np.random.default_rng([word]).spawn(num_roads)
        kind = ROAD_KINDS[world.road_kind]
        tracks = Tracks.stack([make_circuit(child, kind=kind, length_m=world.road_length_m) for child in children])
        scenes = Scenes.stack([make_scene("day", child) for child in children])
        return cls(tracks, scenes, np.array([child.random() for child in children]) * world.road_length_m)


@dataclass(frozen=True, slots=True, eq=False)
class Drives:
    """Drives of n cars in their lanes' frames: how far along (t, n), how far to the left, and turned by how much."""

    ahead_m: Numbers
    offset_m: Numbers
    heading_rad: Numbers

    def found(self, world: World) -> CarMask:
        """Which cars (n,) were never lost, and were on their lane and along it over the last metres."""
        last = slice(world.first_settled, None)
        on_lane = np.abs(self.offset_m[last]) <= world.within_m
        along = np.abs(self.heading_rad[last]) < 0.5 * np.pi
        kept = np.abs(self.offset_m) < world.lost_m
        return np.logical_and(kept.all(axis=0), (on_lane & along).all(axis=0))


def drive_turned(
    world: World, roads: TurnedRoads, policy: Policy, turned_deg: Sequence[float], camera: Camera | None = None
) -> Drives:
    """A drive for each turn and road, turn by turn: from the road's lane, turned to the left by so much. Calm air."""
    config, num_roads = EnvConfig(camera, world.vehicle, control_hz=world.control_hz), len(roads.start_s_m)
    road = np.tile(np.arange(num_roads), len(turned_deg))
    env_rng, act_rng = np.random.default_rng(_DRIVING).spawn(2)
    env = DriveEnv(roads.tracks, roads.scenes, config, env_rng, track_idx=road, scene_idx=road)
    heading_rad = np.radians(np.repeat(np.asarray(turned_deg, dtype=np.float64), num_roads))
    step = env.reset(start_s_m=roads.start_s_m[road], start_heading_rad=heading_rad)
    before, ahead_m, seen = step.observation.lane, np.zeros(len(road)), []
    for _ in range(world.num_ticks):
        lane = env.step(policy.act(env.timestep.observation, act_rng)).observation.lane
        ahead_m = ahead_m + progress_m(roads.tracks, before, lane)
        seen.append((ahead_m, lane.offset_m, lane.heading_rad))
        before = lane
    return Drives(*(np.array(column) for column in zip(*seen, strict=True)))


def share_found(world: World, drives: Drives, num_turns: int) -> Numbers:
    """Who found back, 1 or 0, by turn and road."""
    return drives.found(world).reshape(num_turns, -1).astype(np.float64)
