"""drive_sim's own recordings as drives, and drives as recordings."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from drive_sim import records
from drive_sim.arrays import CarIndex, Images
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, Progress
from drive_sim.data.formats.nominal_camera import nominal_camera
from drive_sim.data.picture_rows import Cut, PictureEdit
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row
from drive_sim.data.recording_reader import Episode, load_recording
from drive_sim.data.recording_schema import REQUIRED

_NEEDED = [name for name in NUMBERS if name in REQUIRED]
_UNKNOWN = {"acceleration_mps2": 0.0}
"""What stands where a recording must say a number and nothing is known, if not NaN: the speed was kept."""


def read_own(path: Path, cut: Cut | None = None) -> Drive:
    """A recording with all drivers' rows; after ticks that were dropped, and where the car was put back, a drive ends.

    Raises InputError as `load_recording` does.
    """
    recording = load_recording(path)
    for episode in recording.episodes:
        episode.check_numbers(np.ones(len(episode), dtype=bool))
    parts = [_columns(episode) for episode in recording.episodes]
    numbers = [_drives(episode) for episode in recording.episodes]
    firsts = np.cumsum([0, *(number[-1] + 1 for number in numbers)])
    infos = [e.info for e, number in zip(recording.episodes, numbers, strict=True) for _ in range(number[-1] + 1)]
    edit = None if cut is None else cut(infos[0].camera)
    views = [_images(recording.episodes, name, edit) for name in infos[0].picture_names]
    return Drive(
        views[0],
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
        np.concatenate([number + first for number, first in zip(numbers, firsts[:-1], strict=True)]),
        recording.folder.resolve().name,
        images_left=views[1] if len(views) == 3 else None,
        images_right=views[2] if len(views) == 3 else None,
        side_m=infos[0].side_m,
        camera=infos[0].camera if cut is None else None,
        facts=[asdict(info) for info in infos],
        notes=recording.notes,
    )


def write_own(drive: Drive, folder: Path, progress: Progress) -> Sequence[str]:
    """Write a recording into a folder, an episode a drive; returns what there is to say about it.

    Nothing is invented: where the car was is NaN if the drive does not say it. Without a camera a nominal one is noted.
    """
    notes: list[str] = []
    if drive.camera is None:
        drive = drive.seen_by(nominal_camera(drive.images.shape[2], drive.images.shape[1]))
        notes.append("its camera is not known: a nominal one stands in the recording")
    if drive.images_left is not None and drive.has_sides is not None and not drive.has_sides.all():
        drive = replace(drive, images_left=None, images_right=None, has_sides=None)
        notes.append("some rows lack side pictures: those of the others are left out, too")
    done = 0
    for number, rows in enumerate(drive.episodes()):
        with RecordingWriter(folder, _info(drive, number)) as writer:
            for row in _rows(drive, rows):
                writer.append(row)
                done += 1
                progress(done / len(drive))
    return notes


def _columns(episode: Episode) -> dict[str, Column]:
    names = [name for name in NUMBERS if name in episode.table.column_names]
    columns: dict[str, Column] = {name: episode.column(name).astype(np.float64) for name in names}
    for name in set(NUMBERS) - set(names):
        columns[name] = np.full(len(episode), np.nan)
    columns["driver"] = episode.column("driver").astype(str)
    columns["intervention"] = episode.column("intervention").astype(bool)
    return columns


def _drives(episode: Episode) -> CarIndex:
    """The number of the drive (n,) of each row of an episode: a change of driver ends none."""
    breaks = episode.column("intervention").astype(bool) & (episode.column("driver").astype(str) != "human")
    breaks[1:] |= np.diff(episode.column("tick")) > 1
    breaks[:1] = True
    return np.cumsum(breaks) - 1


def _images(episodes: Sequence[Episode], name: str, edit: PictureEdit | None) -> Images:
    if edit is None:
        return np.concatenate([episode.images(name) for episode in episodes])
    return np.stack([edit(image) for e in episodes for batch in e.image_batches(name) for image in batch])


def _info(drive: Drive, number: int) -> EpisodeInfo:
    """An episode's facts: those that the drive says, with the pictures and the clock that it has."""
    said = {name: value for name, value in drive.facts_of(number).items() if name not in ("camera", "control_hz")}
    assert drive.camera is not None, "a recording names its camera"
    known = {
        "camera": asdict(drive.camera),
        "control_hz": float(np.clip(1.0 / drive.tick_s, 0.1, 1000.0)),
        "num_cameras": 1 if drive.images_left is None else 3,
        "side_m": drive.side_m,
        "goal_is_told": bool(np.isfinite(drive.column("lateral_goal")).any()),
    }
    plain = {} if said else asdict(EpisodeInfo(drive.camera, road={}, commit=None))
    return records.from_json({**plain, **said, **known}, EpisodeInfo, drive.source, "convert it from its own recording")


def _rows(drive: Drive, rows: slice) -> Iterator[Row]:
    """An episode's rows; its ticks go on without a gap, from where its times begin."""
    names = [name for name in NUMBERS if name in drive.columns]
    columns = {name: drive.columns[name] for name in names}
    driver, intervention, unknown = drive.driver, drive.intervention, dict.fromkeys(_NEEDED, float("nan"))
    first_tick = max(0, round(float(drive.columns["time_s"][rows.start]) / drive.tick_s))
    for i in range(rows.start, rows.stop):
        known = {name: value for name in names if not np.isnan(value := float(columns[name][i]))}
        yield Row(
            tick=first_tick + i - rows.start,
            image=drive.images[i],
            image_left=None if drive.images_left is None else drive.images_left[i],
            image_right=None if drive.images_right is None else drive.images_right[i],
            driver=str(driver[i]),
            intervention=bool(intervention[i]),
            **unknown | _UNKNOWN | known,  # pyright: ignore[reportArgumentType] - each name is a number's
        )
