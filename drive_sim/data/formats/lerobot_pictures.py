"""The pictures of a LeRobotDataset's camera, row by row: frames of films, or pictures that stand in the rows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from drive_sim.arrays import CarIndex, PerCar
from drive_sim.data.film_frames import first_frame, read_frames
from drive_sim.data.formats.lerobot_features import Features
from drive_sim.data.formats.lerobot_layout import EPISODE_FILES, VIDEO_PATH
from drive_sim.data.picture_file import decoded_picture
from drive_sim.data.picture_rows import PictureEdit, PictureRows, empty_images
from drive_sim.errors import InputError
from drive_sim.files import check_file

_TOLERANCE = 0.4
"""Of the time between two frames: so much earlier or later a frame may be than its row."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """When each frame was (n,), in seconds since the start of its episode; its episode (n,); frames a second."""

    time_s: PerCar
    episode: CarIndex
    fps: float


def read_camera(
    folder: Path, camera: str, chosen: Features, table: pa.Table, clock: Clock, edit: PictureEdit | None
) -> PictureRows:
    """The pictures of one camera. Raises InputError where its episodes' places are not said."""
    if not chosen.is_film:
        return _in_rows(table, camera, str(folder), edit)
    episode, time_s = clock.episode, clock.time_s
    places = _places(folder, camera)
    first = next(
        (found for path in dict.fromkeys(p for p, _ in places.values()) if (found := first_frame(path)) is not None),
        None,
    )
    if first is None:
        missing = next((path for path, _ in places.values()), folder / "videos")
        raise InputError(
            f"{folder}: none of the films of {camera} can be read, as {missing.name}; copy the dataset again"
        )
    faults = np.full(len(table), "its episode's film is not named in meta/episodes", dtype=object)
    images = empty_images(len(table), (first if edit is None else edit(first)).shape, str(folder))
    path_of = {number: path for number, (path, _) in places.items()}
    for path in dict.fromkeys(path_of.values()):
        rows = np.flatnonzero([path_of.get(number) == path for number in episode.tolist()])
        at_s = time_s[rows] + np.array([places[number][1] for number in episode[rows].tolist()])
        order = np.argsort(at_s, kind="stable")
        view = images[rows[order]]
        faults[rows[order]] = read_frames(path, at_s[order], _TOLERANCE / clock.fps, view, edit)
        images[rows[order]] = view
    return PictureRows(images, faults.tolist(), first.shape)


def _places(folder: Path, camera: str) -> dict[int, tuple[Path, float]]:
    """Each episode's film, and where in it the episode begins, in seconds."""
    names = ["episode_index", *(f"videos/{camera}/{name}" for name in ("chunk_index", "file_index", "from_timestamp"))]
    places: dict[int, tuple[Path, float]] = {}
    try:
        for path in sorted(folder.glob(EPISODE_FILES)):
            check_file(path)
            for row in pq.ParquetFile(path).read(names).to_pylist():
                number, chunk, file, from_s = (row[name] for name in names)
                film = folder / VIDEO_PATH.format(video_key=camera, chunk_index=int(chunk), file_index=int(file))
                places[int(number)] = film, float(from_s)
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError, InputError) as error:
        what = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise InputError(f"{folder}: its {EPISODE_FILES} cannot be read ({what}); copy the dataset again") from None
    if not places:
        raise InputError(f"{folder}: its {EPISODE_FILES} are missing; copy the whole dataset")
    return places


def _in_rows(table: pa.Table, camera: str, where: str, edit: PictureEdit | None) -> PictureRows:
    """Pictures that stand in the rows as the bytes of PNG or JPEG files."""
    first, images, faults = None, None, list[str]()
    for i, cell in enumerate(table[camera]):
        value = cell.as_py()
        content = value.get("bytes") if isinstance(value, dict) else value
        fault = ""
        try:
            picture = decoded_picture(content if isinstance(content, bytes) else b"")
            if first is None or images is None:
                first = picture
                images = empty_images(len(table), (picture if edit is None else edit(picture)).shape, where)
            if picture.shape == first.shape:
                images[i] = picture if edit is None else edit(picture)
            else:
                fault = (
                    f"{camera} is {picture.shape[1]}x{picture.shape[0]}, the others {first.shape[1]}x{first.shape[0]}"
                )
        except InputError as error:
            fault = f"{camera}: {error}"
        faults.append(fault)
    if images is None:
        images = np.zeros((len(table), 1, 1, 3), np.uint8)
    return PictureRows(images, faults, None if first is None else first.shape)
