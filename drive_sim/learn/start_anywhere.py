"""Where cars begin of which a network shall learn every place of a road: anywhere, aside of their lane, turned."""

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.sim.crossings import crossings_m
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.road_width import road_width_m

START_SPREAD = 0.3
START_TURN_RAD = 0.14
"""How far from the target lane, in half widths, and how turned cars begin: standard deviations."""
START_MPS = (2.0, 26.0)
"""How fast cars begin that drive at their own speed."""
BEFORE_CROSSING_M = 45.0
"""From about here on a car sees where its road crosses itself."""
_MOST_START_M = 4.0


def start_anywhere(env: DriveEnv, room_m: float, crossing_share: float, rng: np.random.Generator) -> None:
    """Put each car somewhere on its road with `room_m` ahead, beside its lane and turned against it.

    Where a road crosses itself, `crossing_share` of the cars begin shortly before such a place.
    """
    tracks = env.tracks
    most_m = np.maximum(tracks.length_m[env.track_idx] - room_m, 0.0)
    s_m = most_m * rng.random(env.num_cars)
    if crossing_share > 0.0:
        s_m = _some_before_crossings(env, crossing_share, s_m, rng)
    half_m = 0.5 * road_width_m(tracks, env.track_idx, s_m)
    offset_m = np.clip(START_SPREAD * half_m * rng.standard_normal(env.num_cars), -_MOST_START_M, _MOST_START_M)
    offset_m = np.clip(offset_m, -0.6 * half_m, 0.6 * half_m)
    turn_rad = np.clip(START_TURN_RAD * rng.standard_normal(env.num_cars), -0.4, 0.4)
    if env.config.vehicle.max_braking_mps2 > 0.0:
        speed_mps = rng.uniform(*START_MPS, env.num_cars)
        env.start_speed = lambda *_: speed_mps  # who is put back begins as fast again
    env.reset(start_s_m=s_m, start_offset_m=offset_m, start_heading_rad=turn_rad)


def _some_before_crossings(env: DriveEnv, share: float, s_m: PerCar, rng: np.random.Generator) -> PerCar:
    """Where cars begin (n,): a share of those whose roads cross themselves up to `BEFORE_CROSSING_M` before it."""
    chosen, which, before = rng.random((3, env.num_cars))
    s_m = s_m.copy()
    for car in np.flatnonzero(chosen < share):
        if len(places_m := crossings_m(env.tracks.tracks[env.track_idx[car]])):
            s_m[car] = max(places_m[int(which[car] * len(places_m))] - BEFORE_CROSSING_M * before[car], 0.0)
    return s_m
