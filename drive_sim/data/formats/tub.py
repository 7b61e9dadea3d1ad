"""Reader for donkeycar's tubs (version 2): one camera, an angle and a throttle, and a clock of its own.

The angle is right positive, -1 to 1, where 1 is the car's own full lock, which a tub does not say: it is taken for the
full lock of our car, so that a policy that steers fully there steers fully here (a model car of 16 cm wheelbase and 18
degrees of wheel, donkeycar's defaults, is ours at a seventeenth of its size). What the pilot drove is a policy's.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.data.demonstrations import FASTEST_MPS
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, drivers, unbroken
from drive_sim.data.formats.rows_told import RowsTold
from drive_sim.data.formats.tub_catalog import IMAGES, Catalog, read_catalog
from drive_sim.data.formats.written import KEY, described, read_written
from drive_sim.data.picture_rows import Cut, PictureEdit, read_pictures
from drive_sim.data.udacity_log import MAX_STEERING
from drive_sim.errors import InputError
from drive_sim.geometry import FULL_LOCK_PER_M, curvature_from_normalised

DRIVE_LOOP_HZ = 20.0
"""donkeycar's default, where rows say no times."""
ANGLES = ("user/angle", "user/steering", "angle", "steering")
"""How different versions name what the person steered; the first that a row has counts."""
PILOT_ANGLES = ("pilot/angle", "pilot/steering")
THROTTLES = ("user/throttle", "throttle")
MODES = ("user/mode", "mode")
TIMES = ("_timestamp_ms", "milliseconds")
SPEEDS = ("enc/speed", "pos/speed")
"""m/s, by an encoder or by donkeycar's simulator."""
PICTURES = ("cam/image_array", "cam/image_array_a", "image_array")
SIDES = ("cam/image_array_left", "cam/image_array_right")
BY_PERSON = "user"
_Row = Mapping[str, Any]
_LARGEST = 1e300


def read_tub(folder: Path, cut: Cut | None = None) -> Drive:
    """Read a tub: what is deleted is left out, what cannot be read is told, a row a line.

    Raises InputError where nothing can be read.
    """
    catalog = read_catalog(folder)
    numbers, rows, skipped = _usable(catalog, folder)
    names = [_picture_name(row, catalog) for row in rows]
    written = read_written(catalog.metadata.get(KEY), str(folder))
    edit = None if cut is None else cut(None if written is None else written.camera)
    pictures = read_pictures(folder / IMAGES, names, edit)
    skipped += [(number, fault) for number, fault in zip(numbers, pictures.faults, strict=True) if fault]
    kept = [i for i, fault in enumerate(pictures.faults) if not fault]
    told = RowsTold(catalog.num_rows, tuple(sorted(skipped)), tuple(catalog.deleted), tuple(catalog.notes))
    if not kept:
        raise InputError(_nothing(folder, told))
    images = pictures.images if len(kept) == len(rows) else pictures.images[kept]
    rows, numbers = [rows[i] for i in kept], np.array([numbers[i] for i in kept])
    full_lock_per_m = FULL_LOCK_PER_M if written is None else written.full_lock_per_m
    columns = _ours(rows) if written is not None else _theirs(rows)
    columns.setdefault("curvature_per_m", curvature_from_normalised(_floats(map(_driven, rows)), full_lock_per_m))
    time_s, notes = _times(rows)
    time_s, episode = unbroken(time_s, _breaks(rows, numbers, columns))
    columns.setdefault("time_s", time_s)
    sides = _read_sides(folder, rows, edit, pictures.shape)
    drive = Drive(
        images,
        columns,
        episode,
        folder.resolve().name,
        *sides,
        full_lock_per_m=full_lock_per_m,
        notes=[*told.lines(), *notes, *_told_of_pilot(columns["driver"])],
    )
    return described(drive, written)


def _usable(catalog: Catalog, folder: Path) -> tuple[list[int], list[_Row], list[tuple[int, str]]]:
    """The rows that hold a picture's name and a steering, with their numbers, and (number, why) of those that don't."""
    numbers: list[int] = []
    rows: list[_Row] = []
    skipped = list(catalog.broken)
    pictures = folder / IMAGES
    there = {path.name for path in pictures.iterdir()} if pictures.is_dir() else set[str]()
    for number, row in catalog.rows:
        name = _picture_name(row, catalog)
        why = _fault(row) or (
            "no picture is named" if not name else "" if name in there else f"{name:.60}: no such file"
        )
        if why:
            skipped.append((number, why))
        else:
            numbers.append(number)
            rows.append(row)
    return numbers, rows, skipped


