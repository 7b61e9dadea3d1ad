"""The long drive: many stages of an endless road side by side, a car each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import CarMask, PerCar
from drive_sim.evaluate import TIMEOUT_FACTOR, EvalConfig
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.endless import Milestone, Route, make_road_segment
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import needs_intervention
from drive_sim.sim.scene import Scenes
from drive_sim.sim.scene_schedule import scene_at
from drive_sim.sim.track import LanePose, Tracks
from drive_sim.sim.vehicle import VehicleState

SEGMENT_M, VIEW_M, BEHIND_M = 1000.0, 200.0, 20.0
"""A car gets its next segment after so much road; each begins behind the car and reaches beyond the camera's view."""
_SCENE_EVERY = 40
"""Control ticks after which the light changes a little: 48 m of road."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one car drives: `length_m` of a road from arc length `from_s_m` on, which lies after the milestone."""

    milestone: Milestone
    from_s_m: float
    length_m: float


@dataclass(frozen=True, slots=True, eq=False)
class StageTick:
    """One control tick of all stages (n,), as `evaluate.Tick`, before anybody was put back; `s_m` is the road's own."""

    s_m: PerCar
    state: VehicleState
    lane: LanePose
    intervened: CarMask
    left_road: CarMask
    counted: CarMask


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The segments under the cars: where on the road each begins (n,), and a milestone before it."""

    tracks: Tracks
    from_s_m: PerCar
    milestones: tuple[Milestone, ...]


def drive_stages(
    policy: Policy | None,
    route: Route,
    stages: Sequence[Stage],
    weather: Disturbance,
    config: EvalConfig,
    rng: np.random.Generator,
) -> Iterator[StageTick]:
    """Drive all stages at once to their ends, tick by tick, from segment to segment, in changing light.

    Without a policy the expert drives, who knows every segment. An intervention is that of `evaluate.drive`. Stages not
    done after `TIMEOUT_FACTOR` times the time at cruising speed are given up.
    """
    env_rng, policy_rng = rng.spawn(2)
    start_s_m = s_m = np.array([stage.from_s_m for stage in stages])
    length_m = np.array([stage.length_m for stage in stages])
    ground = _lay(route, [stage.milestone for stage in stages], s_m)
    env_config = EnvConfig(config.camera, config.vehicle, weather, config.control_hz)
    env = DriveEnv(ground.tracks, _scenes(route, s_m) if config.camera else None, env_config, env_rng)
    timestep, driver = env.reset(start_s_m=s_m - ground.from_s_m), policy or PursuitExpert(ground.tracks)
    most = int(TIMEOUT_FACTOR * length_m.max() / config.vehicle.cruise_mps * config.control_hz)
    for tick in range(most):
        counted = s_m - start_s_m < length_m
        if not counted.any():
            return
        if config.camera and tick % _SCENE_EVERY == 0:
            env.change_scenes(_scenes(route, s_m))
        driven = env.step(driver.act(timestep.observation, policy_rng))
        lane = driven.observation.lane
        s_m = ground.from_s_m + lane.s_m
        intervened = needs_intervention(ground.tracks, driven, config.intervention_m)
        timestep = env.put_back(intervened)
        yield StageTick(s_m, driven.observation.state, lane, intervened, driven.terminated, counted)
        if lane.s_m.max() > BEHIND_M + SEGMENT_M:
            ground = _lay(route, ground.milestones, s_m)
            timestep = env.change_tracks(ground.tracks, s_m - ground.from_s_m)
            driver = policy or PursuitExpert(ground.tracks)


def _lay(route: Route, milestones: Sequence[Milestone], s_m: PerCar) -> _Ground:
    """The next segment for each car, from a little behind it."""
    length_m = BEHIND_M + SEGMENT_M + VIEW_M
    places = zip(milestones, s_m, strict=True)
    segments = [make_road_segment(route, stone, max(stone.s_m, s - BEHIND_M), length_m) for stone, s in places]
    tracks = Tracks.stack([segment.track for segment in segments])
    return _Ground(
        tracks, np.array([segment.from_s_m for segment in segments]), tuple(segment.milestone for segment in segments)
    )


def _scenes(route: Route, s_m: PerCar) -> Scenes:
    return Scenes.stack([scene_at(route, s) for s in s_m])
