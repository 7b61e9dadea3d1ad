"""`truth` without a display: a picture, its figures, a Udacity log beside its real cameras, and input that is none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from drive_sim import cli
from drive_sim.data.calibrated_log import load_calibrated_log, read_camera_file
from drive_sim.data.moved_view import Frame, SidePictures, moved_view

Complaint = Callable[[list[str]], str]
LAP_CAMERA = {
    "camera": {
        **{"width_px": 320, "height_px": 160, "focal_px": 115.85, "horizon_px": 59.31},
        **{"height_m": 1.4, "forward_m": 1.2, "side_m": 0.0},
    },
    "fit": {"side_offset_in_heights": 0.648, "own_car_top_px": 137},
}
"""As `calibrate` finds it for the lap that others have recorded."""


@pytest.mark.slow
def test_a_picture_and_its_figures_without_a_display(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = "truth --track village-loop --headless --shift -1 --turn 3 --out there.png --json there.json"
    assert cli.main(typed.split()) == 0
    said, found = capsys.readouterr().out, json.loads(Path("there.json").read_text())
    with Image.open("there.png") as picture:
        assert picture.size == (960, 540)
    assert (found["shift_m"], found["true_view"]) == (-1.0, "rendered")
    assert found["difference_grey"] < 0.5 * found["unmoved_grey"]
    assert abs(found["label_errors_per_m"]["pursuit"]) < abs(found["label_errors_per_m"]["two-second"])
    assert f"{found['difference_grey']:.2f} grey levels" in said


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("truth nowhere --headless", "nowhere does not exist"),
        ("truth --headless --row 7", "--row 7"),
        ("truth --out there.png", "--headless"),
        ("truth --headless --out no/such/there.png", "no folder"),
    ],
)
def test_bad_input_is_one_line(typed: str, says: str, empty_folder: Path, complaint: Complaint) -> None:
    assert says in complaint(typed.split())


@pytest.mark.parametrize("typed", ["--shift 4", "--shift nan", "--turn -21", "--shift -+1"])
def test_motions_out_of_range_are_refused(typed: str, empty_folder: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        cli.main(["truth", "--headless", *typed.split()])
    assert refused.value.code == 2


def test_a_real_log_is_nearer_to_its_real_side_cameras_than_the_unmoved_picture(
    shared_data: Path, tmp_path: Path
) -> None:
    log = tmp_path / "driving_log.csv"
    lap = shared_data / "udacity-lap"
    log.write_text("\n".join((lap / "driving_log.csv").read_text().splitlines()[:40:8]))
    (tmp_path / "IMG").symlink_to(lap / "IMG")
    (tmp_path / "camera.json").write_text(json.dumps(LAP_CAMERA))
    found = read_camera_file(tmp_path / "camera.json")
    demos, side_m = load_calibrated_log(log, found).demonstrations, found.side_m
    assert demos.camera is not None
    assert demos.images_left is not None
    assert demos.images_right is not None
    assert side_m is not None
    for row in range(len(demos)):
        sides = SidePictures(demos.images_left[row], demos.images_right[row], side_m)
        frame = Frame(demos.images[row], demos.camera, demos.curvature_per_m[row], 12.0, sides=sides)
        for shift_m in (side_m, -side_m):
            view = moved_view(frame, shift_m, 0.0)
            assert view.difference_grey is not None
            assert view.unmoved_grey is not None
            assert view.difference_grey < 0.85 * view.unmoved_grey
