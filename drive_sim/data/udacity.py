"""Reader for the drives that Udacity's simulator records: three cameras, steering and speed.

Steering is right positive, 1 stands for 25 degrees of wheel; speed is in miles an hour. No row is lost in silence.
"""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, Images, PerCar, Picture
from drive_sim.data.demonstrations import DEFAULT_TICK_S, Demonstrations
from drive_sim.data.picture_file import read_picture
from drive_sim.data.udacity_log import LogRow, find_log, find_pictures, parse_log, rows_with_pictures
from drive_sim.errors import InputError

MAX_WHEEL_RAD = float(np.deg2rad(25.0))
WHEELBASE_M = 2.7
PAUSE_S = 1.0
"""Rows further apart than this, or backwards in time, belong to different drives."""
PictureEdit = Callable[[Picture], Picture]
_STAMP = re.compile(r"(\d{4}(?:_\d\d){5}_\d{1,6})\.\w+$")
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class UdacityReport:
    """What became of a log's rows; lines are counted from 1, and a header is not a row."""

    rows: int
    skipped: tuple[tuple[int, str], ...]
    without_sides: tuple[tuple[int, str], ...] = ()
    timed: bool = True
    """Whether the pictures' names gave the times; if not, ticks of 0.1 s are assumed."""

    def lines(self) -> list[str]:
        """One line for the whole, and one for each of the first rows that are not complete."""
        head = f"{self.rows - len(self.skipped)} of {self.rows} rows read, {len(self.skipped)} skipped"
        if self.without_sides:
            head += f", {len(self.without_sides)} without both side pictures"
        notes = [] if self.timed else [f"no times in the pictures' names: ticks of {DEFAULT_TICK_S} s assumed"]
        for what, rows in (("skipped", self.skipped), ("kept without its sides", self.without_sides)):
            notes += [f"line {line} {what}: {why}" for line, why in rows[:_MOST_TOLD]]
            notes += [f"and {len(rows) - _MOST_TOLD} more {what}"] if len(rows) > _MOST_TOLD else []
        return [head, *notes]


@dataclass(frozen=True, slots=True)
class _Faults:
    """What is wrong with a row's pictures; empty: nothing."""

    centre: str
    sides: str


def curvature_from_udacity(steering: PerCar) -> PerCar:
    """Curvature (1/m, left positive) of Udacity's steering (right positive, 1 is 25 degrees of wheel)."""
    return -np.tan(np.asarray(steering, dtype=np.float64) * MAX_WHEEL_RAD) / WHEELBASE_M


def load_udacity(
    path: Path | str, *, sides: bool = True, edit: PictureEdit | None = None, num_threads: int = 4
) -> tuple[Demonstrations, UdacityReport]:
    """Read a log, given as its `driving_log.csv` or as the folder that holds it.

    Without `sides` only the centre pictures are read. `edit` is applied to each picture as it is read: crop and shrink
    there where memory is short. The camera is not known: fit it or give one. Raises InputError where there is nothing
    to read.
    """
    log = find_log(Path(path))
    rows, skipped, num_rows = parse_log(log)
    # Nothing is stored for rows whose pictures are not there, of which there may be many.
    folder = find_pictures(log, rows) if rows else log.parent
    there = rows_with_pictures(folder, rows)
    skipped += [(row.line, f"{row.centre}: no such file") for row in rows if row.line not in there]
    rows = [row for row in rows if row.line in there]
    num_cameras = 3 if sides and any(row.left or row.right for row in rows) else 1
    views, faults = _read_pictures(folder, rows, num_cameras, edit, num_threads)
    kept = [i for i, fault in enumerate(faults) if not fault.centre]
    skipped += [(row.line, fault.centre) for row, fault in zip(rows, faults, strict=True) if fault.centre]
    if not kept:
        line, why = min(skipped)
        raise InputError(f"{log}: none of its {num_rows} rows can be read; line {line}: {why}")
    whole = np.array([not faults[i].sides for i in kept])
    demos, timed = _demonstrations(log, [rows[i] for i in kept], views if len(kept) == len(rows) else views[:, kept])
    without_sides = tuple((rows[i].line, faults[i].sides) for i in kept if faults[i].sides)
    return _with_sides(demos, whole), UdacityReport(num_rows, tuple(sorted(skipped)), without_sides, timed)


