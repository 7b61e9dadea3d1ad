"""Where values stand in the JSON of valid files, and what may stand there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz.cases import Edit
from tests.fuzz.hostile import NO_JSON, TEXTS, anything, fits, number, or_null, text, whole

Path = tuple[str | int, ...]
MayBe = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a target's JSON: where it stands, what may stand there, and whether it may be missing."""

    target: str
    path: Path
    may_be: MayBe
    optional: bool = False


def nothing(value: Any) -> bool:
    """What may stand where any other value than the one that is there does harm."""
    return False


def is_object(value: Any) -> bool:
    """What may stand where an object of anybody's belongs."""
    return isinstance(value, dict)


CAMERA: dict[str, MayBe] = {
    "width_px": nothing,
    "height_px": nothing,
    "focal_px": number(0.1, 1e6),
    "horizon_px": number(-1e6, 1e6),
    "height_m": number(0.01, 100.0),
    "forward_m": number(-100.0, 100.0),
    "side_m": number(-100.0, 100.0),
    "principal_x_px": or_null(number(-1e6, 1e6)),
    "principal_y_px": or_null(number(-1e6, 1e6)),
}
"""A camera's, where another size fits neither pictures nor weights."""


def camera_at(target: str, path: Path) -> list[Place]:
    """A camera's places, and its own."""
    inside = [Place(target, (*path, name), may_be, name.startswith("principal")) for name, may_be in CAMERA.items()]
    return [*inside, Place(target, path, nothing)]


def recording(folder: str) -> list[Place]:
    """The metadata of a recording's episode."""
    target = f"{folder}/episode-000.arrow@"
    facts: dict[str, tuple[MayBe, bool]] = {
        "control_hz": (number(1e-3, 1000.0), False),
        "road": (is_object, False),
        "scene": (is_object, False),
        "vehicle": (is_object, False),
        "seed": (or_null(whole(0, 10**400)), True),
        "version": (text(), False),
        "commit": (or_null(text()), True),
        "num_cameras": (whole(1, 1), False),
        "side_m": (or_null(number(-10.0, 10.0)), True),
    }
    whole_facts = [Place(target + name, (), may_be, optional) for name, (may_be, optional) in facts.items()]
    return [*camera_at(f"{target}camera", ()), *whole_facts]


def settings(folder: str) -> list[Place]:
    """The settings of a training that keeps its rounds."""
    places: dict[str, MayBe] = {
        "method": nothing,
        "network": nothing,
        "augment": nothing,
        "steps": or_null(whole(1, 10_000_000)),
        "rounds": or_null(whole(1, 10_000)),
        "seed": nothing,
        "track": or_null(nothing),
        "recordings": lambda value: value == [],
        "camera": or_null(nothing),
    }
    return [Place(f"{folder}/settings.json", (name,), may_be, name == "camera") for name, may_be in places.items()]


def round_files(folder: str) -> list[Place]:
    """The streams and numbers of a training's first round."""
    files = [f"{folder}/round-001/{name}-stream.json" for name in ("drive", "fit")]
    streams = [
        Place(file, path, lambda value, held=held: value == held)
        for file in files
        for path, held in (
            ((), None),
            (("bit_generator",), None),
            (("state",), None),
            (("state", "state"), None),
            (("state", "inc"), None),
            (("has_uint32",), 0),
            (("uinteger",), 0),
        )
    ]
    metrics: dict[str, MayBe] = {
        "round": whole(1, 1),
        "num_labels": whole(0, 10**9),
        "num_frames": whole(0, 10**9),
        "cpu_s": number(0.0, 1e9),
    }
    file = f"{folder}/round-001/metrics.json"
    return [*streams, *(Place(file, (name,), may_be) for name, may_be in metrics.items()), Place(file, (), nothing)]


def model(folder: str, kind: str) -> list[Place]:
    """The description of a model of some kind."""
    target = f"{folder}/config.json"
    at_top = [
        Place(target, ("format",), whole(1, 1)),
        Place(target, (), nothing),
        Place(target, ("kind",), text(kind), kind == "network"),
    ]
    idle = [Place(target, (name,), anything, True) for name in ("training", "drive_sim")]
    return [*at_top, *idle, *_policy(target, (), kind)]


def _policy(target: str, path: Path, kind: str) -> list[Place]:
    own: dict[str, dict[Path, MayBe]] = {
        "network": {("network",): text("small"), ("curvature_unit_per_m",): number(1e-6, 10.0)},
        "linear": {},
        "alvinn": {
            ("num_hidden",): whole(4, 4),
            ("units_per_m",): nothing,
            ("units_per_m", 3): nothing,
            ("activation",): text("sigmoid"),
            ("rule",): text("argmax"),
        },
        "gaussian": {("width_per_m",): number(1e-9, 10.0), ("mean",): nothing},
        "mixture": {("weights",): nothing, ("weights", 0): nothing, ("policies",): nothing, ("policies", 0): nothing},
        "steering": {
            ("input",): text("lane-pose"),
            ("draws",): lambda value: isinstance(value, bool),
            ("units_per_m",): nothing,
            ("units_per_m", 2): nothing,
            ("policy",): nothing,
            ("policy", "logits"): text("flat"),
            ("policy", "widths"): nothing,
            ("policy", "widths", 1): nothing,
        },
        "reward": {("features",): nothing, ("features", 1): nothing, ("end_price",): number(1e-9, 1e9)},
    }
    places = [Place(target, (*path, *inside), may_be) for inside, may_be in own[kind].items()]
    if kind == "gaussian":
        return [*places, *_policy(target, (*path, "mean"), "network")]
    if kind == "mixture":
        return [*places, *_policy(target, (*path, "policies", 0), "linear")]
    return places if kind in ("reward", "steering") else [*places, *camera_at(target, (*path, "camera"))]


def draw_json(rng: np.random.Generator, places: list[Place]) -> tuple[Edit, int | None]:
    """Another value in one of the places, or none: the edit, and how the command must end."""
    place = places[rng.integers(len(places))]
    if rng.random() < 0.1 and (place.path or "@" in place.target):
        edit = Edit("delete", place.target, (place.path,)) if place.path else Edit("text", place.target, (None,))
        return edit, None if place.optional or isinstance(place.path[-1:] and place.path[-1], int) else 2
    names = list(NO_JSON) if rng.random() < 0.25 else list(TEXTS)
    name = names[rng.integers(len(names))]
    return Edit("set", place.target, (place.path, name)), None if fits(name, place.may_be) else 2
