"""The recordings, foreign logs and camera files that the arguments name. Heavy imports wait in the functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.sim.camera import Camera


def demonstrations(paths: Sequence[Path], camera_file: Path | None) -> tuple[Demonstrations, list[str]]:
    """Recordings and Udacity logs as one, and what there is to say about them."""
    from drive_sim.data.calibrated_log import is_udacity_log, load_calibrated_log, read_camera_file
    from drive_sim.data.demonstrations import concatenated
    from drive_sim.data.recording import load_recording

    camera = None if camera_file is None else read_camera_file(camera_file)
    parts: list[Demonstrations] = []
    notes: list[str] = []
    for path in paths:
        if is_udacity_log(path):
            log = load_calibrated_log(path, camera)
            demos, said = log.demonstrations, list(log.notes)
        else:
            recording = load_recording(path)
            demos, said = recording.demonstrations(), list(recording.notes)
        parts.append(demos)
        notes += [f"{path}: {line}" for line in said]
    return concatenated(parts), notes


def read_camera(path: Path) -> tuple[Camera, int | None]:
    """A camera as `calibrate` writes it, and the row where the car's own bonnet begins, where it is known."""
    from drive_sim.data.calibrated_log import read_camera_file

    found = read_camera_file(path)
    return found.camera, found.own_car_top_px
