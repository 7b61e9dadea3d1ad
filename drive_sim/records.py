"""Between frozen records and JSON: what is written can be read back into the same record, or one line says why not."""

from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
import numpy as np

from drive_sim import files
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RecordT = TypeVar("RecordT")
Json = dict[str, Any]
"""An object of a JSON file."""
Positive = Annotated[float, msgspec.Meta(gt=0.0, le=1e9)]
"""A field that is a number above 0, and none that only a damaged file holds."""
MOST_JSON_BYTES = 2**26
_HOLDS = {"f": "fiuO", "i": "iu", "u": "iu", "b": "b"}
"""Which kinds of numbers NumPy may find in a list that is to be an array of a kind; O are those with a null."""
_KIND_OF = {dict: "object", list: "array", type(None): "null", bool: "bool"}
_MOST_LETTERS = 300
"""Of what a decoder says, which may repeat what it was given."""


def to_json(record: "DataclassInstance") -> Json:
    """A record as an object of strict JSON: arrays as lists, what is not finite as null."""
    return files.json_ready(asdict(record))


def from_json(value: Any, record: type[RecordT], where: str, remedy: str) -> RecordT:
    """The record that a value of JSON holds; lists become arrays where a field is one, a null in them NaN.

    Keys that the record lacks are left out; fields may be missing whose default is None. Raises InputError, naming the
    field, where another one is missing or has another type, or where the record itself refuses its values.
    """
    try:
        found = msgspec.convert(value, record, dec_hook=_decoded)
        _check_complete(value, record)
    except (msgspec.ValidationError, InputError) as error:
        raise InputError(f"{where}: {str(error)[:_MOST_LETTERS]}; {remedy}") from None
    return found


def decoded(text: bytes | str, where: str, remedy: str) -> Any:
    """The value of a text that is JSON. Raises InputError, with the remedy, for one that is none."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InputError(f"{where} is damaged; {remedy}") from None


def read_json(path: Path, remedy: str) -> Json:
    """An object of a JSON file. Raises InputError, with the remedy, for anything else."""
    found = decoded(files.read_bytes(path, MOST_JSON_BYTES), str(path), remedy)
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged; {remedy}")
    return found


def read_record(path: Path, record: type[RecordT], remedy: str) -> RecordT:
    """The record that a JSON file holds (see `from_json`). Raises InputError, with the remedy, where it holds none."""
    return from_json(read_json(path, remedy), record, str(path), remedy)


def _check_complete(value: Any, record: type) -> None:
    """What was written whole and lacks a field is damaged: a default would be taken for what was measured."""
    kinds = get_type_hints(record) if is_dataclass(record) else {}
    for part in fields(record) if is_dataclass(record) else ():
        if part.name not in value and part.default is not None:
            raise InputError(f"`{part.name}` is missing")
        if value.get(part.name) is not None:
            _check_complete(value[part.name], kinds[part.name])


def _decoded(kind: Any, value: Any) -> Any:
    """What msgspec asks for types that are not its own: arrays of numbers or flags, and paths."""
    if kind is Path:
        if not isinstance(value, str):
            raise ValueError(f"Expected `Path`, got `{_KIND_OF.get(type(value), 'number')}`")
        return Path(value)
    if getattr(kind, "__origin__", None) is not np.ndarray:
        raise NotImplementedError(f"no field may be a {kind}")
    if not isinstance(value, list):
        raise ValueError(f"Expected `array`, got `{type(value).__name__}`")
    _, dtype = get_args(kind)
    (scalar,) = get_args(dtype)
    # Left alone, NumPy reads texts as numbers and cuts fractions off.
    found = np.array(value).dtype.kind
    is_known = all(isinstance(item, float | int | None) for item in np.array(value).flat) if found == "O" else True
    if (found not in _HOLDS[np.dtype(scalar).kind] and value) or not is_known:
        raise ValueError(f"Expected an array of `{np.dtype(scalar).name}`")
    try:
        return np.array(value, dtype=scalar)
    except (TypeError, OverflowError):
        raise ValueError(f"Expected an array of `{np.dtype(scalar).name}`") from None
