"""The models that the arguments name. Heavy imports wait in the functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.checkout import driver_path, is_onnx
from drive_sim.cli.outputs import RUNS
from drive_sim.cli.terminal import tell

if TYPE_CHECKING:
    from drive_sim.policies.base import Policy
    from drive_sim.sim.camera import Camera
    from drive_sim.sim.track import Tracks


def load_drivers(names: Sequence[str], tracks: Tracks) -> dict[str, tuple[Policy, Camera | None]]:
    """Policies by name, and the camera that each drives by (None: the expert, or what drives by the lane pose).

    A name is a model's folder or ONNX file, one of the models that ship, or `expert`.
    """
    from drive_sim.policies.named_driver import load_named_driver

    drivers = {name: load_named_driver(name, tracks) for name in dict.fromkeys(names)}
    for name, (policy, _) in drivers.items():
        _say_what_car(name, policy)
    return drivers


def _say_what_car(name: str, policy: Policy) -> None:
    """A line where an ONNX file was made for another car than the one that it drives here."""
    from drive_sim.policies.onnx_car import OnnxCar

    car = getattr(policy, "car", None)
    if isinstance(car, OnnxCar) and car != OnnxCar.usual():
        tell(f"{name} was made for {car.in_words()}; here it drives by {OnnxCar.usual().in_words()}")


def models_to_watch(names: Sequence[str]) -> tuple[str, ...]:
    """The paths of named models (and `expert`), or of the newest pair under runs/, or of the one that ships.

    Raises InputError where one is not there, and for an ONNX file that does not steer by a first picture.
    """
    from drive_sim.app.model_discovery import newest_pair, shipped_pair

    if not names:
        return tuple(map(str, newest_pair(RUNS).values())) or shipped_pair()
    paths = tuple(name if name == "expert" else str(driver_path(name)) for name in dict.fromkeys(names))
    for path in map(Path, paths):
        if is_onnx(path):
            _try_out(path)
    return paths


def _try_out(path: Path) -> None:
    """Let an ONNX file steer once, before a window opens on it."""
    import numpy as np

    from drive_sim.policies.confined_onnx import load_confined_onnx

    driver = load_confined_onnx(path)
    driver.first_command(np.random.default_rng(0))
