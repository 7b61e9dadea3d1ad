"""`compare` without a display: numbers, a picture and a film in a new folder; a model that cannot drive is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drive_sim import cli
from drive_sim.report.video import last_picture
from tests.app.untaught_models import save_straight_driver


@pytest.mark.slow
def test_what_a_window_would_show_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, size = tmp_path / "butterfly", ["--size", "640x360"]
    assert cli.main(["compare", "expert", "--headless", "--out", str(out), "--seed", "3", *size]) == 0
    result = json.loads((out / "result.json").read_text())
    expert = result["policies"]["expert"]
    assert (expert["cars"], expert["ticks"], expert["left_road"]) == (75, 300, 0)
    cost = expert["costs"]["squared"]
    assert len(cost["total"]) == 300
    assert (np.diff(cost["total"]) >= 0.0).all()
    assert cost["low"][-1] < cost["total"][-1] < cost["high"][-1]
    assert expert["limit"]["squared"] == ""
    with Image.open(out / "picture.png") as picture:
        assert picture.size == (640, 360)
    assert last_picture(out / "film.mp4").shape == (360, 640, 3)
    assert "Expert" in capsys.readouterr().out


@pytest.mark.slow
def test_a_model_that_cannot_drive_is_named_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = save_straight_driver(tmp_path / "plain")
    (model / "weights.safetensors").write_bytes(b"nothing")
    assert cli.main(["compare", str(model), "--headless", "--no-film", "--out", str(tmp_path / "out")]) == 2
    assert str(model) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
