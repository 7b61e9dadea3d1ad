"""The kart's world: one road, one car, five pictures a second, and how often a policy falls off it.

Every constant that the comparison depends on stands in `KartConditions`, chosen on seeds from 1000 up and then frozen:
docs/adr/0006 tells what was tried.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.ridge_sums import SummedDemonstrations
from drive_sim.learn.road import road_task
from drive_sim.policies.base import Actor
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import KART_CAMERA
from drive_sim.policies.policy_batch import PolicyBatch
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes, make_scene
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import VehicleParams

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


KART_CONDITIONS = KartConditions()


@dataclass(frozen=True, eq=False)
class KartWorld:
    """Roads of the conditions, made from seeds: the one road of the lesson, or others that nobody learned on."""

    conditions: KartConditions
    road_seeds: tuple[int, ...]

    @cached_property
    def tracks(self) -> Tracks:
        """The roads."""
        return Tracks.stack([_make_road(self.conditions, seed) for seed in self.road_seeds])

    @cached_property
    def scenes(self) -> Scenes:
        """A scene for each road."""
        return Scenes.stack([_make_scene(self.conditions, seed) for seed in self.road_seeds])

    @property
    def env_config(self) -> EnvConfig:
        """A calm world: nothing but the picture is noisy."""
        vehicle = VehicleParams(cruise_mps=self.conditions.speed_mps)
        return EnvConfig(KART_CAMERA, vehicle, control_hz=self.conditions.control_hz)

    def make_env(self, num_cars: int, rng: np.random.Generator) -> DriveEnv:
        """So many cars, the roads in turn, each at a place of its own."""
        env_rng, place_rng = rng.spawn(2)
        index = np.arange(num_cars) % len(self.tracks)
        env = DriveEnv(self.tracks, self.scenes, self.env_config, env_rng, track_idx=index, scene_idx=index)
        env.reset(start_s_m=self.tracks.length_m[index] * place_rng.random(num_cars))
        return env


def training_world(conditions: KartConditions = KART_CONDITIONS) -> KartWorld:
    """The one road on which all is learned and, as in the paper, tested."""
    return KartWorld(conditions, (conditions.road_seed,))


def held_out_world(conditions: KartConditions = KART_CONDITIONS) -> KartWorld:
    """Roads of the same kind that nobody learned on."""
    return KartWorld(conditions, conditions.held_out_seeds)


def expert_laps(world: KartWorld, num_laps: int, seed: int) -> list[Demonstrations]:
    """Laps that the expert drives, all at once, each from a place of its own; fewer are the first ones of more."""
    rng, drive_rng = np.random.default_rng([seed, _EXPERT]).spawn(2)
    expert = PursuitExpert(world.tracks, world.conditions.lookahead_m)
    ticks = world.conditions.ticks_per_lap
    env = world.make_env(num_laps, rng)
    driven = rollout.collect(env, expert, ticks, drive_rng, labeller=expert, intervention_m=np.inf)
    return [driven.rows(slice(lap * ticks, (lap + 1) * ticks)) for lap in range(num_laps)]


def kart_task(
    world: KartWorld, base_learner: Any, first_lap: Demonstrations, *, summed: bool = True
) -> ImitationTask[Any, Any]:
    """What DAgger and SMILe are given: a lap a round, the expert, a base learner for laps that are summed (or are not).

    A kart that falls off the road is put back onto its middle. The expert's own lap is `first_lap`, for every method.
    """
    lookahead_m = world.conditions.lookahead_m
    task = road_task(world.tracks, world.scenes, world.env_config, base_learner, lookahead_m=lookahead_m)
    drive = partial(rollout.collect, intervention_m=np.inf)

    def collect(*args: Any, **kwargs: Any) -> SummedDemonstrations:
        return SummedDemonstrations((drive(*args, **kwargs),))

    first = first_lap.with_expert_labels()
    if summed:
        return replace(task, collect=collect, demonstrations=SummedDemonstrations((first,)))
    return replace(task, collect=drive, demonstrations=first)


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """What policies did: falls (p, l), and the arc lengths at which they fell, a list a policy."""

    falls: Falls
    places_m: tuple[tuple[float, ...], ...]


def drive_laps(world: KartWorld, policies: tuple[Actor[Any, Any], ...], num_laps: int, seed: int) -> Driven:
    """Let every policy drive so many laps, all at once, and count how often each falls off the road.

    All are given the same starts and, car by car, roads in turn; the noise in the pictures is every car's own. The
    same seed gives the same starts to other policies too.
    """
    rng, drive_rng = np.random.default_rng([seed, _EVALUATION]).spawn(2)
    num_cars = len(policies) * num_laps
    env = _tiled_env(world, len(policies), num_laps, rng)
    falls = np.zeros(num_cars, dtype=np.int64)
    places_m: list[list[float]] = [[] for _ in policies]
    policy_batch = PolicyBatch(policies)
    for _ in range(world.conditions.ticks_per_lap):
        driven = env.step(policy_batch.act(env.timestep.observation, drive_rng))
        fell = driven.terminated
        falls += fell
        for car in np.flatnonzero(fell):
            places_m[car // num_laps].append(float(driven.observation.lane.s_m[car]))
        env.put_back(fell)
    return Driven(falls.reshape(len(policies), num_laps), tuple(tuple(places) for places in places_m))


def _tiled_env(world: KartWorld, num_policies: int, num_laps: int, rng: np.random.Generator) -> DriveEnv:
    """The same cars for each policy: places and roads come again, block by block."""
    env_rng, place_rng = rng.spawn(2)
    index = np.tile(np.arange(num_laps) % len(world.tracks), num_policies)
    env = DriveEnv(world.tracks, world.scenes, world.env_config, env_rng, track_idx=index, scene_idx=index)
    env.reset(start_s_m=world.tracks.length_m[index] * np.tile(place_rng.random(num_laps), num_policies))
    return env


def _make_road(conditions: KartConditions, seed: int) -> Track:
    kind = replace(
        ROAD_KINDS[conditions.road_kind],
        half_width_m=conditions.half_width_m,
        curvature_sd_per_m=conditions.curvature_sd_per_m,
    )
    track = make_circuit(np.random.default_rng([_ROAD, seed]), kind=kind, length_m=conditions.lap_m)
    return replace(track, name=f"kart {seed}")


def _make_scene(conditions: KartConditions, seed: int) -> Scene:
    scene = make_scene(conditions.scene_kind, np.random.default_rng([_SCENE, seed]))
    return replace(scene, noise_grey=conditions.noise_grey)
