"""A driver for every road: DAgger (`dagger.py`) on roads drawn from a distribution (Tobin et al. 2017, 1703.06907).

    roads, skies ~ the distribution; half of the cars drive at their own speed, half keep theirs
    D <- what the expert sees, kicked about and finding back, with its commands; shifted and turned views beside
    theta fits D
    for each round:
        other roads, driven by pi_theta and kicked about; the expert says what it would have done
        D <- D + those; theta learns on from where it was

What is learned is conditional (`policies.networks.ConditionalNet`): on some of the roads the target lane lies elsewhere
than in the middle, and the network is told where.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.errors import InputError
from drive_sim.learn import bc, dagger
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.domain_randomisation import RoadDistribution, draw_road, under
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lateral_goal import widest_goal, with_lateral_goal
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_width import road_width_m
from drive_sim.sim.scene import SCENE_KINDS, Scene, Scenes, make_scene
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

VARIED_ROADS = RoadDistribution(sharpest=1.1, hairpin_share=0.2, loop_share=0.1, two_lane_m=(5.0, 17.0))
WIDE_CAMERA = Camera(focal_px=55.0)
"""122 degrees wide: in a bend of 10 m radius on a road of 12 m the inner edge lies 66 degrees aside."""
KICKS = Disturbance(gust_mps=0.15, kick_rate_hz=0.2, kick_shift_m=1.0, kick_turn_rad=0.15)
"""So strong that the way back is in the data (DART, Laskey et al. 2017, arXiv 1703.09327)."""
START_SPREAD = 0.3
START_TURN_RAD = 0.14
"""How far from the target lane, in half widths, and how turned cars begin: standard deviations."""
START_MPS = (2.0, 26.0)
"""How fast cars begin that drive at their own speed."""
_MOST_START_M = 4.0


@dataclass(frozen=True, slots=True)
class Config:
    """How many roads a round, how long each is driven, and how often is learned on.

    The expert drives the first round, the network the others, for `ticks_per_round`, on `roads_per_round` new roads
    each. `told_share` of the roads tell their wanted place, within 0.7 half widths. The network takes
    `fit.num_steps` steps in the first round, `steps_last` in the last one and `steps_later` in each between.
    """

    distribution: RoadDistribution = VARIED_ROADS
    camera: Camera = WIDE_CAMERA
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    kicks: Disturbance = KICKS
    num_rounds: int = 6
    roads_per_round: int = 460
    road_length_m: float = 300.0
    ticks_per_round: int = 30
    told_share: float = 0.25
    speed: SpeedLimits = field(default_factory=SpeedLimits)
    lookahead_s: float = 0.6
    steps_later: int = 2500
    steps_last: int = 10_000
    fit: bc.Config = field(
        default_factory=lambda: bc.Config(
            network="conditional-pilotnet",
            num_steps=4000,
            batch_size=64,
            shift_rotate=ShiftRotate(max_shift_m=1.0, share=0.5),
            learning_rate=7e-4,
            curvature_unit_per_m=0.03,
            steps_per_round=1000,
        )
    )

    def __post_init__(self) -> None:
        if min(self.num_rounds, self.roads_per_round, self.ticks_per_round, self.steps_later, self.steps_last) < 1:
            raise InputError("domain_randomised: rounds, roads, ticks and steps must be at least 1")
        if not 0.0 <= self.told_share <= 1.0:
            raise InputError(f"domain_randomised: told_share must be from 0 to 1, got {self.told_share}")


def train(config: Config, rng: np.random.Generator) -> Iterator[Round[NeuralPolicy]]:
    """A Round an iteration of DAgger, the first of them plain cloning. Nothing is drawn but from `rng`."""
    roads_rng, learner_rng = rng.spawn(2)
    tracks, scenes = draw_worlds(config, config.num_rounds * config.roads_per_round, roads_rng)
    task = ImitationTask(
        make_env=_Worlds(config, tracks, scenes),
        expert=_WithinLock(
            PursuitExpert(tracks, speed=config.speed, lookahead_s=config.lookahead_s),
            config.vehicle.max_curvature_per_m,
        ),
        base_learner=_Continuing(config),
        collect=_collect,
    )
    yield from dagger.train(dagger.Config(config.num_rounds, config.ticks_per_round), task, learner_rng)


def draw_worlds(config: Config, num_roads: int, rng: np.random.Generator) -> tuple[Tracks, Scenes]:
    """Roads in both directions, kinds of scene in turn, a sky each; some tell where the target lane lies."""
    worlds = [_draw_world(config, i, child) for i, child in enumerate(rng.spawn(num_roads))]
    tracks, scenes = zip(*worlds, strict=True)
    return Tracks.stack(tracks), Scenes.stack(scenes)


def _draw_world(config: Config, index: int, rng: np.random.Generator) -> tuple[Track, Scene]:
    kinds = list(SCENE_KINDS)
    road_rng, scene_rng = rng.spawn(2)
    scene = make_scene(kinds[index % len(kinds)], scene_rng)
    track = draw_road(road_rng, under(config.distribution, scene), config.road_length_m)
    way, told, place = rng.uniform(size=3)
    track = track.reversed() if way < 0.5 else track
    if told < config.told_share:
        half_width_m = 0.5 * float((track.width_left_m + track.width_right_m).min())
        track = with_lateral_goal(track, widest_goal(half_width_m) * (2.0 * place - 1.0))
    return track, scene


@dataclass(slots=True)
class _Worlds:
    """The environments of each round in turn, on roads that no other round has: one of them keeps its speed."""

    config: Config
    tracks: Tracks
    scenes: Scenes
    rounds: int = 0

    def __call__(self, rng: np.random.Generator) -> list[DriveEnv]:
        config, vehicle = self.config, self.config.vehicle
        first = self.rounds % config.num_rounds * config.roads_per_round
        self.rounds += 1
        chosen = np.arange(first, first + config.roads_per_round)
        kept = replace(vehicle, max_acceleration_mps2=0.0, max_braking_mps2=0.0)
        envs = []
        for cars, params in ((chosen[::2], kept), (chosen[1::2], vehicle)):
            env_config = EnvConfig(config.camera, params, config.kicks)
            made = partial(DriveEnv, self.tracks, self.scenes, env_config, rng.spawn(1)[0])
            env = made(track_idx=cars, scene_idx=cars)
            _start_anywhere(env, config, rng.spawn(1)[0])
            envs.append(env)
        return envs


def _start_anywhere(env: DriveEnv, config: Config, rng: np.random.Generator) -> None:
    """Each car somewhere on its road with room ahead, beside its lane and turned against it."""
    tracks = env.tracks
    room_m = config.speed.top_mps * config.ticks_per_round * env.config.tick_s
    most_m = np.maximum(tracks.length_m[env.track_idx] - room_m, 0.0)
    s_m = most_m * rng.random(env.num_cars)
    half_m = 0.5 * road_width_m(tracks, env.track_idx, s_m)
    offset_m = np.clip(START_SPREAD * half_m * rng.standard_normal(env.num_cars), -_MOST_START_M, _MOST_START_M)
    offset_m = np.clip(offset_m, -0.6 * half_m, 0.6 * half_m)
    turn_rad = np.clip(START_TURN_RAD * rng.standard_normal(env.num_cars), -0.4, 0.4)
    if env.config.vehicle.max_braking_mps2 > 0.0:
        speed_mps = rng.uniform(*START_MPS, env.num_cars)
        env.start_speed = lambda *_: speed_mps  # who is put back begins as fast again
    env.reset(start_s_m=s_m, start_offset_m=offset_m, start_heading_rad=turn_rad)


@dataclass(slots=True)
class _Continuing:
    """A base learner that learns on from where it was in the round before."""

    config: Config
    policy: NeuralPolicy | None = None
    rounds: int = 0

    def __call__(self, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
        self.rounds += 1
        is_last = self.rounds == self.config.num_rounds
        num_steps = self.config.steps_last if is_last else self.config.steps_later
        fit = self.config.fit if self.policy is None else replace(self.config.fit, num_steps=num_steps)
        *_, last = bc.train(fit, ImitationTask(demos), rng, start=self.policy)
        self.policy = last.policy
        return copy.deepcopy(last.policy)


@dataclass(frozen=True, slots=True)
class _WithinLock:
    """An expert that asks for no more than the wheels can do."""

    expert: PursuitExpert
    lock_per_m: float

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        command = self.expert.act(observation, rng)
        return replace(command, curvature_per_m=np.clip(command.curvature_per_m, -self.lock_per_m, self.lock_per_m))


def _collect(
    envs: list[DriveEnv], policy: Policy, num_ticks: int, rng: np.random.Generator, *, labeller: Policy
) -> Demonstrations:
    """What all cars saw, and the labeller's commands; who leaves the road is put back."""
    parts = [
        rollout.collect(env, policy, num_ticks, child, labeller=labeller, intervention_m=np.inf)
        for env, child in zip(envs, rng.spawn(len(envs)), strict=True)
    ]
    return concatenated(parts)
