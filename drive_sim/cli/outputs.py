"""Where a command puts what it makes: said to be impossible before the work and not after it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path

from drive_sim.cli.command import Result
from drive_sim.cli.terminal import tell
from drive_sim.errors import InputError
from drive_sim.stops import begin_work, held

RUNS = Path("runs")


@contextmanager
def output_folder(out: Path | None, command: str) -> Iterator[Path]:
    """Lend the new folder of --out, or the command's next one under runs/; this run's alone.

    Where the work ends with nothing in it, well or not, what was made here is removed, parents included.
    """
    from drive_sim.files import release

    begin_work()
    made = _missing(RUNS if out is None else out)
    try:
        with held():
            folder = _claimed(out, command, made)
        yield folder
    finally:
        with held(), suppress(OSError):  # the first that is not empty stays, with its parents
            for path in made:
                path.rmdir()
                release(path)


def _claimed(out: Path | None, command: str, made: list[Path]) -> Path:
    """The new folder, this process's own; `made` becomes what is to be removed where nothing comes of it."""
    from drive_sim.files import claim, new_folder, numbered_folder

    folder = numbered_folder(RUNS, command) if out is None else new_folder(out)
    if out is None:
        made.insert(0, folder)
    try:
        claim(folder, "another run writes into it; name a new folder")
        return new_folder(folder)  # unless another run has begun and ended since
    except InputError:
        made.clear()  # it is the other run's
        raise


def _missing(folder: Path) -> list[Path]:
    """The folder and those of its parents that are not there yet, innermost first."""
    # Where the file system refuses to tell, as for a name that is too long, `new_folder` says so.
    return [path for path in (folder, *folder.parents) if not os.path.lexists(path)]


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Lend a part folder, which becomes `path` only when the block has ended well; else nothing of it stays.

    An empty folder may have that name; where its parent takes nothing, or one stands in it, the part lies inside of it.
    Raises InputError where something else lies there, or where the file system refuses.
    """
    from drive_sim.files import input_error_from, part_of

    path = path.resolve()
    is_beside = path != Path.cwd() and os.access(path.parent, os.W_OK)
    part = part_of(path) if is_beside else path / f".part-{os.getpid()}"
    try:
        part.mkdir(parents=True)
        yield part
        with held():
            _take_place(part, path, is_beside)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise InputError(f"{path} is not empty and nothing is overwritten; name a new folder") from None
        raise input_error_from(error, path) from None
    finally:
        with held():
            shutil.rmtree(part, ignore_errors=True)


def _take_place(part: Path, path: Path, is_beside: bool) -> None:
    if not is_beside:
        for inner in sorted(part.iterdir()):
            inner.rename(path / inner.name)
        return
    if path.is_dir():
        path.rmdir()
    part.rename(path)


def check_new_file(path: Path, option: str) -> None:
    """Raises InputError where the file of an option cannot be written."""
    from drive_sim.files import check_writable

    if os.path.lexists(path):
        raise InputError(f"{path} exists and nothing is overwritten; choose another name for {option}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or choose another place for {option}")
    check_writable(path.parent, path)


def write_result(path: Path, result: Result) -> Path:
    """Write a finished result as JSON; where its name was taken since `check_new_file`, the next one (x-2.json)."""
    from drive_sim.files import write_json

    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    for free in chain([path], others):
        try:
            with held():
                write_json(free, result)
        except InputError:
            if not os.path.lexists(free):
                raise
            continue
        if free != path:
            tell(f"{path} was made by somebody else meanwhile; the result is in {free}")
        return free
    raise AssertionError("unreachable")


def check_room(folder: Path, megabytes: int) -> None:
    """Raises InputError where the folder's disk has less room than that."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise InputError(
            f"{folder}: only {free} MB are free and {megabytes} are needed; free some, or choose another place"
        )
