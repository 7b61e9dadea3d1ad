"""donkeycar's tubs as cars write them: deleted rows, broken lines, missing pictures; every row is accounted for."""

import json
import shutil

import numpy as np
import pytest

from drive_sim.data.calibrated_log import load_demonstrations
from drive_sim.data.camera_file import CameraFile
from drive_sim.data.formats.known import read_drive
from drive_sim.errors import InputError
from drive_sim.geometry import FULL_LOCK_PER_M
from drive_sim.sim.camera import Camera
from tests.data.formats.conftest import WriteTub


def test_every_row_is_read_deleted_or_told(write_tub: WriteTub) -> None:
    rows: list[dict[str, object]] = [{} for _ in range(12)]
    rows[2] = {"line": '{"user/angle": 0.1, "cam/image_a'}
    rows[3] = {"cam/image_array": "nowhere.jpg"}
    rows[4] = {"user/angle": "left"}
    rows[7] = {"user/angle": 1.5}
    rows[9] = {"cam/image_array": None}
    folder = write_tub(*rows, deleted=(0, 4, 5, 99))
    cut = folder / "images" / "10_cam_image_array_.jpg"
    cut.write_bytes(cut.read_bytes()[:300])
    drive = read_drive(folder)
    assert list(drive.notes) == [
        "4 of 12 rows read, 3 deleted by their owner, 5 skipped",
        "deleted: 0, 4-5",
        "row 2 skipped: catalog_0.catalog, line 3 is broken",
        "row 3 skipped: nowhere.jpg: no such file",
        "row 7 skipped: its user/angle 1.5 is not from -1 to 1",
        "row 9 skipped: no picture is named",
        "row 10 skipped: 10_cam_image_array_.jpg: the picture is cut short",
    ]
    assert [rows.stop - rows.start for rows in drive.episodes()] == [1, 1, 1, 1], "a gap ends a drive"


def test_the_angle_is_right_positive_and_one_is_full_lock(write_tub: WriteTub) -> None:
    drive = read_drive(write_tub({"user/angle": 1}, {"user/angle": -1.0}, {"user/angle": 0.25}))
    np.testing.assert_allclose(drive.columns["curvature_per_m"], FULL_LOCK_PER_M * np.array([-1.0, 1.0, -0.25]))
    np.testing.assert_allclose(drive.columns["raw_throttle"], 0.3)
    np.testing.assert_allclose(drive.columns["time_s"], [0.0, 0.05, 0.1], atol=1e-9)


def test_pauses_and_sessions_end_a_drive(write_tub: WriteTub) -> None:
    start_ms = 1_700_000_009_000
    later = [{"_timestamp_ms": start_ms}, {"_timestamp_ms": start_ms + 50}]
    drive = read_drive(write_tub({}, {}, *later, {"_timestamp_ms": start_ms + 100, "_session_id": "26-11-29_1"}))
    assert drive.episodes() == [slice(0, 2), slice(2, 4), slice(4, 5)]
    np.testing.assert_allclose(drive.columns["time_s"], [0.0, 0.05, 0.0, 0.05, 0.0], atol=1e-9)


@pytest.mark.parametrize("angle", ["user/steering", "angle", "steering"])
def test_older_names(write_tub: WriteTub, angle: str) -> None:
    old = {"user/angle": None, angle: -0.5, "user/mode": None, "_timestamp_ms": None, "_session_id": None}
    drive = read_drive(write_tub(old, {**old, "cam/image_array": None, "image_array": "0_cam_image_array_.jpg"}))
    np.testing.assert_allclose(drive.columns["curvature_per_m"], 0.5 * FULL_LOCK_PER_M)
    assert "rows without times: 20 a second are assumed" in drive.notes
    assert drive.tick_s == pytest.approx(0.05)


def test_what_the_pilot_drove_is_no_demonstration(write_tub: WriteTub) -> None:
    pilot = {"user/mode": "local", "user/angle": 0.0, "pilot/angle": -1.0}
    drive = read_drive(write_tub({}, pilot, {**pilot, "user/mode": "local_angle"}, {}))
    np.testing.assert_allclose(drive.columns["curvature_per_m"][1:3], FULL_LOCK_PER_M)
    assert list(drive.driver) == ["human", "policy", "policy", "human"]
    demos = drive.demonstrations()
    assert len(demos) == 2 and len(demos.episodes()) == 2
    assert drive.notes[-1] == "2 rows were driven by a pilot: they are not learned from"


