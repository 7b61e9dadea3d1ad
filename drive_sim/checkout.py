"""What this code came with: the commit of its checkout, and the data and models that ship beside it."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from drive_sim.errors import InputError, one_of

_PACKAGE = Path(__file__).resolve().parent


@cache
def code_commit() -> str | None:
    """The commit of the code that runs, marked `-dirty` where files differ; None outside of a checkout."""
    root = _PACKAGE.parent
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def shipped_folder(name: str) -> Path:
    """A folder of data that ships with the project: inside of the package where that is installed, else beside it."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def shipped_models() -> tuple[str, ...]:
    """The names of the models that ship, as far as they are there: an installed package may lack them."""
    return tuple(sorted(path.parent.name for path in shipped_folder("models").glob("*/config.json")))


def is_onnx(path: Path) -> bool:
    """Whether a path is an ONNX file's by its name."""
    return path.suffix.lower() == ".onnx"


def driver_path(name: str) -> Path:
    """The ONNX file, or else the model's folder, that a name means. Raises InputError where there is none."""
    path = Path(name)
    if not is_onnx(path):
        return model_folder(name)
    if not path.is_file():
        raise InputError(f"{path} is no ONNX file; `export` makes one")
    return path


def model_folder(name: str, others: Sequence[str] = ("expert",)) -> Path:
    """The folder that a model's name means: its path, or the name of one that ships.

    Raises InputError where there is none; it names those that ship, and `others` that the caller knows.
    """
    folder = Path(name)
    if not folder.exists() and len(folder.parts) == 1:
        return shipped_folder("models") / one_of("model", name, (*others, *shipped_models()))
    if not folder.is_dir():
        raise InputError(f"{folder} is no model folder; `train` makes one, `demo` makes two")
    return folder