def _fault(row: _Row) -> str:
    """What is wrong with a row's steering; empty: nothing."""
    angle = _driven(row)
    if angle is None or not np.isfinite(angle):
        return f"its {_first(row, ANGLES) or ANGLES[0]} is not a number"
    return "" if abs(angle) <= MAX_STEERING else f"its {_first(row, ANGLES)} {angle:g} is not from -1 to 1"


def _driven(row: _Row) -> float | None:
    """The steering that was driven: the person's, or the pilot's where it steered and was recorded."""
    if not _by_person(row) and (pilot := _number(row, PILOT_ANGLES)) is not None:
        return pilot
    return _number(row, ANGLES)


def _by_person(row: _Row) -> bool:
    name = _first(row, MODES)
    return name is None or row[name] == BY_PERSON


def _picture_name(row: _Row, catalog: Catalog) -> str:
    """The base name of a row's picture; older versions and other cameras name its key otherwise."""
    others = [name for name, kind in catalog.types.items() if kind == "image_array" and name not in SIDES]
    name = _first(row, (*PICTURES, *others))
    return "" if name is None or not isinstance(row[name], str) else _base(row[name])


def _theirs(rows: Sequence[_Row]) -> dict[str, Column]:
    """The columns that donkeycar records."""
    by_person = np.array([_by_person(row) for row in rows])
    speed_mps = _floats(_number(row, SPEEDS) for row in rows)
    return {
        "speed_mps": np.where(np.abs(speed_mps) <= FASTEST_MPS, speed_mps, np.nan),
        "raw_steering": np.where(by_person, _floats(map(_driven, rows)), np.nan),
        "raw_throttle": _floats(_number(row, THROTTLES) for row in rows),
        "driver": np.where(by_person, "human", "policy"),
    }


def _ours(rows: Sequence[_Row]) -> dict[str, Column]:
    """The columns that we have written beside donkeycar's."""
    columns: dict[str, Column] = {
        "driver": drivers(row.get(f"{KEY}/driver") for row in rows),
        "intervention": np.array([row.get(f"{KEY}/intervention") is True for row in rows]),
    }
    for name in NUMBERS:
        if any(f"{KEY}/{name}" in row for row in rows):
            columns[name] = _floats(_number(row, (f"{KEY}/{name}",)) for row in rows)
    return columns


def _breaks(rows: Sequence[_Row], numbers: CarIndex, columns: Mapping[str, Column]) -> CarMask:
    """Rows (n,) before which a drive ended: rows that were left out, another session, a car that was put back."""
    sessions = [row.get("_session_id") for row in rows]
    breaks = np.array([False, *(a != b for a, b in pairwise(sessions))])
    breaks[1:] |= np.diff(numbers) > 1
    return breaks | (columns["intervention"] & (columns["driver"] != "human") if "intervention" in columns else False)


def _times(rows: Sequence[_Row]) -> tuple[PerCar, list[str]]:
    """Seconds of the car's clock (n,), and what there is to say about them."""
    time_ms = _floats(_number(row, TIMES) for row in rows)
    if np.isfinite(time_ms).all():
        return 1e-3 * (time_ms - time_ms[0]), []
    return np.arange(len(rows)) / DRIVE_LOOP_HZ, [f"rows without times: {DRIVE_LOOP_HZ:g} a second are assumed"]


def _read_sides(
    folder: Path, rows: Sequence[_Row], edit: PictureEdit | None, shape: tuple[int, ...] | None
) -> tuple[Images | None, Images | None]:
    """The pictures of two further cameras, which only tubs of ours have, where each row has both."""
    names = [[str(row.get(side, "")) for row in rows] for side in SIDES]
    if not all(map(all, names)):
        return None, None
    left, right = (read_pictures(folder / IMAGES, list(map(_base, side)), edit, shape=shape) for side in names)
    return (None, None) if any(left.faults) or any(right.faults) else (left.images, right.images)


def _nothing(folder: Path, told: RowsTold) -> str:
    if told.skipped:
        row, why = told.skipped[0]
        return f"{folder}: none of the tub's {told.rows} rows can be read; row {row}: {why}"
    return f"{folder}: all {told.rows} rows of the tub are deleted; restore some in donkeycar's editor"


def _told_of_pilot(driver: npt.NDArray[np.str_]) -> list[str]:
    pilots = int((driver == "policy").sum())
    return [f"{pilots:,} rows were driven by a pilot: they are not learned from"] if pilots else []


def _first(row: _Row, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in row), None)


def _number(row: _Row, names: Sequence[str]) -> float | None:
    """The first of these that a row has, where it is a number."""
    name = _first(row, names)
    value = None if name is None else row[name]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _LARGEST else math.inf


def _floats(values: Iterable[float | None]) -> PerCar:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
