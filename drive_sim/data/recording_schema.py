"""What a recording's rows are: one record a control tick, its columns with units and signs, and the episode's facts.

Pictures are fixed-size lists of raw bytes, row by row, RGB: such a column is memory-mapped without a copy, and Hugging
Face's `datasets.Dataset.from_file` opens it (tried: 3.0 and 5.2; they refuse Arrow's tensor type, and fixed-size binary
opens in new versions only). Their shape stands in the column's metadata.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Annotated, Any

import msgspec
import numpy as np
import pyarrow as pa

from drive_sim import __version__, records
from drive_sim.arrays import CarIndex, PerCar, Picture
from drive_sim.checkout import code_commit
from drive_sim.data.demonstrations import FASTEST_MPS
from drive_sim.errors import InputError
from drive_sim.files import json_ready
from drive_sim.geometry import CURVATURE_CONVENTION, STEERING_CONVENTION, TIGHTEST_PER_M
from drive_sim.sim.camera import Camera

FORMAT = "drive_sim recording 1"
DRIVERS = ("expert", "human", "policy")
PICTURES = ("image", "image_left", "image_right")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One control tick of one car: what was seen, what was commanded at it, and where the car was.

    None where something is not known: side pictures, the expert's command, a person's raw input, the place on the lane.
    """

    tick: int
    time_s: float
    image: Picture
    curvature_per_m: float
    acceleration_mps2: float
    speed_mps: float
    x_m: float
    y_m: float
    heading_rad: float
    driver: str
    intervention: bool = False
    wheel_curvature_per_m: float | None = None
    expert_curvature_per_m: float | None = None
    raw_steering: float | None = None
    raw_throttle: float | None = None
    raw_key: str | None = None
    lane_s_m: float | None = None
    lane_offset_m: float | None = None
    lane_heading_rad: float | None = None
    lane_curvature_per_m: float | None = None
    lane_edge_m: float | None = None
    image_left: Picture | None = None
    image_right: Picture | None = None
    lateral_goal: float | None = None


MEANINGS = {
    "tick": "control ticks since the start of the episode",
    "time_s": "seconds since the start of the episode",
    "curvature_per_m": f"commanded curvature, {CURVATURE_CONVENTION}",
    "acceleration_mps2": "commanded acceleration, m/s2",
    "speed_mps": "m/s",
    "x_m": "middle of the rear axle, ground frame, m",
    "y_m": "middle of the rear axle, ground frame, m",
    "heading_rad": "counter-clockwise from the ground frame's x axis, rad",
    "driver": f"who gave the command: {', '.join(DRIVERS)}",
    "intervention": "the car was put back onto its lane just before this tick, or a person has the wheel of a policy",
    "wheel_curvature_per_m": f"where the wheels stood, {CURVATURE_CONVENTION}",
    "expert_curvature_per_m": f"what the expert would have commanded, {CURVATURE_CONVENTION}",
    "raw_steering": "a person's steering as given, right positive, -1 to 1",
    "raw_throttle": "a person's throttle (positive) and brake (negative) as given, -1 to 1",
    "raw_key": "a person's keys as given",
    "lane_s_m": "arc length along the road's centre line, m",
    "lane_offset_m": "from the target lane, left positive, m",
    "lane_heading_rad": "the car's heading less the lane's, rad",
    "lane_curvature_per_m": f"the target lane's, {CURVATURE_CONVENTION}",
    "lane_edge_m": "to the nearer edge of the surface, negative off the road, m",
    "lateral_goal": "the place that was wanted, in half widths of the road, left positive",
}
LIMITS = {
    "curvature_per_m": TIGHTEST_PER_M,
    "expert_curvature_per_m": TIGHTEST_PER_M,
    "wheel_curvature_per_m": TIGHTEST_PER_M,
    "lane_curvature_per_m": TIGHTEST_PER_M,
    "speed_mps": FASTEST_MPS,
    "time_s": 1e7,
    "raw_steering": 1e3,
    "x_m": 1e8,
    "y_m": 1e8,
    "heading_rad": 1e6,
    "lane_s_m": 1e7,
    "lane_offset_m": 1e3,
    "lane_heading_rad": 10.0,
    "lane_edge_m": 1e3,
    "lateral_goal": 1.0,
}
"""The largest magnitude of the numbers that learners read; what is beyond it was not driven."""
_TYPES = {"tick": pa.int64(), "driver": pa.string(), "intervention": pa.bool_(), "raw_key": pa.string()}
_NEEDED = ("curvature_per_m", "time_s")
REQUIRED = {f.name for f in fields(Row) if f.default is not None} - {"image_left", "image_right"}
"""Columns in which no row is null."""


