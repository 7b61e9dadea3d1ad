"""Model folders: what is loaded drives as what was saved, and nothing damaged gets in."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from drive_sim.errors import InputError
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.networks import NETWORKS, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera


def make_policy(name: str = "small", camera: Camera | None = None) -> NeuralPolicy:
    torch.manual_seed(1)
    return NeuralPolicy(make_network(name, 66, 200), name, camera or Camera(), 0.03)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_model(tmp_path / "model", make_policy(), {"seed": 1}, {"loss": 0.5})


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


@pytest.mark.parametrize("name", NETWORKS)
def test_loaded_policy_acts_as_the_saved_one(name: str, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 66, 200, 3), dtype=np.uint8)
    policy = make_policy(name, Camera(focal_px=123.0, principal_x_px=90.0))
    folder = save_model(tmp_path / "deep" / "model", policy, {"num_steps": 3}, {"seed": 7})
    loaded = load_model(folder, device="cpu")
    assert isinstance(loaded, NeuralPolicy)
    np.testing.assert_array_equal(loaded.predict(images), policy.predict(images))
    assert (loaded.camera, loaded.network_name, loaded.curvature_unit_per_m) == (policy.camera, name, 0.03)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1.5e6


def test_folder_says_what_is_in_it(saved: Path) -> None:
    assert sorted(file.name for file in saved.iterdir()) == ["config.json", "metrics.json", "weights.safetensors"]
    config = json.loads((saved / "config.json").read_text())
    assert config["network"] == "small"
    assert config["training"] == {"seed": 1}
    assert "left positive" in config["output"]
    metrics = json.loads((saved / "metrics.json").read_text())
    assert metrics["loss"] == 0.5
    assert "commit" in metrics


def test_nothing_is_overwritten(saved: Path) -> None:
    before = (saved / "weights.safetensors").read_bytes()
    with pytest.raises(InputError, match="nothing is overwritten"):
        save_model(saved, make_policy("pilotnet"), {}, {})
    assert (saved / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize("kind", ["folder", "link", "here"])
def test_an_empty_folder_is_filled_not_replaced(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    inode = folder.stat().st_ino
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(folder)
    save_model({"folder": folder, "link": tmp_path / "link", "here": Path()}[kind], make_policy(), {}, {})
    assert folder.stat().st_ino == inode
    assert load_model(folder).camera == Camera()
    assert sorted(file.name for file in folder.iterdir()) == ["config.json", "metrics.json", "weights.safetensors"]


def test_what_stops_in_the_middle_of_an_empty_folder_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_the_config(part: Path, target: Path) -> None:
        if target.name == "config.json":
            raise OSError(errno.EIO, "Input/output error")
        part.replace(target)

    monkeypatch.setattr(Path, "rename", refuse_the_config)
    with pytest.raises(InputError, match="cannot write"):
        save_model(tmp_path, make_policy(), {}, {})
    with pytest.raises(InputError, match=r"config\.json is missing"):
        load_model(tmp_path)


def test_failed_save_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save_model(tmp_path / "model", make_policy(), {}, {"loss": object()})
    assert list(tmp_path.iterdir()) == []


def test_unwritable_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        save_model(tmp_path / "file" / "model", make_policy(), {}, {})


def test_not_a_model_folder(tmp_path: Path, saved: Path) -> None:
    for place in (tmp_path / "nowhere", saved / "config.json"):
        with pytest.raises(InputError, match="is no model folder"):
            load_model(place)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(network="resnet"), "'resnet' is unknown"),
        (lambda c: c.update(network=["small"]), r"Expected `str`, got `array` - at `\$.network`"),
        (lambda c: c.update(network="pilotnet"), "does not fit"),
        (lambda c: c.pop("network"), "`network`"),
        (lambda c: c.pop("camera"), "`camera`"),
        (lambda c: c.pop("format"), "`format`"),
        (lambda c: c.update(format=99), "format 99"),
        (
            lambda c: c.update(curvature_unit_per_m="much"),
            r"Expected `float`, got `str` - at `\$.curvature_unit_per_m`",
        ),
        (lambda c: c["camera"].pop("focal_px"), "`focal_px` is missing"),
        (lambda c: c["camera"].update(focal_px="long"), r"Expected `float`, got `str` - at `\$.camera.focal_px`"),
        (lambda c: c["camera"].update(focal_px=-1.0), "focal_px must be from 0.1"),
        (lambda c: c["camera"].update(height_px=10**7), "height_px must be from 1 to 16384"),
        (lambda c: c["camera"].update(height_px=16384, width_px=16384), "does not fit"),
        (lambda c: c["camera"].update(focal_px=True), r"Expected `float`, got `bool`"),
        (lambda c: c.update(curvature_unit_per_m=1e308), r"<= 10.0 - at `\$.curvature_unit_per_m`"),
        (lambda c: c["camera"].update(width_px=96.5), r"Expected `int`, got `float` - at `\$.camera.width_px`"),
    ],
)
def test_config_that_does_not_fit_is_refused(
    saved: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    edit(saved / "config.json", change)
    with pytest.raises(InputError, match=message) as raised:
        load_model(saved)
    assert "\n" not in str(raised.value)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def fill_with_nan(path: Path) -> None:
    weights = safetensors.torch.load(path.read_bytes())
    path.write_bytes(safetensors.torch.save({name: tensor * torch.nan for name, tensor in weights.items()}))


def as_type(dtype: torch.dtype) -> Callable[[Path], object]:
    def changed(path: Path) -> None:
        weights = safetensors.torch.load(path.read_bytes())
        path.write_bytes(safetensors.torch.save({name: tensor.to(dtype) for name, tensor in weights.items()}))

    return changed


def make_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("weights.safetensors", cut_short, "damaged or cut short"),
        ("weights.safetensors", lambda path: path.write_bytes(b""), "damaged or cut short"),
        ("weights.safetensors", lambda path: path.write_bytes(b"\x80\x04K\x01." * 99), "damaged or cut short"),
        ("weights.safetensors", fill_with_nan, "not finite"),
        ("weights.safetensors", as_type(torch.float8_e4m3fn), "no weights"),
        ("weights.safetensors", as_type(torch.complex64), "no weights"),
        ("weights.safetensors", as_type(torch.int64), "no weights"),
        ("weights.safetensors", make_directory, "cannot read"),
        ("weights.safetensors", Path.unlink, "is missing"),
        ("config.json", Path.unlink, "is missing"),
        ("config.json", make_directory, "cannot read"),
        ("config.json", lambda path: path.write_text("weights"), "is damaged"),
        ("config.json", lambda path: path.write_bytes(b"\xff\xfe\xff"), "is damaged"),
        ("config.json", lambda path: path.write_text("[1]"), "is damaged"),
    ],
)
def test_damaged_files_are_refused(saved: Path, file: str, damage: Callable[[Path], object], message: str) -> None:
    damage(saved / file)
    with pytest.raises(InputError, match=message) as raised:
        load_model(saved)
    assert "\n" not in str(raised.value)
    assert file in str(raised.value)
