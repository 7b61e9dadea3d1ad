"""The pictures of many rows, read in threads into one array; what is wrong with one of them is told and not raised."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drive_sim.arrays import Images, Picture
from drive_sim.data.picture_file import read_picture
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

PictureEdit = Callable[[Picture], Picture]
"""What is done to each picture as it is read: cropped and shrunk, where memory is short."""
Cut = Callable[[Camera | None], PictureEdit]
"""What is done to the pictures of a camera, as far as it is known."""
NUM_THREADS = 4
_MOST_OF_MEMORY = 0.7
_MUCH_BYTES, _MOST_UNPACKED = 2**29, 300
"""So many bytes of memory may come of few stored ones, and so many times as many of many."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureRows:
    """Pictures (n, h, w, 3), black where they cannot be read, and what is wrong with each, empty where nothing."""

    images: Images
    faults: Sequence[str]
    shape: tuple[int, ...] | None
    """Of the files' pictures before they are edited; None where none can be read."""


def read_pictures(
    folder: Path,
    names: Sequence[str],
    edit: PictureEdit | None = None,
    *,
    shape: tuple[int, ...] | None = None,
    num_threads: int = NUM_THREADS,
) -> PictureRows:
    """Read the named files of a folder. All are to have one shape: the given one, or that of the first that opens.

    Raises InputError where they would not fit into the memory.
    """
    first = _first_picture(folder, names) if shape is None else np.zeros(shape, np.uint8)
    if first is None:
        return PictureRows(np.zeros((len(names), 1, 1, 3), np.uint8), [_fault(folder, name) for name in names], None)
    images = empty_images(len(names), (first if edit is None else edit(first)).shape, str(folder))

    def read(i: int) -> str:
        return _read_into(images[i], folder, names[i], first.shape, edit)

    with ThreadPoolExecutor(num_threads) as pool:
        return PictureRows(images, list(pool.map(read, range(len(names)))), first.shape)


def empty_images(num: int, shape: tuple[int, ...], where: str, stored_bytes: int | None = None) -> Images:
    """Room for so many pictures, black. Raises InputError where they would not fit into the memory.

    It raises it, too, where they are kept in so few bytes that no camera's pictures are.
    """
    needed_bytes = num * int(np.prod(shape))
    check_memory(needed_bytes, where)
    check_unpacked(needed_bytes, stored_bytes, where)
    return np.zeros((num, *shape), dtype=np.uint8)


def check_memory(needed_bytes: int, where: str) -> None:
    """Raise InputError where so much of one recording would not fit into the memory."""
    there = _memory_bytes()
    if there is not None and needed_bytes > _MOST_OF_MEMORY * there:
        raise InputError(
            f"{where}: it needs {needed_bytes / 1e9:.3g} GB of memory, and there are {there / 1e9:.0f}; split it"
        )


def check_unpacked(needed_bytes: int, stored_bytes: int | None, where: str) -> None:
    """Raise InputError where few stored bytes become many: a picture that stands for thousands is no recording."""
    if stored_bytes is not None and needed_bytes > max(_MUCH_BYTES, _MOST_UNPACKED * stored_bytes):
        raise InputError(
            f"{where}: its {stored_bytes / 1e6:.3g} MB become {needed_bytes / 1e9:.3g} GB, which no recording's do; "
            "is it the right one?"
        )


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return None


def _first_picture(folder: Path, names: Sequence[str]) -> Picture | None:
    for name in names:
        try:
            return _read(folder, name)
        except InputError:
            continue
    return None


def _read_into(out: Picture, folder: Path, name: str, shape: tuple[int, ...], edit: PictureEdit | None) -> str:
    """Read one picture of this shape, and edit it; returns what is wrong with it, empty if nothing."""
    try:
        picture = _read(folder, name)
    except InputError as fault:
        return str(fault)
    if picture.shape != shape:
        return f"{name} is {picture.shape[1]}x{picture.shape[0]}, the others {shape[1]}x{shape[0]}"
    out[:] = picture if edit is None else edit(picture)
    return ""


def _fault(folder: Path, name: str) -> str:
    try:
        _read(folder, name)
    except InputError as fault:
        return str(fault)
    return ""


def _read(folder: Path, name: str) -> Picture:
    if not name:
        raise InputError("no picture is named")
    try:
        return read_picture(folder / name)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
