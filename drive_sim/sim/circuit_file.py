"""Real circuits and named roads, from CSV in the racetrack-database form.

A file holds one closed road: `x_m,y_m,w_tr_right_m,w_tr_left_m` a line, with `#` before comments. A comment
`# lines=two-lane lane_offset_m=-1.75` says what is painted and where the target lane lies, measured from the
file's line. Without it the road has no lines, and the middle between its edges is the target, wherever that line lies.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from drive_sim.checkout import shipped_folder
from drive_sim.errors import InputError
from drive_sim.files import read_bytes
from drive_sim.sim.circuit_spline import Points, fit_circuit
from drive_sim.sim.road_edges import is_no_road, unfolded
from drive_sim.sim.road_middle import centred
from drive_sim.sim.track import LINES, Track

COLUMNS = ("x_m", "y_m", "w_tr_right_m", "w_tr_left_m")
ROADS_FOLDER = shipped_folder("assets") / "roads"
TRACK_NAMES = ("village-loop", "mountain-pass", "speedway", "crossroads", "coast-road")
MIN_RADIUS_M = 5.0
MAX_LENGTH_M = 30_000.0
"""Longer than any circuit: more likely the coordinates are not in metres."""

_MIN_POINTS = 8
_MOST_BYTES = 2**24
_SAME_POINT_M = 0.01
_MOST_M = 1e8


def resolve_track(name_or_path: str | Path) -> Track:
    """A named road, or the road in a CSV file. Raises InputError where it is neither."""
    if str(name_or_path) in TRACK_NAMES:
        return named_track(str(name_or_path))
    path = Path(name_or_path)
    if not path.exists():
        raise InputError(f"no road {str(name_or_path)!r}: name a CSV file or one of {', '.join(TRACK_NAMES)}")
    return load_circuit(path)


def named_track(name: str) -> Track:
    """One of the project's own roads, `TRACK_NAMES`."""
    if name not in TRACK_NAMES:
        raise InputError(f"no road named {name!r}: there are {', '.join(TRACK_NAMES)}")
    return load_circuit(ROADS_FOLDER / f"{name}.csv")


def load_circuit(path: str | Path) -> Track:
    """The closed road in a CSV file, smoothed to within centimetres of its points and sampled every half metre.

    It is driven by the middle between its edges unless the file gives a lane (`road_middle`).

    Raises InputError with file, line and remedy: no such file, a folder, not text, too few columns or points, NaN, a
    width that is not positive, a bend tighter than 5 m, or one that the road's width does not fit into. Where only the
    inner edge would cross itself by a little it is moved in, and a note of the road says so (`road_edges`).
    """
    path = Path(path)
    text = _read(path)
    points, line_of_point = _parse(path, text)
    lane_offset_m, lines = _parse_lane(path, text)
    _check_size(path, points, lane_offset_m or 0.0)
    track = fit_circuit(path.stem, points, lane_offset_m=lane_offset_m or 0.0, lines=lines)
    track = _driveable(path, track, points, line_of_point)
    if lane_offset_m is not None or lines != "none":
        return track
    middle = centred(track)
    return track if middle is track else _driveable(path, middle, points, line_of_point)


def _read(path: Path) -> str:
    try:
        return read_bytes(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"road file {path}: is not text; a CSV file with {','.join(COLUMNS)} is needed") from None


def _parse(path: Path, text: str) -> tuple[Points, list[int]]:
    """The points (k, 4) of a file, and the line that each stands on; a point on top of the last one is left out."""
    points: list[list[float]] = []
    line_of_point: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.partition("#")[0].split(",")
        if cells == [""] or (not points and _is_header(cells)):
            continue
        point = _parse_point(path, number, cells)
        if not points or math.dist(point[:2], points[-1][:2]) > _SAME_POINT_M:
            points.append(point)
            line_of_point.append(number)
    if len(points) > 1 and math.dist(points[0][:2], points[-1][:2]) <= _SAME_POINT_M:
        points.pop()
    if len(points) < _MIN_POINTS:
        raise InputError(f"road file {path}: holds {len(points)} points; a road needs at least {_MIN_POINTS}")
    return np.array(points), line_of_point


