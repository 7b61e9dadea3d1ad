"""How an endless road looks: another light and another texture every few kilometres, and no jump between them."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from drive_sim.geometry import wrap_angle_rad
from drive_sim.sim.endless import Route
from drive_sim.sim.scene import Scene, make_scene

SCENE_M = 2000.0
"""A scene lasts as long as a circuit of the suites; the next one takes over in its last part."""
BLEND_M = 500.0
_SCENES = 4
"""First word of the seeds, as in `endless`."""


def scene_at(route: Route, s_m: float, kind: str = "day") -> Scene:
    """The scene at arc length `s_m` of a route: one of `kind`, or on its way to the next one."""
    number, along_m = divmod(max(s_m, 0.0), SCENE_M)
    here = _scene(route.seed, int(number), kind)
    share = (along_m - (SCENE_M - BLEND_M)) / BLEND_M
    return here if share <= 0.0 else blended(here, _scene(route.seed, int(number) + 1, kind), share)


def blended(first: Scene, second: Scene, share: float) -> Scene:
    """A scene between two of one kind, `share` of the way from the first to the second; the sun takes the short way."""
    numbers: dict[str, Any] = {
        field.name: _between(field.name, first, second, share) for field in fields(Scene) if field.name != "kind"
    }
    return replace(first, **numbers)


def _between(name: str, first: Scene, second: Scene, share: float) -> float | tuple[float, ...]:
    a, b = getattr(first, name), getattr(second, name)
    if name == "sun_azimuth_rad":
        return float(a + share * wrap_angle_rad(b - a))
    if isinstance(a, tuple):
        return tuple(x + share * (y - x) for x, y in zip(a, b, strict=True))
    return a + share * (b - a)


@lru_cache(maxsize=4096)
def _scene(seed: int, number: int, kind: str) -> Scene:
    return make_scene(kind, np.random.default_rng([_SCENES, seed, number]))
