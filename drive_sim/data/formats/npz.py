"""Episodes as NumPy's `.npz` files: one file an episode, arrays with a row a tick, nothing lost and nothing to install.

| array | what it is |
|---|---|
| `image` (n, h, w, 3) uint8 | RGB pictures; others also call it `images`, `observations` or `obs` |
| `image_left`, `image_right` | of cameras beside, if any |
| `steering` (n,) | right positive, -1 to 1; others also call it `action` or `actions`, (n, k), the first of k up to 3 |
| `curvature_per_m`, `time_s`, `speed_mps`, ... (n,) | the columns of a recording, by the same names |
| `driver` (n,) | `expert`, `human` or `policy` |
| `intervention` (n,) bool | a person took the wheel, or the car was put back |
| `drive_sim` () | JSON: steering's sign, range and rate, camera, road |
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from drive_sim.arrays import Images, PerCar
from drive_sim.data.demonstrations import DEFAULT_TICK_S
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, Progress, drivers, unbroken
from drive_sim.data.formats.joined import joined
from drive_sim.data.formats.npz_arrays import read_arrays
from drive_sim.data.formats.rows_told import RowsTold, together
from drive_sim.data.formats.steering_range import checked_steering
from drive_sim.data.formats.written import KEY, Written, described, in_range, read_written, steering_of
from drive_sim.data.picture_rows import Cut, PictureEdit
from drive_sim.errors import InputError
from drive_sim.files import whole_file
from drive_sim.geometry import FULL_LOCK_PER_M, curvature_from_normalised

EPISODES = "*.npz"
PICTURES = ("image", "images", "observations", "obs")
STEERINGS = ("steering", "action", "actions")
TIMES, SPEEDS = ("time_s", "timestamp", "timestamps"), ("speed_mps", "speed")
_SIDES = ("image_left", "image_right")
_WANTED = {*PICTURES, *_SIDES, *STEERINGS, *TIMES, *SPEEDS, *NUMBERS, "driver", "intervention", KEY}
_MOST_ACTIONS = 3


def read_npz(path: Path, cut: Cut | None = None) -> Drive:
    """Read a folder of such files in the order of their names, or one of them.

    Raises InputError where an array is missing or of another shape; rows whose numbers are none are told.
    """
    files = [path] if path.is_file() else sorted(path.glob(EPISODES), key=lambda file: (len(file.name), file.name))
    parts = [_read_episode(file, cut) for file in files]
    told = together([(file.name, told) for file, (_, told) in zip(files, parts, strict=True)])
    return replace(joined([drive for drive, _ in parts], path), notes=told.lines())


def write_npz(drive: Drive, folder: Path, progress: Progress) -> Sequence[str]:
    """Write a file an episode into a folder. Raises InputError where the file system refuses."""
    drive = in_range(drive)
    folder.mkdir(parents=True, exist_ok=True)
    steering, facts = steering_of(drive), Written.of(drive)
    numbers = [name for name in NUMBERS if name in drive.columns and np.isfinite(drive.columns[name]).any()]
    for number, rows in enumerate(drive.episodes()):
        arrays = {"image": drive.images[rows], "steering": steering[rows]}
        if drive.images_left is not None and drive.images_right is not None:
            arrays |= {"image_left": drive.images_left[rows], "image_right": drive.images_right[rows]}
        arrays |= {name: drive.columns[name][rows] for name in numbers}
        arrays |= {"driver": drive.driver[rows], "intervention": drive.intervention[rows]}
        own = Written(
            facts.full_lock_per_m, facts.control_hz, facts.camera, facts.side_m, [dict(drive.facts_of(number))]
        )
        arrays[KEY] = np.array(own.to_text(numbers))
        with whole_file(folder / f"episode-{number:03d}.npz") as part, part.open("wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType] - every name is an array's
        progress(rows.stop / len(drive))
    return []


def _read_episode(file: Path, cut: Cut | None) -> tuple[Drive, RowsTold]:
    arrays = read_arrays(file, _WANTED)
    written = read_written(str(arrays[KEY]), str(file)) if KEY in arrays and arrays[KEY].ndim == 0 else None
    images = _images(arrays, file)
    steering = _steering(arrays, file, len(images))
    full_lock_per_m = FULL_LOCK_PER_M if written is None else written.full_lock_per_m
    columns = _columns(arrays, file, len(images))
    columns.setdefault("curvature_per_m", curvature_from_normalised(steering, full_lock_per_m))
    faults = checked_steering(np.where(np.isfinite(columns["curvature_per_m"]), steering, np.nan), str(file))
    kept = np.array([not fault for fault in faults], dtype=bool)
    told = RowsTold(len(faults), tuple((i, fault) for i, fault in enumerate(faults) if fault))
    if not kept.any():
        raise InputError(
            f"{file}: none of its {len(kept)} rows can be read: {faults[0] if faults else 'it holds none'}"
        )
    breaks = np.zeros(len(kept), dtype=bool)
    breaks[1:] = ~kept[:-1]
    if "intervention" in columns and "driver" in columns:
        breaks |= columns["intervention"] & (columns["driver"] != "human")
    since_s, episode = unbroken(columns["time_s"][kept], breaks[kept])
    columns = {name: column[kept] for name, column in columns.items()}
    if written is None:
        columns["time_s"] = since_s
    edit = None if cut is None else cut(None if written is None else written.camera)
    sides = [
        _edited(arrays[side][kept], edit) for side in _SIDES if side in arrays and arrays[side].shape == images.shape
    ]
    drive = Drive(
        _edited(images[kept], edit),
        columns,
        episode,
        file.stem,
        images_left=sides[0] if len(sides) == 2 else None,
        images_right=sides[1] if len(sides) == 2 else None,
        full_lock_per_m=full_lock_per_m,
    )
    return described(drive, written), told


def _images(arrays: Mapping[str, Column], file: Path) -> Images:
    name = next((name for name in PICTURES if name in arrays), None)
    if name is None:
        raise InputError(f"{file} holds no pictures: no array is named {' or '.join(PICTURES)}")
    found = arrays[name]
    if found.dtype != np.uint8 or found.ndim != 4 or found.shape[-1] != 3 or 0 in found.shape[1:]:
        raise InputError(
            f"{file}: {name} must be uint8 (n, h, w, 3), RGB pictures from 0 to 255, got {found.dtype} {found.shape}; "
            "save them so"
        )
    return found


def _steering(arrays: Mapping[str, Column], file: Path, num: int) -> PerCar:
    """The steering (n,); of a recording that says curvatures alone, any that is in range."""
    name = next((name for name in STEERINGS if name in arrays), None)
    if name is None:
        if "curvature_per_m" in arrays:
            return np.zeros(num)
        raise InputError(f"{file} holds no steering: no array is named {' or '.join(STEERINGS)} or curvature_per_m")
    found = arrays[name]
    if found.ndim > 2 or (found.ndim == 2 and not 1 <= found.shape[1] <= _MOST_ACTIONS):
        raise InputError(
            f"{file}: {name} is {found.shape}, the actions of another robot; give one in which a car is steered"
        )
    return _numbers(found if found.ndim < 2 else found[:, 0], name, file, num)


def _columns(arrays: Mapping[str, Column], file: Path, num: int) -> dict[str, Column]:
    columns: dict[str, Column] = {name: _numbers(arrays[name], name, file, num) for name in NUMBERS if name in arrays}
    for wanted, names in (("time_s", TIMES), ("speed_mps", SPEEDS)):
        name = next((name for name in names if name in arrays), None)
        if name is not None:
            columns[wanted] = _numbers(arrays[name], name, file, num)
    if "time_s" not in columns or not np.isfinite(columns["time_s"]).all():
        columns["time_s"] = DEFAULT_TICK_S * np.arange(num)
    for name, kinds in (("driver", "U"), ("intervention", "bui")):
        if name in arrays and arrays[name].dtype.kind in kinds and arrays[name].shape == (num,):
            columns[name] = drivers(arrays[name].tolist()) if name == "driver" else arrays[name].astype(bool)
    return columns


def _numbers(found: Column, name: str, file: Path, num: int) -> PerCar:
    if found.dtype.kind not in "fiub" or found.shape != (num,):
        raise InputError(f"{file}: {name} must be {num} numbers, one a picture, got {found.dtype} {found.shape}")
    return found.astype(np.float64)


def _edited(images: Images, edit: PictureEdit | None) -> Images:
    return images if edit is None else np.stack([edit(image) for image in images])