def _is_header(cells: list[str]) -> bool:
    """Whether there is no number among them: a typing error in the first point is no header."""
    return all(_number(cell) is None for cell in cells)


def _number(cell: str) -> float | None:
    """What a cell says, None where that is no number; digits as programs group them (1_000) are none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _parse_point(path: Path, number: int, cells: list[str]) -> list[float]:
    where = f"road file {path}, line {number}"
    if len(cells) < len(COLUMNS):
        raise InputError(f"{where}: {len(cells)} columns; {len(COLUMNS)} are needed: {','.join(COLUMNS)}")
    point = []
    for column, cell in zip(COLUMNS, cells, strict=False):
        value = _number(cell)
        if value is None:
            raise InputError(f"{where}: {column} is {cell.strip()[:40]!r}; write a number")
        if not math.isfinite(value):
            raise InputError(f"{where}: {column} is {cell.strip()[:40]}; fill in the value or delete the line")
        if abs(value) > _MOST_M:
            raise InputError(f"{where}: {column} is {value:g}; write metres, at most {_MOST_M:g}")
        if column.startswith("w_") and value <= 0.0:
            raise InputError(f"{where}: {column} is {value:g}; a width must be positive")
        point.append(value)
    return point


def _parse_lane(path: Path, text: str) -> tuple[float | None, str]:
    """What the comments say about the target lane's offset (None: nothing) and the lines."""
    words = [word for line in text.splitlines() for word in line.partition("#")[2].split()]
    said = {key: value for key, equals, value in (word.partition("=") for word in words) if equals}
    lines, offset = said.get("lines", "none"), said.get("lane_offset_m")
    if lines not in LINES:
        raise InputError(f"road file {path}: lines={lines[:40]}; it must be one of {', '.join(LINES)}")
    if offset is None:
        return None, lines
    try:
        lane_offset_m = float(offset)
    except ValueError:
        lane_offset_m = math.nan
    if not math.isfinite(lane_offset_m):
        raise InputError(f"road file {path}: lane_offset_m={offset[:40]}; write a number of metres, left positive")
    return lane_offset_m, lines


def _check_size(path: Path, points: Points, lane_offset_m: float) -> None:
    """A length in metres that can be sampled, and a target lane that lies on the road."""
    length_m = float(np.hypot(*(points - np.roll(points, 1, axis=0))[:, :2].T).sum())
    if length_m > MAX_LENGTH_M:
        raise InputError(
            f"road file {path}: is {length_m / 1000.0:,.0f} km long, more than {MAX_LENGTH_M / 1000.0:.0f} km; "
            f"write x_m and y_m in metres"
        )
    if not -points[:, 2].min() < lane_offset_m < points[:, 3].min():
        raise InputError(f"road file {path}: lane_offset_m={lane_offset_m:g} is off the road where it is narrowest")


def _driveable(path: Path, track: Track, points: Points, line_of_point: list[int]) -> Track:
    """The road, with its inner edge moved in where it would fold over itself; no bend is tighter than 5 m."""

    def where(sample: np.intp | int) -> str:
        point = np.argmin(np.hypot(points[:, 0] - track.x_m[sample], points[:, 1] - track.y_m[sample]))
        return f"road file {path}, line {line_of_point[point]}"

    tightest = np.argmax(np.abs(track.curvature_per_m))
    radius_m = 1.0 / max(float(np.abs(track.curvature_per_m[tightest])), 1e-9)
    if radius_m < MIN_RADIUS_M:
        raise InputError(
            f"{where(tightest)}: turns with a radius of {radius_m:.1f} m, less than {MIN_RADIUS_M:g} m; "
            f"move or delete points there"
        )
    clear, cut = unfolded(track)
    if cut is None:
        return track
    said = f"{where(cut.sample)}: {cut.width_m:.1f} m wide inside a bend of {cut.radius_m:.1f} m radius"
    if is_no_road(track, cut):
        raise InputError(f"{said}, so the edge would cross itself; make the road narrower there")
    note = f"{said}; the inner edge is moved in by {cut.cut_m:.2f} m, so that it does not cross itself"
    return replace(clear, notes=track.notes or (note,))
