"""Rewards on our road: what a driver likes, read from two minutes, and driven by where the world has changed.

Three scripted drivers like the lane's middle, its right-hand side, and the inside of bends. Their rewards are those
whose soft policies on a lattice steer as they do (`irl/steering_fit.py`); a driver plans on the learned ones. Nobody
has published this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.irl import lattice_fit, steering_fit
from drive_sim.irl.lattice import log_probabilities
from drive_sim.irl.lattice_drives import Trace, drives_from
from drive_sim.irl.sideslip import along_course, sideslip
from drive_sim.lessons import kit
from drive_sim.lessons.irl.changed_roads import WORLDS, Driven, drive_unaided, make_worlds
from drive_sim.lessons.irl.styled_drivers import STYLES, LaneClone, StyledDriver, lane_inputs
from drive_sim.policies.base import Policy
from drive_sim.policies.lattice import STATION_M
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

DRIVERS = tuple(STYLES)
WINDY = ("as one without the wind", "the plain mean", "features matched", "as one who knows the wind")
"""What says where the driver in the wind likes to be."""
POLICIES = ("himself", "reward", "weights alone", "lane-pose clone")
BEND_PER_M = 0.02
"""Bends of 50 m radius are asked about."""
_GUSTS, DRIVEN = 221, 222
"""Second words of the seeds: of the gusts in the demonstrations, and in the drives by what was learned."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How long is driven, and where; `held_out_s` is cut into pieces of `piece_s` whose driver is guessed.

    `num_steps` and `network` of the clone from pictures: None takes the first drive's.
    """

    seconds: float = 120.0
    held_out_s: float = 360.0
    piece_s: float = 60.0
    wind_mps: float = 0.4
    num_roads: int = 20
    distance_m: float = 500.0
    l2: float = 1.0
    num_steps: int | None = None
    network: str | None = None
    gusts: Disturbance = field(default_factory=lambda: CONDITIONS.evaluation)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.distance_m > 0.0):
            raise InputError("reward-on-the-road: it takes seeds, roads and a distance")
        if not (self.seconds >= 20.0 and self.held_out_s >= self.piece_s >= 10.0):
            raise InputError("reward-on-the-road: drive at least 20 s, and guess from pieces of 10 s at least")


QUICK = Config(
    0,
    2,
    quick=True,
    seconds=40.0,
    held_out_s=40.0,
    piece_s=20.0,
    num_roads=2,
    distance_m=300.0,
    num_steps=100,
    network="small",
)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a part read of each driver, by name: weights, where the reward peaks and the plain mean of the offsets, each
    in straights (left positive) and in bends (inward positive), and the clone's weights.

    `true_m`: what the script likes there. `windy_m`: the middle's driver in a steady side wind, straights only, by each
    of WINDY.
    `guessed` (drivers, drivers): of the pieces of each driver, how many are likeliest under whose reward.
    """

    weights: dict[str, list[float]]
    liked_m: dict[str, list[float]]
    mean_m: dict[str, list[float]]
    true_m: dict[str, list[float]]
    windy_m: list[float]
    guessed: Numbers
    clones: dict[str, list[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Drove:
    """What a part drove: by world, driver and policy (4,) what `Driven` tells, a number a policy."""

    mean_m: dict[str, dict[str, list[float]]]
    inward_m: dict[str, dict[str, list[float]]]
    lost: dict[str, dict[str, list[int]]]
    interventions: dict[str, dict[str, list[int]]]
    km: float


def parts(config: Config) -> list[kit.Part]:
    """Reading, seed by seed; driving builds on it."""
    return kit.parts_by_seed(read, config, ["read"], config.seeds)


def driving_parts(config: Config, found: kit.PartResults) -> list[kit.Part]:
    """Driving, seed by seed, by what was read."""
    readings = found.read("read", Read)
    return [
        kit.Part("drive", f"seed {seed}", partial(drive, config, seed, reading.weights, reading.clones))
        for seed, reading in zip(config.seeds, readings, strict=True)
    ]


def read(config: Config, _stage: str, seed: int, report: kit.Report) -> Read:
    """A part: each driver drives two minutes, and others on another road; what does he like, and who drove those?"""
    rewards, liked, means, true, clones = {}, {}, {}, {}, {}
    held_out = {}
    for number, name in enumerate(DRIVERS):
        report(number / 5.0, name)
        trace, clones[name] = demonstrate(config, name, seed)
        rewards[name] = _learned(config, trace)
        liked[name], means[name] = _peaks(rewards[name]), _means(trace)
        true[name] = STYLES[name].liked_m(np.array([0.0, BEND_PER_M])).tolist()
        true[name][1] -= STYLES[name].offset_m
        held_out[name] = demonstrate(config, name, seed, seconds=config.held_out_s, road=1)[0]
    report(0.6, "in a steady wind")
    in_wind = _in_wind(config, demonstrate(config, "likes-middle", seed, wind_mps=config.wind_mps)[0])
    report(0.8, "whose driving is it?")
    guessed = np.array([_guesses(config, held_out[name], list(rewards.values())) for name in DRIVERS])
    weights = {name: list(reward.weights) for name, reward in rewards.items()}
    return Read(weights, liked, means, true, in_wind, guessed, clones)


def demonstrate(
    config: Config, name: str, seed: int, *, seconds: float | None = None, road: int = 0, wind_mps: float = 0.0
) -> tuple[Trace, list[float]]:
    """A driver's drive on a road of the seed's, and the weights of the clone that learned from it."""
    env, driver = demonstration_env(config, name, seed, road=road, wind_mps=wind_mps)
    tracks, rows, inputs, commands = env.tracks, [], [], []
    for _ in range(round((config.seconds if seconds is None else seconds) * env.config.control_hz)):
        seen = env.timestep.observation
        lane, command = seen.lane, driver.act(seen)
        rows.append([*(getattr(lane, of)[0] for of in _LANE), seen.state.curvature_per_m[0]])
        inputs.append(lane_inputs(tracks, seen)[0])
        commands.append(command.curvature_per_m[0])
        env.step(command)
    trace = Trace.from_ticks(*np.array(rows).T, road_length_m=float(tracks.length_m[0]))
    return trace, LaneClone.fit(tracks, np.array(inputs), np.array(commands)).weights.tolist()


def demonstration_env(
    config: Config, name: str, seed: int, *, road: int = 0, wind_mps: float = 0.0, camera: Camera | None = None
) -> tuple[DriveEnv, StyledDriver]:
    """A car at the start of a road of the seed's, in its weather, and the driver."""
    track, scene = make_demonstration_world(1000 * road + seed)
    settings = EnvConfig(camera, disturbance=replace(config.gusts, wind_mps=wind_mps))
    rng = np.random.default_rng([seed, _GUSTS, road])
    env = DriveEnv(Tracks.stack([track]), Scenes.stack([scene]), settings, rng)
    env.reset(start_offset_m=STYLES[name].offset_m)
    return env, StyledDriver(STYLES[name], env.tracks)


_LANE = ("s_m", "offset_m", "heading_rad", "curvature_per_m", "edge_m")


def drive(
    config: Config,
    seed: int,
    weights: Mapping[str, list[float]],
    clones: Mapping[str, list[float]],
    report: kit.Report,
) -> Drove:
    """A part: each driver, his reward with and without ends, and his clone drive unseen roads, changed and not."""
    mean_m, inward_m, lost, interventions, km = {}, {}, {}, {}, 0.0
    for number, (world, setting) in enumerate(make_worlds(config.num_roads, config.gusts).items()):
        rows: dict[str, list[Driven]] = {}
        for driver, name in enumerate(DRIVERS):
            report((number + driver / len(DRIVERS)) / len(WORLDS), f"{world}, {name}")
            reward = RoadReward(tuple(weights[name]))
            policies: tuple[Policy, ...] = (
                StyledDriver(STYLES[name], setting.tracks),
                RewardPolicy(reward).on(setting.tracks, setting.closed),
                RewardPolicy(replace(reward, end_price=0.0)).on(setting.tracks),
                LaneClone(setting.tracks, np.array(clones[name])),
            )
            rng = [seed, DRIVEN, number]
            rows[name] = [
                drive_unaided(policy, setting, STYLES[name], config.distance_m, np.random.default_rng(rng))
                for policy in policies
            ]
        km = rows[DRIVERS[0]][0].km
        mean_m[world] = {name: [of.mean_m for of in row] for name, row in rows.items()}
        inward_m[world] = {name: [of.inward_m for of in row] for name, row in rows.items()}
        lost[world] = {name: [of.lost for of in row] for name, row in rows.items()}
        interventions[world] = {name: [of.interventions for of in row] for name, row in rows.items()}
    return Drove(mean_m, inward_m, lost, interventions, km)


def _learned(config: Config, trace: Trace) -> RoadReward:
    return steering_fit.fit(drives_from([trace]), steering_fit.Config(config.l2)).reward


def _in_wind(config: Config, trace: Trace) -> list[float]:
    """Where he who drove it likes to be in straights, by each of WINDY."""
    drives = drives_from([trace])
    knowing = [along_course(drive, sideslip(drives)) for drive in drives]
    rewards = (
        _learned(config, trace),
        lattice_fit.fit(drives, lattice_fit.Config(l2=config.l2)).reward,
        steering_fit.fit(knowing, steering_fit.Config(config.l2)).reward,
    )
    peak_m, matched_m, knowing_m = (_peaks(reward)[0] for reward in rewards)
    return [peak_m, _means(trace)[0], matched_m, knowing_m]


def _peaks(reward: RoadReward) -> list[float]:
    straight, left, right = reward.liked_offset_m([0.0, BEND_PER_M, -BEND_PER_M])
    return [float(straight), float(0.5 * (left - right))]


def _means(trace: Trace) -> list[float]:
    """The plain mean of the offsets: over all, which is what it has to say of straights, and nothing of bends."""
    return [float(trace.offset_m.mean()), 0.0]


def _guesses(config: Config, trace: Trace, rewards: list[RoadReward]) -> list[int]:
    """How many pieces of a drive are likeliest under each reward."""
    guesses = np.zeros(len(rewards), dtype=np.int64)
    num = round(config.piece_s * CONDITIONS.vehicle.cruise_mps / STATION_M)
    for held_out in drives_from([trace]):
        likely = np.array([log_probabilities(held_out, np.array(reward.weights)) for reward in rewards])
        last = int(held_out.counted.sum()) // num
        by_piece = likely[:, : last * num].reshape(len(rewards), last, num).sum(axis=2)
        guesses += np.bincount(np.argmax(by_piece, axis=0), minlength=len(rewards))
    return guesses.tolist()
