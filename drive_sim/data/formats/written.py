"""What a drive that we have written in somebody else's format says of itself, as JSON in that format's metadata."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

import msgspec
import numpy as np

from drive_sim import records
from drive_sim.arrays import PerCar
from drive_sim.data.formats.drive import Drive
from drive_sim.data.recording_schema import MEANINGS
from drive_sim.errors import InputError
from drive_sim.files import json_ready
from drive_sim.geometry import CURVATURE_CONVENTION, TIGHTEST_PER_M, normalised_from_curvature
from drive_sim.sim.camera import Camera

KEY = "drive_sim"
"""Under this name it stands in the metadata, and before a slash our columns have it where others have theirs."""
SIDECAR = "drive_sim.json"
"""The file that holds it where a format has no metadata."""
FORMAT = "drive_sim drive 1"
_REMEDY = "convert it again, or take that entry out to read the rest"


@dataclass(frozen=True, slots=True)
class Written:
    """Steering's sign, range and rate, and what else is not a row; an object of `facts` an episode."""

    full_lock_per_m: Annotated[float, msgspec.Meta(gt=0.0, le=100.0)]
    control_hz: Annotated[float, msgspec.Meta(ge=0.1, le=1000.0)]
    camera: Camera | None = None
    side_m: Annotated[float, msgspec.Meta(ge=-10.0, le=10.0)] | None = None
    facts: Sequence[Mapping[str, Any]] | None = None

    @classmethod
    def of(cls, drive: Drive) -> "Written":
        """What is to be said of a drive."""
        facts = [dict(drive.facts_of(number)) for number in range(len(drive.episodes()))] if drive.facts else None
        control_hz = float(np.clip(1.0 / drive.tick_s, 0.1, 1000.0))
        return cls(drive.full_lock_per_m, control_hz, drive.camera, drive.side_m, facts)

    def to_json(self, columns: Sequence[str] = ()) -> dict[str, Any]:
        """The object for the metadata; columns of ours are explained in it."""
        return json_ready(
            {
                "format": FORMAT,
                "steering": f"right positive, -1 to 1, where 1 is a curvature of {self.full_lock_per_m:.9g} /m",
                "curvature": CURVATURE_CONVENTION,
                **asdict(self),
                "columns": {name: MEANINGS[name] for name in columns if name in MEANINGS},
            }
        )

    def to_text(self, columns: Sequence[str] = ()) -> str:
        """The same as a text, for metadata that are texts."""
        return json.dumps(self.to_json(columns), allow_nan=False)


def read_written(found: object, where: str) -> Written | None:
    """What we have said in this value of somebody's metadata (an object or its text); None where it is not ours.

    Raises InputError where it is, and is damaged.
    """
    if isinstance(found, str | bytes):
        found = records.decoded(found, f"{where}: its entry {KEY!r}", _REMEDY)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return None
    return records.from_json(found, Written, f"{where}: its entry {KEY!r}", _REMEDY)


def described(drive: Drive, written: Written | None) -> Drive:
    """A drive with what its metadata says of it."""
    if written is None:
        return drive
    facts = tuple(written.facts or ())
    camera = written.camera if written.camera is None or _takes(written.camera, drive) else None
    return replace(drive, camera=camera, side_m=written.side_m, facts=facts, full_lock_per_m=written.full_lock_per_m)


def steering_of(drive: Drive) -> PerCar:
    """The steering (n,), right positive, -1 to 1, of a drive that is `in_range`."""
    return normalised_from_curvature(drive.columns["curvature_per_m"], drive.full_lock_per_m)


def in_range(drive: Drive) -> Drive:
    """The same drive, its full lock such that no command lies outside of it.

    Raises InputError where a command is none that anything drives.
    """
    tightest_per_m = float(np.max(np.abs(drive.columns["curvature_per_m"]), initial=0.0))
    if not tightest_per_m <= 50.0 * TIGHTEST_PER_M:
        raise InputError(f"{drive.source}: a command of {tightest_per_m:g} /m was driven by nothing")
    return replace(drive, full_lock_per_m=max(drive.full_lock_per_m, tightest_per_m))


def throttle_of(drive: Drive) -> PerCar:
    """The throttle (n,), -1 to 1: as it was given, else the speed as a share of the fastest, which a model car's is."""
    speed_mps = np.nan_to_num(drive.column("speed_mps"))
    share = speed_mps / max(float(np.max(np.abs(speed_mps), initial=0.0)), 1e-9)
    given = drive.column("raw_throttle")
    return np.clip(np.where(np.isnan(given), share, given), -1.0, 1.0)


def _takes(camera: Camera, drive: Drive) -> bool:
    return (camera.height_px, camera.width_px) == drive.images.shape[1:3]
