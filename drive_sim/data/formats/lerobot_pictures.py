"""The pictures of a LeRobotDataset's camera, row by row: frames of films, or pictures that stand in the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import numpy as np
import pyarrow as pa

from drive_sim.arrays import CarIndex, Images, PerCar, Picture
from drive_sim.data.film_frames import first_frame, read_frames
from drive_sim.data.formats.lerobot_layout import EPISODE_FILES, VIDEO_PATH
from drive_sim.data.formats.parquet_file import read_cells, read_columns
from drive_sim.data.picture_file import decoded_picture
from drive_sim.data.picture_rows import PictureEdit, PictureRows, empty_images
from drive_sim.errors import InputError

_TOLERANCE = 0.4
"""Of the time between two frames: so much earlier or later a frame may be than its row."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """When each frame was (n,), in seconds since the start of its episode; its episode (n,); frames a second."""

    time_s: PerCar
    episode: CarIndex
    fps: float


def read_films(folder: Path, camera: str, clock: Clock, edit: PictureEdit | None) -> PictureRows:
    """The pictures of one camera from its films. Raises InputError where its episodes' places are not said."""
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
    faults = np.full(len(episode), "its episode's film is not named in meta/episodes", dtype=object)
    images = empty_images(len(episode), (first if edit is None else edit(first)).shape, str(folder))
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
            for row in read_columns(path, names).to_pylist():
                number, chunk, file, from_s = (row[name] for name in names)
                film = folder / VIDEO_PATH.format(video_key=camera, chunk_index=int(chunk), file_index=int(file))
                places[int(number)] = film, float(from_s)
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError, InputError) as error:
        what = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise InputError(f"{folder}: its {EPISODE_FILES} cannot be read ({what}); copy the dataset again") from None
    if not places:
        raise InputError(f"{folder}: its {EPISODE_FILES} are missing; copy the whole dataset")
    return places


def read_pictures_in_rows(
    files: Sequence[tuple[Path, int]], camera: str, where: str, edit: PictureEdit | None
) -> PictureRows:
    """Pictures that stand in the rows of files, each with so many, as the bytes of PNG or JPEG files."""
    num, stored_bytes = sum(rows for _, rows in files), sum(path.stat().st_size for path, _ in files)
    shape, images, faults = None, None, list[str]()
    for content in _cells(files, camera):
        picture = _decoded(content)
        fault = picture if isinstance(picture, str) else ""
        if not isinstance(picture, str):
            if shape is None or images is None:
                shape = picture.shape
                of_one = (picture if edit is None else edit(picture)).shape
                images = empty_images(num, of_one, where, stored_bytes)
            fault = _put(images, len(faults), picture, shape, edit)
        faults.append(f"{camera}: {fault}" if fault else "")
    if images is None:
        images = np.zeros((num, 1, 1, 3), np.uint8)
    return PictureRows(images, faults, shape)


def _decoded(content: bytes | str) -> Picture | str:
    """A picture from its file's bytes, or why there is none."""
    if isinstance(content, str):
        return content
    try:
        return decoded_picture(content)
    except InputError as error:
        return str(error)


def _put(images: Images, row: int, picture: Picture, shape: tuple[int, ...], edit: PictureEdit | None) -> str:
    """Put a picture of that shape into its row; returns what is wrong with it."""
    if picture.shape != shape:
        return f"it is {picture.shape[1]}x{picture.shape[0]}, the others {shape[1]}x{shape[0]}"
    images[row] = picture if edit is None else edit(picture)
    return ""


def _cells(files: Sequence[tuple[Path, int]], camera: str) -> Iterator[bytes | str]:
    """The bytes of each row's picture, or why they cannot be read."""
    for path, num in files:
        left = num
        why = "holds no more pictures"
        try:
            for value in islice(read_cells(path, camera), num):
                content = value.get("bytes") if isinstance(value, dict) else value
                left -= 1
                yield content if isinstance(content, bytes) else b""
        except (OSError, pa.ArrowException, ValueError, KeyError, IndexError) as error:
            said = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
            why = f"cannot be read ({said})"
        yield from repeat(f"{path.name} {why}", left)
