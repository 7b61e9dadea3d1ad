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
from drive_sim.lessons.story import Progress

Work = Generator[Progress, None, dict[str, Any]]
"""A part of a lesson: it yields its progress and returns what it found."""


def open_folder(folder: Path, lesson: str, settings: dict[str, Any], *, resume: bool) -> None:
    """Make the folder of a lesson, or with `resume` go on in one. Raises InputError where it is another lesson's."""
    said = files.json_ready({"lesson": lesson, "settings": settings})
    if not resume:
        files.new_folder(folder)
        files.write_json(folder / "lesson.json", said)
    elif begun(folder) != said:
        raise InputError(f"{folder} was begun with settings that have changed since; begin anew in another folder")


def begun(folder: Path) -> dict[str, Any]:
    """The lesson that was begun in a folder, and its settings. Raises InputError where there is none."""
    note = folder / "lesson.json"
    if not note.exists():
        raise InputError(f"{folder}: no lesson was begun there; name the folder of one to resume it")
    return json.loads(note.read_text(encoding="utf-8"))


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
        files.write_json(path, {**found, "cpu_s": time.process_time() - start_s, "commit": code_commit()})
    return read_kept(folder, name)


def is_kept(folder: Path, name: str) -> bool:
    """Whether a part of the lesson is finished."""
    return _path(folder, name).exists()


def read_kept(folder: Path, name: str) -> dict[str, Any]:
    """What a finished part of the lesson found."""
    return json.loads(_path(folder, name).read_text(encoding="utf-8"))


def _path(folder: Path, name: str) -> Path:
    return folder / "parts" / f"{name}.json"


def finished_result(folder: Path) -> dict[str, Any] | None:
    """The result of a lesson that has come to its end in this folder."""
    path = folder / "result.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
