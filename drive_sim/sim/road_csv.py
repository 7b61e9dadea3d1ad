"""Reading a road's CSV file: points, widths, and what its comments say.

A line is `x_m,y_m,w_tr_right_m,w_tr_left_m` (the racetrack-database form) or only `x_m,y_m`, with `#` before comments.
Comments say what the numbers don't: `lines=two-lane`, `lane_offset_m=-1.75`, `width_m=6` (from edge to edge, where the
points have no widths), `closed=yes` or `closed=no`.
"""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.files import read_bytes
from drive_sim.sim.road_columns import (
    COLUMNS,
    WIDTH,
    Columns,
    cells_of,
    decoded,
    names_in,
    names_points,
    separator_of,
)
from drive_sim.sim.road_text import SAME_POINT_M, RoadText
from drive_sim.sim.track import LINES

LEAST_WIDTH_M, MOST_WIDTH_M = 0.5, 100.0
"""From edge to edge; a side is at most as wide."""
MOST_BYTES = 2**24

_MOST_M = 1e8
_MOST_PASSINGS = 50
_FEWEST_MEASURED, _FEWEST_DRAWN = 8, 3
"""Points with widths come from a survey; a line without may have been drawn by hand."""


def read_road_csv(path: Path) -> RoadText:
    """What a CSV file says. Raises InputError with file, line and remedy."""
    text = decoded(read_bytes(path, MOST_BYTES), path)
    points, lines, joined = _parse(path, text)
    said = _said(text)
    closed = {"yes": True, "no": False, None: None}[_said_word(path, said, "closed", ("yes", "no"))]
    return RoadText(
        points_m=points[:, :2].copy(),
        places=[f"line {line}" for line in lines],
        widths_m=points[:, 2:] if points.shape[1] == len(COLUMNS) else None,
        width_m=_said_number(path, said, "width_m", "metres from edge to edge", LEAST_WIDTH_M, MOST_WIDTH_M),
        lane_offset_m=_said_number(path, said, "lane_offset_m", "metres, left positive"),
        lines=_said_word(path, said, "lines", LINES) or "none",
        closed=True if joined and closed is None else closed,
    )


def _parse(path: Path, text: str) -> tuple[npt.NDArray[np.float64], list[int], bool]:
    """The points (k, 2 or 4) of a file, the line that each stands on, and whether the last was the first again.

    A point on top of the one before is left out, and so is what follows the first points once more.
    """
    points: list[list[float]] = []
    line_of_point: list[int] = []
    columns, names, num_rows = None, list[str](), 0
    for number, line in enumerate(text.splitlines(), start=1):
        data, _, comment = line.partition("#")
        if columns is None and (not data.strip() or _is_header(data)):
            above = names_in(data if data.strip() else comment)
            names = above if names_points(above) else names
        if not data.strip() or (columns is None and _is_header(data)):
            continue
        where = f"road file {path}, line {number}"
        columns = columns or Columns.of(data, names, where)
        point = _parse_point(where, columns, data)
        if not points or math.dist(point[:2], points[-1][:2]) > SAME_POINT_M:
            points.append(point)
            line_of_point.append(number)
        num_rows += 1
    once = _once_round(np.array(points)[:, :2]) if points else 0
    fewest = _FEWEST_DRAWN if points and len(points[0]) == 2 else _FEWEST_MEASURED
    if once < fewest:
        apart = f", {SAME_POINT_M:g} m apart or more; write metres" if num_rows >= fewest else ""
        raise InputError(f"road file {path}: holds {once} points; a road needs at least {fewest}{apart}")
    return np.array(points[:once]), line_of_point[:once], once < len(points)


def _once_round(points_m: npt.NDArray[np.float64]) -> int:
    """How many points (k, 2) there are before the last ones are the first ones again, one after the other."""
    for start in np.flatnonzero(np.hypot(*(points_m - points_m[0]).T) <= SAME_POINT_M)[1:_MOST_PASSINGS]:
        again = points_m[start:] - points_m[: len(points_m) - start]
        if (np.hypot(*again.T) <= SAME_POINT_M).all():
            return int(start)
    return len(points_m)


def _is_header(line: str) -> bool:
    """Whether there is no number among its cells: a typing error in the first point is no header."""
    return all(_number(cell) is None for cell in cells_of(line, separator_of(line)))


def _number(cell: str) -> float | None:
    """What a cell says, None where that is no number; digits as programs group them (1_000) are none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _parse_point(where: str, columns: Columns, line: str) -> list[float]:
    """A point: x and y, and the widths to the right and to the left where the columns have some."""
    cells = columns.cells(line)
    fewest = 1 + max(columns.place.values())
    if len(cells) < fewest:
        needed = f": {','.join(columns.place)}" if len(columns.place) == fewest else ""
        raise InputError(f"{where}: {len(cells)} columns; {fewest} are needed{needed}")
    if len(cells) != columns.count:
        raise InputError(
            f"{where}: {len(cells)} columns after {columns.count} in the first; give every point the same ones"
        )
    said = {name: _said_cell(where, name, cells[place]) for name, place in columns.place.items()}
    if WIDTH in said and COLUMNS[2] not in said:
        return [said["x_m"], said["y_m"], 0.5 * said[WIDTH], 0.5 * said[WIDTH]]
    return [said[name] for name in COLUMNS if name in said]


def _said_cell(where: str, name: str, cell: str) -> float:
    value = _number(cell)
    if value is None:
        raise InputError(f"{where}: {name} is {cell[:40]!r}; write a number")
    if not math.isfinite(value):
        raise InputError(f"{where}: {name} is {cell[:40]}; fill in the value or delete the line")
    if abs(value) > _MOST_M:
        raise InputError(f"{where}: {name} is {value:g}; write metres, at most {_MOST_M:g}")
    if name.startswith("w") and not 0.0 < value <= MOST_WIDTH_M:
        raise InputError(f"{where}: {name} is {value:g}; a width must be positive, at most {MOST_WIDTH_M:g} m")
    return value


def _said(text: str) -> dict[str, str]:
    """What the comments say, word by word."""
    words = [word for line in text.splitlines() for word in line.partition("#")[2].split()]
    return {key: value for key, equals, value in (word.partition("=") for word in words) if equals}


def _said_word(path: Path, said: dict[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    word = said.get(name)
    if word is not None and word not in choices:
        raise InputError(f"road file {path}: {name}={word[:40]}; it must be one of {', '.join(choices)}")
    return word


def _said_number(
    path: Path, said: dict[str, str], name: str, unit: str, least: float = -math.inf, most: float = math.inf
) -> float | None:
    if name not in said:
        return None
    value = _number(said[name])
    if value is None or not math.isfinite(value):
        raise InputError(f"road file {path}: {name}={said[name][:40]}; write a number of {unit}")
    if not least <= value <= most:
        raise InputError(f"road file {path}: {name}={value:g}; it must be from {least:g} to {most:g}")
    return value
