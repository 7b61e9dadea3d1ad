"""A kind of policy: how it is described for JSON with named arrays beside, and made again from what was read."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import msgspec
import torch
from torch import Tensor

from drive_sim import geometry, records
from drive_sim.errors import InputError
from drive_sim.records import Json, RecordT
from drive_sim.sim.camera import Camera

PolicyT = TypeVar("PolicyT")
Arrays = Mapping[str, Tensor]
Described: TypeAlias = tuple[dict[str, Any], dict[str, Tensor]]
"""What JSON can hold of a policy, and its arrays by name."""
MOST_UNITS = 4096
"""Of a layer, so that a damaged number is not taken for a network that fills the memory."""
PUT_BACK = "put back the file that was saved with the model"
NumUnits = Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)]
"""Fields of descriptions: how many units a layer has, and a curvature (1/m) that is a unit or a width."""
UnitPerM = Annotated[float, msgspec.Meta(ge=1e-9, le=10.0)]
_DEEPEST = 8
_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@dataclass(frozen=True, slots=True)
class Source:
    """A policy as it was read: its description and arrays, the files that they stand in, and where it is to run."""

    config: Mapping[str, Any]
    arrays: Arrays
    config_path: Path
    arrays_path: Path
    device: torch.device
    depth: int = 0
    """How many policies this one is inside of."""

    def read(self, record: type[RecordT]) -> RecordT:
        """The description as a record. Raises InputError, naming the field, where it is none."""
        return records.from_json(self.config, record, str(self.config_path), PUT_BACK)

    def part(self, index: int, config: Json) -> "Source":
        """The policy of that number inside of this one."""
        if self.depth == _DEEPEST:
            raise InputError(f"{self.config_path}: its policies lie in more than {_DEEPEST} others; {PUT_BACK}")
        prefix = f"{index}."
        arrays = {name.removeprefix(prefix): array for name, array in self.arrays.items() if name.startswith(prefix)}
        return Source(config, arrays, self.config_path, self.arrays_path, self.device, self.depth + 1)

    def only(self, names: Collection[str]) -> "Source":
        """The same with the arrays of those names alone."""
        return replace(self, arrays={name: array for name, array in self.arrays.items() if name in names})

    def without(self, names: Collection[str]) -> "Source":
        """The same with all other arrays."""
        return replace(self, arrays={name: array for name, array in self.arrays.items() if name not in names})

    def check_arrays(self, wanted: Arrays) -> None:
        """Raise InputError where the arrays are not of these names and shapes, or hold what is no number."""
        found, path = _shapes(self.arrays), self.arrays_path
        if found != _shapes(wanted):
            name = next(iter(dict(found.items() ^ _shapes(wanted).items())))
            config = self.config_path.name
            raise InputError(
                f"{path}: {name} does not fit the policy in {config}; the two files are of different models"
            )
        for name, tensor in self.arrays.items():
            if tensor.dtype not in _DTYPES:
                raise InputError(f"{path}: {name} holds {tensor.dtype}, no weights; train the model again")
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
