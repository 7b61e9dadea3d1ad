"""Reader for Minari datasets of cars that are steered by what a camera sees.

The first of an action's numbers is taken as the steering, right positive, -1 to 1, as CarRacing has it; 1 is the full
lock of our car. Who drove is not said there, so it is taken as somebody to learn from.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from drive_sim.arrays import Images
from drive_sim.data.demonstrations import DEFAULT_TICK_S
from drive_sim.data.formats.drive import NUMBERS, Column, Drive, unbroken
from drive_sim.data.formats.joined import joined
from drive_sim.data.formats.minari_episodes import Episode, read_episodes
from drive_sim.data.formats.minari_layout import METADATA, Layout, read_layout
from drive_sim.data.formats.rows_told import RowsTold, together
from drive_sim.data.formats.steering_range import checked_steering
from drive_sim.data.formats.written import KEY, Written, described, read_written
from drive_sim.data.picture_file import decoded_picture
from drive_sim.data.picture_rows import Cut, PictureEdit, empty_images
from drive_sim.data.recording_schema import DRIVERS
from drive_sim.errors import InputError
from drive_sim.geometry import FULL_LOCK_PER_M, curvature_from_normalised


def read_minari(path: Path, cut: Cut | None = None) -> Drive:
    """Read a dataset; episodes and rows that cannot be read are told.

    Raises InputError for another robot, or where nothing can be read.
    """
    layout = read_layout(path)
    written = read_written(layout.metadata.get(KEY), str(layout.folder / METADATA))
    edit = None if cut is None else cut(None if written is None else written.camera)
    drives: list[Drive] = []
    rows: list[tuple[str, RowsTold]] = []
    notes: list[str] = []
    for episode in read_episodes(layout, (*NUMBERS, "driver", "intervention")):
        found = episode if isinstance(episode, str) else _drive(episode, layout, written, edit)
        if isinstance(found, str):
            notes.append(found)
        else:
            drives.append(found[0])
            rows.append((found[0].source, found[1]))
    if not drives:
        raise InputError(f"{path}: none of the episodes of its Minari dataset can be read: {notes[0]}")
    drive = joined(drives, path)
    taken = [] if written is not None else ["the first number of its actions is taken as the steering, right positive"]
    return described(replace(drive, notes=[*together(rows).lines(), *notes[:10], *taken]), written)


def _drive(
    episode: Episode, layout: Layout, written: Written | None, edit: PictureEdit | None
) -> tuple[Drive, RowsTold] | str:
    """An episode as a drive, with what became of its rows, or why none of its rows can be read."""
    if not len(episode.actions):
        return f"{episode.name} holds no action"
    steering = episode.actions[:, 0]
    images, faults = _images(episode, layout.shape, edit, str(layout.folder))
    faults = [a or b for a, b in zip(faults, checked_steering(steering, str(layout.folder)), strict=True)]
    kept = np.array([not fault for fault in faults], dtype=bool)
    if not kept.any():
        return f"{episode.name}: none of its rows can be read: {faults[0]}"
    told = RowsTold(len(faults), tuple((i, fault) for i, fault in enumerate(faults) if fault))
    columns = {} if written is None else _ours(episode)
    full_lock_per_m = FULL_LOCK_PER_M if written is None else written.full_lock_per_m
    columns.setdefault("curvature_per_m", curvature_from_normalised(steering, full_lock_per_m))
    tick_s = DEFAULT_TICK_S if written is None else 1.0 / written.control_hz
    columns.setdefault("time_s", tick_s * np.arange(len(steering)))
    columns = {name: column[kept] for name, column in columns.items()}
    breaks = np.zeros(int(kept.sum()), dtype=bool)
    breaks[1:] = np.diff(np.flatnonzero(kept)) > 1
    _, number = unbroken(columns["time_s"], breaks)
    images = images if kept.all() else images[kept]
    return Drive(images, columns, number, episode.name, full_lock_per_m=full_lock_per_m), told


def _ours(episode: Episode) -> dict[str, Column]:
    """The columns that we have written as infos."""
    columns: dict[str, Column] = {name: episode.infos[name] for name in NUMBERS if name in episode.infos}
    if "driver" in episode.infos:
        places = np.clip(np.nan_to_num(episode.infos["driver"]), 0, len(DRIVERS) - 1).astype(np.int64)
        columns["driver"] = np.array(DRIVERS)[places]
    if "intervention" in episode.infos:
        columns["intervention"] = np.nan_to_num(episode.infos["intervention"]) > 0.0
    return columns


def _images(episode: Episode, shape: tuple[int, ...], edit: PictureEdit | None, where: str) -> tuple[Images, list[str]]:
    """The pictures (n, h, w, 3), black where they cannot be read, and what is wrong with each."""
    blank = np.zeros(shape, np.uint8)
    shown = (blank if edit is None else edit(blank)).shape
    images = empty_images(len(episode.pictures), shown, where, episode.stored_bytes)
    faults: list[str] = []
    for i in range(len(episode.pictures)):
        try:
            cell = episode.pictures[i]
            picture = decoded_picture(cell) if isinstance(cell, bytes) else _picture(np.asarray(cell), shape)
            sizes = [f"{each[1]}x{each[0]}" for each in (picture.shape, shape)]
            fault = "" if picture.shape == shape else f"its picture is {sizes[0]}, not {sizes[1]}"
        except InputError as error:
            fault, picture = str(error), blank
        except (OSError, ValueError, TypeError, RuntimeError) as error:  # a damaged file's, as it is read on
            fault, picture = f"it cannot be read ({str(error)[:80]})", blank
        if not fault:
            images[i] = picture if edit is None else edit(picture)
        faults.append(fault)
    return images, faults


def _picture(cell: Column, shape: tuple[int, ...]) -> Images:
    """A picture that is kept as it is, or as the bytes of a JPEG file."""
    return cell.astype(np.uint8) if cell.shape == shape else decoded_picture(cell.astype(np.uint8).tobytes())
