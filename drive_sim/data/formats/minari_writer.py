"""Writer of Minari datasets, which Minari's `MinariDataset` and `load_dataset` open.

As HDF5, Minari's usual way, where h5py is installed (`drive-sim[minari]`), else as Arrow, its other one. An observation
is a picture, an action the steering; columns of ours are infos. Where an episode ends nobody looked any more: its last
observation repeats the one before.
"""

import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from drive_sim.data.formats.drive import NUMBERS, Column, Drive, Progress
from drive_sim.data.formats.jpeg import jpeg_bytes
from drive_sim.data.formats.minari_episodes import h5py
from drive_sim.data.formats.minari_layout import DATA, HDF5_FILE, METADATA, VERSION, box
from drive_sim.data.formats.written import KEY, Written, in_range, steering_of
from drive_sim.data.recording_schema import DRIVERS
from drive_sim.files import input_error_from, write_json

_LEAST_JPEG_PX = 32
"""Minari keeps smaller pictures as they are."""


def write_minari(drive: Drive, folder: Path, progress: Progress, kind: str | None = None) -> Sequence[str]:
    """Write a dataset into a folder, as `hdf5` or `arrow` (None: by what is installed); returns what there is to say.

    Raises InputError where the file system refuses.
    """
    drive = in_range(drive)
    chosen = kind or ("hdf5" if find_spec("h5py") is not None else "arrow")
    numbers = [name for name in NUMBERS if name in drive.columns and np.isfinite(drive.columns[name]).any()]
    data = folder / DATA
    try:
        data.mkdir(parents=True)
        (_write_hdf5 if chosen == "hdf5" else _write_arrow)(drive, data, numbers, progress)
        size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    except OSError as error:
        raise input_error_from(error, folder) from None
    write_json(data / METADATA, _metadata(drive, chosen, numbers, size))
    progress(1.0)
    notes = ["kept as Arrow, which Minari reads with pyarrow; `pip install drive-sim[minari]` for HDF5"]
    notes = notes if chosen == "arrow" and kind is None else []
    return [*notes, "side pictures are left out"] if drive.images_left is not None else notes


def _metadata(drive: Drive, kind: str, numbers: Sequence[str], size: int) -> dict[str, Any]:
    name = re.sub(r"[^\w]+", "-", drive.source).strip("-") or "drive"
    height_px, width_px = drive.images.shape[1:3]
    return {
        "dataset_id": f"drive_sim/{name}-v0",
        "minari_version": VERSION,
        "data_format": kind,
        "jpeg_encoding": True,
        "total_episodes": len(drive.episodes()),
        "total_steps": len(drive),
        "dataset_size": round(size / 1e6, 1),
        "observation_space": json.dumps(box(0, 255, (height_px, width_px, 3), "uint8")),
        "action_space": json.dumps(box(-1.0, 1.0, (1,), "float32")),
        "description": "A car that keeps its lane, steered by what its camera sees. The action is the steering, right "
        "positive, -1 to 1. Each episode's last observation repeats the one before. Nothing is rewarded.",
        KEY: Written.of(drive).to_text(numbers),
    }


def _observations(drive: Drive, rows: slice) -> list[Any]:
    """An episode's pictures and the last once more: JPEG files, or as they are where they are small."""
    images = [*drive.images[rows], drive.images[rows.stop - 1]]
    return [jpeg_bytes(image) for image in images] if _is_jpeg(drive) else images


def _is_jpeg(drive: Drive) -> bool:
    return min(drive.images.shape[1:3]) >= _LEAST_JPEG_PX


def _infos(drive: Drive, rows: slice, numbers: Sequence[str]) -> Mapping[str, Column]:
    """Our columns (n + 1,), the last one twice; who drove is its place among expert, human, policy."""
    columns = {name: drive.columns[name][rows] for name in numbers}
    columns["driver"] = np.array([DRIVERS.index(str(name)) for name in drive.driver[rows]], dtype=np.int64)
    columns["intervention"] = drive.intervention[rows].astype(np.int64)
    return {name: np.append(column, column[-1:]) for name, column in columns.items()}


def _write_hdf5(drive: Drive, data: Path, numbers: Sequence[str], progress: Progress) -> None:
    library, steering = h5py(), steering_of(drive).astype(np.float32)
    with library.File(data / HDF5_FILE, "w", track_order=True) as file:
        for number, rows in enumerate(drive.episodes()):
            num = rows.stop - rows.start
            episode = file.create_group(f"episode_{number}")
            episode.attrs.update({"id": number, "total_steps": num})
            observations = _observations(drive, rows)
            if _is_jpeg(drive):
                kept = episode.create_dataset("observations", (num + 1,), dtype=library.vlen_dtype(np.uint8))
                for i, content in enumerate(observations):
                    kept[i] = np.frombuffer(content, dtype=np.uint8)
            else:
                episode.create_dataset("observations", data=np.stack(observations))
            ends = np.arange(num) == num - 1
            of_steps = {"actions": steering[rows, None], "rewards": np.zeros(num), "terminations": np.zeros(num, bool)}
            for name, values in {**of_steps, "truncations": ends}.items():
                episode.create_dataset(name, data=values)
            infos = episode.create_group("infos")
            for name, values in _infos(drive, rows, numbers).items():
                infos.create_dataset(name, data=values)
            progress(rows.stop / len(drive))


def _write_arrow(drive: Drive, data: Path, numbers: Sequence[str], progress: Progress) -> None:
    steering = steering_of(drive).astype(np.float32)
    for number, rows in enumerate(drive.episodes()):
        num = rows.stop - rows.start
        observations = _observations(drive, rows)
        pictures = (
            pa.array(observations, pa.binary())
            if _is_jpeg(drive)
            else pa.FixedSizeListArray.from_arrays(
                np.stack(observations).reshape(-1), int(np.prod(drive.images.shape[1:]))
            )
        )
        infos = {name: pa.array(values) for name, values in _infos(drive, rows, numbers).items()}
        batch = pa.RecordBatch.from_pydict(
            {
                "observations": pictures,
                "actions": pa.FixedSizeListArray.from_arrays(pa.array(np.append(steering[rows], np.float32(0.0))), 1),
                "rewards": np.zeros(num + 1),
                "terminations": np.zeros(num + 1, bool),
                "truncations": np.arange(num + 1) == num - 1,
                "infos": pa.StructArray.from_arrays(list(infos.values()), names=list(infos)),
            }
        )
        folder = data / str(number)
        folder.mkdir()
        with pa.OSFile(str(folder / "part-0.arrow"), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as file:
            file.write_batch(batch)
        write_json(folder / METADATA, {"id": number, "total_steps": num})
        progress(rows.stop / len(drive))
