"""The kart's world: one road, one car, five pictures a second, and how often a policy falls off it.

Every constant that the comparison depends on stands in `KartConditions`, chosen on seeds from 1000 up and then frozen:
docs/adr/0006 tells what was tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.policies.base import Actor
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import KART_CAMERA
from drive_sim.policies.policy_batch import PolicyBatch
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

Falls = Annotated[npt.NDArray[np.int64], "p l"]
"""How often each of p policies fell in each of its l laps."""

_ROAD, _SCENE = 77, 78
_EXPERT, _EVALUATION = 21, 23
"""Streams of their own: first words of seeds for worlds, second words for drives."""


@dataclass(frozen=True, slots=True)
class KartConditions:
    """The road, the car and the clock of the kart lessons; a lap takes about `ticks_per_lap` pictures."""

    road_seed: int = 1
    held_out_seeds: tuple[int, ...] = (101, 102, 103, 104, 105, 106, 107, 108)
    road_kind: str = "path"
    curvature_sd_per_m: float = 0.022
    half_width_m: float = 1.8
    scene_kind: str = "day"
    noise_grey: float = 8.0
    speed_mps: float = 12.0
    control_hz: float = 5.0
    ticks_per_lap: int = 1000
    lookahead_m: float = 9.0

    @property
    def lap_m(self) -> float:
        """The length of every road."""
        return self.speed_mps * self.ticks_per_lap / self.control_hz


@dataclass(frozen=True, slots=True, eq=False)
class KartWorld:
    """Roads of the conditions, and a scene for each."""

    conditions: KartConditions
    tracks: Tracks
    scenes: Scenes

    @property
    def env_config(self) -> EnvConfig:
        """A calm world: nothing but the picture is noisy."""
        vehicle = VehicleParams(cruise_mps=self.conditions.speed_mps)
        return EnvConfig(KART_CAMERA, vehicle, control_hz=self.conditions.control_hz)

    def make_env(self, num_cars: int, rng: np.random.Generator, num_copies: int = 1) -> DriveEnv:
        """So many cars, the roads in turn, each at a place of its own; all of them again for each further copy."""
        env_rng, place_rng = rng.spawn(2)
        index = np.tile(np.arange(num_cars) % len(self.tracks), num_copies)
        env = DriveEnv(self.tracks, self.scenes, self.env_config, env_rng, track_idx=index, scene_idx=index)
        env.reset(start_s_m=self.tracks.length_m[index] * np.tile(place_rng.random(num_cars), num_copies))
        return env


def make_world(conditions: KartConditions, road_seeds: Sequence[int] | None = None) -> KartWorld:
    """The one road on which all is learned and, as in the paper, tested; or others like it, made from seeds."""
    road_seeds = road_seeds or (conditions.road_seed,)
    kind = replace(
        ROAD_KINDS[conditions.road_kind],
        half_width_m=conditions.half_width_m,
        curvature_sd_per_m=conditions.curvature_sd_per_m,
    )
    tracks, scenes = [], []
    for seed in road_seeds:
        track = make_circuit(np.random.default_rng([_ROAD, seed]), kind=kind, length_m=conditions.lap_m)
        tracks.append(replace(track, name=f"kart {seed}"))
        scene = make_scene(conditions.scene_kind, np.random.default_rng([_SCENE, seed]))
        scenes.append(replace(scene, noise_grey=conditions.noise_grey))
    return KartWorld(conditions, Tracks.stack(tracks), Scenes.stack(scenes))


def expert_laps(world: KartWorld, num_laps: int, seed: int) -> list[Demonstrations]:
    """Laps that the expert drives, all at once, each from a place of its own; fewer are the first ones of more."""
    rng, drive_rng = np.random.default_rng([seed, _EXPERT]).spawn(2)
    expert = PursuitExpert(world.tracks, world.conditions.lookahead_m)
    ticks = world.conditions.ticks_per_lap
    env = world.make_env(num_laps, rng)
    driven = rollout.collect(env, expert, ticks, drive_rng, labeller=expert, intervention_m=np.inf)
    return [driven.rows(slice(lap * ticks, (lap + 1) * ticks)) for lap in range(num_laps)]


@dataclass(frozen=True, slots=True, eq=False)
class LapFalls:
    """How often policies fell in their laps, falls (p, l), and the arc lengths at which each fell."""

    falls: Falls
    places_m: list[list[float]]


def drive_laps(world: KartWorld, policies: Sequence[Actor[Observation, Command]], num_laps: int, seed: int) -> LapFalls:
    """Let every policy drive so many laps, all at once, and count how often each falls off the road.

    All are given the same starts and, car by car, roads in turn; the noise in the pictures is every car's own. The
    same seed gives the same starts to other policies too.
    """
    rng, drive_rng = np.random.default_rng([seed, _EVALUATION]).spawn(2)
    env = world.make_env(num_laps, rng, num_copies=len(policies))
    falls = np.zeros(env.num_cars, dtype=np.int64)
    places_m: list[list[float]] = [[] for _ in policies]
    policy_batch = PolicyBatch(tuple(policies))
    for _ in range(world.conditions.ticks_per_lap):
        arrival = env.step(policy_batch.act(env.timestep.observation, drive_rng))
        fell = arrival.terminated
        falls += fell
        for car in np.flatnonzero(fell):
            places_m[car // num_laps].append(float(arrival.observation.lane.s_m[car]))
        env.put_back(fell)
    return LapFalls(falls.reshape(len(policies), num_laps), places_m)
