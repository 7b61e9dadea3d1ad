"""A recording's ticks as frames of the truth-o-meter, each with its place where the road can be made again."""

from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import numpy as np

from drive_sim.arrays import Poses
from drive_sim.data.moved_view import Frame, Place
from drive_sim.data.recorded_world import RecordedWorld, recorded_world
from drive_sim.data.recording_reader import Episode, load_recording
from drive_sim.errors import InputError
from drive_sim.sim.track import Track, nearest_s

_ONLY = np.zeros(1, dtype=np.int64)
_COLUMNS = ("curvature_per_m", "speed_mps", "x_m", "y_m", "heading_rad")


class RecordedFrames:
    """A recording of ours, tick by tick; its road is made again where that can be."""

    is_live = False

    def __init__(self, path: Path, at_hand: Track | None = None) -> None:
        """Raises InputError where the recording cannot be read."""
        self.name, self.complaint = path.resolve().name, ""
        self._episodes: list[_EpisodeFrames] = []
        for episode in load_recording(path).episodes:
            episode.check_numbers(np.ones(len(episode), dtype=np.bool_))
            self._episodes.append(_EpisodeFrames(episode, self._world(episode, at_hand)))
        self._first = list(accumulate(map(len, self._episodes), initial=0))

    def __len__(self) -> int:
        return self._first[-1]

    def advance(self) -> None:
        """Nothing moves here by itself."""

    def frame(self, number: int) -> Frame:
        """A tick's picture, command and speed, and its place where the road is known."""
        which = bisect_right(self._first, number) - 1
        return self._episodes[which].frame(number - self._first[which])

    def _world(self, episode: Episode, at_hand: Track | None) -> RecordedWorld | None:
        try:
            return recorded_world(episode, at_hand)
        except InputError as error:
            self.complaint = str(error)
            return None


class _EpisodeFrames:
    """One episode: its numbers in memory, its pictures where they lie in the file."""

    def __init__(self, episode: Episode, world: RecordedWorld | None) -> None:
        self._camera, self._world = episode.info.camera, world
        self._columns = {name: episode.column(name) for name in _COLUMNS}
        self._batches = list(episode.image_batches())
        self._first = list(accumulate(map(len, self._batches), initial=0))

    def __len__(self) -> int:
        return self._first[-1]

    def frame(self, row: int) -> Frame:
        which = bisect_right(self._first, row) - 1
        picture = self._batches[which][row - self._first[which]]
        driven_per_m, speed_mps, *pose = (float(self._columns[name][row]) for name in _COLUMNS)
        return Frame(picture, self._camera, driven_per_m, speed_mps, self._place(np.array([pose])))

    def _place(self, pose: Poses) -> Place | None:
        if self._world is None or not np.isfinite(pose).all():
            return None
        return Place(self._world.tracks, self._world.scenes, pose, nearest_s(self._world.tracks, _ONLY, pose))
