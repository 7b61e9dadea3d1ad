"""Reading a road's CSV file: points, widths, and what its comments say.

A line is `x_m,y_m,w_tr_right_m,w_tr_left_m` (the racetrack-database form) or only `x_m,y_m`, with `#` before comments.
Comments say what the numbers don't: `lines=two-lane`, `lane_offset_m=-1.75`, `width_m=6` (from edge to edge, where the
points have no widths), `closed=yes` or `closed=no`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.files import read_bytes
from drive_sim.sim.track import LINES

COLUMNS = ("x_m", "y_m", "w_tr_right_m", "w_tr_left_m")
LEAST_WIDTH_M, MOST_WIDTH_M = 0.5, 100.0
"""From edge to edge; a side is at most as wide."""
MOST_BYTES = 2**24
SAME_POINT_M = 0.01

_MOST_M = 1e8
_FEWEST_MEASURED, _FEWEST_DRAWN = 8, 3
"""Points with widths come from a survey; a line without may have been drawn by hand."""
_MANY_STEPS = 20
"""Of fewer the longest says what is usual in a survey; a line drawn with fewer does not follow the road closely."""
_NEAR_M, _MEETING_M = 20.0, 5.0
"""Ends of a recording, and of a line that was drawn or planned, which are one place."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadText:
    """What a road's file says: points (k, 2), where each stands, and widths (k, 2) right and left if it has some.

    None: nothing is said about it. `time_s` (k,) are the times at which points were recorded. A way is `planned` where
    its points are those of its turns, and may lie far apart.
    """

    points_m: Annotated[npt.NDArray[np.float64], "k 2"]
    places: list[str]
    widths_m: Annotated[npt.NDArray[np.float64], "k 2"] | None = None
    width_m: float | None = None
    lane_offset_m: float | None = None
    lines: str = "none"
    closed: bool | None = None
    time_s: Annotated[npt.NDArray[np.float64], "k"] | None = None
    planned: bool = False

    @property
    def ends_meet(self) -> bool:
        """Whether it is a loop: as it says, or else by how far its ends are apart.

        A planned way, and a line of few points without widths: 5 m. Others 20 m, or where their points are farther
        apart three times the 95th percentile of the steps between them, of few steps 1.1 times the longest.
        """
        if self.closed is not None:
            return self.closed
        apart_m, steps_m = math.dist(self.points_m[0], self.points_m[-1]), np.hypot(*np.diff(self.points_m, axis=0).T)
        few = len(steps_m) < _MANY_STEPS
        if self.planned or (few and self.widths_m is None):
            return apart_m <= _MEETING_M
        usual_m = 1.1 * steps_m.max() if few else 3.0 * np.percentile(steps_m, 95.0)
        return apart_m <= max(float(usual_m), _NEAR_M)


def is_joined(points_m: Sequence[Sequence[float]] | npt.NDArray[np.float64]) -> bool:
    """Whether the last of some points (k, 2 or more) is the first again, which says that they are a loop."""
    return len(points_m) > 1 and math.dist(points_m[0][:2], points_m[-1][:2]) <= SAME_POINT_M


def read_road_csv(path: Path) -> RoadText:
    """What a CSV file says. Raises InputError with file, line and remedy."""
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"road file {path}: is not text; a CSV file with {','.join(COLUMNS)} is needed") from None
    numbers, lines, joined = _parse(path, text)
    said = _said(text)
    closed = {"yes": True, "no": False, None: None}[_said_word(path, said, "closed", ("yes", "no"))]
    return RoadText(
        points_m=numbers[:, :2].copy(),
        places=[f"line {line}" for line in lines],
        widths_m=numbers[:, 2:] if numbers.shape[1] == len(COLUMNS) else None,
        width_m=_said_number(path, said, "width_m", "metres from edge to edge", LEAST_WIDTH_M, MOST_WIDTH_M),
        lane_offset_m=_said_number(path, said, "lane_offset_m", "metres, left positive"),
        lines=_said_word(path, said, "lines", LINES) or "none",
        closed=True if joined and closed is None else closed,
    )


def _parse(path: Path, text: str) -> tuple[npt.NDArray[np.float64], list[int], bool]:
    """The points (k, 2 or 4) of a file, the line that each stands on, and whether the last was the first again.

    A point on top of the one before is left out.
    """
    points: list[list[float]] = []
    line_of_point: list[int] = []
    num_cells = 0
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.partition("#")[0].split(",")
        if cells == [""] or (not points and _is_header(cells)):
            continue
        columns = COLUMNS[: len(points[0])] if points else COLUMNS[:2] if len(cells) == 2 else COLUMNS
        point = _parse_point(path, number, cells, columns)
        num_cells = num_cells or len(cells)
        if len(cells) != num_cells:
            raise InputError(
                f"road file {path}, line {number}: {len(cells)} columns after {num_cells} in the first; "
                f"give every point the same ones"
            )
        if not points or math.dist(point[:2], points[-1][:2]) > SAME_POINT_M:
            points.append(point)
            line_of_point.append(number)
    joined = is_joined(points)
    if joined:
        points.pop()
        line_of_point.pop()
    fewest = _FEWEST_DRAWN if points and len(points[0]) == 2 else _FEWEST_MEASURED
    if len(points) < fewest:
        raise InputError(f"road file {path}: holds {len(points)} points; a road needs at least {fewest}")
    return np.array(points), line_of_point, joined


def _is_header(cells: list[str]) -> bool:
    """Whether there is no number among them: a typing error in the first point is no header."""
    return all(_number(cell) is None for cell in cells)


def _number(cell: str) -> float | None:
    """What a cell says, None where that is no number; digits as programs group them (1_000) are none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _parse_point(path: Path, number: int, cells: list[str], columns: tuple[str, ...]) -> list[float]:
    where = f"road file {path}, line {number}"
    if len(cells) < len(columns):
        raise InputError(f"{where}: {len(cells)} columns; {len(columns)} are needed: {','.join(columns)}")
    point = []
    for column, cell in zip(columns, cells, strict=False):
        value = _number(cell)
        if value is None:
            raise InputError(f"{where}: {column} is {cell.strip()[:40]!r}; write a number")
        if not math.isfinite(value):
            raise InputError(f"{where}: {column} is {cell.strip()[:40]}; fill in the value or delete the line")
        if abs(value) > _MOST_M:
            raise InputError(f"{where}: {column} is {value:g}; write metres, at most {_MOST_M:g}")
        if column.startswith("w_") and not 0.0 < value <= MOST_WIDTH_M:
            raise InputError(f"{where}: {column} is {value:g}; a width must be positive, at most {MOST_WIDTH_M:g} m")
        point.append(value)
    return point


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
