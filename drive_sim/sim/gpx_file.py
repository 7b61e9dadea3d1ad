"""Reading a GPX file: the track that a phone or a bicycle computer recorded, or a planned route, as points in metres.

Latitude and longitude are projected onto the plane that touches the earth in the middle of the track (equirectangular):
over 30 km the scale from west to east is off by less than half a percent at 60 degrees of latitude.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.files import read_bytes
from drive_sim.sim.broken_track import unbroken
from drive_sim.sim.road_csv import MOST_BYTES
from drive_sim.sim.road_text import SAME_POINT_M, RoadText, is_joined

EARTH_M = 6_371_000.0
MOST_LATITUDE_DEG = 85.0
_MOST_POINTS = 50_000
_FEWEST_POINTS = 3
_KINDS = {"trkpt": "trk", "rtept": "rte"}
"""Points of tracks and of routes; waypoints are places, not a way."""


@dataclass(slots=True)
class _Way:
    """The points of one track or route: latitude, longitude, line of the file, and time where it was recorded."""

    rows: list[tuple[float, float, int]] = field(default_factory=list)
    times: list[float | None] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)
    """The number of the first point of each."""


class _Reader:
    """Collects ways while the parser passes; a document type or an entity is refused before it is read."""

    def __init__(self, path: Path) -> None:
        self.path, self.ways = path, dict[str, list[_Way]]({"trk": [], "rte": []})
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._point_way: _Way | None = None
        self._time: str | None = None
        self.root = ""

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except InputError:
            raise
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise InputError(f"road file {self.path}: is no GPX file: {error}") from None

    def _refuse(self, *_: object) -> None:
        raise InputError(f"road file {self.path}: declares a document type, which no GPX file needs; take it out")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self.root = self.root or tag[:40]
        if tag == "trkseg" and self.ways["trk"]:
            self.ways["trk"][-1].segments.append(len(self.ways["trk"][-1].rows))
        elif tag in self.ways:
            self.ways[tag].append(_Way())
        elif tag in _KINDS and self.ways[_KINDS[tag]]:
            self._point_way = self.ways[_KINDS[tag]][-1]
            self._add(self._point_way, attributes)
        elif tag == "time" and self._point_way is not None:
            self._time = ""

    def _add(self, way: _Way, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        latitude_deg = self._degrees(line, attributes, "lat", MOST_LATITUDE_DEG)
        way.rows.append((latitude_deg, self._degrees(line, attributes, "lon", 180.0), line))
        way.times.append(None)
        if len(way.rows) > _MOST_POINTS:
            raise InputError(f"road file {self.path}: holds more than {_MOST_POINTS} points; cut out a part of it")

    def _degrees(self, line: int, attributes: dict[str, str], name: str, most_deg: float) -> float:
        said = attributes.get(name, "")
        try:
            value = float("nan") if "_" in said else float(said)
        except ValueError:
            value = float("nan")
        if not abs(value) <= most_deg:
            raise InputError(
                f"road file {self.path}, line {line}: {name} is {said[:40]!r}; "
                f"write degrees from {-most_deg:g} to {most_deg:g}"
            )
        return value

    def _text(self, text: str) -> None:
        if self._time is not None and len(self._time) < 100:
            self._time += text

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "time" and self._time is not None and self._point_way is not None:
            self._point_way.times[-1] = _seconds(self._time)
            self._time = None
        elif tag in _KINDS:
            self._point_way = None


def read_gpx(path: Path) -> RoadText:
    """The longest track of a GPX file in metres, without strays (`unbroken`); the longest route where it has no track.

    Raises InputError with file, line and remedy: no XML, a document type or entities, no track, latitudes and
    longitudes that are none.
    """
    reader = _Reader(path)
    reader.read(read_bytes(path, MOST_BYTES))
    tracks, routes = ([way for way in reader.ways[kind] if way.rows] for kind in ("trk", "rte"))
    ways = tracks or routes
    if not ways:
        kind = "" if reader.root == "gpx" else f" and is {reader.root}, not GPX"
        raise InputError(
            f"road file {path}: holds no track (trkpt) and no route (rtept){kind}; save a way as GPX, not places alone"
        )
    way = max(ways, key=lambda way: len(way.rows))
    points_m = _projected(np.array([row[:2] for row in way.rows]))
    kept, told = unbroken(points_m, way.segments) if tracks else (np.arange(len(points_m)), "")
    points_m, rows = points_m[kept], [way.rows[place] for place in kept]
    moved = np.append(True, np.hypot(*np.diff(points_m, axis=0).T) > SAME_POINT_M)
    joined = is_joined(points_m[moved])
    if joined:
        moved[np.flatnonzero(moved)[-1]] = False
    time_s = np.array([np.nan if time is None else time for time in map(way.times.__getitem__, kept)])[moved]
    if moved.sum() < _FEWEST_POINTS:
        raise InputError(f"road file {path}: holds {moved.sum()} points; a road needs at least {_FEWEST_POINTS}")
    return RoadText(
        points_m=points_m[moved],
        places=[f"line {row[2]}" for row, moves in zip(rows, moved, strict=True) if moves],
        closed=True if joined else None,
        planned=not tracks,
        told=told,
        time_s=time_s if (np.diff(time_s) > 0.0).all() else None,
    )


def _projected(degrees: Annotated[npt.NDArray[np.float64], "k 2"]) -> Annotated[npt.NDArray[np.float64], "k 2"]:
    """Latitudes and longitudes as metres to the east and to the north of the first point."""
    latitude_rad = np.radians(degrees[:, 0])
    # The short way round where a track crosses the date line.
    east_deg = (degrees[:, 1] - degrees[0, 1] + 180.0) % 360.0 - 180.0
    middle_rad = 0.5 * (latitude_rad.min() + latitude_rad.max())
    east_m = EARTH_M * np.cos(middle_rad) * np.radians(east_deg)
    return np.stack([east_m, EARTH_M * (latitude_rad - latitude_rad[0])], axis=-1)


def _seconds(text: str) -> float | None:
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        return when.timestamp()
    except (OverflowError, OSError, ValueError):
        return None
