"""`marks.jsonl`: what readers of a recording leave out, and what a person said of an episode; one line is appended a
mark, and nothing else is touched."""

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


Verdict = Literal["good", "bad"]
"""What a person says of what was driven in an episode; what is bad is left out as if it were dropped."""
_ALL_TICKS = 2**62


@dataclass(frozen=True, slots=True)
class _Mark:
    """What every line says."""

    mark: Literal["drop", "undo", "good", "bad"]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a verdict is about."""

    episode: str


def append_drop(folder: Path, drop: Drop) -> None:
    """Mark ticks as dropped. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": "drop", **asdict(drop)})


def append_undo(folder: Path, drop: Drop | None = None) -> None:
    """Take a drop back that is in force, the latest where none is named. Raises InputError where that is refused."""
    _append(folder / MARKS_NAME, {"mark": "undo", **({} if drop is None else asdict(drop))})


def append_verdict(folder: Path, episode: str, verdict: Verdict) -> None:
    """Say of an episode's file that it is good, or bad. Raises InputError where the file system refuses."""
    _append(folder / MARKS_NAME, {"mark": verdict, "episode": episode})


def read_drops(folder: Path) -> tuple[Drop, ...]:
    """The drops in force; a line that a crash cut off is no mark.

    Raises InputError where the file cannot be read, or a whole line is no mark.
    """
    return _read(folder)[0]


def read_verdicts(folder: Path) -> dict[str, Verdict]:
    """The last verdict on each episode's file that has one. Raises InputError as `read_drops` does."""
    return _read(folder)[1]


def read_left_out(folder: Path) -> tuple[Drop, ...]:
    """All that readers leave out: the drops in force, and episodes that are bad. Raises InputError as `read_drops`."""
    drops, verdicts = _read(folder)
    return *drops, *(Drop(episode, 0, _ALL_TICKS) for episode, verdict in verdicts.items() if verdict == "bad")


def _read(folder: Path) -> tuple[tuple[Drop, ...], dict[str, Verdict]]:
    path = folder / MARKS_NAME
    drops: list[Drop] = []
    verdicts: dict[str, Verdict] = {}
    for number, line in enumerate(read_bytes(path).splitlines() if path.exists() else (), start=1):
        found, where = _parsed(line), f"{path}, line {number}"
        if found is None:
            continue
        mark = records.from_json(found, _Mark, where, _REMEDY).mark
        if mark == "undo":
            _undo(drops, records.from_json(found, Drop, where, _REMEDY) if "episode" in found else None)
        elif mark == "drop":
            drops.append(records.from_json(found, Drop, where, _REMEDY))
        else:
            verdicts[records.from_json(found, _Judged, where, _REMEDY).episode] = mark
    return tuple(drops), verdicts


def _undo(drops: list[Drop], drop: Drop | None) -> None:
    """Of equal ones the latest is taken back; one that is not there was dropped under other ticks, or never."""
    number = next((i for i in reversed(range(len(drops))) if drop in (None, drops[i])), None)
    if number is not None:
        del drops[number]


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
