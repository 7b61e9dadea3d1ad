"""What a lesson has finished, part by part: each is kept as JSON in its folder and is not done again.

    FOLDER/lesson.json              which lesson, with what settings
    FOLDER/parts/dagger-seed-0.json what was found in that part

Nothing is overwritten. Going on in a folder is asked for (`resume`) and only done for the same lesson and settings.
"""

import json
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from drive_sim import files
from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.lessons.kit.progress import Progress

Work = Generator[Progress, None, dict[str, Any]]
"""A part of a lesson: it yields its progress and returns what it found."""
_DO_ANEW = "delete it and resume, and that part is done anew"


def open_folder(folder: Path, lesson: str, settings: dict[str, Any], *, resume: bool) -> None:
    """Make the folder of a lesson, or with `resume` go on in one.

    Raises InputError where it is another lesson's, or where another process is at it.
    """
    said = files.json_ready({"lesson": lesson, "settings": settings})
    if not resume:
        files.new_folder(folder)
        files.write_json(folder / "lesson.json", said)
    elif begun(folder) != said:
        raise InputError(f"{folder} was begun with settings that have changed since; begin anew in another folder")
    files.claim(folder / "lesson.json", "another process runs the lesson in this folder; let it end, or stop it")


def begun(folder: Path) -> dict[str, Any]:
    """The lesson that was begun in a folder, and its settings. Raises InputError where there is none."""
    note = folder / "lesson.json"
    if not note.exists():
        raise InputError(f"{folder}: no lesson was begun there; name the folder of one to resume it")
    said = read_object(note, "begin anew in another folder")
    settings = said.get("settings")
    kinds = {"seed": int, "quick": bool}
    is_whole = isinstance(settings, dict) and all(isinstance(settings.get(key), kinds[key]) for key in kinds)
    if not (isinstance(said.get("lesson"), str) and is_whole):
        raise InputError(f"{note} does not say which lesson was begun, and how; begin anew in another folder")
    return said


def kept(folder: Path, name: str, work: Work) -> Work:
    """What a part of the lesson found: read where it was finished, else done now and kept.

    `cpu_s` and `commit` are added to what `work` returns.
    """
    path = _path(folder, name)
    if not path.exists():
        yield Progress(name, 0.0, "")
        start_s = time.process_time()
        found = yield from work
        path.parent.mkdir(exist_ok=True)
        try:
            files.write_json(path, {**found, "cpu_s": time.process_time() - start_s, "commit": code_commit()})
        except InputError:
            if not path.exists():  # else a child that outlived its killed parent was first, with the same
                raise
    return read_kept(folder, name)


def is_kept(folder: Path, name: str) -> bool:
    """Whether a part of the lesson is finished."""
    return _path(folder, name).exists()


def read_kept(folder: Path, name: str) -> dict[str, Any]:
    """What a finished part of the lesson found. Raises InputError where its file is damaged."""
    path = _path(folder, name)
    found = read_object(path, _DO_ANEW)
    if "commit" not in found:
        raise InputError(f"{path} is damaged; {_DO_ANEW}")
    return found


def _path(folder: Path, name: str) -> Path:
    return folder / "parts" / f"{name}.json"


def finished_result(folder: Path) -> dict[str, Any] | None:
    """The result of a lesson that has come to its end in this folder: its page is there, and its result."""
    path = folder / "result.json"
    if not (path.exists() and (folder / "report.html").exists()):
        return None
    return read_object(path, "delete it and resume, and it is made anew")


def read_object(path: Path, remedy: str) -> dict[str, Any]:
    """An object of a JSON file. Raises InputError for anything else, with the remedy."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise files.input_error_from(error, path, "read") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged; {remedy}")
    return found
