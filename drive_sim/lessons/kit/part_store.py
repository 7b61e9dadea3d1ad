"""What a lesson has finished, part by part: each is kept as JSON in its folder and is not done again.

    FOLDER/lesson.json              which lesson, with what settings
    FOLDER/parts/dagger-seed-0.json what was found in that part
    FOLDER/result.json, report.html what was made of all of them

Nothing is overwritten. Going on in a folder is asked for (`resume`) and only done for the same lesson and settings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim import files, records
from drive_sim.errors import InputError
from drive_sim.lessons.kit.parts import Part, PartResults
from drive_sim.records import Json, RecordT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_DO_ANEW = "delete it and resume, and that part is done anew"
RESULT, PAGE = "result.json", "report.html"


@dataclass(frozen=True, slots=True)
class _Size:
    """What the settings of every lesson hold."""

    seed: int
    quick: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """The lesson that was begun in a folder, from which seed on, and whether as a quick run."""

    lesson: str
    settings: _Size


def open_folder(folder: Path, lesson: str, config: "DataclassInstance", *, resume: bool) -> None:
    """Make the folder of a lesson, or with `resume` go on in one.

    Raises InputError where it is another lesson's, or where another process is at it.
    """
    note = {"lesson": lesson, "settings": records.to_json(config)}
    path = folder / "lesson.json"
    if not resume:
        files.new_folder(folder)
        files.write_json(path, note)
    elif begun(folder) and records.read_json(path, "") != files.json_ready(note):
        raise InputError(f"{folder} was begun with settings that have changed since; begin anew in another folder")
    files.claim(path, "another process runs the lesson in this folder; let it end, or stop it")


def begun(folder: Path) -> Begun:
    """The lesson that was begun in a folder. Raises InputError where there is none."""
    path = folder / "lesson.json"
    if not path.exists():
        raise InputError(f"{folder}: no lesson was begun there; name the folder of one to resume it")
    remedy = "begin anew in another folder"
    where = f"{path} does not say which lesson was begun, and how"
    return records.from_json(records.read_json(path, remedy), Begun, where, remedy)


def keep(folder: Path, part: Part, found: Json) -> None:
    """Write down what a part found."""
    path = _path(folder, part)
    path.parent.mkdir(exist_ok=True)
    files.write_json(path, found)


def is_kept(folder: Path, part: Part) -> bool:
    """Whether a part of the lesson is finished. Raises InputError where its file is damaged."""
    return _path(folder, part).exists() and bool(_read(folder, part))


def kept_piece(folder: Path, name: str, record: type[RecordT], make: Callable[[], "DataclassInstance"]) -> RecordT:
    """A piece of a part, as it is read back: what the folder holds under a name, made and written where it is missing.

    Raises InputError where its file is damaged.
    """
    path = folder / "parts" / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        files.write_json(path, records.to_json(make()))
    return records.from_json(records.read_json(path, _DO_ANEW), record, str(path), _DO_ANEW)


def read_parts(folder: Path, parts: Sequence[Part]) -> PartResults:
    """What finished parts found. Raises InputError where the file of one is damaged."""
    found: dict[str, list[Json]] = {}
    for part in parts:
        found.setdefault(part.stage, []).append(_read(folder, part))
    return PartResults(found)


def finished_result(folder: Path) -> Json | None:
    """The result of a lesson that has come to its end in this folder: its page is there, and its result."""
    path = folder / RESULT
    if not (path.exists() and (folder / PAGE).exists()):
        return None
    result = records.read_json(path, "delete it and resume, and it is made anew")
    if not isinstance(result.get("headline"), str):
        raise InputError(f"{path} is damaged; delete it and resume, and it is made anew")
    return result


def _read(folder: Path, part: Part) -> Json:
    path = _path(folder, part)
    found = records.read_json(path, _DO_ANEW)
    if "commit" not in found:
        raise InputError(f"{path} is damaged; {_DO_ANEW}")
    return found


def _path(folder: Path, part: Part) -> Path:
    return folder / "parts" / f"{part.file_stem}.json"
