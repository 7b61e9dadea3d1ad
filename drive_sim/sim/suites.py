"""Suites: the fixed roads, scenes and disturbances on which every policy is measured, and the demonstrations' roads."""

from dataclasses import dataclass, field, replace

import numpy as np

from drive_sim.errors import InputError
from drive_sim.sim.any_roads import ANY_SEEDS, Cell, cell_of, cells, make_any_worlds
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_end import route_m
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes, make_scene
from drive_sim.sim.track import Track, Tracks

SUITE_SEEDS = {"train": 101, "held-out": 202, "shifted": 303}
SUITE_NAMES = (*SUITE_SEEDS, *ANY_SEEDS)
_SUITE_ROADS, _DEMONSTRATION_ROADS, _TRIAL_ROADS, _SECRET_ROADS = 1, 2, 3, 5
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
        seed = SUITE_SEEDS[name]
        rng = np.random.default_rng([_SUITE_ROADS, seed])
        worlds = _make_worlds(name, num_roads or conditions.num_roads, conditions, rng)
    return _packed(name, worlds, conditions, seed)


def make_secret_suite(
    name: str, secret: int, *, num_roads: int | None = None, conditions: Conditions = CONDITIONS
) -> Suite:
    """Roads, skies, gusts and kicks of a suite's kind that only who knows the secret can make: for grading.

    None of them is in the suite of that name, whatever the secret; `any` and `any-tight` have a road a cell by default.
    Fewer roads are the first ones of more. Raises InputError as `make_suite` does.
    """
    if name not in SUITE_NAMES or secret < 0:
        raise InputError(f"secret roads: a suite of {', '.join(SUITE_NAMES)} is wanted, and no secret below 0")
    rng = np.random.default_rng([_SECRET_ROADS, SUITE_NAMES.index(name), secret])
    if name in ANY_SEEDS:
        worlds = make_any_worlds(name, num_roads or len(cells()), conditions, rng=rng)
    else:
        worlds = _make_worlds(name, num_roads or conditions.num_roads, conditions, rng)
    told = [(replace(track, name=track.name.replace(name, "graded", 1)), scene) for track, scene in worlds]
    return _packed(name, told, conditions, secret)


def _packed(name: str, worlds: list[tuple[Track, Scene]], conditions: Conditions, seed: int) -> Suite:
    names = tuple(map(cell_of, range(len(worlds)))) if name in ANY_SEEDS else ()
    packed = Tracks.stack([track for track, _ in worlds]), Scenes.stack([scene for _, scene in worlds])
    return Suite(name, *packed, conditions.distance_m, conditions.evaluation, seed, names)


def _make_worlds(
    name: str, num_roads: int, conditions: Conditions, rng: np.random.Generator
) -> list[tuple[Track, Scene]]:
    kinds = conditions.shifted_scene_kinds if name == "shifted" else (conditions.scene_kind,)
    return [
        _make_world(f"{name} {i + 1}", kinds[i % len(kinds)], conditions, child)
        for i, child in enumerate(rng.spawn(num_roads))
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
