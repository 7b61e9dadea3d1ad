"""Gymnasium's spaces as JSON, and of JSON: what a model folder says of the world that a policy learned in."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

from drive_sim import files
from drive_sim.errors import InputError
from drive_sim.records import Json

_MOST_NUMBERS = 2**24
_DEEPEST = 8
_DTYPES = (
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "float32",
    "float64",
)


def space_json(space: spaces.Space[Any]) -> Json:
    """A space as JSON; a bound is one number where it is the same everywhere, and null where there is none.

    Raises InputError for a space of another kind than Box, Discrete, MultiDiscrete, MultiBinary, Tuple and Dict.
    """
    match space:
        case spaces.Box():
            said = {
                "shape": list(space.shape),
                "dtype": str(space.dtype),
                "low": _bound(space.low),
                "high": _bound(space.high),
            }
        case spaces.Discrete():
            said = {"n": int(space.n), "start": int(space.start)}
        case spaces.MultiDiscrete():
            said = {"nvec": space.nvec.tolist(), "start": space.start.tolist()}
        case spaces.MultiBinary():
            said = {"shape": list(space.shape)}
        case spaces.Tuple():
            said = {"spaces": [space_json(part) for part in space.spaces]}
        case spaces.Dict():
            said = {"spaces": {name: space_json(part) for name, part in space.spaces.items()}}
        case _:
            raise InputError(
                f"a space {space} cannot be saved; wrap the environment so that it is a Box or a Dict of such"
            )
    return {"space": type(space).__name__, **said}


def space_from(said: Any, where: str, depth: int = 0) -> spaces.Space[Any]:
    """The space of a JSON. Raises InputError, naming `where` it stands, for what is none."""
    try:
        if depth > _DEEPEST:
            raise ValueError(f"it is in more than {_DEEPEST} others")
        return _READERS[said["space"]](said, where, depth)
    except InputError:
        raise
    except (AssertionError, KeyError, OverflowError, TypeError, ValueError) as error:
        text = " ".join(str(error).split())[:120]
        raise InputError(f"{where}: no space can be made of this ({text}); put back the file that was saved") from None


def _box(said: Json, *_: Any) -> spaces.Box:
    shape, dtype = _shape(said["shape"]), np.dtype(_DTYPES[_DTYPES.index(said["dtype"])])
    low, high = (_array(said[name], shape, dtype, end) for name, end in (("low", -np.inf), ("high", np.inf)))
    return spaces.Box(low, high, shape, dtype)  # pyright: ignore[reportArgumentType]


def _array(bound: Any, shape: tuple[int, ...], dtype: np.dtype, end: float) -> np.ndarray:
    if dtype.kind in "iu":
        values = np.array(bound, dtype=dtype)
    else:
        values = np.array(bound, dtype=np.float64)  # null is NaN there
        values = np.where(np.isnan(values), end, values).astype(dtype)
    return np.broadcast_to(values, shape).copy()


def _shape(said: Any) -> tuple[int, ...]:
    shape = tuple(int(size) for size in said)
    if min(shape, default=1) < 0 or np.prod([float(size) for size in shape]) > _MOST_NUMBERS:
        raise ValueError(f"shape {shape}")
    return shape


def _whole(said: Any) -> np.ndarray:
    values = np.array(said)
    if values.dtype.kind not in "iu" or values.size > _MOST_NUMBERS:
        raise ValueError("whole numbers are needed")
    return values.astype(np.int64)


_READERS: dict[str, Callable[[Json, str, int], spaces.Space[Any]]] = {
    "Box": _box,
    "Discrete": lambda said, *_: spaces.Discrete(int(said["n"]), start=int(said["start"])),
    "MultiDiscrete": lambda said, *_: spaces.MultiDiscrete(_whole(said["nvec"]), start=_whole(said["start"])),
    "MultiBinary": lambda said, *_: spaces.MultiBinary(_shape(said["shape"])),
    "Tuple": lambda said, where, depth: spaces.Tuple([space_from(part, where, depth + 1) for part in said["spaces"]]),
    "Dict": lambda said, where, depth: spaces.Dict(
        {name: space_from(part, where, depth + 1) for name, part in said["spaces"].items()}
    ),
}


def _bound(values: np.ndarray) -> Any:
    """For JSON, which has no infinity: None where there is no bound."""
    if values.size and (values == values.flat[0]).all():
        values = values.flat[0]
    return files.json_ready(values)