def _read_pictures(
    folder: Path, rows: Sequence[LogRow], num_cameras: int, edit: PictureEdit | None, num_threads: int
) -> tuple[Images, list[_Faults]]:
    """Pictures (cameras, n, h, w, 3) of one or three cameras, black where they cannot be read, and what is wrong."""
    if not rows:
        return np.empty((1, 0, 1, 1, 3), np.uint8), []
    first = _first_picture(folder, rows)
    kept = first if edit is None or first is None else edit(first)
    views = np.zeros((num_cameras, len(rows), *_shape(kept)), dtype=np.uint8)

    def read(i: int) -> _Faults:
        names = (rows[i].centre, rows[i].left, rows[i].right)[:num_cameras]
        faults = [_read_into(views[camera, i], folder, name, _shape(first), edit) for camera, name in enumerate(names)]
        return _Faults(faults[0], "; ".join(fault for fault in faults[1:] if fault))

    with ThreadPoolExecutor(num_threads) as pool:
        return views, list(pool.map(read, range(len(rows))))


def _first_picture(folder: Path, rows: Sequence[LogRow]) -> Picture | None:
    for row in rows:
        with suppress(InputError):
            return _read(folder, row.centre)
    return None


def _shape(picture: Picture | None) -> tuple[int, ...]:
    return (1, 1, 3) if picture is None else picture.shape


def _read_into(out: Picture, folder: Path, name: str, shape: tuple[int, ...], edit: PictureEdit | None) -> str:
    """Read one picture of this shape, and edit it; returns what is wrong with it, empty if nothing."""
    try:
        picture = _read(folder, name)
    except InputError as fault:
        return str(fault)
    if picture.shape != shape:
        return f"{name} is {picture.shape[1]}x{picture.shape[0]}, the others {shape[1]}x{shape[0]}"
    out[:] = picture if edit is None else edit(picture)
    return ""


def _read(folder: Path, name: str) -> Picture:
    if not name:
        raise InputError("no picture is named")
    try:
        return read_picture(folder / name)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _demonstrations(log: Path, rows: Sequence[LogRow], views: Images) -> tuple[Demonstrations, bool]:
    steering = np.array([row.steering for row in rows])
    times = _times([row.centre for row in rows])
    time_s, episode = times if times is not None else (None, None)
    demos = Demonstrations(
        images=views[0],
        curvature_per_m=curvature_from_udacity(steering),
        speed_mps=np.array([row.speed_mps for row in rows]),
        source=log.resolve().parent.name,
        images_left=views[1] if len(views) == 3 else None,
        images_right=views[2] if len(views) == 3 else None,
        time_s=time_s,
        episode=episode,
        raw_steering=steering,
    )
    return demos, times is not None


def _with_sides(demos: Demonstrations, has_sides: npt.NDArray[np.bool_]) -> Demonstrations:
    """Side pictures are dropped where no row has both, and marked where only some have."""
    if demos.images_left is None or has_sides.all():
        return demos
    if not has_sides.any():
        return replace(demos, images_left=None, images_right=None)
    return replace(demos, has_sides=has_sides)


def _times(names: Sequence[str]) -> tuple[PerCar, CarIndex] | None:
    """Seconds since the start of each unbroken drive, and its number, from the names; None: no times there."""
    stamps = [_STAMP.search(name) for name in names]
    if not all(stamps):
        return None
    try:
        moments = [datetime.strptime(s[1], "%Y_%m_%d_%H_%M_%S_%f") for s in stamps if s]
    except ValueError:
        return None
    seconds = np.array([(moment - moments[0]).total_seconds() for moment in moments])
    gaps_s = np.diff(seconds, prepend=seconds[0])
    starts = (gaps_s < 0.0) | (gaps_s > PAUSE_S)
    starts[0] = True
    episode = np.cumsum(starts) - 1
    return seconds - seconds[starts][episode], episode
