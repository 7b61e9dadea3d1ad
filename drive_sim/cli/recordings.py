"""The recordings of any format and the camera files that the arguments name. Heavy imports wait in the functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.sim.camera import Camera


def demonstrations(
    paths: Sequence[Path], camera_file: Path | None, *, needs_geometry: bool = True
) -> tuple[Demonstrations, list[str]]:
    """Recordings of any format as one, and what there is to say about them.

    Without `needs_geometry` a Udacity log needs no camera file (`load_calibrated_log`).
    """
    from drive_sim.data.calibrated_log import load_demonstrations, read_camera_file
    from drive_sim.data.demonstrations import concatenated

    camera = None if camera_file is None else read_camera_file(camera_file)
    found = [load_demonstrations(path, camera, needs_geometry=needs_geometry) for path in paths]
    notes = [f"{path}: {line}" for path, log in zip(paths, found, strict=True) for line in log.notes]
    return concatenated([log.demonstrations for log in found]), notes


def read_camera(path: Path) -> tuple[Camera, int | None]:
    """A camera as `calibrate` writes it, and the row where the car's own bonnet begins, where it is known."""
    from drive_sim.data.calibrated_log import read_camera_file

    found = read_camera_file(path)
    return found.camera, found.own_car_top_px
