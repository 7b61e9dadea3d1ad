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
from drive_sim.learn.start_anywhere import start_anywhere
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.domain_randomisation import Range, RoadDistribution, draw_road, under
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lateral_goal import widest_goal, with_lateral_goal
from drive_sim.sim.observation import Observation
from drive_sim.sim.scene import SCENE_KINDS, Scene, Scenes, make_scene
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

VARIED_ROADS = RoadDistribution(
    changing_share=0.25,
    flaring_share=0.25,
    two_lane_share=0.45,
    two_lane_m=(5.0, 17.0),
    hairpin_share=0.2,
    sharpest=1.1,
    loop_share=0.15,
)
WIDE_CAMERA = Camera(focal_px=55.0)
"""122 degrees wide: in a bend of 10 m radius on a road of 12 m the inner edge lies 66 degrees aside."""
KICKS = Disturbance(gust_mps=0.15, kick_rate_hz=0.2, kick_shift_m=1.0, kick_turn_rad=0.15)
"""So strong that the way back is in the data (DART, Laskey et al. 2017, arXiv 1703.09327)."""


@dataclass(frozen=True, slots=True)
class Config:
    """How many roads a round, how long each is driven, and how often is learned on.

    The expert drives the first round, the network the others, for `ticks_per_round`, on `roads_per_round` new roads
    each. `told_share` of the roads tell their wanted place, within 0.7 half widths. The network takes
    `fit.num_steps` steps in the first round, `steps_last` in the last one and `steps_later` in each between.

    On each road drive `cars_per_road`, each under a sky of its own, with shoulders drawn from `shoulder_m`; of what
    they see each `keep_every`th tick is kept. `tight_share` of the roads draw their radii from `tight_radius_m`. Where
    a road crosses itself `crossing_share` of the cars begin shortly before such a place (`start_anywhere`). The expert
    looks ahead by `lookahead_s` of travel, at least `least_lookahead_m`: nearer, a slow car's commands jump from lock
    to lock.
    """

    distribution: RoadDistribution = VARIED_ROADS
    camera: Camera = WIDE_CAMERA
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    kicks: Disturbance = KICKS
    num_rounds: int = 7
    roads_per_round: int = 600
    cars_per_road: int = 3
    road_length_m: float = 600.0
    tight_share: float = 0.35
    tight_radius_m: Range = (8.0, 40.0)
    shoulder_m: Range | None = (0.2, 0.9)
    crossing_share: float = 0.4
    ticks_per_round: int = 30
    keep_every: int = 5
    told_share: float = 0.25
    speed: SpeedLimits = field(default_factory=SpeedLimits)
    lookahead_s: float = 0.6
    least_lookahead_m: float = 4.5
    steps_later: int = 4500
    steps_last: int = 24_000
    fit: bc.Config = field(
        default_factory=lambda: bc.Config(
            network="conditional-pilotnet",
            num_steps=5000,
            batch_size=64,
            shift_rotate=ShiftRotate(max_shift_m=1.0, share=0.5, law="two-second", travel_s=0.6, arc_length_m=4.5),
            learning_rate=7e-4,
            curvature_unit_per_m=0.03,
            steps_per_round=1000,
            huber=0.5,
            acceleration_weight=0.3,
        )
    )

    def __post_init__(self) -> None:
        counts = ("num_rounds", "roads_per_round", "cars_per_road", "ticks_per_round", "keep_every")
        if min(getattr(self, name) for name in (*counts, "steps_later", "steps_last")) < 1:
            raise InputError("domain_randomised: rounds, roads, cars, ticks and steps must be at least 1")
        for name in ("told_share", "tight_share", "crossing_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"domain_randomised: {name} must be from 0 to 1, got {getattr(self, name)}")


def train(config: Config, rng: np.random.Generator) -> Iterator[Round[NeuralPolicy]]:
    """A Round an iteration of DAgger, the first of them plain cloning. Nothing is drawn but from `rng`."""
    roads_rng, learner_rng = rng.spawn(2)
    worlds = _Worlds(config, roads_rng)
    task = ImitationTask(
        make_env=worlds,
        expert=_WithinLock(worlds, config.vehicle.max_curvature_per_m),
        base_learner=_Continuing(config),
        collect=partial(_collect, keep_every=config.keep_every),
    )
    yield from dagger.train(dagger.Config(config.num_rounds, config.ticks_per_round), task, learner_rng)


def draw_worlds(config: Config, num_roads: int, rng: np.random.Generator, first: int = 0) -> tuple[Tracks, Scenes]:
    """Roads in both directions, kinds of scene in turn, `cars_per_road` skies each, those of a road together.

    Some tell where the target lane lies. `first`: how many were drawn before, with the same generator.
    """
    worlds = [_draw_world(config, first + i, child) for i, child in enumerate(rng.spawn(num_roads))]
    tracks, scenes = zip(*worlds, strict=True)
    return Tracks.stack(tracks), Scenes.stack([scene for of_road in scenes for scene in of_road])


def _draw_world(config: Config, index: int, rng: np.random.Generator) -> tuple[Track, list[Scene]]:
    road_rng, *scene_rngs = rng.spawn(1 + config.cars_per_road)
    scenes = [_draw_scene(config, index + car, scene_rng) for car, scene_rng in enumerate(scene_rngs)]
    is_tight = config.tight_share > 0.0 and rng.uniform() < config.tight_share
    radius_m = config.tight_radius_m if is_tight else config.distribution.radius_m
    distribution = replace(under(config.distribution, scenes[0]), radius_m=radius_m)
    track = draw_road(road_rng, distribution, config.road_length_m)
    way, told, place = rng.uniform(size=3)
    track = track.reversed() if way < 0.5 else track
    if told < config.told_share:
        half_width_m = 0.5 * float((track.width_left_m + track.width_right_m).min())
        track = with_lateral_goal(track, widest_goal(half_width_m) * (2.0 * place - 1.0))
    return track, scenes


def _draw_scene(config: Config, index: int, rng: np.random.Generator) -> Scene:
    kinds = list(SCENE_KINDS)
    scene = make_scene(kinds[index % len(kinds)], rng)
    return scene if config.shoulder_m is None else replace(scene, shoulder_m=float(rng.uniform(*config.shoulder_m)))


@dataclass(slots=True)
class _Worlds:
    """The environments of each round in turn, on roads that no other round has, and who knows them.

    One of a round's two environments keeps its speed.
    """

    config: Config
    roads_rng: np.random.Generator
    num_drawn: int = 0
    expert: PursuitExpert | None = None

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """What the expert would do on this round's roads."""
        assert self.expert is not None, "no round has begun"
        return self.expert.act(observation, rng)

    def __call__(self, rng: np.random.Generator) -> list[DriveEnv]:
        config, vehicle = self.config, self.config.vehicle
        tracks, scenes = draw_worlds(config, config.roads_per_round, self.roads_rng, self.num_drawn)
        self.num_drawn += config.roads_per_round
        ahead = {"lookahead_s": config.lookahead_s, "least_lookahead_m": config.least_lookahead_m}
        self.expert = PursuitExpert(tracks, speed=config.speed, **ahead)
        chosen = np.arange(config.roads_per_round * config.cars_per_road)
        kept = replace(vehicle, max_acceleration_mps2=0.0, max_braking_mps2=0.0)
        envs = []
        for cars, params in ((chosen[::2], kept), (chosen[1::2], vehicle)):
            env_config = EnvConfig(config.camera, params, config.kicks)
            made = partial(DriveEnv, tracks, scenes, env_config, rng.spawn(1)[0])
            env = made(track_idx=cars // config.cars_per_road, scene_idx=cars)
            room_m = config.speed.top_mps * config.ticks_per_round * env.config.tick_s
            start_anywhere(env, room_m, config.crossing_share, rng.spawn(1)[0])
            envs.append(env)
        return envs


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

    expert: Policy
    lock_per_m: float

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        command = self.expert.act(observation, rng)
        return replace(command, curvature_per_m=np.clip(command.curvature_per_m, -self.lock_per_m, self.lock_per_m))


def _collect(
    envs: list[DriveEnv],
    policy: Policy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: Policy,
    keep_every: int = 1,
) -> Demonstrations:
    """What all cars saw, and the labeller's commands, at some of the ticks; who leaves the road is put back."""
    parts = []
    for env, child in zip(envs, rng.spawn(len(envs)), strict=True):
        ticks = rollout.drive(env, policy, num_ticks, child, labeller=labeller, intervention_m=np.inf)
        kept = (tick for tick in ticks if tick.tick % keep_every == 0)
        parts.append(rollout.demonstrations_from(kept, env))
    return concatenated(parts)
