"""The arrays of an `.npz` file that anybody may have made: no code in it runs, and none is larger than it says."""

import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np

from drive_sim.data.formats.drive import Column
from drive_sim.data.picture_rows import check_memory, check_unpacked
from drive_sim.errors import InputError
from drive_sim.files import check_file

_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_arrays(path: Path, names: Collection[str]) -> dict[str, Column]:
    """Those of the named arrays that the file holds. Raises InputError where it is damaged, or too large."""
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            return {name: _read(archive, members[name], path) for name in members if name in names}
    except InputError:
        raise
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        RuntimeError,
        NotImplementedError,
        SyntaxError,
        zlib.error,
    ) as error:
        raise _damaged(path, str(error)) from None
    except zipfile.BadZipFile as error:
        raise _damaged(path, str(error)) from None


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Column:
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        if version not in _READERS:
            raise ValueError(f"{info.filename} is of an unknown version")
        shape, _, kind = _READERS[version](file)
        size = int(np.prod([int(each) for each in shape], dtype=object)) * kind.itemsize
        if kind.hasobject:
            raise InputError(f"{path}: {info.filename} holds Python objects, which are not read; save plain numbers")
        if size != info.file_size - file.tell():
            raise ValueError(f"{info.filename} is not as large as it says")
    check_memory(size, str(path))
    check_unpacked(size, info.compress_size, str(path))
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _damaged(path: Path, why: str) -> InputError:
    return InputError(f"{path} is damaged ({why.splitlines()[0][:100] if why else 'cut short'}); copy it again")
