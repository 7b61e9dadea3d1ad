"""A kind of policy: how it is described for JSON with named arrays beside, and made again from what was read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import torch
from torch import Tensor

from drive_sim import geometry
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

PolicyT = TypeVar("PolicyT")
Arrays = Mapping[str, Tensor]
Described: TypeAlias = tuple[dict[str, Any], dict[str, Tensor]]
"""What JSON can hold of a policy, and its arrays by name."""
MOST_UNITS = 4096
"""Of a layer, so that a damaged number is not taken for a network that fills the memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A policy as it was read: its description and arrays, the files that they stand in, and where it is to run."""

    config: Mapping[str, Any]
    arrays: Arrays
    config_path: Path
    arrays_path: Path
    device: torch.device

    def entry(self, key: str) -> Any:
        """One entry of the description. Raises InputError where it is missing."""
        if key not in self.config:
            raise InputError(f"{self.config_path} lacks {key!r}; put back the file that was saved with the model")
        return self.config[key]

    def number(self, key: str) -> float:
        """A positive number of the description."""
        value = self.entry(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InputError(f"{self.config_path}: {key} must be positive, got {value!r}")
        return float(value)

    def count(self, key: str, most: int = MOST_UNITS) -> int:
        """A whole number of the description, from 1 to `most`."""
        value = self.entry(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
            raise InputError(f"{self.config_path}: {key} must be from 1 to {most}, got {value!r}")
        return value

    def numbers(self, key: str) -> list[float]:
        """A list of finite numbers."""
        values = self.entry(key)
        if not isinstance(values, list) or not all(isinstance(v, float) and abs(v) < float("inf") for v in values):
            raise InputError(f"{self.config_path}: {key} must be a list of numbers; put back the file")
        return values

    def camera(self) -> Camera:
        """The camera of the description."""
        described, path = self.entry("camera"), self.config_path
        names = {field.name for field in fields(Camera)}
        if not isinstance(described, dict) or set(described) != names:
            raise InputError(f"{path}: camera must be an object with {', '.join(sorted(names))}")
        if not all(
            isinstance(v, int | float) or (v is None and k.startswith("principal")) for k, v in described.items()
        ):
            raise InputError(f"{path}: the camera's entries must be numbers")
        if not (isinstance(described["width_px"], int) and isinstance(described["height_px"], int)):
            raise InputError(f"{path}: the camera's width_px and height_px must be whole numbers")
        with self.told_where():
            return Camera(**described)

    def part(self, index: int, config: Any) -> "Source":
        """The policy of that number inside of this one."""
        if not isinstance(config, dict):
            raise InputError(f"{self.config_path}: each of the policies must be an object; put back the file")
        prefix = f"{index}."
        arrays = {name.removeprefix(prefix): array for name, array in self.arrays.items() if name.startswith(prefix)}
        return Source(config, arrays, self.config_path, self.arrays_path, self.device)

    def check_arrays(self, wanted: Arrays) -> None:
        """Raise InputError where the arrays are not of these names and shapes, or hold what is no number."""
        found, path = _shapes(self.arrays), self.arrays_path
        if found != _shapes(wanted):
            name = next(iter(dict(found.items() ^ _shapes(wanted).items())))
            config = self.config_path.name
            raise InputError(
                f"{path}: {name} does not fit the policy in {config}; the two files are of different models"
            )
        if not all(bool(torch.isfinite(tensor).all()) for tensor in self.arrays.values()):
            raise InputError(f"{path}: some weights are not finite numbers; train the model again")

    @contextmanager
    def told_where(self) -> Iterator[None]:
        """What is wrong with a description is said of its file."""
        try:
            yield
        except InputError as error:
            raise InputError(f"{self.config_path}: {error}") from None


@dataclass(frozen=True, slots=True)
class Kind(Generic[PolicyT]):
    """A kind of policy: its type, how it is described, and how it is made again of what was read.

    `rebuild` looks closely at what it is given, which may be anybody's, and raises InputError with one line.
    """

    policy: type[PolicyT]
    describe: Callable[[PolicyT], Described]
    rebuild: Callable[[Source], PolicyT]


def view_of(camera: Camera, unit: str) -> dict[str, str]:
    """What goes into a policy that steers by pictures, and what comes out."""
    return {
        "input": f"RGB, uint8, {camera.height_px}x{camera.width_px}x3",
        "output": f"curvature, {geometry.CURVATURE_CONVENTION}, {unit}",
    }


def _shapes(arrays: Arrays) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in arrays.items()}