@dataclass(frozen=True, slots=True)
class _Road:
    """What of a road's facts is read again, where it is there."""

    name: str | None = None
    length_m: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
    lane_offset_m: Annotated[float, msgspec.Meta(ge=-100.0, le=100.0)] | None = None
    lines: str | None = None


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """What is true of a whole episode: camera, clock, road, scene, vehicle and wind, as its file's metadata says.

    `disturbance` is None where an older recording does not say it; the sensor's noise is the scene's `noise_grey`.
    `road` holds what makes the road again: its name and its seed or file. `seed` is the run's, `commit` the code's.
    Of three cameras the outer ones sit `side_m` beside the middle one. `goal_is_told`: a column holds the wanted place.
    """

    camera: Camera
    control_hz: float = 10.0
    road: Mapping[str, Any] = field(default_factory=dict)
    scene: Mapping[str, Any] = field(default_factory=dict)
    vehicle: Mapping[str, Any] = field(default_factory=dict)
    disturbance: Mapping[str, Any] | None = None
    seed: int | None = None
    version: str = __version__
    commit: str | None = field(default_factory=code_commit)
    num_cameras: int = 1
    side_m: float | None = None
    goal_is_told: bool = False

    def __post_init__(self) -> None:
        if not 0.1 <= self.control_hz <= 1000:
            raise InputError(f"recording: control_hz must be 0.1 to 1000, got {self.control_hz}")
        if self.side_m is not None and not abs(self.side_m) <= 10:
            raise InputError(f"recording: side_m must be within 10 m, got {self.side_m}")
        if self.num_cameras not in (1, 3):
            raise InputError(f"recording: num_cameras must be 1 or 3, got {self.num_cameras}")
        if self.seed is not None and self.seed < 0:
            raise InputError(f"recording: seed must not be negative, got {self.seed!s:.20}")
        records.from_json(dict(self.road), _Road, "recording: road", "say what it is")

    @property
    def picture_names(self) -> tuple[str, ...]:
        """The picture columns."""
        return PICTURES[: self.num_cameras]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of each picture."""
        return self.camera.height_px, self.camera.width_px, 3


def schema_for(info: EpisodeInfo) -> pa.Schema:
    """The Arrow schema of an episode, its facts, units and signs in the metadata."""
    facts = {name: json.dumps(json_ready(value)) for name, value in asdict(info).items()}
    metadata = {
        "format": FORMAT,
        "curvature_convention": CURVATURE_CONVENTION,
        "steering_convention": STEERING_CONVENTION,
        "pictures": "RGB, 8 bit, row by row from the top left",
        **facts,
    }
    return pa.schema([_field(f.name, info) for f in fields(Row) if _is_stored(f.name, info)], metadata=metadata)


def info_from(schema: pa.Schema) -> EpisodeInfo:
    """The facts of an episode, read back from its schema. Raises ValueError where it is not a recording's."""
    metadata = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    where, remedy = "its metadata", "record again"
    if metadata.get("format") != FORMAT:
        raise ValueError(f"its format is {metadata.get('format', 'not given')!r}, not {FORMAT!r}")
    known = [f.name for f in fields(EpisodeInfo) if f.name in metadata]
    facts = {name: records.decoded(metadata[name], f"{name} in {where}", remedy) for name in known}
    info = records.from_json(facts, EpisodeInfo, where, remedy)
    if not schema.equals(schema_for(info)):
        raise ValueError("its columns are not those of a recording")
    return info


def record_batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as an Arrow record batch."""
    columns = []
    for column in schema:
        values = [getattr(row, column.name) for row in rows]
        columns.append(_pictures(values, column) if column.name in PICTURES else pa.array(values, column.type))
    return pa.record_batch(columns, schema=schema)


def check_row(row: Row, info: EpisodeInfo) -> None:
    """Stop a row that does not fit its episode: InputError says what is wrong."""
    for name in info.picture_names:
        picture = getattr(row, name)
        if picture is None or picture.shape != info.shape or picture.dtype != np.uint8:
            got = "none" if picture is None else f"{picture.dtype} {picture.shape}"
            raise InputError(f"recording: {name} must be uint8 {info.shape} as its camera takes it, got {got}")
    if row.driver not in DRIVERS:
        raise InputError(f"recording: driver must be one of {', '.join(DRIVERS)}, got {row.driver!r}")


def check_numbers(name: str, values: PerCar, ticks: CarIndex, where: str) -> None:
    """Stop what nobody drove: InputError names the first tick whose number is beyond its limit.

    A number that is missing (NaN) passes where its column may be empty.
    """
    wrong = ~(np.abs(values) <= LIMITS[name])
    if name not in _NEEDED:
        wrong &= ~np.isnan(values)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{where}, tick {ticks[row]}: {name} is {values[row]:g}, not within {LIMITS[name]:g} of zero; "
            "record again, or leave that file out"
        )


def _pictures(pictures: Sequence[Picture], column: pa.Field) -> pa.Array:
    flat = np.stack(pictures).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat, column.type.value_type), type=column.type)


def _is_stored(name: str, info: EpisodeInfo) -> bool:
    if name == "lateral_goal":
        return info.goal_is_told
    return name not in PICTURES or name in info.picture_names


def _field(name: str, info: EpisodeInfo) -> pa.Field:
    if name in PICTURES:
        byte = pa.field("item", pa.uint8(), nullable=False)
        shape = json.dumps(info.shape)
        return pa.field(name, pa.list_(byte, int(np.prod(info.shape))), nullable=False, metadata={"shape": shape})
    kind = _TYPES.get(name, pa.float64())
    return pa.field(name, kind, nullable=name not in REQUIRED, metadata={"meaning": MEANINGS[name]})
