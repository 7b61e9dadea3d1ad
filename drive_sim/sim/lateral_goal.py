"""The wanted lateral place: what a driver is told where the picture alone cannot say which lane to keep.

In half widths of the road, left positive: 0 is the middle between its edges, 1 the left edge. NaN is "by sight".
"""

from dataclasses import replace

import numpy as np

from drive_sim.arrays import CarIndex, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.compiled import njit
from drive_sim.sim.lane_grid import share_grid
from drive_sim.sim.narrowest import narrowest_m
from drive_sim.sim.road_width import sample_at
from drive_sim.sim.scene import C, Scenes
from drive_sim.sim.track import LanePose, Track, Tracks

WIDEST_GOAL = 0.7
EDGE_M = 0.9
"""No place is asked for beyond so many half widths, nor nearer to an edge than this: there no car keeps on the road."""


def lateral_goal(
    tracks: Tracks, lane: LanePose, scenes: Scenes | None = None, scene_idx: CarIndex | None = None
) -> PerCar | None:
    """The target lane's place (n,) where each car is, NaN where it is not told; None where nobody is told anything.

    It is told on roads that say so, and on roads with lanes under a scene that shows no lines: no picture says there
    which lane is meant.
    """
    if not _is_any_told(tracks, lane.track_idx, scenes, scene_idx):
        return None
    told = tracks.goal_is_told[lane.track_idx]
    if scenes is not None and scene_idx is not None:
        told = told | (tracks.has_lines[lane.track_idx] & (scenes.table[scene_idx, int(C.line_strength)] <= 0.0))
    sample = sample_at(tracks, lane.track_idx, lane.s_m)
    left_m, right_m = tracks.samples[sample, 4], tracks.samples[sample, 5]
    offset_m = tracks.lane_offset_m[lane.track_idx]
    goal = (offset_m - 0.5 * (left_m - right_m)) / (0.5 * (left_m + right_m))
    return np.where(told, np.clip(goal, -1.0, 1.0), np.nan)


def _is_any_told(tracks: Tracks, track_idx: CarIndex, scenes: Scenes | None, scene_idx: CarIndex | None) -> bool:
    """Whether one of these roads tells its drivers, or one of the cars is told for want of lines."""
    if scenes is None or scene_idx is None:
        return bool(tracks.goal_is_told.any())
    strength = scenes.table[:, int(C.line_strength)]
    return _tells_somebody(tracks.goal_is_told, tracks.has_lines, track_idx, strength, scene_idx)


@njit(nogil=True, error_model="numpy")
def _tells_somebody(goal_is_told, has_lines, track_idx, line_strength, scene_idx):
    num_told = 0
    for road in range(len(goal_is_told)):
        num_told += goal_is_told[road]
    for car in range(len(track_idx)):
        num_told += has_lines[track_idx[car]] and line_strength[scene_idx[car]] <= 0.0
    return num_told > 0


def widest_goal(half_width_m: float) -> float:
    """The outermost place, in half widths, that may be asked for on a road."""
    return max(0.0, min(WIDEST_GOAL, 1.0 - EDGE_M / half_width_m))


def widest_goal_on(track: Track) -> float:
    """The outermost place that may be asked for on this road: where it is narrowest."""
    return widest_goal(narrowest_m(track.width_left_m, track.width_right_m)[1])


def told_goal(track: Track) -> float:
    """The place that `with_lateral_goal` has put the target lane to; NaN where drivers go by sight."""
    if not track.goal_is_told:
        return np.nan
    middle_m, half_m = narrowest_m(track.width_left_m, track.width_right_m)
    return round((track.lane_offset_m - middle_m) / half_m, 6)


def with_lateral_goal(track: Track, goal: float) -> Track:
    """The same road with its target lane there, where it is narrowest, and drivers told.

    NaN: by sight; the lane stays where it is, so give the road as it was to have the lane there, too.
    Raises InputError for a place beyond `widest_goal`.
    """
    if np.isnan(goal):
        return replace(track, goal_is_told=False)
    middle_m, half_m = narrowest_m(track.width_left_m, track.width_right_m)
    if abs(goal) > widest_goal(half_m):
        raise InputError(
            f"road {track.name!r}: {2.0 * half_m:.1f} m wide where it is narrowest; a wanted place must be "
            f"within {np.floor(100.0 * widest_goal(half_m)) / 100.0:g} half widths of its middle, got {goal:g}"
        )
    moved = replace(track, lane_offset_m=middle_m + goal * half_m, goal_is_told=True)
    share_grid(track, moved)
    return moved
