"""What this code came with: the commit of its checkout, and the data and models that ship beside it."""

import subprocess
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


def model_folder(name: str) -> Path:
    """The folder that a model's name means: its path, or the name of one that ships.

    Raises InputError where there is none.
    """
    folder = Path(name)
    if not folder.exists() and len(folder.parts) == 1:
        return shipped_folder("models") / one_of("model", name, ("expert", *shipped_models()))
    if not folder.is_dir():
        raise InputError(f"{folder} is no model folder; `train` makes one, `demo` makes two")
    return folder
