"""The episodes of a Minari dataset, from either of its ways to keep them: actions, pictures as JPEG or raw, infos.

HDF5 is read by h5py, which comes with `drive-sim[minari]`; Arrow needs nothing more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drive_sim.data.arrow_messages import check_messages
from drive_sim.data.formats.minari_layout import HDF5_FILE, Layout
from drive_sim.data.formats.parquet_file import read_table
from drive_sim.data.picture_rows import check_memory, check_unpacked
from drive_sim.errors import InputError
from drive_sim.files import check_file

Numbers = npt.NDArray[np.float64]
_REMEDY = "copy the dataset again"
_MOST_CHUNK_BYTES = 2**28
_MARK = b"ARROW1\0\0"


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """n actions (n, k), a picture for each (an array, or a JPEG file's bytes), and the infos of our own columns."""

    name: str
    actions: Numbers
    pictures: Sequence[Any]
    infos: Mapping[str, Numbers]
    stored_bytes: int
    """How large the pictures are as they are kept."""


def read_episodes(layout: Layout, columns: Sequence[str]) -> Iterator[Episode | str]:
    """Each episode with those infos that it has, or why it cannot be read.

    Raises InputError where there is none, or where its kind of file cannot be read here.
    """
    if layout.kind == "hdf5":
        yield from _from_hdf5(layout, columns)
    elif layout.kind in ("arrow", "parquet"):
        yield from _from_arrow(layout, columns)
    else:
        raise InputError(f"{layout.folder}: its data are kept as {layout.kind:.20}; hdf5, arrow and parquet are read")


def h5py() -> ModuleType:
    """The library of HDF5 files. Raises InputError, naming the remedy, where it is not installed."""
    try:
        import h5py as library  # noqa: PLC0415 - an extra  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise InputError(
            "Minari keeps these data as HDF5, and this Python has no h5py; install it: `pip install drive-sim[minari]`"
        ) from None
    return library


def _from_hdf5(layout: Layout, columns: Sequence[str]) -> Iterator[Episode | str]:
    path = layout.folder / HDF5_FILE
    library = h5py()
    check_file(path)
    try:
        with library.File(path, "r") as file:
            names = sorted((name for name in file if name.startswith("episode_")), key=_number)
            if not names:
                raise InputError(f"{path} holds no episode; {_REMEDY}")
            for name in names:
                try:
                    yield _hdf5_episode(_inside(file, name), name, layout, columns)
                except (KeyError, ValueError, TypeError, OSError, RuntimeError, AttributeError, InputError) as error:
                    yield f"{name} cannot be read ({_first_line(error)})"
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path} cannot be read ({_first_line(error)}); {_REMEDY}") from None


def _inside(group: Any, name: str) -> Any:
    """What lies in this very file under a name: no link leads elsewhere, and no bytes are another file's."""
    link = group.get(name, getlink=True)
    found = group[name] if type(link).__name__ == "HardLink" else None
    if found is None or getattr(found, "external", None) or getattr(found, "is_virtual", False):
        raise ValueError(f"{name} lies in another file")
    if (
        getattr(found, "chunks", None)
        and int(np.prod(found.chunks, dtype=object)) * found.dtype.itemsize > _MOST_CHUNK_BYTES
    ):
        raise ValueError(f"a piece of {name} becomes too large")
    return found


def _numbers(group: Any, name: str) -> Numbers:
    """The numbers of that name. Raises InputError where they would become far more than is stored."""
    found = _inside(group, name)
    check_memory(8 * found.size, name)
    check_unpacked(8 * found.size, found.id.get_storage_size(), name)
    return np.asarray(found[()], dtype=np.float64)


def _hdf5_episode(group: Any, name: str, layout: Layout, columns: Sequence[str]) -> Episode:
    actions = _numbers(group, "actions")
    actions = actions.reshape(len(actions), -1)
    pictures = _inside(group, "observations")
    for step in layout.picture:
        pictures = _inside(pictures, step if step in pictures else f"_index_{step}")
    infos = _inside(group, "infos") if "infos" in group else {}
    known = {c: _numbers(infos, c)[: len(actions)] for c in columns if c in infos}
    if len(pictures) < len(actions):
        raise ValueError(f"{len(pictures)} observations for {len(actions)} actions")
    return Episode(name, actions, _Rows(pictures, len(actions)), known, pictures.id.get_storage_size())


class _Rows(Sequence[Any]):
    """The first of many pictures, each of them read when it is asked for."""

    def __init__(self, pictures: Any, num: int, made: Callable[[Any], Any] = lambda cell: cell) -> None:
        self._pictures, self._num, self._made = pictures, num, made

    def __len__(self) -> int:
        return self._num

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self._num:
            raise IndexError(index)
        return self._made(self._pictures[index])


def _from_arrow(layout: Layout, columns: Sequence[str]) -> Iterator[Episode | str]:
    folders = sorted((p for p in layout.folder.iterdir() if p.is_dir() and p.name.isdigit()), key=_number_of)
    if not folders:
        raise InputError(f"{layout.folder} holds no episode; {_REMEDY}")
    for folder in folders:
        files = sorted(folder.glob(f"*.{layout.kind}"))
        try:
            table = pa.concat_tables([_table(file, layout.kind) for file in files])
            stored_bytes = sum(file.stat().st_size for file in files)
            yield _arrow_episode(table, f"episode {folder.name}", layout, columns, stored_bytes)
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError, AttributeError, InputError) as error:
            yield f"episode {folder.name} cannot be read ({_first_line(error)})"


def _table(file: Path, kind: str) -> pa.Table:
    if kind == "parquet":
        return read_table(file)
    check_file(file)
    with pa.memory_map(str(file)) as content:
        # A file is a stream between two marks, and read so nothing in it is unpacked that was not looked at.
        first = len(_MARK) if content.read_at(len(_MARK), 0) == _MARK else 0
        content.seek(first)
        check_messages(content, file.name)
        content.seek(first)
        table = pa.ipc.open_stream(content).read_all()
    table.validate(full=True)
    return table


def _arrow_episode(table: pa.Table, name: str, layout: Layout, columns: Sequence[str], stored_bytes: int) -> Episode:
    """An episode's rows; the last observation has an action that only fills up."""
    num = table.num_rows - 1
    actions = np.stack(table["actions"].to_numpy()[:num]).astype(np.float64).reshape(num, -1)
    pictures = table["observations"].combine_chunks()
    for step in layout.picture:
        pictures = pictures.field(step)
    infos: dict[str, Numbers] = {}
    if "infos" in table.column_names:
        found = table["infos"].combine_chunks()
        there = {found.type.field(i).name for i in range(found.type.num_fields)}
        infos = {
            c: found.field(c).to_numpy(zero_copy_only=False).astype(np.float64)[:num] for c in columns if c in there
        }
    return Episode(name, actions, _Rows(pictures, num, lambda cell: _picture(cell, layout)), infos, stored_bytes)


def _picture(cell: Any, layout: Layout) -> Any:
    value = cell.as_py()
    return value if isinstance(value, bytes) else np.asarray(value, dtype=np.uint8).reshape(layout.shape)


def _number(name: str) -> tuple[int, str]:
    digits = name.rpartition("_")[2]
    return (int(digits) if digits.isdigit() else 0, name)


def _number_of(path: Path) -> int:
    return int(path.name)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__
