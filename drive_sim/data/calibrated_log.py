"""A Udacity log as networks read it: cut to their picture with the camera that `calibrate` has found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drive_sim import records
from drive_sim.arrays import Picture
from drive_sim.data.camera_file import CameraFile
from drive_sim.data.crop import network_crop
from drive_sim.data.demonstrations import Demonstrations, smoothed
from drive_sim.data.udacity import load_udacity
from drive_sim.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedLog:
    """A log's demonstrations, and what there is to say about them, a line each."""

    demonstrations: Demonstrations
    notes: Sequence[str]


def is_udacity_log(path: Path) -> bool:
    """Whether a path is a Udacity log, or a folder that holds one."""
    return path.suffix.lower() == ".csv" or (path / "driving_log.csv").is_file()


def read_camera_file(path: Path) -> CameraFile:
    """A camera as `calibrate` writes it. Raises InputError where the file holds none."""
    return records.read_record(path, CameraFile, "`calibrate` writes camera files")


def load_calibrated_log(path: Path, camera_file: CameraFile | None) -> CalibratedLog:
    """A log at the size that networks read; keyboard steering comes in spikes, so it is smoothed.

    The car's own bonnet is cut off: it stands still, so in a shifted and rotated view it would tell the shift. Raises
    InputError without a camera, or with one of other pictures.
    """
    if camera_file is None:
        raise InputError(f"{path}: its camera is not known; find it with `calibrate {path}`, give it with --camera")
    camera, own_car_top_px = camera_file.camera, camera_file.own_car_top_px

    def cropped(picture: Picture) -> Picture:
        if picture.shape[:2] != (camera.height_px, camera.width_px):
            raise InputError(
                f"{path}: its pictures are {picture.shape[1]}x{picture.shape[0]}, those of the camera file "
                f"{camera.width_px}x{camera.height_px}; find this log's own with `calibrate {path}`"
            )
        return crop.picture(picture)

    crop = network_crop(camera.width_px, own_car_top_px or camera.height_px, horizon_px=camera.horizon_px)
    demos, report = load_udacity(path, edit=cropped)
    return CalibratedLog(replace(smoothed(demos), camera=crop.camera(camera)), report.lines())
