"""`calibrate`: the camera that `train` takes."""

from pathlib import Path

import pytest

from drive_sim import cli
from drive_sim.cli.recordings import read_camera


@pytest.mark.slow
def test_calibration_finds_the_camera_that_training_takes(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shared_data / "udacity-lap" / "driving_log.csv"
    assert cli.main(["calibrate", str(log), "--out", "camera.json"]) == 0
    assert read_camera(Path("camera.json"))[0].width_px == 320
    capsys.readouterr()
    assert cli.main(["train", str(log), "--camera", "camera.json", "--network", "small", "--steps", "2"]) == 0
    assert "800 of 800 rows" in capsys.readouterr().err
