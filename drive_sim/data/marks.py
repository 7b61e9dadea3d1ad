"""`marks.jsonl`: what readers of a recording leave out; one line is appended a mark, and nothing else is touched."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.files import input_error_from, read_bytes

MARKS_NAME = "marks.jsonl"
_REMEDY = "repair that line, or move the file away to use the whole recording"


@dataclass(frozen=True, slots=True)
class Drop:
    """Ticks `from_tick` to `before_tick` (that one not) of an episode's file are left out."""

    episode: str
    from_tick: int
    before_tick: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """What every line says."""

    mark: Literal["drop", "undo"]


def append_drop(folder: Path, drop: Drop) -> None:
    """Mark ticks as dropped. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": "drop", **asdict(drop)})


def append_undo(folder: Path) -> None:
    """Take the latest drop back that is still in force. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": "undo"})


def read_drops(folder: Path) -> tuple[Drop, ...]:
    """The drops in force; a line that a crash cut off is no mark.

    Raises InputError where the file cannot be read, or a whole line is no mark.
    """
    path = folder / MARKS_NAME
    if not path.exists():
        return ()
    drops: list[Drop] = []
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        found, where = _parsed(line), f"{path}, line {number}"
        if found is None:
            continue
        if records.from_json(found, _Mark, where, _REMEDY).mark == "undo":
            del drops[-1:]
        else:
            drops.append(records.from_json(found, Drop, where, _REMEDY))
    return tuple(drops)


def _parsed(line: bytes) -> Any:
    """The value of a line of JSON; None where a crash has cut it off."""
    try:
        return records.decoded(line, "", "")
    except InputError:
        return None


def _append(path: Path, mark: dict[str, Any]) -> None:
    line = json.dumps({**mark, "time": time.strftime("%Y-%m-%dT%H:%M:%S%z")}) + "\n"
    try:
        with path.open("ab+") as file:
            file.seek(max(0, file.tell() - 1))
            # After a half-written line the next mark begins a new one.
            start = b"" if file.read(1) in (b"", b"\n") else b"\n"
            file.write(start + line.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise input_error_from(error, path) from None
