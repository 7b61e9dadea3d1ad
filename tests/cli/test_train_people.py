"""`train` on people's recordings, and `evaluate --on`: what is refused, and what a model says of how it was made."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drive_sim import cli
from drive_sim.checkout import model_folder

Complaint = Callable[[list[str]], str]
SMALL = ["--network", "thumbnail", "--steps", "2"]


@pytest.fixture
def log(empty_folder: Path) -> Path:
    """Sixty rows of a Udacity log: keys, three cameras, a curve to the left."""
    rng, lines = np.random.default_rng(0), []
    (empty_folder / "log" / "IMG").mkdir(parents=True)
    for row in range(60):
        names = [
            f"IMG/{camera}_2020_02_16_00_47_{row // 10:02}_{row % 10}00.jpg" for camera in ("center", "left", "right")
        ]
        for name in names:
            picture = rng.integers(0, 256, (20, 40, 3), dtype=np.uint8)
            Image.fromarray(picture).resize((160, 80)).save(empty_folder / "log" / name)
        lines.append(f"{', '.join(names)}, {-0.3 if row % 3 == 0 else 0.0}, 0.5, 0, 15\n")
    (empty_folder / "log" / "driving_log.csv").write_text("".join(lines))
    return empty_folder / "log"


def test_a_model_says_how_it_was_made_and_is_held_against_the_driver(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--rows", "0-39", "--augment", "mirror", "--side-cameras", "fixed", "--side-correction", "0.1"]
    asked += ["--smooth", "0.2", "--hold-out", "0.3", "--blocks", "2", "--gap", "0.3", "--networks", "2"]
    assert cli.main(["train", str(log), *SMALL, *asked, "--out", "model"]) == 0
    told = capsys.readouterr().err
    assert "a nominal one is assumed" in told
    assert "learned from: 50% left, 0% straight, 50% right" in told or "driven: " in told
    made = json.loads(Path("model/config.json").read_text())
    assert made["kind"] == "ensemble" and len(made["policies"]) == 2
    preparation = made["training"]["preparation"]
    assert (preparation["mirror"], preparation["smoothing_s"], preparation["side_cameras"]) == (True, 0.2, "fixed")
    assert preparation["held_out"] == {"share": 0.3, "num_blocks": 2, "gap_s": 0.3, "patience": None}
    metrics = json.loads(Path("model/metrics.json").read_text())
    assert metrics["rows"] == "0-39" and metrics["num_frames"] == 40 and "validation_loss" in metrics
    assert cli.main(["evaluate", "model", "--on", str(log), "--rows", "40-59", "--json", "found.json"]) == 0
    assert "always straight" in capsys.readouterr().out
    found = json.loads(Path("found.json").read_text())["models"]["model"]
    assert found["num_rows"] == 20
    assert found["straight_rmse_per_m"] == pytest.approx(np.sqrt(6 / 20) * np.tan(np.deg2rad(7.5)) / 2.7, rel=1e-3)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--augment", "none", "--rows", "0-60"], "rows 0 to 59"),
        (["--rows", "5-3"], "such as 0-599"),
        (["--augment", "none,mirror"], "none goes with nothing else"),
        (["--augment", "mirrored"], "did you mean mirror"),
        (["--augment", "shift-rotate,mirror"], "calibrate"),
        (["--augment", "none", "--side-cameras", "geometric"], "calibrate"),
        (["--augment", "none", "--side-correction", "0.1"], "add --side-cameras fixed"),
        (["--augment", "none", "--side-cameras", "both"], "there are none, fixed, geometric"),
        (["--augment", "none", "--smooth", "8"], "too short to smooth over 8 s"),
        (["--augment", "none", "--hold-out", "0.1", "--blocks", "9"], "too few for 9 held-out blocks"),
        (["--augment", "none", "--hold-out", "0.2", "--smooth", "2"], "wider gaps"),
        (["--augment", "none", "--patience", "2"], "add --hold-out"),
        (["--method", "gail", "--networks", "3"], "bc's"),
        (["--method", "dagger", "--init", "pilotnet"], "bc's"),
        (["--augment", "none", "--init", "alvinn"], "no single convolutional network"),
        (["--augment", "none", "--init", "pilotned"], "did you mean pilotnet"),
        (["--augment", "none", "--init", "pilotnet.onnx"], "not from an ONNX file"),
        (["--augment", "none", "--init", "pilotnet", "--network", "small"], "their layers differ"),
        (["--augment", "none", "--freeze-convolutions"], "add --init"),
        (["--augment", "none", "--network", "small-two-frames", "--side-cameras", "fixed"], "leave side cameras out"),
        (["--augment", "none", "--network", "small-two-frames", "--init", "pilotnet"], "their layers differ"),
    ],
)
def test_what_cannot_be_is_one_line(asked: list[str], why: str, log: Path, complaint: Complaint) -> None:
    assert why in complaint(["train", str(log), *asked])


def test_what_a_network_began_with_is_told(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["train", str(log), "--augment", "mirror", "--init", "pilotnet", "--freeze-convolutions", "--steps", "2"]
    assert cli.main([*asked, "--out", "a"]) == 0
    assert "begins with the convolutions and 3 fully connected layers" in capsys.readouterr().err
    shipped = model_folder("pilotnet") / "weights.safetensors"
    training = json.loads(Path("a/config.json").read_text())["training"]
    assert training["init"] == {"model": "pilotnet", "sha256": hashlib.sha256(shipped.read_bytes()).hexdigest()}
    assert training["freeze_convolutions"]
    assert cli.main([*asked, "--out", "b"]) == 0
    assert Path("a/weights.safetensors").read_bytes() == Path("b/weights.safetensors").read_bytes()


def test_two_frames_begin_with_one_and_are_held_against_the_driver(log: Path) -> None:
    asked = ["--network", "pilotnet-two-frames", "--init", "pilotnet", "--freeze-convolutions", "--steps", "2"]
    asked += ["--augment", "mirror", "--networks", "2", "--hold-out", "0.3", "--blocks", "2", "--gap", "0.3"]
    assert cli.main(["train", str(log), *asked, "--out", "model"]) == 0
    assert cli.main(["evaluate", "model", "--on", str(log), "--rows", "40-59", "--json", "found.json"]) == 0
    assert json.loads(Path("found.json").read_text())["models"]["model"]["num_rows"] == 20
    assert (
        cli.main(
            [
                "train",
                str(log),
                *SMALL[2:],
                "--network",
                "small-two-frames",
                "--augment",
                "none",
                "--draw-commands",
                "--out",
                "drawn",
            ]
        )
        == 0
    )
    assert json.loads(Path("drawn/metrics.json").read_text())["width_per_m"] > 0.0


def test_side_cameras_take_side_pictures(recording: Path, complaint: Complaint) -> None:
    assert "has no side cameras" in complaint(["train", str(recording), "--side-cameras", "fixed"])


def test_who_reads_the_road_is_not_held_against_pictures(recording: Path, complaint: Complaint) -> None:
    assert "shows pictures" in complaint(["evaluate", "expert", "--on", str(recording)])
    assert "name it with --on" in complaint(["evaluate", "expert", "--rows", "0-9"])
