"""Reader for LeRobotDatasets of version 3: numbers in Parquet, pictures in films or beside the numbers, facts in JSON.

A steering is found by its name (`lerobot_features.py`); it is taken as right positive, -1 to 1, where 1 is the full
lock of our car. Frames with `intervention` are a person's, who took the wheel; the rest of such an episode a policy's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from drive_sim import records
from drive_sim.arrays import CarIndex, CarMask, PerCar
from drive_sim.data.demonstrations import FASTEST_MPS
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, drivers, unbroken
from drive_sim.data.formats.lerobot_features import Features, Number, chosen_features
from drive_sim.data.formats.lerobot_layout import DATA_FILES, INFO, INTERVENTION
from drive_sim.data.formats.lerobot_pictures import Clock, read_films, read_pictures_in_rows
from drive_sim.data.formats.parquet_file import MOST_NUMBERS, column_names, in_lists, read_columns
from drive_sim.data.formats.rows_told import RowsTold
from drive_sim.data.formats.steering_range import checked_steering
from drive_sim.data.formats.written import KEY, Written, described, read_written
from drive_sim.data.picture_rows import Cut, PictureRows
from drive_sim.errors import InputError
from drive_sim.geometry import FULL_LOCK_PER_M, curvature_from_normalised

_REMEDY = "copy the dataset again"


@dataclass(frozen=True, slots=True)
class _Info:
    """What of `info.json` is read."""

    codebase_version: str
    features: Mapping[str, Mapping[str, Any]]
    fps: float


def read_lerobot(folder: Path, cut: Cut | None = None) -> Drive:
    """Read a dataset: frames that cannot be read are told, a row a line.

    Raises InputError for another version, another robot, one without pictures, or where nothing can be read.
    """
    info, written = _info(folder)
    chosen = chosen_features(info.features, folder)
    frames = _frames(folder, chosen)
    table = frames.table
    clock = _clock(table, folder, info.fps)
    edit = None if cut is None else cut(None if written is None else written.camera)
    if chosen.is_film:
        views = [read_films(folder, name, clock, edit) for name in chosen.cameras]
    else:
        views = [read_pictures_in_rows(frames.files, name, str(folder), edit) for name in chosen.cameras]
    steering = _number(table, chosen.steering, folder)
    kept, told = _accounted(views[0], steering, folder, frames.notes)
    full_lock_per_m = FULL_LOCK_PER_M if written is None else written.full_lock_per_m
    columns = _columns(table, chosen, written, folder)
    columns.setdefault("curvature_per_m", curvature_from_normalised(steering, full_lock_per_m))
    columns, episode = _timed(columns, clock, kept)
    has_sides = len(views) == 3 and not any(any(view.faults) for view in views[1:])
    images = [view.images if kept.all() else view.images[kept] for view in views]
    lost = ["side pictures that cannot be read: all of them are left out"] if len(views) == 3 and not has_sides else []
    drive = Drive(
        images[0],
        columns,
        episode,
        folder.resolve().name,
        images_left=images[1] if has_sides else None,
        images_right=images[2] if has_sides else None,
        full_lock_per_m=full_lock_per_m,
        notes=[*told.lines(), *lost, *_notes(chosen, columns, written)],
    )
    return described(drive, written)


def _info(folder: Path) -> tuple[_Info, Written | None]:
    """What a dataset says of itself, and what we say there of one that we wrote."""
    raw = records.read_json(folder / INFO, _REMEDY)
    info = records.from_json(raw, _Info, str(folder / INFO), _REMEDY)
    if not info.codebase_version.startswith("v3"):
        raise InputError(
            f"{folder} is a LeRobotDataset of version {info.codebase_version:.10}, and v3.0 is read; convert it with "
            "lerobot's convert_dataset_v21_to_v30"
        )
    if not 0.1 <= info.fps <= 1000.0:
        raise InputError(f"{folder}: its {INFO} says {info.fps:g} frames a second; repair it")
    return info, read_written(raw.get(KEY), str(folder / INFO))


def _accounted(view: PictureRows, steering: PerCar, folder: Path, notes: Sequence[str]) -> tuple[CarMask, RowsTold]:
    """The frames (n,) that are read, and what became of all. Raises InputError where none is."""
    faults = [
        first or second for first, second in zip(view.faults, checked_steering(steering, str(folder)), strict=True)
    ]
    kept = np.array([not fault for fault in faults], dtype=bool)
    told = RowsTold(len(faults), tuple((i, fault) for i, fault in enumerate(faults) if fault), (), tuple(notes))
    if not kept.any():
        row, why = told.skipped[0] if told.skipped else (0, "it holds none")
        raise InputError(f"{folder}: none of the {len(faults)} frames of its dataset can be read; row {row}: {why}")
    return kept, told


@dataclass(frozen=True, slots=True, eq=False)
class _Frames:
    """The frames in order, the files that they are from, each with how many, and what there is to say of others."""

    table: pa.Table
    files: Sequence[tuple[Path, int]]
    notes: Sequence[str]


def _frames(folder: Path, chosen: Features) -> _Frames:
    """The numbers of all frames. Raises InputError where none can be read."""
    needed = {"timestamp", "episode_index", chosen.steering.feature}
    pictures = () if chosen.is_film else chosen.cameras
    wanted = needed | {INTERVENTION, chosen.intervention, f"{KEY}.driver", *(f"{KEY}.{name}" for name in NUMBERS)}
    wanted |= {chosen.speed.feature} if chosen.speed is not None else set()
    parts: list[pa.Table] = []
    files: list[tuple[Path, int]] = []
    notes: list[str] = []
    left = MOST_NUMBERS
    for path in sorted(folder.glob(DATA_FILES)):
        try:
            part = read_columns(path, wanted, left)
            missing = {*needed, *pictures} - set(column_names(path))
        except (OSError, ValueError, pa.ArrowException) as error:
            notes.append(f"{path.relative_to(folder)} cannot be read ({_first_line(error)})")
            continue
        if missing:
            raise InputError(f"{path}: lacks the column {sorted(missing)[0]!r}, which {INFO} names; {_REMEDY}")
        parts.append(part)
        files.append((path, part.num_rows))
        left -= part.num_rows * part.num_columns
    if not parts:
        why = f": {notes[0]}" if notes else f": its data ({DATA_FILES}) are missing"
        raise InputError(f"{folder} is a LeRobotDataset, but none of its frames can be read{why}; {_REMEDY}")
    try:
        return _Frames(pa.concat_tables(parts, promote_options="default"), files, notes)
    except pa.ArrowException:
        raise InputError(f"{folder}: its data files do not have the same columns; {_REMEDY}") from None


def _clock(table: pa.Table, folder: Path, fps: float) -> Clock:
    """When each frame was, and in which episode."""
    time_s, episode = (_number(table, Number(name, 0, 1), folder) for name in ("timestamp", "episode_index"))
    return Clock(time_s, np.nan_to_num(episode, nan=-1.0).astype(np.int64), fps)


def _number(table: pa.Table, number: Number, folder: Path) -> PerCar:
    """One number of a feature (n,), NaN where it is null."""
    column = table[number.feature].combine_chunks()
    try:
        return number.factor * in_lists(column, number.place)
    except (pa.ArrowException, TypeError, ValueError):
        raise InputError(f"{folder}: its {number.feature} holds no numbers; {_REMEDY}") from None


def _columns(table: pa.Table, chosen: Features, written: Written | None, folder: Path) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    if written is not None:
        for name in NUMBERS:
            if f"{KEY}.{name}" in table.column_names:
                columns[name] = _number(table, Number(f"{KEY}.{name}", 0, 1), folder)
        if f"{KEY}.driver" in table.column_names:
            columns["driver"] = _named_drivers(table[f"{KEY}.driver"])
    elif chosen.speed is not None:
        speed_mps = _number(table, chosen.speed, folder)
        columns["speed_mps"] = np.where(np.abs(speed_mps) <= FASTEST_MPS, speed_mps, np.nan)
    if chosen.intervention is not None:
        by_person = np.nan_to_num(_number(table, Number(chosen.intervention, 0, 1), folder)) > 0.0
        columns["intervention"] = by_person
        columns.setdefault("driver", _drivers(by_person, _number(table, Number("episode_index", 0, 1), folder)))
    return columns


def _named_drivers(column: pa.ChunkedArray) -> Column:
    """Who drove, as the file names it; its texts are a dictionary's, each of them looked at once."""
    found = column.combine_chunks()
    if not pa.types.is_dictionary(found.type):
        return np.full(len(found), "human", dtype="<U6")
    names = drivers([*found.dictionary.to_pylist(), None])
    return names[found.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)]


