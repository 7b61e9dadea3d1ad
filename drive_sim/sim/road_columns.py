"""The cells of a road's CSV file: what separates them, and which column is which.

A spreadsheet writes semicolons and decimal commas, a logger tabs. Columns are told by their names where a header or a
comment above the points has them, in whatever order; else they are `x_m,y_m` and, where there are four, the widths to
the right and to the left.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from drive_sim.errors import InputError

COLUMNS = ("x_m", "y_m", "w_tr_right_m", "w_tr_left_m")
WIDTH = "width_m"

_EAST, _NORTH = ("x", "east", "easting"), ("y", "north", "northing")
_SIDES = {
    f"w_tr_{side}_m": (f"w_tr_{side}", f"w_{side}", f"w_{side[0]}", f"width_{side}", f"{side}_width", side)
    for side in ("right", "left")
}
_NAMES = {"x_m": _EAST, "y_m": _NORTH, **_SIDES, WIDTH: ("width", "w")}
_COLUMN = {f"{name}{unit}": column for column, names in _NAMES.items() for name in names for unit in ("", "_m")}
_OTHER_UNIT = re.compile(r"(x|y|east|north|easting|northing)_(km|mi|ft|feet|cm|mm)")
_DEGREES = re.compile(r"lat|lon|lng|latitude|longitude")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands between cells (None: white space), how many a line has, and where each known column is among them."""

    separator: str | None
    count: int
    place: dict[str, int]

    @classmethod
    def of(cls, first_point: str, names: Sequence[str], where: str) -> Self:
        """The columns of a file by the line of its first point and by their names, if any.

        Raises InputError, beginning with `where`, for names that are no metres, and for columns that nobody names.
        """
        separator = separator_of(first_point)
        cells = cells_of(first_point, separator)
        named = _named(names, where)
        if "x_m" in named and "y_m" in named and len(names) in (len(cells), len(cells) - 1):
            return cls(separator, len(names), named)
        filled = cells[:-1] if len(cells) in (3, 5) and not cells[-1] else cells
        if separator == "," and len(cells) == 2 * len(COLUMNS) and all(re.fullmatch(r"[-+]?\d+", of) for of in cells):
            raise InputError(f"{where}: holds decimal commas between commas; separate the columns by semicolons")
        if len(filled) > len(COLUMNS):
            raise InputError(
                f"{where}: {len(filled)} columns, and no line above names them x_m and y_m; name them, or write four: "
                f"{','.join(COLUMNS)}"
            )
        known = COLUMNS[:2] if len(filled) == 2 else COLUMNS
        return cls(separator, len(filled), {name: place for place, name in enumerate(known)})

    def cells(self, line: str) -> list[str]:
        """The cells of a line, without an empty one after the last separator."""
        cells = cells_of(line, self.separator)
        return cells[:-1] if len(cells) == self.count + 1 and not cells[-1] else cells


def separator_of(line: str) -> str | None:
    """What separates the cells of a line: semicolons, tabs, commas, or (None) white space."""
    return next((mark for mark in (";", "\t", ",") if mark in line.strip()), None)


def cells_of(line: str, separator: str | None) -> list[str]:
    """The cells of a line without quotes and margins; where commas don't separate, they are decimal."""
    cells = [cell.strip().strip("\"'").strip() for cell in line.strip(" ").split(separator)]
    return cells if separator == "," else [cell.replace(",", ".") if "." not in cell else cell for cell in cells]


def names_in(line: str) -> list[str]:
    """The names of columns that a header or a comment may hold, as this module writes them: `X [m]` is `x_m`."""
    text = line.lstrip("#%/ \t")
    return [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in cells_of(text, separator_of(text))]


def names_points(names: Sequence[str]) -> bool:
    """Whether these are names of a point's columns, and no sentence of a comment."""
    known = {_COLUMN.get(name) or _OTHER_UNIT.fullmatch(name) or _DEGREES.fullmatch(name) for name in names}
    return len(known - {None}) > 1


def decoded(content: bytes, path: Path) -> str:
    """A file's text in UTF-8, UTF-16 with its mark, or as Windows writes it. Raises InputError where it is none."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and _BINARY.search(content):
        raise InputError(f"road file {path}: is not text; a CSV file with {','.join(COLUMNS)} is needed")
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if text.lstrip().startswith("<"):
        raise InputError(f"road file {path}: is XML; name it .gpx where it is GPX, else save the track as GPX or CSV")
    return text


def _named(names: Sequence[str], where: str) -> dict[str, int]:
    """Where each column stands that is known by its name."""
    degrees = [name for name in names if _DEGREES.fullmatch(name)]
    others = [name for name in names if _OTHER_UNIT.fullmatch(name)]
    if others or (degrees and "x_m" not in map(_COLUMN.get, names)):
        remedy = "or save the track as GPX" if degrees else "as in x_m and y_m"
        raise InputError(f"{where}: its columns are {', '.join(degrees or others)}; write metres, {remedy}")
    named = {column: place for place, name in enumerate(names) if (column := _COLUMN.get(name))}
    if len({"w_tr_right_m", "w_tr_left_m"} & set(named)) == 1:
        raise InputError(
            f"{where}: names a width to one side only; give both, w_tr_right_m and w_tr_left_m, or width_m"
        )
    return named
