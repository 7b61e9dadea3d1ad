"""A recording: a folder with one Arrow IPC stream an episode, a row a control tick, on the disk once a second.

A stream can be read up to its last whole batch, so a crash costs a second at most. Nothing is ever overwritten; what
is to be left out is marked in `marks.jsonl`.
"""

from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from drive_sim.data.arrow_stream import StreamWriter
from drive_sim.data.marks import Drop, append_drop, append_undo, read_drops, read_left_out
from drive_sim.data.recording_reader import (
    EPISODE_GLOB,
    Episode,
    Recording,
    find_episodes,
    load_recording,
    open_episode,
)
from drive_sim.data.recording_schema import EpisodeInfo, Row, check_row, record_batch, schema_for
from drive_sim.errors import InputError
from drive_sim.files import input_error_from
from drive_sim.stops import held

__all__ = [
    "Episode",
    "EpisodeInfo",
    "Recording",
    "RecordingWriter",
    "Row",
    "drop_last",
    "drop_off_road",
    "load_recording",
    "undo_drop",
]


class RecordingWriter:
    """Writes one new episode into a recording's folder, which is made where it is not there.

    Rows are written once a second; `close` (or leaving the `with` block, however) writes the rest. Raises InputError
    where the folder is something else, has another camera, or where the disk is full: what was written stays.
    """

    def __init__(self, folder: Path | str, info: EpisodeInfo) -> None:
        self.folder, self.info = Path(folder), info
        self._is_new = not self.folder.exists()
        _prepare(self.folder, info)
        self._schema = schema_for(info)
        self._stream = _new_stream(self.folder, self._schema)
        self._waiting: list[Row] = []
        self._rows_a_second = max(1, round(info.control_hz))
        self.num_written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The episode's file."""
        return self._stream.path

    @property
    def duration_s(self) -> float:
        """What has been recorded, waiting rows included."""
        return (self.num_written + len(self._waiting)) / self.info.control_hz

    def append(self, row: Row) -> None:
        """Add a row; its pictures are copied."""
        check_row(row, self.info)
        self._waiting.append(replace(row, **{name: getattr(row, name).copy() for name in self.info.picture_names}))
        if len(self._waiting) >= self._rows_a_second:
            self.flush()

    def flush(self) -> None:
        """Put the waiting rows on the disk as one batch."""
        if not self._waiting:
            return
        with held():  # a batch that is on the disk waits no longer
            try:
                self._stream.write(record_batch(self._waiting, self._schema))
            except InputError as error:
                self._stream.abandon()
                self._waiting.clear()
                kept_s = self.num_written / self.info.control_hz
                raise InputError(f"{error}; the first {kept_s:.1f} s are safe") from None
            self.num_written += len(self._waiting)
            self._waiting.clear()

    def drop_last(self, seconds: float = 5.0) -> float:
        """Mark the last seconds as dropped; returns how many were there to drop."""
        self.flush()
        return drop_last(self.folder, seconds)

    def close(self) -> None:
        """Write the rest and end the stream; an episode without a row does not stay."""
        with held():
            self.flush()
            if self.num_written:
                self._stream.close()
            else:
                self._discard()

    def _discard(self) -> None:
        """Remove the episode, and the folder where it was made for nothing."""
        self._stream.discard()
        if self._is_new:
            with suppress(OSError):  # another writer's episode lies there
                self.folder.rmdir()


def drop_last(folder: Path | str, seconds: float = 5.0) -> float:
    """Mark the last seconds of the newest episode that has rows as dropped; returns how many were there to drop.

    Called again it drops the seconds before; `undo_drop` takes the latest drop back.
    """
    folder = Path(folder)
    drops = read_left_out(folder)
    for file in reversed(find_episodes(folder)):
        episode = open_episode(file, drops)
        if isinstance(episode, Episode) and len(episode):
            ticks = episode.column("tick")[-max(1, round(seconds * episode.info.control_hz)) :]
            append_drop(folder, Drop(file.name, int(ticks[0]), int(ticks[-1]) + 1))
            return len(ticks) / episode.info.control_hz
    return 0.0


def drop_off_road(folder: Path | str) -> float:
    """Mark all ticks at which the car was off the road's surface as dropped; returns how many seconds these were."""
    folder, dropped_s = Path(folder), 0.0
    drops = read_drops(folder)
    for file in find_episodes(folder):
        episode = open_episode(file, drops)
        if isinstance(episode, Episode):
            ticks = episode.column("tick")[episode.is_off_road]
            for stretch in np.split(ticks, np.flatnonzero(np.diff(ticks) > 1) + 1) if len(ticks) else ():
                append_drop(folder, Drop(file.name, int(stretch[0]), int(stretch[-1]) + 1))
            dropped_s += len(ticks) / episode.info.control_hz
    return dropped_s


def undo_drop(folder: Path | str) -> bool:
    """Take the latest drop that is in force back; False where there is none."""
    if not read_drops(Path(folder)):
        return False
    append_undo(Path(folder))
    return True


def _prepare(folder: Path, info: EpisodeInfo) -> None:
    """Make the folder, or see that it is a recording by the same camera (or empty)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except FileExistsError:
        raise InputError(f"{folder} is a file; name a new folder, or that of a recording") from None
    except OSError as error:
        raise input_error_from(error, folder) from None
    if is_empty:
        return
    if not any(folder.glob(EPISODE_GLOB)):
        raise InputError(f"{folder} is not empty and not a recording; nothing is overwritten; name a new folder")
    for episode in map(open_episode, find_episodes(folder)):
        if isinstance(episode, Episode) and episode.info.camera != info.camera:
            raise InputError(f"{folder} was recorded with another camera; name a new folder")


def _new_stream(folder: Path, schema: pa.Schema) -> StreamWriter:
    """The next free episode file; safe against a twin that does the same."""
    numbers = [int(number) for file in folder.glob(EPISODE_GLOB) if (number := file.stem.rpartition("-")[2]).isdigit()]
    for number in count(max(numbers, default=-1) + 1):
        try:
            return StreamWriter(folder / f"episode-{number:03d}.arrow", schema)
        except FileExistsError:
            continue
    raise AssertionError("unreachable")
