"""The recordings, foreign logs and camera files that the arguments name. Heavy imports wait in the functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.arrays import Picture
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.sim.camera import Camera


def demonstrations(paths: Sequence[Path], camera_file: Path | None) -> tuple[Demonstrations, list[str]]:
    """Recordings and Udacity logs as one, and what there is to say about them."""
    from drive_sim.data.demonstrations import concatenated
    from drive_sim.data.recording import load_recording

    camera, own_car_top_px = (None, None) if camera_file is None else read_camera(camera_file)
    parts: list[Demonstrations] = []
    notes: list[str] = []
    for path in paths:
        if is_udacity_log(path):
            demos, said = _udacity_demonstrations(path, camera, own_car_top_px)
        else:
            recording = load_recording(path)
            demos, said = recording.demonstrations(), list(recording.notes)
        parts.append(demos)
        notes += [f"{path}: {line}" for line in said]
    return concatenated(parts), notes


def is_udacity_log(path: Path) -> bool:
    """Whether a path is a Udacity log, or a folder that holds one."""
    return path.suffix.lower() == ".csv" or (path / "driving_log.csv").is_file()


def _udacity_demonstrations(
    path: Path, camera: Camera | None, own_car_top_px: int | None
) -> tuple[Demonstrations, list[str]]:
    """A log at the size that networks read; keyboard steering comes in spikes, so it is smoothed.

    The car's own bonnet is cut off: it stands still, so in a shifted and rotated view it would tell the shift.
    """
    from dataclasses import replace

    from drive_sim.data.crop import network_crop
    from drive_sim.data.demonstrations import smoothed
    from drive_sim.data.udacity import load_udacity

    if camera is None:
        raise InputError(f"{path}: its camera is not known; find it with `calibrate {path}`, give it with --camera")

    def cropped(picture: Picture) -> Picture:
        if picture.shape[:2] != (camera.height_px, camera.width_px):
            raise InputError(
                f"{path}: its pictures are {picture.shape[1]}x{picture.shape[0]}, those of the camera file "
                f"{camera.width_px}x{camera.height_px}; find this log's own with `calibrate {path}`"
            )
        return crop.picture(picture)

    crop = network_crop(camera.width_px, own_car_top_px or camera.height_px, horizon_px=camera.horizon_px)
    demos, report = load_udacity(path, edit=cropped)
    return replace(smoothed(demos), camera=crop.camera(camera)), report.lines()


def read_camera(path: Path) -> tuple[Camera, int | None]:
    """A camera as `calibrate` writes it, and the row where the car's own bonnet begins, where it is known."""
    from drive_sim import records
    from drive_sim.data.camera_file import CameraFile

    found = records.read_record(path, CameraFile, "`calibrate` writes camera files")
    return found.camera, None if found.fit is None else found.fit.own_car_top_px
