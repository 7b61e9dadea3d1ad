"""Reading a recording: its episodes up to the last whole batch, without what is marked as dropped."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.data.arrow_stream import read_stream
from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.data.marks import Drop, read_left_out
from drive_sim.data.recording_schema import LIMITS, REQUIRED, EpisodeInfo, check_numbers, info_from
from drive_sim.errors import InputError
from drive_sim.sim.track import LanePose

EPISODE_GLOB = "episode-*.arrow"


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """One unbroken recording: its facts, and the rows that are not dropped, memory-mapped."""

    path: Path
    info: EpisodeInfo
    table: pa.Table
    ended: bool
    """Whether its stream was ended properly; if not, up to a second is missing at its end."""

    def __len__(self) -> int:
        return self.table.num_rows

    def column(self, name: str) -> npt.NDArray[Any]:
        """One column of numbers or strings (n,), NaN where a number is null."""
        return self.table[name].to_numpy()

    def image_batches(self, name: str = "image") -> Iterator[Images]:
        """Read-only views (m, h, w, 3) into the file, one a batch; nothing is copied."""
        for chunk in self.table[name].chunks:
            yield chunk.flatten().to_numpy(zero_copy_only=True).reshape(-1, *self.info.shape)

    def images(self, name: str = "image") -> Images:
        """All pictures (n, h, w, 3), copied into memory."""
        return np.concatenate([*self.image_batches(name), np.empty((0, *self.info.shape), np.uint8)])

    def demonstrations(self, drivers: Collection[str] = ("expert", "human")) -> Demonstrations:
        """The rows that these drivers drove, as learners read them."""
        rows = np.isin(self.column("driver").astype(str), list(drivers))
        self.check_numbers(rows)
        sides = self.info.num_cameras == 3
        demos = Demonstrations(
            images=self.images(),
            curvature_per_m=self.column("curvature_per_m"),
            speed_mps=self.column("speed_mps"),
            camera=self.info.camera,
            expert_curvature_per_m=_known(self.column("expert_curvature_per_m")),
            lane=self._lane(),
            source=self.path.parent.name,
            images_left=self.images("image_left") if sides else None,
            images_right=self.images("image_right") if sides else None,
            side_m=self.info.side_m,
            time_s=self.column("time_s"),
            episode=self.unbroken(),
            raw_steering=_known(self.column("raw_steering")),
            acceleration_mps2=self.column("acceleration_mps2"),
            lateral_goal=self.column("lateral_goal") if self.info.goal_is_told else None,
        )
        return demos if rows.all() else demos.rows(rows)

    @property
    def is_off_road(self) -> CarMask:
        """Which rows (n,) were driven off the road's surface, as far as that is known."""
        return self.column("lane_edge_m") < 0.0

    def check_numbers(self, rows: CarMask) -> None:
        """Raise InputError where one of these rows (n,) holds a number that nobody drove."""
        for name in [name for name in LIMITS if name in self.table.column_names]:
            check_numbers(name, self.column(name)[rows], self.column("tick")[rows], str(self.path))

    def unbroken(self) -> CarIndex:
        """The number of the drive that each row belongs to: drops, interventions and a change of driver end one."""
        ticks, driver = self.column("tick"), self.column("driver").astype(str)
        intervention = self.column("intervention").astype(bool)
        # A person who has taken the wheel from a policy keeps it for many rows.
        by_hand = intervention & (driver == "human")
        breaks = intervention & ~by_hand
        breaks[1:] |= (np.diff(ticks) > 1) | (driver[1:] != driver[:-1]) | (by_hand[1:] != by_hand[:-1])
        return np.cumsum(breaks)

    def _lane(self) -> LanePose | None:
        names = ("s_m", "offset_m", "heading_rad", "curvature_per_m", "edge_m")
        columns = [self.column(f"lane_{name}") for name in names]
        if any(np.isnan(column).any() for column in columns):
            return None
        return LanePose(np.zeros(len(self), dtype=np.int64), *columns)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recording's episodes that hold rows, and what is to be said about it: one line a note."""

    folder: Path
    episodes: tuple[Episode, ...]
    notes: tuple[str, ...]

    @property
    def duration_s(self) -> float:
        """How much was driven and not dropped."""
        return sum(len(episode) / episode.info.control_hz for episode in self.episodes)

    @property
    def off_road_s(self) -> float:
        """How much of that was driven off the road's surface."""
        return float(sum(episode.is_off_road.sum() / episode.info.control_hz for episode in self.episodes))

    def demonstrations(self, drivers: Collection[str] = ("expert", "human")) -> Demonstrations:
        """What these drivers drove, in memory; InputError where they drove nothing or the cameras differ."""
        parts = [part for episode in self.episodes if len(part := episode.demonstrations(drivers))]
        if not parts:
            raise InputError(f"{self.folder}: holds no rows driven by {' or '.join(drivers)}; record some")
        return concatenated(parts)


