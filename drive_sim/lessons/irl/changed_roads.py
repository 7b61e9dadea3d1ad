"""Roads that nobody drove, as they are and changed, and what becomes of a car that nobody helps there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.lessons.irl.styled_drivers import Style
from drive_sim.policies.base import Policy
from drive_sim.policies.corridor import Closed
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import intervention_limit_m
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Track, Tracks

WORLDS = ("unseen", "half closed", "narrow", "twice the wind")
NARROW_M = 1.1
"""Half the width of the narrower road."""
CLOSED_TO_M, CLOSED_M, EVERY_M = 0.4, 40.0, 150.0
"""Closed is from the right edge to so far left of the middle, over so many metres, so often."""
_BEND_PER_M, _ROAD_M = 0.005, 600.0


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Roads, how they look, what of them is closed, and the weather."""

    tracks: Tracks
    scenes: Scenes
    closed: Mapping[int, Sequence[Closed]]
    weather: Disturbance


@dataclass(frozen=True, slots=True)
class Driven:
    """What became of a policy: its mean offset, and in bends inward; on how many roads its car left the surface or
    entered a closed part; how often it came more than 1 m off its driver's line; and kilometres."""

    mean_m: float
    inward_m: float
    lost: int
    interventions: int
    km: float


def make_worlds(num_roads: int, gusts: Disturbance) -> dict[str, World]:
    """The roads of the suite that nobody has driven, as they are, and changed in one thing each."""
    conditions = replace(CONDITIONS, road_length_m=_ROAD_M)
    suite = make_suite("held-out", num_roads=num_roads, conditions=conditions)
    tracks = suite.tracks
    closed = {road: _closed(track) for road, track in enumerate(tracks.tracks)}
    narrow = Tracks.stack([_narrowed(track) for track in tracks.tracks])
    storm = replace(gusts, gust_mps=2.0 * gusts.gust_mps)
    as_it_is = World(tracks, suite.scenes, {}, gusts)
    changed = (replace(as_it_is, closed=closed), replace(as_it_is, tracks=narrow), replace(as_it_is, weather=storm))
    return dict(zip(WORLDS, (as_it_is, *changed), strict=True))


def drive_unaided(
    policy: Policy,
    world: World,
    style: Style,
    distance_m: float,
    rng: np.random.Generator,
    camera: Camera | None = None,
) -> Driven:
    """Drive every road of a world from its start; a car for which the world has ended drives on uncounted.

    `camera`: what the policy sees through, if it does. Nothing that is closed is painted on the road.
    """
    env_rng, policy_rng = rng.spawn(2)
    env = DriveEnv(world.tracks, world.scenes, EnvConfig(camera, disturbance=world.weather), env_rng)
    env.reset(start_offset_m=float(np.clip(style.offset_m, -NARROW_M + 0.2, NARROW_M - 0.2)))
    alive, was_off = np.ones(env.num_cars, dtype=np.bool_), np.zeros(env.num_cars, dtype=np.bool_)
    offsets, inward, interventions = [], [], 0
    num_ticks = round(distance_m / env.config.vehicle.cruise_mps * env.config.control_hz)
    for _ in range(num_ticks):
        lane = env.step(policy.act(env.timestep.observation, policy_rng)).observation.lane
        alive &= (lane.edge_m >= 0.0) & ~_in_closed(world.closed, lane.s_m, lane.offset_m)
        off = np.abs(lane.offset_m - style.liked_m(lane.curvature_per_m)) > intervention_limit_m(world.tracks, lane)
        interventions += int((off & ~was_off & alive).sum())
        was_off = off
        offsets.append(lane.offset_m[alive])
        bends = alive & (np.abs(lane.curvature_per_m) > _BEND_PER_M)
        inward.append(lane.offset_m[bends] * np.sign(lane.curvature_per_m[bends]))
    km = env.num_cars * distance_m / 1000.0
    return Driven(_mean(offsets), _mean(inward), int((~alive).sum()), interventions, km)


def _mean(values: Sequence[np.ndarray]) -> float:
    together = np.concatenate(values)
    return float(together.mean()) if len(together) else 0.0


def _in_closed(closed: Mapping[int, Sequence[Closed]], s_m: np.ndarray, offset_m: np.ndarray) -> np.ndarray:
    inside = np.zeros(len(s_m), dtype=np.bool_)
    for road, parts in closed.items():
        inside[road] = any(
            part.from_s_m <= s_m[road] <= part.to_s_m and part.right_m < offset_m[road] < part.left_m for part in parts
        )
    return inside


def _closed(track: Track) -> tuple[Closed, ...]:
    """The right half and a little more, again and again, the first after the first hundred metres."""
    starts = np.arange(100.0, track.length_m - CLOSED_M, EVERY_M)
    return tuple(Closed(float(at), float(at) + CLOSED_M, -10.0, CLOSED_TO_M) for at in starts)


def _narrowed(track: Track) -> Track:
    width_m = np.full(len(track.x_m), NARROW_M)
    return replace(track, width_left_m=width_m, width_right_m=width_m)
