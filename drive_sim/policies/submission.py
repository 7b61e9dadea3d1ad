"""What somebody handed in, taken in as a copy: plain files of a limited size, wherever they come from.

No link is followed, so that nobody hands in what only the grader may read; nothing is looked into.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drive_sim.errors import InputError
from drive_sim.files import input_error_from

FILE, FOLDER = "submission.onnx", "submission"
"""What a copy is called."""
_MODEL_FILES = ("config.json", "weights.safetensors")


class SubmissionError(InputError):
    """What was handed in cannot be driven: that is its fault, and nobody else's."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in, under the name that it had, as a copy of ours: the only file or folder in `folder`."""

    name: str
    folder: Path
    copy: str
    sha256: str


@contextmanager
def taken_in(path: Path, most_mb: int) -> Iterator[Submission]:
    """Lend a copy of an ONNX file or a model folder, whose files have at most so many megabytes each.

    Raises SubmissionError where something else lies there, or something larger; InputError where nothing does.
    """
    with tempfile.TemporaryDirectory(prefix="drive-sim-") as private:
        copy, most_bytes, digest = Path(private) / _copy_name(path), most_mb * 2**20, hashlib.sha256()
        if copy.name == FILE:
            _copy(path, copy, most_bytes, digest)
        else:
            copy.mkdir()
            for part in _MODEL_FILES:
                _copy(path / part, copy / part, most_bytes, digest)
        yield Submission(path.resolve().name, Path(private), copy.name, digest.hexdigest())


def _copy_name(path: Path) -> str:
    """What the copy is called: as a file, or as a folder, where such a one lies there."""
    try:
        kind = path.lstat().st_mode
    except (OSError, ValueError) as error:
        raise input_error_from(error if isinstance(error, OSError) else OSError(str(error)), path, "read") from None
    if stat.S_ISLNK(kind):
        raise SubmissionError(f"{path.name} is a link; hand in the file itself")
    if stat.S_ISDIR(kind):
        missing = [part for part in _MODEL_FILES if not os.path.lexists(path / part)]
        if missing:
            raise SubmissionError(
                f"{path.name} is no model folder: {missing[0]} is missing; hand in what `train` wrote"
            )
        return FOLDER
    if path.suffix.lower() != ".onnx":
        raise SubmissionError(
            f"{path.name} is no model: hand in an ONNX file, whose name ends in .onnx, or a model's folder"
        )
    return FILE


def _copy(source: Path, target: Path, most_bytes: int, digest: "hashlib._Hash") -> None:
    """Copy a plain file of at most so many bytes, whatever lies there meanwhile, and add it to a digest."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        raise SubmissionError(
            f"cannot read {source.name}: {os.strerror(error.errno or 0)}; hand in a plain file"
        ) from None
    with os.fdopen(descriptor, "rb") as file, target.open("wb") as copy:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(f"{source.name} is no plain file; hand in the file itself")
        content = file.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise SubmissionError(f"{source.name}: it has more than {most_bytes >> 20} MB; hand in a smaller network")
        digest.update(content)
        copy.write(content)
