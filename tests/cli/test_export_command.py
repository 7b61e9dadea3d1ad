"""`export` and `evaluate FILE.onnx`, as a person meets them."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from drive_sim import cli
from drive_sim.data.crop import network_crop
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_car import OnnxCar
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.sim.camera import Camera


def make_model(folder: Path, camera: Camera) -> Path:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = make_network("small", camera.height_px, camera.width_px)
    return save_model(folder, NeuralPolicy(network, "small", camera), {}, {})


def test_a_model_is_exported_and_the_file_is_driven(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, file, result = make_model(tmp_path / "model", Camera()), tmp_path / "driver.onnx", tmp_path / "result.json"
    assert cli.main(["export", str(model), str(file)]) == 0
    said = capsys.readouterr().out
    assert "right positive" in said and "10 commands a second, 12 m/s, wheelbase 2.7 m" in said
    drive = ["evaluate", str(file), "--track", "village-loop", "--distance", "0.02", "--json", str(result)]
    assert cli.main(drive) == 0
    assert json.loads(result.read_text())["models"][str(file)]["distance_km"] > 0.0
    assert cli.main(["export", str(model), str(file)]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert cli.main(["export", str(model), str(tmp_path / "driver.txt")]) == 2
    assert "ends in .onnx" in capsys.readouterr().err
    assert not (tmp_path / "driver.txt").exists()


def test_the_camera_of_a_recording_puts_the_crop_inside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera = Camera(width_px=320, height_px=160, focal_px=137.0, horizon_px=60.0)
    (tmp_path / "camera.json").write_text(json.dumps({"camera": asdict(camera), "fit": {"own_car_top_px": 140}}))
    model = make_model(tmp_path / "model", network_crop(320, 140, horizon_px=60.0).camera(camera))
    given = ["--camera", str(tmp_path / "camera.json")]
    assert cli.main(["export", str(model), str(tmp_path / "driver.onnx"), *given]) == 0
    assert "320x160" in capsys.readouterr().out
    other = make_model(tmp_path / "other", Camera())
    assert cli.main(["export", str(other), str(tmp_path / "other.onnx"), *given]) == 2
    assert "trained on another camera" in capsys.readouterr().err


def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "junk.onnx").write_text("junk")
    assert cli.main(["evaluate", str(tmp_path / "junk.onnx")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "junk.onnx is not an ONNX model" in said


def test_a_file_for_another_car_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = load_model(make_model(tmp_path / "model", Camera()))
    file = export_onnx(policy, tmp_path / "driver.onnx", car=replace(OnnxCar.usual(), control_hz=20.0))
    assert cli.main(["evaluate", str(file), "--track", "village-loop", "--distance", "0.02"]) == 0
    assert "was made for 20 commands a second" in capsys.readouterr().err
