"""The closed loop: a policy drives every road of a suite at once, tick by tick, for whoever wants to watch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from drive_sim.arrays import CarMask, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Policy
from drive_sim.policies.pace import at_speed
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import INTERVENTION_M, needs_intervention
from drive_sim.sim.observation import TimeStep
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import LanePose, progress_m
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState

TIMEOUT_FACTOR = 2.0
"""A road is given up after this many times the time that it takes at cruising speed, or at its profile's."""


@dataclass(frozen=True, slots=True)
class EvalConfig:
    """The car, the camera (None: no pictures), the clock, what an intervention is and costs, and at whose speed.

    With `speed` drivers go at their own, within these limits and the car's; None: the speed is kept.
    """

    vehicle: VehicleParams = field(default_factory=VehicleParams)
    camera: Camera | None = field(default_factory=Camera)
    control_hz: float = 10.0
    intervention_m: float = INTERVENTION_M
    intervention_s: float = 6.0
    seed: int = 0
    speed: SpeedLimits | None = None

    def __post_init__(self) -> None:
        if not self.intervention_m > 0.0:
            raise InputError(f"evaluation: intervention_m must be positive, got {self.intervention_m}")
        if self.seed < 0 or self.intervention_s < 0.0:
            raise InputError("evaluation: seed and intervention_s must not be negative")


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """One control tick of a closed loop; all per road (r,).

    `lane` and `state` are where the command led, before anybody was put back; `timestep` is what the policy sees
    next. `counted`: the road was still being driven. `distance_m`: driven along the road since the start.
    """

    timestep: TimeStep
    command: Command
    state: VehicleState
    lane: LanePose
    intervened: CarMask
    left_road: CarMask
    counted: CarMask
    distance_m: PerCar


def drive(policy: Policy, suite: Suite, config: EvalConfig, *, num_threads: int = 1) -> Iterator[Tick]:
    """Drive every road of a suite from its start until each car has covered the distance, one tick at a time.

    A car that is more than `intervention_m` off its lane (on roads wider than 8 m an eighth of the width, where that is
    the larger), or off the road, is put back at its place. Cars that are
    done drive on uncounted, so that the draws stay in lockstep; roads not done after `TIMEOUT_FACTOR` times the time at
    cruising speed are given up. Where drivers go at their own speed, `policies.pace` says how; they start, and are put
    back, at the speed of the road's profile, and what that takes is the time.
    """
    profile = None if config.speed is None else SpeedProfile.of(suite.tracks, config.speed.within(config.vehicle))
    policy = at_speed(policy, suite.tracks, None if profile is None else profile.limits)
    env_rng, policy_rng = np.random.default_rng([suite.seed, config.seed]).spawn(2)
    env_config = EnvConfig(config.camera, config.vehicle, suite.disturbance, config.control_hz)
    start_speed = None if profile is None else profile.at
    env = DriveEnv(suite.tracks, suite.scenes, env_config, env_rng, num_threads=num_threads, start_speed=start_speed)
    timestep, distance_m = env.timestep, np.zeros(env.num_cars)
    for _ in range(_most_ticks(suite, config, profile)):
        counted = distance_m < suite.distance_m
        if not counted.any():
            return
        before = timestep.observation.lane
        command = policy.act(timestep.observation, policy_rng)
        driven = env.step(command)
        lane = driven.observation.lane
        distance_m = distance_m + progress_m(suite.tracks, before, lane)
        intervened = needs_intervention(suite.tracks, driven, config.intervention_m)
        timestep = env.put_back(intervened)
        yield Tick(
            timestep, command, driven.observation.state, lane, intervened, driven.terminated, counted, distance_m
        )


def _most_ticks(suite: Suite, config: EvalConfig, profile: SpeedProfile | None) -> int:
    if profile is None:
        time_s = suite.distance_m / max(config.vehicle.cruise_mps, 1.0)
    else:
        time_s = float(profile.duration_s(suite.distance_m).max())
    return math.ceil(TIMEOUT_FACTOR * time_s * config.control_hz)
