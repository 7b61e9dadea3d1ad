"""The rows of a donkeycar tub (version 2): `manifest.json`, five lines of JSON, and catalogs with an object a line.

A row's number is its place among all catalogs' lines, from 0, as donkeycar itself counts; `deleted_indexes` name rows
that their owner has struck out in its editor. Each catalog's line lengths stand in a `.catalog_manifest` beside it,
which only seeks, so it is not read.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.files import is_file, read_bytes

MANIFEST = "manifest.json"
CATALOGS = "catalog_*.catalog"
IMAGES = "images"
INPUTS, TYPES, METADATA, MANIFEST_METADATA, CATALOG_METADATA = range(5)
"""What the lines of a manifest hold."""
_MOST_BYTES, _MOST_MANIFEST_BYTES, _MOST_ROWS = 2**28, 2**24, 2_000_000
"""Of all catalogs together, of the manifest, and rows of a tub: 28 hours at 20 a second."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """A tub's rows by number, in the order in which they were driven, and what its manifest says of them."""

    rows: Sequence[tuple[int, Mapping[str, Any]]]
    broken: Sequence[tuple[int, str]]
    deleted: Sequence[int]
    """Those of the rows that are there and struck out."""
    num_rows: int
    types: Mapping[str, str]
    """The type of each input: float, str, image_array and so on."""
    metadata: Mapping[str, Any]
    notes: Sequence[str]


def read_catalog(folder: Path) -> Catalog:
    """Read a tub's manifest and catalogs. Raises InputError where there are no rows."""
    lines, notes = _manifest(folder / MANIFEST)
    about = lines[CATALOG_METADATA] if isinstance(lines[CATALOG_METADATA], dict) else {}
    struck = {row for row in _listed(about.get("deleted_indexes")) if isinstance(row, int)}
    rows: list[tuple[int, Mapping[str, Any]]] = []
    broken: list[tuple[int, str]] = []
    deleted: list[int] = []
    number, num_rows, left_bytes = -1, 0, _MOST_BYTES
    after_gap = False
    for path in _catalogs(folder, _listed(about.get("paths")), notes):
        if not is_file(path):
            after_gap = True
            continue
        content = read_bytes(path, left_bytes)
        left_bytes -= len(content)
        if after_gap:
            number = max(number, _first_index(content) - 1)
            after_gap = False
        for at, line in enumerate(io.BytesIO(content), start=1):
            if not line.strip():
                continue
            number += 1
            if num_rows == _MOST_ROWS:
                raise InputError(f"{folder}: its tub has more than {_MOST_ROWS:,} rows; split it")
            num_rows += 1
            found = _parsed(line)
            if number in struck:
                deleted.append(number)
            elif found is None:
                broken.append((number, f"{path.name}, line {at} is broken"))
            else:
                rows.append((number, found))
    if num_rows == 0:
        raise InputError(f"{folder} is a donkeycar tub without a row: its catalogs are empty; drive first")
    inputs, types = _listed(lines[INPUTS]), _listed(lines[TYPES])
    kinds = {str(name): str(kind) for name, kind in zip(inputs, types, strict=False)}
    metadata = lines[METADATA] if isinstance(lines[METADATA], dict) else {}
    return Catalog(rows, broken, deleted, num_rows, kinds, metadata, notes)


def _manifest(path: Path) -> tuple[list[Any], list[str]]:
    """The manifest's five values, None where one cannot be read, and what there is to say about that."""
    if not is_file(path):
        return [None] * 5, [f"{path.name} is missing: which rows were deleted is not known, all are read"]
    lines = io.BytesIO(read_bytes(path, _MOST_MANIFEST_BYTES))
    values = [_value(line) for line in islice(lines, 5)]
    values += [None] * (5 - len(values))
    if values[CATALOG_METADATA] is None:
        return values, [f"{path.name}, line 5 is broken: which rows were deleted is not known, all are read"]
    return values, []


def _catalogs(folder: Path, named: Sequence[Any], notes: list[str]) -> list[Path]:
    """The catalogs in order: those that the manifest names, or else those that are there; some may be missing."""
    there = sorted(folder.glob(CATALOGS), key=_catalog_number)
    paths = [folder / name for name in dict.fromkeys(Path(str(name)).name for name in named)] or there
    missing = [path.name for path in paths if not is_file(path)]
    if missing and len(missing) == len(paths):
        raise InputError(f"{folder} is a donkeycar tub, but its {CATALOGS} are missing; copy the whole folder")
    if not paths:
        raise InputError(f"{folder} resembles a donkeycar tub, but there is no {CATALOGS} in it; copy the whole folder")
    notes += [f"{name:.60} is missing, though {MANIFEST} names it" for name in missing[:3]]
    return paths


def _first_index(content: bytes) -> int:
    """The number that a catalog's first row says it has, where the rows before it are gone; 0 where it says none."""
    first = _parsed(content.partition(b"\n")[0])
    found = None if first is None else first.get("_index")
    return found if isinstance(found, int) and 0 <= found < _MOST_ROWS else 0


def _catalog_number(path: Path) -> tuple[int, str]:
    found = _NUMBER.search(path.stem)
    return (int(found[0]) if found else 0, path.name)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _parsed(line: bytes) -> Mapping[str, Any] | None:
    found = _value(line)
    return found if isinstance(found, dict) else None


def _value(line: bytes) -> Any:
    try:
        return records.decoded(line, "", "")
    except InputError:
        return None
