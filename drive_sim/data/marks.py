"""`marks.jsonl`: what readers of a recording leave out; one line is appended a mark, and nothing else is touched."""

import json
import os
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from drive_sim.errors import InputError
from drive_sim.files import input_error_from

MARKS_NAME = "marks.jsonl"


@dataclass(frozen=True, slots=True)
class Drop:
    """Ticks `from_tick` to `before_tick` (that one not) of an episode's file are left out."""

    episode: str
    from_tick: int
    before_tick: int


def append_drop(folder: Path, drop: Drop) -> None:
    """Mark ticks as dropped. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": "drop", **asdict(drop)})


def append_undo(folder: Path) -> None:
    """Take the latest drop back that is still in force. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": "undo"})


def read_drops(folder: Path) -> tuple[Drop, ...]:
    """The drops in force; a line that a crash cut off is no mark. Raises InputError where the file cannot be read."""
    path = folder / MARKS_NAME
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; move it away to use the whole recording") from None
    drops: list[Drop] = []
    for mark in filter(None, map(_parsed, lines)):
        if mark.get("mark") == "undo":
            del drops[-1:]
        elif mark.get("mark") == "drop":
            try:
                drops.append(Drop(**{f.name: mark[f.name] for f in fields(Drop)}))
            except KeyError as missing:
                raise InputError(f"{path}: a mark lacks {missing}; repair that line or take it out") from None
    return tuple(drops)


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        mark = json.loads(line)
    except json.JSONDecodeError:
        return None
    return mark if isinstance(mark, dict) else None


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
