"""Where a command puts what it makes: said to be impossible before the work and not after it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from drive_sim.errors import InputError

RUNS = Path("runs")


@contextmanager
def output_folder(out: Path | None, command: str) -> Iterator[Path]:
    """Lend the new folder of --out, or the command's next one under runs/; this run's alone.

    Where the work ends with nothing in it, well or not, what was made here is removed, parents included.
    """
    from drive_sim.files import claim, new_folder, numbered_folder, release

    made = _missing(RUNS if out is None else out)
    try:
        folder = numbered_folder(RUNS, command) if out is None else new_folder(out)
        if out is None:
            made.insert(0, folder)
        try:
            claim(folder, "another run writes into it; name a new folder")
        except InputError:
            made.clear()  # it is the other run's
            raise
        yield folder
    finally:
        with suppress(OSError):  # the first that is not empty stays, with its parents
            for path in made:
                path.rmdir()
                release(path)


def _missing(folder: Path) -> list[Path]:
    """The folder and those of its parents that are not there yet, innermost first."""
    # Where the file system refuses to tell, as for a name that is too long, `new_folder` says so.
    return [path for path in (folder, *folder.parents) if not os.path.lexists(path)]


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
