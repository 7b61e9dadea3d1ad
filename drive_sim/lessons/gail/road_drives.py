"""Drives for the lesson on GAIL on the road: what is labelled in them, and how well a policy drives unseen roads."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from drive_sim.arrays import CarIndex, Numbers
from drive_sim.data.rollout import drive
from drive_sim.data.transitions import Transitions
from drive_sim.data.trials import Trials
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.unaided import Starts, drive_unaided
from drive_sim.policies.alvinn import nearest_unit
from drive_sim.policies.base import Actions, Observations, Policy
from drive_sim.policies.road_input import LANE_POSE, rows_of
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import is_off_lane
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.track import progress_m


@dataclass(frozen=True, slots=True)
class World:
    """The roads of the first drive in its weather; how much of a drive is labelled, and how it is measured.

    `every`: of so many ticks one is labelled, as in 2016. `return_ticks` is the horizon of a return, and `num_roads`
    unseen roads are driven for `distance_m` each.
    """

    every: int = 10
    num_roads: int = 20
    distance_m: float = 1000.0
    cars_per_road: int = 5
    return_ticks: int = 300
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if min(self.every, self.num_roads, self.cars_per_road, self.return_ticks) < 1 or not self.distance_m > 0.0:
            raise InputError("gail-on-the-road: it takes labels, roads, cars and a distance to measure by")

    @property
    def lap_ticks(self) -> int:
        """About how many ticks a lap takes."""
        return round(self.conditions.road_length_m / self.conditions.vehicle.cruise_mps * EnvConfig().control_hz)

    @property
    def shown_roads(self) -> Suite:
        """Where is demonstrated and learned."""
        return make_suite("train", conditions=self.conditions)

    @property
    def unseen_roads(self) -> Suite:
        """Where is measured."""
        suite = make_suite("held-out", num_roads=self.num_roads, conditions=self.conditions)
        return replace(suite, distance_m=self.distance_m)

    def make_env(
        self, suite: Suite, road: CarIndex, rng: np.random.Generator, camera: Camera | None = None
    ) -> DriveEnv:
        """Cars (n,) on these roads of a suite, each somewhere on its own."""
        env_rng, place_rng = rng.spawn(2)
        config = EnvConfig(camera, self.conditions.vehicle, suite.disturbance)
        env = DriveEnv(suite.tracks, suite.scenes, config, env_rng, track_idx=road, scene_idx=road)
        env.reset(start_s_m=suite.tracks.length_m[road] * place_rng.random(len(road)))
        return env

    def labelled(
        self,
        env: DriveEnv,
        policy: Policy,
        num_ticks: int,
        rng: np.random.Generator,
        *,
        labeller: Policy | None = None,
    ) -> Transitions:
        """What is read on one tick in `every` of a drive, its command, and what the labeller would have done there."""
        ticks = list(drive(env, policy, num_ticks + 1, rng, labeller=labeller))
        reads = LANE_POSE if env.config.camera is None else "pixels"
        rows: list[tuple[Observations, Actions, Observations, Actions]] = []
        for before, after in list(pairwise(ticks))[:: self.every]:
            assert after.arrival is not None, "a tick leads to the next"
            seen, then = (
                rows_of(reads, of.lane, of.images, env.config.camera)
                for of in (before.observation, after.arrival.observation)
            )
            asked = before.command.curvature_per_m if labeller is None else before.expert_curvature_per_m
            assert asked is not None, "a labeller answers"
            rows.append((seen, before.command.curvature_per_m[:, None], then, asked[:, None]))
        seen, action, then, asked = (np.concatenate(column) for column in zip(*rows, strict=True))
        limit, cut = np.array([env.config.vehicle.max_curvature_per_m]), np.ones(len(seen), dtype=np.bool_)
        return Transitions(seen, action, then, ~cut, cut, -limit, limit, asked)


def as_units(shown: Transitions, trials: Trials) -> Transitions:
    """Curvatures as the nearest steering units, for who chooses one."""
    num = len(trials.units_per_m)
    action = nearest_unit(shown.action[:, 0], trials.units_per_m).astype(np.float64)[:, None]
    bounds = {"low": np.zeros(1), "high": np.array([num - 1.0])}
    return replace(shown, action=action, expert_action=None, num_actions=num, **bounds)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """How a policy drives unseen roads: its mean return, and by road interventions and kilometres."""

    mean_return: float
    interventions: Numbers
    km: Numbers
    steps: float

    @property
    def per_km(self) -> float:
        """Interventions a kilometre."""
        return float(self.interventions.sum() / self.km.sum())


def measure(world: World, policy: Policy, camera: Camera | None = None, *, seed: int = 0) -> Measured:
    """Drive the unseen roads twice: for the return unaided, and put back where somebody would have to help."""
    suite, config = world.unseen_roads, EvalConfig(world.conditions.vehicle, camera, seed=seed)
    report = evaluate(policy, suite, config)
    value = mean_return(world, policy, suite, config)
    steps = float(np.isfinite(report.offset_m).sum()) + value.size * world.return_ticks
    return Measured(float(value.mean()), report.interventions.astype(float), report.distance_m / 1000.0, steps)


def mean_return(world: World, policy: Policy, suite: Suite, config: EvalConfig) -> Numbers:
    """What each of some cars (n,) earns as `data.trials` pays, until its end or the horizon."""
    road = np.repeat(np.arange(len(suite.tracks)), world.cars_per_road)
    place = (np.arange(len(road)) % world.cars_per_road) / world.cars_per_road
    zeros = np.zeros(len(road))
    starts = Starts(road, place * suite.tracks.length_m[road], zeros, zeros)
    lanes = drive_unaided(policy, suite, starts, world.return_ticks, config, suite.disturbance)
    earned, drives_on = zeros.copy(), np.ones(len(road), dtype=np.bool_)
    cruise_m = config.vehicle.cruise_mps / config.control_hz
    for before, after in pairwise(lanes):
        drives_on &= ~is_off_lane(suite.tracks, after) & (after.edge_m >= 0.0)
        paid = progress_m(suite.tracks, before, after) / cruise_m - 0.2 * np.abs(after.offset_m)
        earned += np.where(drives_on, paid, 0.0)
    return earned
