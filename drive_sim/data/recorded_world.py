"""The road and the scene of a recording, made again from what its metadata says of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim import records
from drive_sim.data.recording_reader import Episode
from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import TRACK_NAMES, named_track, resolve_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import make_demonstration_world, make_held_out_world
from drive_sim.sim.track import Track, Tracks, lane_pose, nearest_s

_NUMBERED = re.compile(r"(demonstration|held-out) (\d{1,18})")
_CHANGES = re.compile(r"(, reversed|, mirrored)+$")
_SAME_M = 0.01
"""A road that was made again is the one that was driven where lengths and offsets differ by less."""
_CHECKED_ROWS = 50


@dataclass(frozen=True, slots=True, eq=False)
class RecordedWorld:
    """A road and its scene, each as a batch of one."""

    tracks: Tracks
    scenes: Scenes


def recorded_world(episode: Episode, at_hand: Track | None = None) -> RecordedWorld:
    """The road and the scene in which an episode was driven; `at_hand` is a road that may be the one.

    A road is taken only where its length is the recorded one, and the recorded poses lie as far beside its lane as the
    recording says. Raises InputError, with one line on why, where the road or the scene cannot be made again.
    """
    info, where = episode.info, episode.path.name
    scene = records.from_json(dict(info.scene), Scene, f"{where}: its scene", "record again")
    for track in _candidates(info.road, at_hand):
        tracks = Tracks.stack([track])
        if _is_the_one(tracks, episode):
            return RecordedWorld(tracks, Scenes.stack([scene]))
    name = str(info.road.get("name") or "without a name")[:60]
    raise InputError(f"{where}: its road, {name}, cannot be made again")


def _candidates(road: Mapping[str, Any], at_hand: Track | None) -> Iterator[Track]:
    """Roads that may be the one: that at hand, as it is or changed as recorded, then what its name says."""
    if at_hand is not None:
        yield at_hand
        yield _changed(at_hand, road)
    made = _made(road)
    if made is not None:
        yield _changed(made, road)


def _made(road: Mapping[str, Any]) -> Track | None:
    """The road by its name or its file, as it lies; None where neither leads to one."""
    name = _CHANGES.sub("", str(road.get("name") or ""))
    numbered = _NUMBERED.fullmatch(name)
    try:
        if numbered and numbered[1] == "demonstration":
            return make_demonstration_world(int(numbered[2]))[0]
        if numbered and 1 <= int(numbered[2]) <= CONDITIONS.num_roads:
            return make_held_out_world(int(numbered[2]) - 1)[0]
        if name in TRACK_NAMES:
            return named_track(name)
        width_m = road.get("width_m")
        width_m = float(width_m) if isinstance(width_m, int | float) and width_m > 0.0 else None
        return resolve_track(str(road["track"]), width_m) if road.get("track") else None
    except InputError:
        return None


def _changed(track: Track, road: Mapping[str, Any]) -> Track:
    """The road driven the other way round, or mirrored, as the recording says."""
    track = track.reversed() if road.get("reversed") is True else track
    return track.mirrored() if road.get("mirrored") is True else track


def _is_the_one(tracks: Tracks, episode: Episode) -> bool:
    length_m = episode.info.road.get("length_m")
    if not isinstance(length_m, int | float) or abs(float(tracks.length_m[0]) - length_m) > _SAME_M:
        return False
    rows = np.unique(np.linspace(0, len(episode) - 1, _CHECKED_ROWS).astype(np.int64))
    poses = np.stack([episode.column(name)[rows] for name in ("x_m", "y_m", "heading_rad")], axis=-1)
    offset_m = episode.column("lane_offset_m")[rows]
    poses, offset_m = poses[np.isfinite(offset_m)], offset_m[np.isfinite(offset_m)]
    if not len(offset_m) or not np.isfinite(poses).all():
        return False
    only = np.zeros(len(poses), dtype=np.int64)
    found = lane_pose(tracks, only, poses, nearest_s(tracks, only, poses))
    return bool((np.abs(found.offset_m - offset_m) < _SAME_M).mean() > 0.5)
