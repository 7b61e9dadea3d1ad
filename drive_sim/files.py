"""New folders and whole files: nothing is overwritten, and nothing half-written ever carries its final name."""

import base64
import errno
import json
import math
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.errors import InputError

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None

_REMEDIES = {
    errno.ENOENT: "check the path",
    errno.ENOSPC: "free some space or choose another place",
    errno.EDQUOT: "free some space or choose another place",
    errno.EACCES: "choose a place that you may write to",
    errno.EPERM: "choose a place that you may write to",
    errno.EROFS: "choose a place that you may write to",
    errno.ENOTDIR: "a part of that path is a file; choose another place",
    errno.EISDIR: "that is a folder; name a file",
    errno.ELOOP: "that link leads to itself; name a file",
    errno.ENAMETOOLONG: "choose a shorter name",
}
_SMALL_BYTES = 2**15
"""Of a result, or a page."""
MOST_BYTES = 2**30
"""Of a file that is read whole: none of ours is as large, and what is would fill the memory."""


def input_error_from(error: OSError, path: Path, to: str = "write") -> InputError:
    """The one line for a file system that refuses: what, where, what to do."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    remedy = _REMEDIES.get(error.errno or 0, "choose another place")
    return InputError(f"cannot {to} {path}: {reason}; {remedy}")


def check_file(path: Path, most_bytes: int | None = None) -> None:
    """Raise InputError where a path is no file with an end (a folder, a pipe, a device), or a larger one than that."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise input_error_from(error if isinstance(error, OSError) else OSError(str(error)), path, "read") from None
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"cannot read {path}: that is a folder; name a file")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"cannot read {path}: it is a pipe or a device; name a file")
    if most_bytes is not None and found.st_size > most_bytes:
        raise InputError(
            f"cannot read {path}: it has {found.st_size:,} bytes, more than {most_bytes:,}; is it the right file?"
        )


def is_file(path: Path) -> bool:
    """Whether a path is a file with an end."""
    try:
        check_file(path)
    except InputError:
        return False
    return True


def read_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of a file. Raises InputError where it cannot be read, and for what `check_file` refuses."""
    check_file(path, most_bytes)
    try:
        return path.read_bytes()
    except OSError as error:
        raise input_error_from(error, path, "read") from None


def new_folder(path: Path) -> Path:
    """Make a folder, with its parents; an empty one that is there already will do, where it may be written to.

    Raises InputError where something lies there, or where the file system refuses.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        taken = any(path.iterdir())
    except FileExistsError:
        raise InputError(f"{path} is a file; name a new folder") from None
    except OSError as error:
        raise input_error_from(error, path) from None
    if taken:
        raise InputError(f"{path} is not empty and nothing is overwritten; name a new folder")
    check_writable(path, path)
    return path


def check_writable(folder: Path, wanted: Path) -> None:
    """Raise InputError, naming what is wanted, where a folder takes no small file: before the work, not after it."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_SMALL_BYTES))
            file.flush()
    except OSError as error:
        raise input_error_from(error, wanted) from None


def numbered_folder(parent: Path, stem: str) -> Path:
    """Make the first free one of `parent/stem-001`, `parent/stem-002`, ...; safe against a twin that does the same."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = [
            int(p.name.rpartition("-")[2]) for p in parent.glob(f"{stem}-*") if p.name.rpartition("-")[2].isdigit()
        ]
        number = max(taken, default=0)
        while True:
            number += 1
            folder = parent / f"{stem}-{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise input_error_from(error, parent) from None


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Lend a part file beside `path`, which takes its name only when the block has ended well.

    Raises InputError where `path` exists already, or where the file system refuses.
    """
    if path.exists():
        raise InputError(f"{path} exists and nothing is overwritten; choose another name")
    part = part_of(path)
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        take_name(part, path)
    except FileExistsError:
        raise InputError(f"{path} exists and nothing is overwritten; choose another name") from None
    except OSError as error:
        raise input_error_from(error, path) from None
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Where this process writes a file before it has its name."""
    return path.with_name(f".{path.name}.part-{os.getpid()}")


def take_name(part: Path, path: Path) -> None:
    """Give a part file its name, which nobody else can take meanwhile; the old one may stay, and is to be removed.

    Raises FileExistsError where something has that name already.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without such links: the name is claimed first
        path.touch(exist_ok=False)
        part.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a new UTF-8 text file, whole or not at all."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a new file, whole or not at all, in a folder that is made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise input_error_from(error, path.parent) from None
    with whole_file(path) as part:
        part.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write a new strict JSON file (see `json_ready`), whole or not at all."""
    write_text(path, json.dumps(json_ready(value), indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def json_ready(value: Any) -> Any:
    """The same value for strict JSON: arrays as lists, NumPy's scalars as Python's, what is not finite as null.

    Bytes become text, in base 64.
    """
    if isinstance(value, Mapping):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return json_ready(value.tolist())
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


_CLAIMED: dict[Path, int] = {}
"""Descriptors of the files that this process has claimed, open until it ends."""


def claim(path: Path, otherwise: str) -> None:
    """Hold a file for this process as long as it lives; claiming it again does nothing.

    Raises InputError, saying `otherwise`, where another process holds it. Where the system has no such locks (or the
    file system has none) nothing is held.
    """
    path = path.resolve()
    if fcntl is None or path in _CLAIMED:
        return
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise InputError(f"{path}: {otherwise}") from None
    except OSError:
        pass
    _CLAIMED[path] = file


def release(path: Path) -> None:
    """Hold a file no longer that this process claimed; nothing where it did not."""
    file = _CLAIMED.pop(path.resolve(), None)
    if file is not None:
        os.close(file)
