"""Where the cars of an environment are: on which roads, under which skies, and put at which place of them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.checks import checked_index
from drive_sim.sim.observation import Observation
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import LanePose, Tracks, lane_pose, point_on_lane
from drive_sim.sim.vehicle import VehicleParams, VehicleState

StartSpeed = Callable[[CarIndex, PerCar], PerCar]
"""How fast (n,) cars are where they are put, in m/s: at arc lengths (n,) of roads (n,)."""


def checked_tracks(tracks: Tracks, track_idx: CarIndex | None) -> CarIndex:
    """The roads (n,) of n cars, one car a road by default. Raises InputError where there is no such road, or no car."""
    chosen = checked_index(np.arange(len(tracks)) if track_idx is None else track_idx, len(tracks), "env: track_idx")
    if not len(chosen):
        raise InputError("env: track_idx names no car; give one at least")
    return chosen


def checked_scenes(scenes: Scenes | None, scene_idx: CarIndex | None, num_cars: int) -> CarIndex:
    """The skies (n,) of n cars with cameras, one each by default. Raises InputError where there are none, or others."""
    if scenes is None:
        raise InputError("env: a camera needs scenes; pass Scenes or set camera=None")
    chosen = checked_index(np.arange(len(scenes)) if scene_idx is None else scene_idx, len(scenes), "env: scene_idx")
    if len(chosen) != num_cars:
        raise InputError(f"env: {num_cars} cars but {len(chosen)} scenes; pass scene_idx")
    return chosen


def placed(
    tracks: Tracks,
    track_idx: CarIndex,
    vehicle: VehicleParams,
    place: tuple[npt.ArrayLike, ...],
    before: Observation | None,
    where: CarMask,
    start_speed: StartSpeed | None = None,
) -> tuple[VehicleState, LanePose]:
    """The cars of `where` (n,) put at their place, at cruising or `start_speed` and with wheels along the lane.

    The others stay as they were `before` (None: all are placed).

    A place is an arc length, an offset from the target lane and a heading against it, one number or (n,) each.
    """
    s_m, offset_m, heading_rad = (np.full(len(track_idx), value, dtype=np.float64) for value in place)
    poses = point_on_lane(tracks, track_idx, s_m, offset_m, heading_rad)
    lane = lane_pose(tracks, track_idx, poses, s_m)
    speed_mps = None if start_speed is None else start_speed(track_idx, s_m)
    state = VehicleState.at(poses, vehicle, lane.curvature_per_m, speed_mps)
    if before is None:
        return state, lane
    state = before.state.where(where, state)
    return state, lane_pose(tracks, track_idx, state.poses, np.where(where, s_m, before.lane.s_m))
