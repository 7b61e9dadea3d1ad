"""Suites: the fixed roads, scenes and disturbances on which every policy is measured, and the demonstrations' roads."""

from dataclasses import dataclass, field, replace

import numpy as np

from drive_sim.errors import InputError
from drive_sim.sim.any_roads import ANY_SEEDS, Cell, cell_of, make_any_worlds
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_end import route_m
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes, make_scene
from drive_sim.sim.track import Track, Tracks

SUITE_SEEDS = {"train": 101, "held-out": 202, "shifted": 303}
SUITE_NAMES = (*SUITE_SEEDS, *ANY_SEEDS)
_SUITE_ROADS, _DEMONSTRATION_ROADS, _TRIAL_ROADS = 1, 2, 3
"""First words of the seeds: a demonstration's roads can never be a suite's, whatever the demonstration's seed."""


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """Roads to be driven, one scene each, how far, in what weather; `seed` fixes the gusts and kicks.

    Both are packed once, so that whoever evaluates several policies packs nothing again. `cells` names the cell of each
    road, where the suite has cells (`any_roads`).
    """

    name: str
    tracks: Tracks
    scenes: Scenes
    distance_m: float = 2000.0
    disturbance: Disturbance = field(default_factory=Disturbance)
    seed: int = 0
    cells: tuple[Cell, ...] = ()

    def __post_init__(self) -> None:
        if len(self.tracks) != len(self.scenes):
            raise InputError(
                f"suite {self.name!r}: {len(self.tracks)} roads need as many scenes, not {len(self.scenes)}"
            )
        if not self.distance_m > 0:
            raise InputError(f"suite {self.name!r}: distance_m must be positive, got {self.distance_m}")


def make_suite(name: str, *, num_roads: int | None = None, conditions: Conditions = CONDITIONS) -> Suite:
    """One of the fixed suites; fewer roads are the first ones of more.

    "train": roads of their own in the conditions' kind of scene. "held-out": other roads, the same kind of scene.
    "shifted": other roads again, under kinds of scene that are not the conditions'. "any" and "any-tight": open
    roads of every width under every sky (`any_roads`).
    """
    if name not in SUITE_NAMES:
        raise InputError(f"no suite {name!r}; there are {', '.join(SUITE_NAMES)}")
    if num_roads is not None and num_roads < 1:
        raise InputError(f"suite {name!r}: num_roads must be at least 1, got {num_roads}")
    if name in ANY_SEEDS:
        worlds, seed = make_any_worlds(name, num_roads, conditions), ANY_SEEDS[name]
    else:
        worlds, seed = _make_worlds(name, num_roads or conditions.num_roads, conditions), SUITE_SEEDS[name]
    cells = tuple(map(cell_of, range(len(worlds)))) if name in ANY_SEEDS else ()
    packed = Tracks.stack([track for track, _ in worlds]), Scenes.stack([scene for _, scene in worlds])
    return Suite(name, *packed, conditions.distance_m, conditions.evaluation, seed, cells)


def _make_worlds(name: str, num_roads: int, conditions: Conditions) -> list[tuple[Track, Scene]]:
    kinds = conditions.shifted_scene_kinds if name == "shifted" else (conditions.scene_kind,)
    children = np.random.default_rng([_SUITE_ROADS, SUITE_SEEDS[name]]).spawn(num_roads)
    return [
        _make_world(f"{name} {i + 1}", kinds[i % len(kinds)], conditions, child) for i, child in enumerate(children)
    ]


def make_held_out_world(index: int, *, conditions: Conditions = CONDITIONS) -> tuple[Track, Scene]:
    """One road of the held-out suite, and its scene, counted from 0 and round again after the last."""
    index %= conditions.num_roads
    child = np.random.default_rng([_SUITE_ROADS, SUITE_SEEDS["held-out"]]).spawn(index + 1)[-1]
    return _make_world(f"held-out {index + 1}", conditions.scene_kind, conditions, child)


def make_demonstration_world(seed: int, *, conditions: Conditions = CONDITIONS) -> tuple[Track, Scene]:
    """The one road, and its scene, on which the demonstration with this seed is driven."""
    if seed < 0:
        raise InputError(f"a seed must not be negative, got {seed}")
    rng = np.random.default_rng([_DEMONSTRATION_ROADS, seed])
    return _make_world(f"demonstration {seed}", conditions.scene_kind, conditions, rng)


def make_trial_worlds(seed: int, num_roads: int, *, conditions: Conditions = CONDITIONS) -> list[tuple[Track, Scene]]:
    """Roads, and their scenes, on which a policy with this seed learns by trying; fewer are the first ones of more."""
    if seed < 0 or num_roads < 1:
        raise InputError(f"trial roads: a seed from 0 up and a road at least are wanted, got {seed} and {num_roads}")
    children = np.random.default_rng([_TRIAL_ROADS, seed]).spawn(num_roads)
    return [_make_world(f"trial {i + 1}", conditions.scene_kind, conditions, child) for i, child in enumerate(children)]


def suite_from_track(
    track: Track,
    scene: Scene,
    *,
    distance_m: float | None = None,
    disturbance: Disturbance | None = None,
    seed: int = 0,
) -> Suite:
    """A suite of one road, once round (or to its end) where no distance is given, in calm weather by default."""
    distance_m = route_m(track) if distance_m is None else distance_m
    weather = disturbance or Disturbance.none()
    return Suite(track.name, Tracks.stack([track]), Scenes.stack([scene]), distance_m, weather, seed)


def _make_world(name: str, scene_kind: str, conditions: Conditions, rng: np.random.Generator) -> tuple[Track, Scene]:
    road_rng, scene_rng = rng.spawn(2)
    track = make_circuit(road_rng, kind=ROAD_KINDS[conditions.road_kind], length_m=conditions.road_length_m)
    return replace(track, name=name), make_scene(scene_kind, scene_rng)