def _drivers(by_person: Column, episode: PerCar) -> Column:
    """Who drove: in an episode with interventions a policy does the rest; one without is a person's."""
    driver = np.full(len(episode), "human", dtype="<U6")
    for number in np.unique(episode):
        rows = episode == number
        if by_person[rows].any():
            driver[rows & ~by_person] = "policy"
    return driver


def _timed(columns: dict[str, Column], clock: Clock, kept: Column) -> tuple[dict[str, Column], CarIndex]:
    """The kept rows' columns with their times, and the unbroken drives: episodes, broken where rows are left out."""
    episode, time_s = clock.episode[kept], clock.time_s[kept]
    columns = {name: column[kept] for name, column in columns.items()}
    breaks = np.zeros(len(episode), dtype=bool)
    breaks[1:] = (np.diff(episode) != 0) | (np.diff(np.flatnonzero(kept)) > 1)
    # A time on a film is one of its ticks, which float32 has rounded.
    since_s, number = unbroken(np.rint(np.nan_to_num(time_s) * clock.fps) / clock.fps, breaks)
    columns.setdefault("time_s", since_s)
    return columns, number


def _notes(chosen: Features, columns: Mapping[str, Column], written: Written | None) -> Sequence[str]:
    notes: list[str] = []
    if written is None:
        name = "" if chosen.is_named else ", which nothing names as one,"
        notes.append(f"its steering{name} is taken as right positive, 1 being the full lock of our car")
    policies = int((columns["driver"] == "policy").sum()) if "driver" in columns else 0
    return [*notes, f"{policies:,} frames were driven by a policy: they are not learned from"] if policies else notes


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__
