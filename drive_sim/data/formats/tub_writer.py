"""Writer of donkeycar's tubs (version 2): what its `Tub`, its editor and its `donkey train` read.

The format is that of donkeycar 5's `parts/datastore_v2.py`: a thousand rows a catalog, each row an object with sorted
keys, and beside each catalog the lengths of its lines. Columns of ours stand beside theirs, as `drive_sim/NAME`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.arrays import CarIndex, Images, Picture
from drive_sim.data.formats.drive import NUMBERS, PAUSE_S, Drive, Progress
from drive_sim.data.formats.jpeg import write_jpeg
from drive_sim.data.formats.tub import SIDES
from drive_sim.data.formats.tub_catalog import IMAGES, MANIFEST
from drive_sim.data.formats.written import KEY, Written, in_range, steering_of, throttle_of
from drive_sim.files import write_text

PICTURE = "cam/image_array"
ROWS_A_CATALOG = 1000
_START_MS = 946_684_800_000
"""The first of January 2000: a tub's clock has to begin somewhere."""


def write_tub(drive: Drive, folder: Path, progress: Progress) -> Sequence[str]:
    """Write a tub into a folder; between two drives there is a pause, and a session of its own begins.

    Raises InputError where the file system refuses.
    """
    drive = in_range(drive)
    (folder / IMAGES).mkdir(parents=True)
    numbers = [name for name in NUMBERS if name in drive.columns and np.isfinite(drive.columns[name]).any()]
    types = _types(drive, numbers)
    session = np.zeros(len(drive), dtype=np.int64)
    for number, rows in enumerate(drive.episodes()):
        session[rows] = number
    lines: list[str] = []
    for i, row in enumerate(_rows(drive, numbers, session)):
        lines.append(json.dumps(row, allow_nan=False, sort_keys=True))
        for key in (key for key, kind in types.items() if kind == "image_array" and key in row):
            write_jpeg(folder / IMAGES / row[key], _picture(drive, key, i))
        progress((i + 1) / len(drive))
    paths = [_write_catalog(folder, first, lines) for first in range(0, len(lines), ROWS_A_CATALOG)]
    catalogs = {"paths": paths, "current_index": len(lines), "max_len": ROWS_A_CATALOG, "deleted_indexes": []}
    metadata = {KEY: Written.of(drive).to_text(numbers)}
    about = [list(types), list(types.values()), metadata, _sessions(int(session[-1]) + 1), catalogs]
    write_text(folder / MANIFEST, "".join(json.dumps(line) + "\n" for line in about))
    return []


def _types(drive: Drive, numbers: Sequence[str]) -> dict[str, str]:
    """The inputs and their types, as the manifest's first lines hold them."""
    sides = SIDES if drive.images_left is not None else ()
    theirs = {PICTURE: "image_array", "user/angle": "float", "user/throttle": "float", "user/mode": "str"}
    pilot = {"pilot/angle": "float"} if (drive.driver == "policy").any() else {}
    speed = {"enc/speed": "float"} if "speed_mps" in numbers else {}
    ours = {f"{KEY}/driver": "str", f"{KEY}/intervention": "boolean", **{f"{KEY}/{name}": "float" for name in numbers}}
    return theirs | dict.fromkeys(sides, "image_array") | pilot | speed | ours


def _rows(drive: Drive, numbers: Sequence[str], session: CarIndex) -> list[dict[str, Any]]:
    steering, throttle, driver, intervention = steering_of(drive), throttle_of(drive), drive.driver, drive.intervention
    columns = {name: drive.columns[name] for name in numbers}
    time_ms = _clock_ms(drive)
    rows: list[dict[str, Any]] = []
    for i in range(len(drive)):
        row: dict[str, Any] = {
            PICTURE: _name(i, PICTURE),
            "user/angle": float(steering[i]),
            "user/throttle": float(throttle[i]),
            "user/mode": "local" if driver[i] == "policy" else "user",
            "_timestamp_ms": int(time_ms[i]),
            "_index": i,
            "_session_id": _session(int(session[i])),
            f"{KEY}/driver": str(driver[i]),
            f"{KEY}/intervention": bool(intervention[i]),
        }
        row |= {f"{KEY}/{name}": float(column[i]) for name, column in columns.items() if np.isfinite(column[i])}
        if driver[i] == "policy":
            row["pilot/angle"] = float(steering[i])
        if f"{KEY}/speed_mps" in row:
            row["enc/speed"] = row[f"{KEY}/speed_mps"]
        if drive.images_left is not None and (drive.has_sides is None or drive.has_sides[i]):
            row |= {side: _name(i, side) for side in SIDES}
        rows.append(row)
    return rows


def _picture(drive: Drive, key: str, i: int) -> Picture:
    views: dict[str, Images | None] = {PICTURE: drive.images}
    views |= zip(SIDES, (drive.images_left, drive.images_right), strict=True)
    images = views[key]
    assert images is not None, "a row names side pictures only where there are some"
    return images[i]


def _name(i: int, key: str) -> str:
    return f"{i}_{key.replace('/', '_')}_.jpg"


def _clock_ms(drive: Drive) -> Sequence[int]:
    """Whole milliseconds (n,) that go on from drive to drive, with a pause between."""
    time_ms, start_s = np.zeros(len(drive), dtype=np.int64), 0.0
    for rows in drive.episodes():
        since_s = drive.columns["time_s"][rows] - drive.columns["time_s"][rows.start]
        time_ms[rows] = _START_MS + np.rint(1e3 * (start_s + since_s)).astype(np.int64)
        start_s += float(since_s[-1]) + 10.0 * PAUSE_S
    return time_ms.tolist()


def _session(number: int) -> str:
    return f"00-01-01_{number}"


def _sessions(num: int) -> Mapping[str, Any]:
    ids = [_session(number) for number in range(num)]
    sessions = {"all_full_ids": ids, "last_id": num - 1, "last_full_id": ids[-1]}
    return {"created_at": _START_MS / 1e3, "sessions": sessions}


def _write_catalog(folder: Path, first: int, lines: Sequence[str]) -> str:
    """Write a catalog and the lengths of its lines; returns its name."""
    stem = f"catalog_{first // ROWS_A_CATALOG}"
    own = [f"{line}\n" for line in lines[first : first + ROWS_A_CATALOG]]
    write_text(folder / f"{stem}.catalog", "".join(own))
    about = {
        "created_at": _START_MS / 1e3,
        "line_lengths": [len(line) for line in own],
        "path": f"{stem}.catalog_manifest",
        "start_index": first,
    }
    write_text(folder / f"{stem}.catalog_manifest", json.dumps(about, sort_keys=True) + "\n")
    return f"{stem}.catalog"
