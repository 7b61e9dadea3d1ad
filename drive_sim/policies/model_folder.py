"""A model on disk: a folder with weights.safetensors, config.json and metrics.json. Nothing in it is ever executed."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

import drive_sim
from drive_sim import geometry
from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.files import input_error_from, json_ready
from drive_sim.policies.compute import prepare_device
from drive_sim.policies.networks import ConvNet, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

WEIGHTS, CONFIG, METRICS = "weights.safetensors", "config.json", "metrics.json"
FORMAT = 1
"""Counts up when a reader of older folders would misread a newer one."""


def save_model(folder: Path, policy: NeuralPolicy, config: Any, metrics: Mapping[str, Any]) -> Path:
    """Write a policy as a new folder, whole or not at all; returns the folder.

    `config` is the record that it was trained with; `metrics` says seed, source of the data, losses and times, and
    gets the commit of the code beside.

    Raises InputError where something of that name exists, or where the file system refuses.
    """
    if folder.exists():
        raise InputError(f"{folder} exists and nothing is overwritten; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.part-", dir=folder.parent))
        try:
            _write(part, policy, config, metrics)
            part.chmod(0o755)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise input_error_from(error, folder) from None
    return folder


def load_model(folder: Path, *, device: str = "auto") -> NeuralPolicy:
    """The policy of a model folder, ready to drive on `device`.

    Raises InputError where a file is missing, damaged or not what this version can read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no model folder; give the folder that holds {CONFIG} and {WEIGHTS}")
    config = _read_config(folder / CONFIG)
    camera = _camera(config, folder / CONFIG)
    network = make_network(str(_entry(config, "network", folder / CONFIG)), camera.height_px, camera.width_px)
    _load_weights(network, folder / WEIGHTS)
    unit_per_m = _entry(config, "curvature_unit_per_m", folder / CONFIG)
    if not isinstance(unit_per_m, int | float) or not unit_per_m > 0:
        raise InputError(f"{folder / CONFIG}: curvature_unit_per_m must be positive, got {unit_per_m!r}")
    place = prepare_device(device)
    return NeuralPolicy(network.to(place), config["network"], camera, float(unit_per_m), device=place)


def _write(folder: Path, policy: NeuralPolicy, config: Any, metrics: Mapping[str, Any]) -> None:
    weights = {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}
    described = {
        "format": FORMAT,
        "drive_sim": drive_sim.__version__,
        "network": policy.network_name,
        "input": f"RGB, uint8, {policy.camera.height_px}x{policy.camera.width_px}x3",
        "output": f"curvature, {geometry.CURVATURE_CONVENTION}, in curvature_unit_per_m",
        "curvature_unit_per_m": policy.curvature_unit_per_m,
        "camera": asdict(policy.camera),
        "training": asdict(config) if is_dataclass(config) and not isinstance(config, type) else config,
    }
    _write_bytes(folder / WEIGHTS, safetensors.torch.save(weights))
    _write_bytes(folder / CONFIG, _json(described))
    _write_bytes(folder / METRICS, _json({"commit": code_commit(), **metrics}))


def _json(value: Any) -> bytes:
    return (json.dumps(json_ready(value), indent=2, allow_nan=False) + "\n").encode()


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} is missing; a model folder holds {WEIGHTS}, {CONFIG} and {METRICS}") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {os.strerror(error.errno or 0)}; put back the file") from None


def _read_config(path: Path) -> dict[str, Any]:
    content = _read_bytes(path)
    try:
        config = json.loads(content)
    except ValueError:
        raise InputError(f"{path} is not JSON; put back the file that was saved with the model") from None
    if not isinstance(config, dict):
        raise InputError(f"{path} must hold a JSON object; put back the file that was saved with the model")
    if _entry(config, "format", path) != FORMAT:
        raise InputError(f"{path}: format {config['format']!r} is not {FORMAT}; use the drive_sim that wrote it")
    return config


def _entry(config: dict[str, Any], key: str, path: Path) -> Any:
    if key not in config:
        raise InputError(f"{path} lacks {key!r}; put back the file that was saved with the model")
    return config[key]


def _camera(config: dict[str, Any], path: Path) -> Camera:
    described = _entry(config, "camera", path)
    names = {field.name for field in fields(Camera)}
    if not isinstance(described, dict) or set(described) != names:
        raise InputError(f"{path}: camera must be an object with {', '.join(sorted(names))}")
    if not all(isinstance(v, int | float) or (v is None and k.startswith("principal")) for k, v in described.items()):
        raise InputError(f"{path}: the camera's entries must be numbers")
    if not (isinstance(described["width_px"], int) and isinstance(described["height_px"], int)):
        raise InputError(f"{path}: the camera's width_px and height_px must be whole numbers")
    return Camera(**described)


def _load_weights(network: ConvNet, path: Path) -> None:
    content = _read_bytes(path)
    try:
        weights = safetensors.torch.load(content)
    except SafetensorError:
        raise InputError(f"{path} is damaged or cut short; copy the model again, or train a new one") from None
    wanted = network.state_dict()
    if _shapes(weights) != _shapes(wanted):
        name = next(iter(dict(_shapes(weights).items() ^ _shapes(wanted).items())))
        raise InputError(f"{path}: {name} does not fit the network in {CONFIG}; the two files are of different models")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
        raise InputError(f"{path}: some weights are not finite numbers; train the model again")
    network.load_state_dict(weights)


def _shapes(weights: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in weights.items()}
