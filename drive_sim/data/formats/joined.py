"""Drives of several files as one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drive_sim.data.formats.drive import Drive
from drive_sim.errors import InputError


def joined(drives: Sequence[Drive], path: Path) -> Drive:
    """Drives of one camera, one after the other; a column that one of them lacks is unknown there.

    Raises InputError where there is none, or where the sizes of their pictures or their cameras differ.
    """
    if not drives:
        raise InputError(f"{path} holds no episode")
    first = drives[0]
    for drive in drives[1:]:
        if drive.images.shape[1:] != first.images.shape[1:] or drive.camera != first.camera:
            sizes = [f"{each.images.shape[2]}x{each.images.shape[1]}" for each in (drive, first)]
            raise InputError(
                f"{path}: the camera of {drive.source} ({sizes[0]}) is not that of {first.source} ({sizes[1]}); put it "
                "into a folder of its own"
            )
    names = dict.fromkeys(name for drive in drives for name in drive.columns)
    columns = {name: np.concatenate([_column(drive, name) for drive in drives]) for name in names}
    firsts = np.cumsum([0, *(int(drive.episode[-1]) + 1 for drive in drives)])
    left, right = ([getattr(drive, side) for drive in drives] for side in ("images_left", "images_right"))
    has_sides = all(side is not None for side in (*left, *right))
    return Drive(
        np.concatenate([drive.images for drive in drives]) if len(drives) > 1 else first.images,
        columns,
        np.concatenate([drive.episode + start for drive, start in zip(drives, firsts[:-1], strict=True)]),
        path.resolve().name,
        images_left=np.concatenate(left) if has_sides else None,
        images_right=np.concatenate(right) if has_sides else None,
        side_m=first.side_m if all(drive.side_m == first.side_m for drive in drives) else None,
        camera=first.camera,
        full_lock_per_m=max(drive.full_lock_per_m for drive in drives),
        facts=[drive.facts_of(number) for drive in drives for number in range(len(drive.episodes()))]
        if any(drive.facts for drive in drives)
        else (),
        notes=[note for drive in drives for note in drive.notes],
    )


def _column(drive: Drive, name: str) -> np.ndarray:
    if name == "driver":
        return drive.driver
    return drive.intervention if name == "intervention" else drive.column(name)
