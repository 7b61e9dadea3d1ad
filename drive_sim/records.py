"""Between frozen records and JSON: what is written can be read back into the same record, or one line says why not."""

from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec
import numpy as np

from drive_sim import files
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RecordT = TypeVar("RecordT")
Json = dict[str, Any]
"""An object of a JSON file."""


def to_json(record: "DataclassInstance") -> Json:
    """A record as an object of strict JSON: arrays as lists, what is not finite as null."""
    return files.json_ready(asdict(record))


def from_json(value: Json, record: type[RecordT], where: str, remedy: str) -> RecordT:
    """The record that an object of JSON holds; lists become arrays where a field is one, a null in them NaN.

    Keys that the record lacks are left out. Raises InputError, naming the field, where one is missing or has another
    type, or where the record itself refuses its values.
    """
    assert is_dataclass(record)
    try:
        return msgspec.convert(value, record, dec_hook=_array)
    except (msgspec.ValidationError, InputError) as error:
        raise InputError(f"{where}: {error}; {remedy}") from None


def read_json(path: Path, remedy: str) -> Json:
    """An object of a JSON file. Raises InputError, with the remedy, for anything else."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise files.input_error_from(error, path, "read") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged; {remedy}")
    return found


def _array(kind: Any, value: Any) -> Any:
    """What msgspec asks for types that are not its own: arrays of numbers or flags."""
    if getattr(kind, "__origin__", None) is not np.ndarray:
        raise NotImplementedError(f"no field may be a {kind}")
    if not isinstance(value, list):
        raise ValueError(f"Expected `array`, got `{type(value).__name__}`")
    _, dtype = get_args(kind)
    (scalar,) = get_args(dtype)
    return np.array(value, dtype=scalar)
