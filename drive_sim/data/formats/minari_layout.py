"""Where a Minari dataset keeps what, and the spaces of Gymnasium as it writes them down.

As Minari 0.5's `minari_storage.py` and `serialization.py` have it: `metadata.json`, and beside it the episodes,
either in one HDF5 file or in a folder an episode with an Arrow file. Pictures are kept as JPEG.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_sim import records
from drive_sim.errors import InputError

METADATA, HDF5_FILE, DATA = "metadata.json", "main_data.hdf5", "data"
VERSION = "0.5.3"
"""Of Minari, whose format this is."""
_REMEDY = "copy the dataset again"
_MOST_PX = 4096
_MOST_ACTIONS = 3
"""Steering; with a pedal for both; with throttle and brake, as in CarRacing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a dataset is read: where its pictures are within an observation, and how it is kept."""

    folder: Path
    """The one with `metadata.json`."""
    metadata: Mapping[str, Any]
    picture: tuple[str, ...]
    """Names on the way from an observation to its picture; none: it is the picture."""
    shape: tuple[int, ...]
    num_actions: int
    kind: str
    """hdf5, arrow or parquet."""


def read_layout(path: Path) -> Layout:
    """The layout of a dataset, given as its folder or as its folder `data`.

    Raises InputError for another robot: one without pictures, or whose actions are more than steering and pedals.
    """
    folder = path if (path / METADATA).is_file() else path / DATA
    if not (folder / METADATA).is_file():
        raise InputError(f"{path} is a Minari dataset, but its {METADATA} is missing; {_REMEDY}")
    found = records.read_json(folder / METADATA, _REMEDY)
    action, observation = _space(found, "action_space", folder), _space(found, "observation_space", folder)
    name = f"{found.get('dataset_id') or folder.name!s:.60}"
    shape = action.get("shape")
    if action.get("type") != "Box" or not isinstance(shape, list) or len(shape) != 1 or not _is_few(shape[0]):
        told = f"{action.get('type')} {shape if shape is not None else action.get('n', '')}".strip()[:80]
        raise InputError(
            f"{path} is a Minari dataset of another robot ({name}): its actions are {told}, and not a steering with "
            "pedals; give one of a car"
        )
    pictures = list(_pictures(observation, ()))
    if not pictures:
        raise InputError(
            f"{path} is a Minari dataset of another robot ({name}): its observations hold no pictures; give one of "
            "a car with a camera"
        )
    place, size = pictures[0]
    kind = str(found.get("data_format", "hdf5"))
    return Layout(folder, found, place, size, int(shape[0]), kind)


def box(low: Any, high: Any, shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
    """A box of Gymnasium's with the same bounds everywhere, as Minari writes it down."""

    def full(value: Any, sizes: tuple[int, ...]) -> Any:
        return [full(value, sizes[1:]) for _ in range(sizes[0])] if sizes else value

    return {"type": "Box", "dtype": dtype, "shape": list(shape), "low": full(low, shape), "high": full(high, shape)}


def _is_few(number: Any) -> bool:
    return isinstance(number, int) and 1 <= number <= _MOST_ACTIONS


def _space(metadata: Mapping[str, Any], name: str, folder: Path) -> Mapping[str, Any]:
    found = metadata.get(name)
    if isinstance(found, str):
        try:  # bounds may be infinite, which no strict JSON can say, and Python's does
            found = json.loads(found)
        except (ValueError, RecursionError):
            raise InputError(f"{folder / METADATA}: its {name} is damaged; {_REMEDY}") from None
    if not isinstance(found, dict):
        raise InputError(f"{folder / METADATA}: its {name} is missing, and says what was seen and done; {_REMEDY}")
    return found


def _pictures(space: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Boxes of RGB pictures in a space, and the way to each."""
    if not isinstance(space, dict) or len(place) > 8:
        return
    shape = space.get("shape")
    if space.get("type") == "Box" and space.get("dtype") == "uint8" and isinstance(shape, list):
        if len(shape) == 3 and shape[2] == 3 and all(isinstance(each, int) and 0 < each <= _MOST_PX for each in shape):
            yield place, tuple(shape)
    elif space.get("type") == "Dict" and isinstance(space.get("subspaces"), dict):
        for name, inner in space["subspaces"].items():
            yield from _pictures(inner, (*place, name))
    elif space.get("type") == "Tuple" and isinstance(space.get("subspaces"), list):
        for number, inner in enumerate(space["subspaces"]):
            yield from _pictures(inner, (*place, str(number)))
