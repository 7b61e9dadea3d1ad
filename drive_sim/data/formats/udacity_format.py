"""Udacity logs as drives, and drives as Udacity logs, whose steering is an angle of the wheel and not a curvature."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim import records
from drive_sim.arrays import PerCar
from drive_sim.data.formats.drive import PAUSE_S, Drive, Progress
from drive_sim.data.formats.jpeg import write_jpeg
from drive_sim.data.formats.written import SIDECAR, Written, described, in_range, read_written, throttle_of
from drive_sim.data.picture_rows import Cut
from drive_sim.data.udacity import MAX_WHEEL_RAD, WHEELBASE_M, curvature_from_udacity, load_udacity
from drive_sim.data.udacity_log import LOG_NAME, MPS_PER_MPH, find_log, parse_log
from drive_sim.files import write_json, write_text

FULL_LOCK_PER_M = math.tan(MAX_WHEEL_RAD) / WHEELBASE_M
"""The curvature of 25 degrees of wheel."""
_EPOCH = datetime(2000, 1, 1)
_LAW = "the wheel's angle as a share of the widest, right positive; curvature = -tan(steering atan(L k)) / L, L = 2.7 m"


def read_udacity(path: Path, cut: Cut | None = None) -> Drive:
    """A log as a drive. Raises InputError as `load_udacity` does."""
    log = find_log(path)
    said = _said(log.with_name(SIDECAR))
    written = read_written(said, str(log.with_name(SIDECAR)))
    demos, report = load_udacity(path, edit=None if cut is None else cut(None if written is None else written.camera))
    drive = _with_pedals(Drive.of(demos, report.lines()), log, {line for line, _ in report.skipped})
    if written is None:
        return replace(drive, full_lock_per_m=FULL_LOCK_PER_M)
    columns = dict(drive.columns)
    steering = columns.pop("raw_steering")  # it is a command's here, and nobody's hand's
    if not isinstance(said.get("columns"), dict) or "raw_throttle" not in said["columns"]:
        columns.pop("raw_throttle", None)
    columns["curvature_per_m"] = curvature_from_udacity(steering, _widest_rad(written.full_lock_per_m))
    return described(replace(drive, columns=columns), written)


def _with_pedals(drive: Drive, log: Path, skipped: Collection[int]) -> Drive:
    """The drive with the throttle of its rows, where the log has any."""
    throttle = np.array([row.throttle for row in parse_log(log)[0] if row.line not in skipped])
    known = len(throttle) == len(drive) and np.isfinite(throttle).any()
    return replace(drive, columns={**drive.columns, "raw_throttle": throttle}) if known else drive


def write_udacity(drive: Drive, folder: Path, progress: Progress) -> Sequence[str]:
    """Write a log with its pictures into a folder; times stand in their names, and a pause is between two drives.

    What a log has no column for is left out, and said. Raises InputError where the file system refuses.
    """
    drive = in_range(replace(drive, full_lock_per_m=max(drive.full_lock_per_m, FULL_LOCK_PER_M)))
    (folder / "IMG").mkdir(parents=True)
    curvature_per_m = drive.columns["curvature_per_m"]
    steering = -np.arctan(WHEELBASE_M * curvature_per_m) / _widest_rad(drive.full_lock_per_m)
    throttle, mph = throttle_of(drive), drive.column("speed_mps") / MPS_PER_MPH
    lines: list[str] = []
    for i, stamp in enumerate(_stamps(drive)):
        names = [f"{side}_{stamp}.jpg" for side in ("center", "left", "right")]
        for name, images in zip(names, (drive.images, drive.images_left, drive.images_right), strict=True):
            if images is not None and (images is drive.images or drive.has_sides is None or drive.has_sides[i]):
                write_jpeg(folder / "IMG" / name, images[i])
        seen = [f"IMG/{name}" for name in names] if drive.images_left is not None else [f"IMG/{names[0]}", "", ""]
        speed = "" if np.isnan(mph[i]) else f"{mph[i]:.9g}"
        pedals = f"{max(throttle[i], 0.0):.9g},{max(-throttle[i], 0.0):.9g}"
        lines.append(f"{','.join(seen)},{steering[i]:.9g},{pedals},{speed}")
        progress((i + 1) / len(drive))
    write_text(folder / LOG_NAME, "\n".join(lines) + "\n")
    given = ["raw_throttle"] if np.isfinite(drive.column("raw_throttle")).all() else []
    write_json(folder / SIDECAR, Written.of(drive).to_json(given) | {"steering": _LAW, "speed": "mph"})
    return ["a Udacity log holds pictures, steering, pedals, speed and time; everything else is left out"]


def _said(beside: Path) -> dict[str, Any]:
    """What stands beside the log; nothing beside somebody else's."""
    return records.read_json(beside, "delete it to read the log alone") if beside.is_file() else {}


def _widest_rad(full_lock_per_m: float) -> float:
    return math.atan(WHEELBASE_M * full_lock_per_m)


def _stamps(drive: Drive) -> list[str]:
    """The time of each row as pictures are named, no two alike."""
    stamps: list[str] = []
    moment = _EPOCH - timedelta(seconds=1)
    for rows in drive.episodes():
        start = moment + timedelta(seconds=10.0 * PAUSE_S)
        time_s: PerCar = drive.columns["time_s"][rows] - drive.columns["time_s"][rows.start]
        for since_s in time_s:
            moment = max(start + timedelta(seconds=float(since_s)), moment + timedelta(microseconds=1))
            stamps.append(f"{moment:%Y_%m_%d_%H_%M_%S_%f}")
    return stamps
