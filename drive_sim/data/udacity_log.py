"""The rows of a Udacity `driving_log.csv`, as different versions and other people's machines write them.

A row is `center, left, right, steering, throttle, brake, speed`. Older logs lack the last columns or the side cameras;
paths are absolute ones of another machine, with slashes or back-slashes; some locales write decimal commas.
"""

import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from drive_sim.data.demonstrations import FASTEST_MPS
from drive_sim.errors import InputError
from drive_sim.files import is_file, read_bytes

LOG_NAME = "driving_log.csv"
MPS_PER_MPH = 0.44704
MAX_STEERING = 1.001
"""Full lock is 1, give or take what was rounded."""
_PATH_PIECE = re.compile(r"[^/\\,;\t]+")
_ENDING = re.compile(r"\.(jpe?g|png|bmp)", re.IGNORECASE)
_MOST_BYTES, _MOST_ROWS = 2**28, 2_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a text begins that a spreadsheet calls Unicode."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One tick of a log: the pictures' base names (left and right empty where there are none) and what was done."""

    line: int
    centre: str
    left: str
    right: str
    steering: float
    speed_mps: float
    throttle: float = math.nan
    """The pedals, -1 (brake) to 1."""


def find_log(path: Path) -> Path:
    """The log itself, given as a file or as the folder that holds `driving_log.csv`."""
    log = path / LOG_NAME if path.is_dir() else path
    if log.is_dir():
        raise InputError(f"{log} is a folder; give the {LOG_NAME} of the drive, or the folder that holds it")
    if not log.exists():
        found = sorted(path.glob("*.csv")) if path.is_dir() else []
        if len(found) != 1:
            raise InputError(f"{log} does not exist; give the {LOG_NAME} of the drive, or the folder that holds it")
        return found[0]
    return log


def parse_log(log: Path) -> tuple[list[LogRow], list[tuple[int, str]], int]:
    """The rows that can be read, (line, why) of those that can not, and how many there are; blank lines don't count."""
    content = read_bytes(log, _MOST_BYTES)
    encoding = "utf-16" if content[:2] in _UTF16 else "utf-8-sig"
    text = io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline=None)
    found = ((number, line.rstrip("\n")) for number, line in enumerate(text, start=1) if line.strip(" ,;\t\n"))
    lines = list(islice(found, _MOST_ROWS + 1))
    if len(lines) > _MOST_ROWS:
        raise InputError(f"{log} holds more than {_MOST_ROWS:,} rows; split it")
    if lines and "steering" in lines[0][1].lower() and not _pictures(lines[0][1]):
        del lines[0]
    if not lines:
        raise InputError(f"{log} holds no rows; record a drive first, or give another log")
    parsed = [(number, _parse_row(number, line)) for number, line in lines]
    rows = [row for _, row in parsed if isinstance(row, LogRow)]
    return rows, [(number, why) for number, why in parsed if isinstance(why, str)], len(lines)


def find_pictures(log: Path, rows: Sequence[LogRow]) -> Path:
    """The folder with the pictures: `IMG` beside the log, or the log's own."""
    folders = [log.parent / "IMG", log.parent / "img", log.parent]
    for folder in folders:
        if any(is_file(folder / row.centre) for row in rows):
            return folder
    raise InputError(f"{log}: none of its pictures is in {folders[0]}; put the log beside its folder IMG")


def rows_with_pictures(folder: Path, rows: Sequence[LogRow]) -> set[int]:
    """The lines of the rows whose centre picture is in the folder."""
    # Of a hundred thousand names that are not there none is looked for: the folder says so at once.
    listed = {path.name.lower() for path in folder.iterdir()}
    return {
        row.line
        for row in rows
        if (row.centre.lower() in listed or not row.centre.isascii()) and is_file(folder / row.centre)
    }


def _parse_row(number: int, line: str) -> LogRow | str:
    line = line.replace('"', "")
    pictures = _pictures(line)
    if not pictures:
        return "no centre picture is named"
    names = [name for name, _ in pictures]
    fields = _split(line[pictures[-1][1] :])[1:]
    if len(names) < 3 and fields[:2] == ["", ""]:
        fields = fields[2:]
    numbers = [_number(field) for field in fields]
    if len(numbers) > 4 and not any("." in field for field in fields):
        numbers = _with_decimal_commas(fields)
    if not numbers or not math.isfinite(numbers[0]):
        return "its steering is not a number"
    if abs(numbers[0]) > MAX_STEERING:
        return f"its steering {numbers[0]:g} is not from -1 to 1"
    centre, left, right = names[:3] if len(names) >= 3 else (names[0], "", "")
    speed_mps = numbers[3] * MPS_PER_MPH if len(numbers) >= 4 else math.nan
    if abs(speed_mps) > FASTEST_MPS:
        return f"its speed {numbers[3]:g} mph is none that a car drives"
    throttle = numbers[1] - numbers[2] if len(numbers) >= 3 else math.nan
    return LogRow(number, centre, left, right, numbers[0], speed_mps, throttle if abs(throttle) <= 1.0 else math.nan)


def _pictures(line: str) -> list[tuple[str, int]]:
    """The base names of the pictures in a line, and where in the line each ends; folders are another machine's."""
    found: list[tuple[str, int]] = []
    for piece in _PATH_PIECE.finditer(line):
        *_, ending = (None, *_ENDING.finditer(line, piece.start() + 1, piece.end()))
        if ending is not None:
            found.append((line[piece.start() : ending.end()].strip(), ending.end()))
    return found


def _split(text: str) -> list[str]:
    # A comma with nothing behind it may be a decimal one, if other separators are there.
    separator = next((mark for mark in (";", "\t", ", ") if mark in text), ",")
    return [field.strip() for field in text.split(separator)]


def _with_decimal_commas(fields: Sequence[str]) -> list[float]:
    """Steering, throttle, brake and mph of numbers whose commas are decimal ones as well as the separators.

    What can be read in two ways is NaN; nothing where it can be read in none, as where there are other columns.
    """
    found = [tuple(map(_number, texts)) for texts in _joined(tuple(fields), 4) if _is_printed(texts, len(fields))]
    found = [numbers for numbers in found if _is_driven(numbers)]
    if not found:
        return [_number(field) for field in fields]
    return [values[0] if len(set(values)) == 1 else math.nan for values in zip(*found, strict=True)]


def _joined(fields: tuple[str, ...], num: int) -> Iterator[tuple[str, ...]]:
    """So many numbers of these fields, each of them one or two that a comma parts."""
    if num == 0 or not num <= len(fields) <= 2 * num:
        if num == 0 and not fields:
            yield ()
        return
    for size in (1, 2):
        for rest in _joined(fields[size:], num - 1):
            yield (",".join(fields[:size]), *rest)


def _is_printed(texts: tuple[str, ...], num_fields: int) -> bool:
    """Whether a simulator prints numbers so: no 05, and no 0,20 but where each has as many decimals."""
    whole = [text.lstrip("-").partition(",") for text in texts]
    return all(a == "0" or not a.startswith("0") for a, _, _ in whole) and (
        num_fields == 2 * len(texts) or not any(b.endswith("0") for _, _, b in whole)
    )


def _is_driven(numbers: Sequence[float]) -> bool:
    steering, throttle, brake, mph = numbers
    pedals = 0.0 <= throttle <= 1.0 and 0.0 <= brake <= 1.0
    return abs(steering) <= MAX_STEERING and pedals and abs(mph) * MPS_PER_MPH <= FASTEST_MPS


def _number(field: str) -> float:
    try:
        return float(field.replace(",", "."))
    except ValueError:
        return math.nan