def load_recording(path: Path | str) -> Recording:
    """Open a recording, given as its folder, or one episode of it, given as its file.

    Raises InputError where there is none, where none of its rows can be read, or where its episodes' cameras differ.
    """
    path = Path(path)
    files, folder = find_episodes(path), path if path.is_dir() else path.parent
    drops = read_left_out(folder)
    found = [open_episode(file, drops) for file in files]
    episodes = tuple(episode for episode in found if isinstance(episode, Episode) and len(episode))
    notes = tuple(note for file, episode in zip(files, found, strict=True) for note in _notes(file, episode))
    if not episodes:
        raise InputError(f"{path}: no row of it can be read; {'; '.join(notes)}; record again")
    _check_one_camera(episodes)
    return Recording(folder, episodes, notes)


def find_episodes(path: Path) -> list[Path]:
    """The episode files of a recording, oldest first. Raises InputError where there are none."""
    if not path.exists():
        raise InputError(f"{path} does not exist; give the folder of a recording")
    if path.is_file():
        return [path]
    files = sorted(path.glob(EPISODE_GLOB), key=lambda file: (len(file.name), file.name))
    if not files:
        raise InputError(f"{path} is not a recording: it holds no {EPISODE_GLOB}; give the folder of a recording")
    return files


def open_episode(file: Path, drops: Sequence[Drop] = ()) -> Episode | str:
    """One episode without its dropped rows, or why it cannot be read."""
    try:
        schema, batches, ended = read_stream(file)
        info = info_from(schema)
    except (OSError, ValueError, pa.ArrowException) as error:
        return f"{file.name} cannot be read ({str(error).splitlines()[0]})"
    table = pa.Table.from_batches(batches, schema)
    for name in REQUIRED & set(table.column_names):
        if table[name].null_count:
            return f"{file.name} cannot be read ({name} is null in {table[name].null_count} rows)"
    return Episode(file, info, _without(table, [drop for drop in drops if drop.episode == file.name]), ended)


def _without(table: pa.Table, drops: Sequence[Drop]) -> pa.Table:
    """The rows that no drop covers, as slices: nothing is copied."""
    ticks = table["tick"].to_numpy()
    kept = np.ones(len(ticks), dtype=bool)
    for drop in drops:
        kept &= (ticks < drop.from_tick) | (ticks >= drop.before_tick)
    edges = np.flatnonzero(np.diff(kept.astype(np.int8), prepend=0, append=0))
    slices = [table.slice(start, stop - start) for start, stop in edges.reshape(-1, 2)]
    return pa.concat_tables(slices or [table.slice(0, 0)])


def _notes(file: Path, episode: Episode | str) -> list[str]:
    if isinstance(episode, str):
        return [episode]
    if not len(episode):
        why = "or all of them are dropped" if episode.ended else "it was cut off before its first whole second"
        return [f"{file.name} holds no rows, {why}"]
    return [] if episode.ended else [f"{file.name} was cut off; it is read up to its last whole second"]


def _check_one_camera(episodes: Sequence[Episode]) -> None:
    first = episodes[0]
    for other in episodes[1:]:
        if other.info.camera != first.info.camera:
            sizes = [f"{e.info.camera.width_px}x{e.info.camera.height_px}" for e in (other, first)]
            raise InputError(
                f"{other.path}: its camera ({sizes[0]}) is not that of {first.path.name} ({sizes[1]}); "
                "move it to a folder of its own"
            )


def _known(column: PerCar) -> PerCar | None:
    """The column, or None where it is null throughout."""
    return None if np.isnan(column).all() else column
