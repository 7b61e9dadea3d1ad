"""Writer of LeRobotDatasets of version 3, which lerobot's `LeRobotDataset` opens and its `lerobot-train` reads.

The action is steering and throttle, the state the speed; `intervention` marks where a person took the wheel. A frame's
time is that of a whole tick, as the format wants; columns of ours, the true times among them, are `drive_sim.NAME`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from drive_sim.arrays import Images
from drive_sim.data.film_frames import CODEC, write_frames
from drive_sim.data.formats import lerobot_layout as layout
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, Progress
from drive_sim.data.formats.lerobot_statistics import picture_statistics, statistics, together
from drive_sim.data.formats.lerobot_tasks import write_tasks
from drive_sim.data.formats.written import KEY, Written, in_range, steering_of, throttle_of
from drive_sim.files import input_error_from, write_json

TASK = "keep the lane"
_FIRST = {"chunk_index": 0, "file_index": 0}
_FILM_SHARE = 0.9
"""Of the work."""


def write_lerobot(drive: Drive, folder: Path, progress: Progress) -> Sequence[str]:
    """Write a dataset into a folder; returns what there is to say. Raises InputError where the file system refuses."""
    drive = in_range(drive)
    fps = max(1, round(1.0 / drive.tick_s))
    numbers = [name for name in NUMBERS if name in drive.columns and np.isfinite(drive.columns[name]).any()]
    columns = _columns(drive, numbers, fps)
    views = _views(drive)
    features = {name: _feature(name, column) for name, column in columns.items()}
    try:
        for number, (camera, images) in enumerate(views.items()):
            features[camera] = _write_film(
                folder, camera, images, fps, lambda done, n=number: progress((n + done) / len(views) * _FILM_SHARE)
            )
        path = folder / layout.DATA_PATH.format(**_FIRST)
        path.parent.mkdir(parents=True)
        pq.write_table(_table(columns), path)
        episodes = [_episode(number, rows, columns, views, fps) for number, rows in enumerate(drive.episodes())]
        path = folder / layout.EPISODES_PATH.format(**_FIRST)
        path.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(episodes), path)
        write_tasks(folder / layout.TASKS, [TASK])
    except OSError as error:
        raise input_error_from(error, folder) from None
    write_json(folder / layout.STATS, together(episodes))
    write_json(folder / layout.INFO, _info(drive, features, fps, numbers))
    progress(1.0)
    uneven = np.abs(columns["timestamp"] - _since_s(drive)).max() > 0.5 / fps
    return (
        [f"times are whole ticks of 1/{fps} s, as the format wants; the true ones are in {KEY}.time_s"]
        if uneven
        else []
    )


def _views(drive: Drive) -> dict[str, Images]:
    if drive.images_left is None or drive.images_right is None:
        return {layout.CAMERAS[0]: drive.images}
    return dict(zip(layout.CAMERAS, (drive.images, drive.images_left, drive.images_right), strict=True))


def _columns(drive: Drive, numbers: Sequence[str], fps: int) -> dict[str, Column]:
    """The columns of the data file, in the order of their features."""
    place = np.concatenate([np.arange(rows.stop - rows.start) for rows in drive.episodes()])
    episode = np.repeat(np.arange(len(drive.episodes())), [rows.stop - rows.start for rows in drive.episodes()])
    columns: dict[str, Column] = {
        layout.ACTION: np.stack([steering_of(drive), throttle_of(drive)], 1).astype(np.float32)
    }
    if "speed_mps" in numbers:
        columns[layout.STATE] = np.nan_to_num(drive.columns["speed_mps"])[:, None].astype(np.float32)
    columns[layout.INTERVENTION] = drive.intervention
    columns |= {f"{KEY}.{name}": drive.columns[name] for name in numbers}
    columns[f"{KEY}.driver"] = drive.driver
    clock = ((place / fps).astype(np.float32), place, episode, np.arange(len(drive)), np.zeros(len(drive), np.int64))
    return columns | dict(zip(layout.CLOCK, clock, strict=True))


def _since_s(drive: Drive) -> Column:
    time_s = drive.columns["time_s"]
    return np.concatenate([time_s[rows] - time_s[rows.start] for rows in drive.episodes()])


def _feature(name: str, column: Column) -> dict[str, Any]:
    names = {layout.ACTION: ["steering", "throttle"], layout.STATE: ["speed_mps"]}.get(name)
    dtype = "string" if column.dtype.kind == "U" else str(column.dtype)
    return {"dtype": dtype, "shape": [1 if column.ndim == 1 else column.shape[1]], "names": names}


def _write_film(folder: Path, camera: str, images: Images, fps: int, progress: Progress) -> dict[str, Any]:
    """Write a camera's film; returns its feature."""
    height_px, width_px = images.shape[1:3]

    def passed() -> Any:
        for i, image in enumerate(images):
            progress(i / len(images))
            yield image

    path = folder / layout.VIDEO_PATH.format(video_key=camera, **_FIRST)
    pixels = write_frames(path, passed(), fps, (height_px, width_px))
    film = {"height": height_px, "width": width_px, "codec": CODEC, "pix_fmt": pixels, "is_depth_map": False}
    about = {f"video.{name}": value for name, value in {**film, "fps": fps, "channels": 3}.items()}
    shape = {"shape": [height_px, width_px, 3], "names": ["height", "width", "channels"]}
    return {"dtype": "video", **shape, "info": {**about, "has_audio": False}}


def _table(columns: Mapping[str, Column]) -> pa.Table:
    arrays = {
        name: pa.array(column.tolist(), pa.string())
        if column.dtype.kind == "U"
        else pa.array(column)
        if column.ndim == 1
        else pa.FixedSizeListArray.from_arrays(pa.array(column.reshape(-1)), column.shape[1])
        if column.shape[1] > 1
        else pa.array(column[:, 0])
        for name, column in columns.items()
    }
    return pa.table(arrays)


def _episode(
    number: int, rows: slice, columns: Mapping[str, Column], views: Mapping[str, Images], fps: int
) -> dict[str, Any]:
    """A row of the episodes' table: where the episode's frames are, and their statistics."""
    row: dict[str, Any] = {
        "episode_index": number,
        "tasks": [TASK],
        "length": rows.stop - rows.start,
        **{f"data/{name}": value for name, value in _FIRST.items()},
        "dataset_from_index": rows.start,
        "dataset_to_index": rows.stop,
    }
    for camera in views:
        row |= {f"videos/{camera}/{name}": value for name, value in _FIRST.items()}
        row |= {f"videos/{camera}/from_timestamp": rows.start / fps, f"videos/{camera}/to_timestamp": rows.stop / fps}
    found = {name: statistics(column[rows]) for name, column in columns.items() if column.dtype.kind != "U"}
    found |= {camera: picture_statistics(images[rows]) for camera, images in views.items()}
    row |= {f"stats/{feature}/{name}": value for feature, all_of in found.items() for name, value in all_of.items()}
    return row | {f"meta/episodes/{name}": value for name, value in _FIRST.items()}


def _info(drive: Drive, features: Mapping[str, Any], fps: int, numbers: Sequence[str]) -> dict[str, Any]:
    num = len(drive.episodes())
    return {
        "codebase_version": layout.VERSION,
        "robot_type": "drive_sim car",
        "total_episodes": num,
        "total_frames": len(drive),
        "total_tasks": 1,
        "chunks_size": 1000,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": fps,
        "splits": {"train": f"0:{num}"},
        "data_path": layout.DATA_PATH,
        "video_path": layout.VIDEO_PATH,
        "features": features,
        KEY: Written.of(drive).to_json(numbers),
    }