def test_a_damaged_manifest_is_told_and_the_rest_is_read(write_tub: WriteTub) -> None:
    folder = write_tub({}, {}, {}, deleted=(1,))
    lines = (folder / "manifest.json").read_text().splitlines()
    (folder / "manifest.json").write_text("\n".join([*lines[:4], lines[4][:20]]))
    drive = read_drive(folder)
    assert len(drive) == 3
    assert "manifest.json, line 5 is broken: which rows were deleted is not known, all are read" in drive.notes
    (folder / "manifest.json").unlink()
    assert "manifest.json is missing: which rows were deleted is not known, all are read" in read_drive(folder).notes


def test_what_cannot_be_read_at_all(write_tub: WriteTub) -> None:
    folder = write_tub({}, {}, deleted=(0, 1))
    with pytest.raises(InputError, match="all 2 rows of the tub are deleted"):
        read_drive(folder)
    shutil.rmtree(folder / "images")
    lines = (folder / "manifest.json").read_text().replace('"deleted_indexes": [0, 1]', '"deleted_indexes": []')
    (folder / "manifest.json").write_text(lines)
    with pytest.raises(
        InputError, match=r"none of the tub's 2 rows can be read; row 0: 0_cam_image_array_.jpg: no such"
    ):
        read_drive(folder)
    (folder / "catalog_0.catalog").write_text("\n\n")
    with pytest.raises(InputError, match="its catalogs are empty"):
        read_drive(folder)
    (folder / "catalog_0.catalog").unlink()
    with pytest.raises(InputError, match=r"its catalog_\*.catalog are missing; copy the whole folder"):
        read_drive(folder)


def test_a_catalog_that_went_missing_is_told(write_tub: WriteTub) -> None:
    folder = write_tub(*({} for _ in range(6)))
    (folder / "catalog_0.catalog").unlink()
    assert "catalog_0.catalog is missing, though manifest.json names it" in read_drive(folder).notes


def test_networks_get_their_picture_by_a_nominal_camera_or_a_given_one(write_tub: WriteTub) -> None:
    folder = write_tub({}, {}, {})
    log = load_demonstrations(folder, None)
    assert log.demonstrations.images.shape == (3, 66, 200, 3)
    assert log.demonstrations.camera is not None and log.demonstrations.camera.horizon_px == pytest.approx(11.0)
    assert "a nominal one is assumed" in log.notes[-1] and "give yours with --camera" in log.notes[-1]
    given = CameraFile(Camera(40, 30, focal_px=30.0, horizon_px=5.0))
    log = load_demonstrations(folder, given)
    assert log.demonstrations.camera is not None and log.demonstrations.camera.focal_px == pytest.approx(150.0)
    with pytest.raises(InputError, match="its pictures are 40x30, those of the camera file 80x30"):
        load_demonstrations(folder, CameraFile(Camera(80, 30)))


def test_a_row_says_no_more_than_its_line(write_tub: WriteTub) -> None:
    """Paths of another machine and numbers that are none do not leave the folder."""
    rows = [{"cam/image_array": "../../etc/passwd"}, {"cam/image_array": "C:\\car\\images\\1_cam_image_array_.jpg"}]
    folder = write_tub(*rows, {"user/angle": True}, {"user/angle": float("nan")})
    drive = read_drive(folder)
    assert len(drive) == 1
    said = " | ".join(drive.notes)
    assert "passwd: no such file" in said and "is not a number" in said and "line 4 is broken" in said
    assert json.loads((folder / "catalog_0.catalog").read_text().splitlines()[1])["user/angle"] == 0.5


def test_a_catalog_that_is_gone_moves_no_deletion(write_tub: WriteTub) -> None:
    """Numbers are places in the whole tub: without the first rows the others keep theirs."""
    folder = write_tub(*[{} for _ in range(6)], deleted=(1, 4), a_catalog=2)
    assert read_drive(folder).notes[0] == "4 of 6 rows read, 2 deleted by their owner, 0 skipped"
    (folder / "catalog_0.catalog").unlink()
    assert list(read_drive(folder).notes) == [
        "3 of 4 rows read, 1 deleted by their owner, 0 skipped",
        "catalog_0.catalog is missing, though manifest.json names it",
        "deleted: 4",
    ]
