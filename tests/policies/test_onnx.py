"""A model that leaves as ONNX: the same numbers, what its metadata says, and files that are not ours."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from drive_sim import geometry
from drive_sim.arrays import Images
from drive_sim.data.crop import network_crop
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.networks import NETWORKS, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.sim.camera import Camera
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.track import Tracks


def make_policy(name: str = "small", camera: Camera | None = None) -> NeuralPolicy:
    camera = Camera() if camera is None else camera
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = make_network(name, camera.height_px, camera.width_px)
    return NeuralPolicy(network, name, camera, precision="fp32")


def pictures(camera: Camera, num: int = 3) -> Images:
    shape = (num, camera.height_px, camera.width_px, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_file_steers_as_the_network_does(name: str, tmp_path: Path) -> None:
    policy = make_policy(name)
    file = load_onnx(export_onnx(policy, tmp_path / "driver.onnx"))
    assert file.camera == policy.camera
    seen = pictures(policy.camera)
    np.testing.assert_allclose(file.predict(seen), policy.predict(seen), atol=1e-6)


def test_driving_by_it_tells_nobody(tmp_path: Path) -> None:
    path = export_onnx(make_policy(), tmp_path / "driver.onnx")
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    code = f"from drive_sim.policies import onnx_policy; onnx_policy.load_onnx(onnx_policy.Path({str(path)!r}))"
    subprocess.run([sys.executable, "-c", code], env={**kept, "HOME": str(home)}, check=True)
    assert [file for file in home.rglob("*") if "Microsoft" in file.parts or "onnxruntime" in file.name] == []


def test_anybody_can_run_it_and_read_what_it_means(tmp_path: Path) -> None:
    policy = make_policy()
    seen = pictures(policy.camera, 1)
    session = onnxruntime.InferenceSession(export_onnx(policy, tmp_path / "driver.onnx"))
    (steering,) = session.run(None, {"image": seen})
    # Right positive: a curvature to the left, which is positive inside, steers by a negative number.
    np.testing.assert_allclose(np.asarray(steering), -policy.predict(seen)[:, None] / 0.12, atol=1e-5)
    said = session.get_modelmeta().custom_metadata_map
    assert geometry.STEERING_CONVENTION in said["output"] and "RGB, uint8, n x 66 x 200 x 3" in said["input"]
    assert json.loads(said["camera"]) == asdict(policy.camera)


def test_steering_never_leaves_its_range(tmp_path: Path) -> None:
    policy = replace(make_policy(), curvature_unit_per_m=1000.0)
    file = load_onnx(export_onnx(policy, tmp_path / "driver.onnx"))
    assert set(np.abs(file.predict(pictures(policy.camera)))) == {0.12}


def test_the_crop_is_inside_where_the_camera_takes_larger_pictures(tmp_path: Path) -> None:
    camera = Camera(width_px=320, height_px=160, focal_px=137.0, horizon_px=60.0)
    crop = network_crop(320, 140, horizon_px=camera.horizon_px)
    policy = make_policy(camera=crop.camera(camera))
    file = load_onnx(export_onnx(policy, tmp_path / "driver.onnx", window=crop, camera=camera))
    assert file.camera == camera
    seen = pictures(camera)
    np.testing.assert_allclose(
        file.predict(seen), policy.predict(np.stack([crop.picture(view) for view in seen])), atol=1e-5
    )
    with pytest.raises(InputError, match="trained on another camera"):
        export_onnx(make_policy(), tmp_path / "other.onnx", window=crop, camera=camera)


def test_nothing_is_overwritten_and_only_networks_leave(tmp_path: Path) -> None:
    path = tmp_path / "driver.onnx"
    with pytest.raises(InputError, match="PursuitExpert cannot be exported"):
        export_onnx(PursuitExpert(Tracks.stack([make_circle(50.0)])), path)
    path.write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        export_onnx(make_policy(), path)
    assert path.read_text() == "mine"


def test_without_the_packages_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = export_onnx(make_policy(), tmp_path / "driver.onnx")
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InputError, match="pip install onnx onnxruntime"):
        export_onnx(make_policy(), tmp_path / "other.onnx")
    with pytest.raises(InputError, match="pip install onnx onnxruntime"):
        load_onnx(path)


def test_what_is_not_ours_is_refused_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = export_onnx(make_policy(), tmp_path / "driver.onnx").read_bytes()
    bare, damaged, narrower = (onnx.load_from_string(whole) for _ in range(3))
    del bare.metadata_props[:]
    set_metadata(damaged, "camera", "{")
    set_metadata(narrower, "camera", json.dumps(asdict(replace(Camera(), width_px=100))))
    refused = {
        "text": (b"not a network", "is not an ONNX model"),
        "empty": (b"", "is not an ONNX model"),
        "half": (whole[: len(whole) // 2], "is not an ONNX model"),
        "bare": (bare.SerializeToString(), "does not say camera and sign"),
        "damaged": (damaged.SerializeToString(), "camera in the metadata of .* is damaged"),
        "narrower": (narrower.SerializeToString(), "as input and output"),
    }
    for name, (content, said) in refused.items():
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(content)
        with pytest.raises(InputError, match=said) as caught:
            load_onnx(path)
        assert name in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(InputError, match="No such file"):
        load_onnx(tmp_path / "missing.onnx")
    assert capfd.readouterr().err == ""


def set_metadata(model: Any, key: str, value: str) -> None:
    next(entry for entry in model.metadata_props if entry.key == key).value = value
