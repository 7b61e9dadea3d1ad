"""Reader for the drives that Udacity's simulator records: three cameras, steering and speed.

Steering is right positive, 1 stands for 25 degrees of wheel; speed is in miles an hour. No row is lost in silence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, Images, PerCar
from drive_sim.data.demonstrations import DEFAULT_TICK_S, Demonstrations
from drive_sim.data.formats.drive import unbroken
from drive_sim.data.picture_rows import NUM_THREADS, PictureEdit, PictureRows, read_pictures
from drive_sim.data.udacity_log import LogRow, find_log, find_pictures, parse_log, rows_with_pictures
from drive_sim.errors import InputError

MAX_WHEEL_RAD = float(np.deg2rad(25.0))
WHEELBASE_M = 2.7
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


def curvature_from_udacity(steering: PerCar, widest_rad: float = MAX_WHEEL_RAD) -> PerCar:
    """Curvature (1/m, left positive) of Udacity's steering (right positive, 1 is 25 degrees of wheel)."""
    return -np.tan(np.asarray(steering, dtype=np.float64) * widest_rad) / WHEELBASE_M


def load_udacity(
    path: Path | str, *, sides: bool = True, edit: PictureEdit | None = None, num_threads: int = NUM_THREADS
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
    views = _read_views(folder, rows, num_cameras, edit, num_threads)
    faults = views[0].faults
    kept = [i for i, fault in enumerate(faults) if not fault]
    skipped += [(row.line, fault) for row, fault in zip(rows, faults, strict=True) if fault]
    if not kept:
        line, why = min(skipped)
        raise InputError(f"{log}: none of its {num_rows} rows can be read; line {line}: {why}")
    of_sides = [
        "; ".join(fault for fault in pair if fault) for pair in zip(*(v.faults for v in views[1:]), strict=True)
    ]
    without_sides = tuple((rows[i].line, of_sides[i]) for i in kept if of_sides and of_sides[i])
    whole = np.array([not (of_sides and of_sides[i]) for i in kept])
    images = [view.images if len(kept) == len(rows) else view.images[kept] for view in views]
    demos, timed = _demonstrations(log, [rows[i] for i in kept], images)
    return _with_sides(demos, whole), UdacityReport(num_rows, tuple(sorted(skipped)), without_sides, timed)


def _read_views(
    folder: Path, rows: Sequence[LogRow], num_cameras: int, edit: PictureEdit | None, num_threads: int
) -> list[PictureRows]:
    """The pictures of one or three cameras, all of one shape: the middle one's first."""
    names = list(zip(*((row.centre, row.left, row.right)[:num_cameras] for row in rows), strict=True))
    if not names:
        return [PictureRows(np.empty((0, 1, 1, 3), np.uint8), [], None)]
    middle = read_pictures(folder, names[0], edit, num_threads=num_threads)
    if middle.shape is None:
        return [middle]
    return [middle, *(read_pictures(folder, n, edit, shape=middle.shape, num_threads=num_threads) for n in names[1:])]


def _demonstrations(log: Path, rows: Sequence[LogRow], views: Sequence[Images]) -> tuple[Demonstrations, bool]:
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
    return unbroken(seconds)
