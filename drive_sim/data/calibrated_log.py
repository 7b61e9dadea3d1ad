"""Anybody's recording as networks read it: cut to their picture by its camera, which is known, given or nominal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drive_sim import records
from drive_sim.arrays import Picture
from drive_sim.data.camera_file import CameraFile
from drive_sim.data.crop import Crop, network_crop
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.formats.known import OWN, recognised
from drive_sim.data.formats.nominal_camera import nominal_camera
from drive_sim.data.picture_rows import PictureEdit
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedLog:
    """A recording's demonstrations, and what there is to say about them, a line each."""

    demonstrations: Demonstrations
    notes: Sequence[str]


def is_foreign(path: Path) -> bool:
    """Whether a path is a recording that somebody else's tool has made. Raises InputError where it is none at all."""
    return recognised(path).name != OWN


def read_camera_file(path: Path) -> CameraFile:
    """A camera as `calibrate` writes it. Raises InputError where the file holds none."""
    return records.read_record(path, CameraFile, "`calibrate` writes camera files")


def load_demonstrations(path: Path, camera_file: CameraFile | None, *, needs_geometry: bool = True) -> CalibratedLog:
    """A recording of any format as learners read it: ours as it is, others' as `load_calibrated_log` cuts them."""
    if is_foreign(path):
        return load_calibrated_log(path, camera_file, needs_geometry=needs_geometry)
    recording = load_recording(path)
    return CalibratedLog(recording.demonstrations(), list(recording.notes))


def load_calibrated_log(path: Path, camera_file: CameraFile | None, *, needs_geometry: bool = True) -> CalibratedLog:
    """Somebody's recording at the size that networks read, its commands as they were given.

    The car's own bonnet is cut off: it stands still, so in a shifted and rotated view it would tell the shift. Where
    no camera is given and the recording names none, a nominal one is assumed and said; a Udacity log's can be found,
    so it has to be where the views' geometry is needed. Raises InputError then, and for a camera of other pictures.
    """
    found = recognised(path)
    cut = _NetworkCut(path, camera_file, has_to_be_calibrated=needs_geometry and found.name == "udacity")
    drive = found.open(path, cut.of)
    demos = replace(drive.demonstrations(), camera=cut.camera)
    if camera_file is not None and camera_file.side_m is not None and demos.images_left is not None:
        demos = replace(demos, side_m=camera_file.side_m)
    return CalibratedLog(demos, [*drive.notes, *cut.notes])


class _NetworkCut:
    """Cuts pictures by the camera that took them, which stands fast once the first of them is seen."""

    def __init__(self, path: Path, camera_file: CameraFile | None, *, has_to_be_calibrated: bool) -> None:
        self._path, self._file, self._has_to_be_calibrated = path, camera_file, has_to_be_calibrated
        self._taken_by: Camera | None = None
        self._crop: Crop | None = None
        self.notes: list[str] = []

    @property
    def camera(self) -> Camera | None:
        """The camera of the small pictures."""
        taken_by = self._taken_by
        return taken_by if self._crop is None or taken_by is None else _camera(self._crop, taken_by)

    def of(self, own: Camera | None) -> PictureEdit:
        """How pictures are cut that `own` took, as far as the recording says it. Raises InputError (see above)."""
        if self._crop is None:
            self._taken_by = own if self._file is None else self._file.camera
        if self._taken_by is None and self._has_to_be_calibrated:
            raise InputError(
                f"{self._path}: its camera is not known; find it with `calibrate {self._path}`, give it with --camera, "
                "or do without views from elsewhere: train --augment mirror"
            )
        return self._cut

    def _cut(self, picture: Picture) -> Picture:
        crop = self._begin(picture) if self._crop is None else self._crop
        camera = self._taken_by
        if camera is not None and picture.shape[:2] != (camera.height_px, camera.width_px):
            raise InputError(
                f"{self._path}: its pictures are {picture.shape[1]}x{picture.shape[0]}, those of the camera file "
                f"{camera.width_px}x{camera.height_px}; find this log's own with `calibrate {self._path}`"
            )
        return picture if camera is not None and _camera(crop, camera) == camera else crop.picture(picture)

    def _begin(self, picture: Picture) -> Crop:
        """The window, from the first picture."""
        height_px, width_px = picture.shape[:2]
        if self._taken_by is None:
            self._taken_by = camera = nominal_camera(width_px, height_px)
            self.notes.append(
                f"its camera is not known: a nominal one is assumed, {camera.focal_px:.0f} px of focal length, the "
                f"horizon at row {camera.horizon_px:.0f} of {height_px}; give yours with --camera, "
                "or train with `--augment mirror`, which needs none"
            )
        own_top_px = None if self._file is None else self._file.own_car_top_px
        camera = self._taken_by
        self._crop = network_crop(camera.width_px, own_top_px or camera.height_px, horizon_px=camera.horizon_px)
        return self._crop


def _camera(crop: Crop, camera: Camera) -> Camera:
    """The camera of a window; the camera itself where that is its whole picture, at its size."""
    whole = Crop(0.0, 0.0, float(camera.width_px), camera.width_px, camera.height_px)
    return camera if crop == whole else crop.camera(camera)
