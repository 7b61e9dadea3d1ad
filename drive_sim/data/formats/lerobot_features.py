"""Which of a LeRobotDataset's features is the steering, the speed and the camera: by their names, as `info.json` has
them. A robot that has no steering is another robot, and is refused by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_sim.data.formats.lerobot_layout import ACTION, CAMERAS, INTERVENTION
from drive_sim.errors import InputError

_STEERING = ("steer", "angle")
_FRONT = ("front", "center", "centre", "middle", "forward")
_SIDES = ("left", "right")
_UNITS = (("km", 1.0 / 3.6), ("kph", 1.0 / 3.6), ("mph", 0.44704))
"""Of a speed whose name says that it is not in m/s."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a feature: its column, its place in it, and what it is to be multiplied with."""

    feature: str
    place: int
    size: int
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Features:
    """What of a dataset is read; `cameras` are the middle one and, where there are two more, left and right."""

    steering: Number
    cameras: tuple[str, ...]
    is_film: bool
    speed: Number | None
    intervention: str | None
    is_named: bool
    """Whether a name says that the steering is one."""


def chosen_features(features: Mapping[str, Any], path: Path) -> Features:
    """The features that are read. Raises InputError for another robot, or for one without a camera."""
    numbers = {key: _names(found) for key, found in features.items() if _dtype(found).startswith(("float", "int"))}
    steering, is_named = _steering(numbers, path)
    cameras = _cameras({key: found for key, found in features.items() if _dtype(found) in ("video", "image")}, path)
    spoken = (key for key in features if INTERVENTION in key and _dtype(features[key]) in ("bool", "int64", "float32"))
    is_film = _dtype(features[cameras[0]]) == "video"
    return Features(steering, cameras, is_film, _speed(numbers), next(spoken, None), is_named)


def picture_shape(feature: Mapping[str, Any]) -> tuple[int, ...]:
    """Height, width and channels of a camera's pictures, which may be named in another order; zeros: not said."""
    shape, names = feature.get("shape"), feature.get("names")
    if not isinstance(shape, list | tuple) or len(shape) != 3 or not all(isinstance(each, int) for each in shape):
        return 0, 0, 0
    channels_first = isinstance(names, list) and bool(names) and str(names[0]).startswith("channel")
    return (*shape[1:], shape[0]) if channels_first else tuple(shape)


def _steering(numbers: Mapping[str, list[str]], path: Path) -> tuple[Number, bool]:
    """The first number that is called a steering, actions before others; or an action that is one number alone."""
    for key in sorted(numbers, key=lambda key: not key.startswith(ACTION)):
        for place, name in enumerate(numbers[key]):
            if any(word in name.lower() for word in _STEERING) and key.startswith((ACTION, "steer")):
                return Number(key, place, len(numbers[key])), True
    actions = {key: names for key, names in numbers.items() if key.startswith(ACTION)}
    for key, names in actions.items():
        if len(names) == 1:
            return Number(key, 0, 1), False
    if not actions:
        raise InputError(f"{path} is a LeRobotDataset without an action; give one in which somebody steers")
    key, names = next(iter(actions.items()))
    some = ", ".join(f"{name:.40}" for name in names[:6]) + (", ..." if names[6:] else "")
    raise InputError(
        f"{path} is a LeRobotDataset of another robot: its {key:.40} is {some} ({len(names)} numbers), none of "
        "them called a steering; give one of a car"
    )


def _cameras(features: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    names = list(features)
    if not names:
        raise InputError(f"{path} is a LeRobotDataset without pictures; give one with a camera that looks ahead")
    if all(name in features for name in CAMERAS):
        return CAMERAS
    front = next((name for name in names if any(word in name.lower() for word in _FRONT)), None)
    middle = front or next((n for n in names if not any(side in n.lower() for side in _SIDES)), names[0])
    left, right = (next((name for name in names if side in name.lower() and name != middle), None) for side in _SIDES)
    if front is None or left is None or right is None:
        return (middle,)
    alike = all(
        features[name].get(what) == features[front].get(what) for name in (left, right) for what in ("dtype", "shape")
    )
    return (middle, left, right) if alike else (middle,)


def _speed(numbers: Mapping[str, list[str]]) -> Number | None:
    for key, names in numbers.items():
        for place, name in enumerate(names):
            if key.startswith("observation") and any(word in name.lower() for word in ("speed", "velocity")):
                factor = next((each for unit, each in _UNITS if unit in name.lower()), 1.0)
                return Number(key, place, len(names), factor)
    return None


def _dtype(feature: Any) -> str:
    return str(feature.get("dtype")) if isinstance(feature, Mapping) else ""


def _names(feature: Mapping[str, Any]) -> list[str]:
    """The names of a feature's numbers, which stand in a list or in lists by group; else their places."""
    shape = feature.get("shape")
    size = shape[0] if isinstance(shape, list) and len(shape) == 1 and isinstance(shape[0], int) else 0
    names = list(_flat(feature.get("names")))
    return names if len(names) == size else [f"number {place}" for place in range(min(max(size, 0), 4096))]


def _flat(names: Any) -> Iterator[str]:
    if isinstance(names, str):
        yield names
    elif isinstance(names, list):
        for name in names:
            yield from _flat(name)
    elif isinstance(names, Mapping):
        # Groups of names, or places by name.
        for name, inner in names.items():
            yield from (_flat(inner) if isinstance(inner, list) else [str(name)])
