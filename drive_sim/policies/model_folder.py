"""A model on disk: a folder with weights.safetensors, config.json and metrics.json. Nothing in it is ever executed."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

import drive_sim
from drive_sim import records
from drive_sim.checkout import code_commit
from drive_sim.errors import InputError
from drive_sim.files import input_error_from, json_ready, read_bytes
from drive_sim.policies.kinds.kind import PUT_BACK
from drive_sim.policies.model_kinds import Driver, Elsewhere, SavedPolicy, describe, rebuild, source_on
from drive_sim.records import Json

WEIGHTS, CONFIG, METRICS = "weights.safetensors", "config.json", "metrics.json"
FORMAT = 1
"""Counts up when a reader of older folders would misread a newer one."""


def save_model(folder: Path, policy: SavedPolicy, config: Any, metrics: Mapping[str, Any]) -> Path:
    """Write a policy as a new folder, or into an empty one, whole or not at all; returns the folder.

    `config` is the record that it was trained with; `metrics` says seed, source of the data, losses and times, and
    gets the commit of the code beside.

    Raises InputError where something lies there, where the file system refuses, and for a policy that is none of
    `model_kinds.KINDS`.
    """
    try:
        is_there = folder.exists()
        if is_there and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"{folder} exists and nothing is overwritten; name a new folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        # A folder that is there is filled, not replaced: it may be a link, a mount, or all that may be written to.
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.part-", dir=folder if is_there else folder.parent))
        try:
            _write(part, policy, config, metrics)
            if is_there:
                _move(part, folder)
            else:
                part.chmod(0o755)
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise input_error_from(error, folder) from None
    return folder


def load_model(folder: Path, *, device: str = "auto") -> Driver:
    """The policy of a model folder, ready to drive our road on `device`.

    Raises InputError where it learned in another world, and where a file is missing, damaged or not what this version
    can read.
    """
    policy = load_policy(folder, device=device)
    if isinstance(policy, Elsewhere):
        raise InputError(f"{folder} acts in another world than our road; give a model of `train` or `demo`")
    return policy


def load_policy(folder: Path, *, device: str = "auto") -> SavedPolicy:
    """The policy of a model folder, whatever world it acts in. Raises InputError as `load_model` does."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no model folder; give the folder that holds {CONFIG} and {WEIGHTS}")
    config = _read_config(folder / CONFIG)
    arrays = _read_arrays(folder / WEIGHTS)
    return rebuild(source_on(config, arrays, folder / CONFIG, folder / WEIGHTS, device))


def _write(folder: Path, policy: SavedPolicy, config: Any, metrics: Mapping[str, Any]) -> None:
    description, arrays = describe(policy)
    described = {
        "format": FORMAT,
        "drive_sim": drive_sim.__version__,
        **description,
        "training": asdict(config) if is_dataclass(config) and not isinstance(config, type) else config,
    }
    _write_bytes(folder / WEIGHTS, safetensors.torch.save(arrays))
    _write_bytes(folder / CONFIG, _json(described))
    _write_bytes(folder / METRICS, _json({"commit": code_commit(), **metrics}))


def _move(part: Path, folder: Path) -> None:
    """Give a model's files their names, the one last without which no folder is a model."""
    for name in (WEIGHTS, METRICS, CONFIG):
        (part / name).rename(folder / name)


def _json(value: Any) -> bytes:
    return (json.dumps(json_ready(value), indent=2, allow_nan=False) + "\n").encode()


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class _Head:
    """What the description of every kind holds."""

    format: int


def _read_config(path: Path) -> Json:
    _check_there(path)
    config = records.read_json(path, PUT_BACK)
    found = records.from_json(config, _Head, str(path), PUT_BACK).format
    if found != FORMAT:
        raise InputError(f"{path}: format {found} is not {FORMAT}; use the drive_sim that wrote it")
    return config


def _read_arrays(path: Path) -> dict[str, Tensor]:
    _check_there(path)
    try:
        # It compares sizes with its header before anything is stored.
        return safetensors.torch.load(read_bytes(path))
    except (SafetensorError, KeyError):  # the latter for a type that torch does not have
        raise InputError(f"{path} is damaged or cut short; copy the model again, or train a new one") from None


def _check_there(path: Path) -> None:
    if not path.exists():
        raise InputError(f"{path} is missing; a model folder holds {WEIGHTS}, {CONFIG} and {METRICS}")
