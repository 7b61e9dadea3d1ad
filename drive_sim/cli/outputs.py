"""Where a command puts what it makes: said to be impossible before the work and not after it."""

import shutil
from pathlib import Path

from drive_sim.errors import InputError

RUNS = Path("runs")


def output_folder(out: Path | None, command: str) -> Path:
    """The new folder of --out, or the command's next one under runs/; this run's alone."""
    from drive_sim.files import claim, new_folder, numbered_folder

    folder = numbered_folder(RUNS, command) if out is None else new_folder(out)
    claim(folder, "another run writes into it; name a new folder")
    return folder


def check_new_file(path: Path, option: str) -> None:
    """Raises InputError where the file of an option cannot be written."""
    from drive_sim.files import check_writable

    if path.exists():
        raise InputError(f"{path} exists and nothing is overwritten; choose another name for {option}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or choose another place for {option}")
    check_writable(path.parent, path)


def check_room(folder: Path, megabytes: int) -> None:
    """Raises InputError where the folder's disk has less room than that."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise InputError(
            f"{folder}: only {free} MB are free and {megabytes} are needed; free some, or choose another place"
        )
