"""Domain randomisation (Tobin et al. 2017, arXiv 1703.06907) on the road: which ingredient of "any road" brings what?

A network learns by domain-randomised DAgger (`learn/domain_randomised.py`) from generated roads of every width and
bend. Then one ingredient is taken away at a time, with as many labelled pictures and steps of gradient descent as
before, and all drive the same unseen roads. The drivers:

    expert          who labels, for comparison
    any-road        all ingredients
    view-84 ...     all but one (`any_road_recipes.ARMS`)
    first-drive     none of them: the first drive's camera, width and bends, cloned
"""

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import maximum_filter1d

from drive_sim.arrays import Numbers
from drive_sim.data.augment import ShiftRotate
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.lessons import kit
from drive_sim.lessons.road.any_road_recipes import ARMS, Recipe
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import LEAST_LOOKAHEAD_M, PursuitExpert
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.any_roads import make_any_worlds
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.domain_randomisation import RoadDistribution, draw_road
from drive_sim.sim.road_width import sample_at
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import VehicleParams

if TYPE_CHECKING:
    from drive_sim.learn import domain_randomised

_LEARNING, _TEST_ROADS = 61, 62
"""Words of seeds: of what the networks draw, the same for all of them, and of the roads that flare and cross."""
TIGHT_RADII_M = (8.0, 400.0)
"""Of the tight roads, log-uniform: those of the suite `any-tight` with some that is gentle between the bends."""
RADIUS_EDGES_M = (8.0, 12.0, 1.0 / 0.06, 33.0, 100.0)
"""Where the classes of bends begin; the last one holds all that is straighter."""
_BEND_M = 10.0
"""A place belongs to the tightest bend so near to it: who runs wide does so after the bend."""
LAPS = ("any", "any-tight", "flaring", "crossing", "own-speed")
"""What is driven, each at the kept speed but the last: the tight roads once more, at the speed of their profile."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How many roads are drawn, how long each is driven, how often is learned, and what is driven afterwards.

    `num_roads` are drawn in all, the same number in each of a recipe's rounds; `num_steps` of `batch_size` pictures are
    learned from in all. `distance_m`, and `crossing_m` where roads cross themselves, are driven on unseen roads: the
    first `num_suite_roads` of each suite, and `num_drawn_roads` that flare, and that cross.
    """

    num_roads: int = 180
    road_length_m: float = 300.0
    num_ticks: int = 24
    num_steps: int = 900
    batch_size: int = 32
    network: str = "small"
    num_suite_roads: int = 42
    num_drawn_roads: int = 14
    distance_m: float = 120.0
    crossing_m: float = 280.0
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if min(self.num_seeds, self.num_suite_roads, self.num_drawn_roads, self.num_ticks, self.num_steps) < 1:
            raise InputError("any-road: it takes seeds, roads, ticks and steps")
        rounds = max(arm.num_rounds for arm in ARMS.values())
        if self.num_roads < 1 or any(self.num_roads % arm.num_rounds for arm in ARMS.values()):
            raise InputError(f"any-road: num_roads must be a multiple of {rounds}, got {self.num_roads}")

    @property
    def num_labels(self) -> int:
        """How many pictures the expert labels for each network."""
        return self.num_roads * self.num_ticks


QUICK = Config(
    0, 1, quick=True, num_roads=90, num_ticks=16, num_steps=300, num_suite_roads=42, num_drawn_roads=7, distance_m=60.0
)


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """What was counted on some roads: interventions and kilometres by road (r,), and by class of bend (r, b)."""

    interventions: Numbers
    km: Numbers
    interventions_by_bend: Numbers
    km_by_bend: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a part found, by what was driven (`LAPS`)."""

    laps: dict[str, Driven]
    effort: kit.Effort


def parts(config: Config) -> list[kit.Part]:
    """The expert once, and every recipe with every seed, seed after seed."""
    expert = kit.parts_by_seed(learn_and_drive, config, ["expert"], [config.seed])
    recipes = [part for seed in config.seeds for part in kit.parts_by_seed(learn_and_drive, config, ARMS, [seed])]
    return expert + recipes


def learn_and_drive(config: Config, driver: str, seed: int, report: kit.Report) -> Found:
    """A part: one recipe with one seed learns, and then drives all that is driven."""
    recipe, start_s = ARMS.get(driver, Recipe()), time.process_time()
    policy = None if driver == "expert" else learn(config, recipe, seed, kit.between(report, 0.0, 0.7))
    learning_s = time.process_time() - start_s
    suites, laps, num_ticks = test_suites(config), {}, 0
    for i, (lap, suite) in enumerate(suites.items()):
        speed = SpeedLimits() if lap == "own-speed" else None
        driving = EvalConfig(VehicleParams(), None if policy is None else recipe.camera, speed=speed)
        told = kit.between(report, 0.7 + 0.3 * i / len(suites), 0.7 + 0.3 * (i + 1) / len(suites))
        driven = kit.drive_with_progress(policy or _labeller(suite.tracks), suite, driving, told)
        laps[lap] = count(driven, suite.tracks)
        num_ticks += int(np.isfinite(driven.s_m).sum())
    labels = 0 if policy is None else config.num_labels
    return Found(laps, kit.Effort(labels, labels, num_ticks, learning_s))


def _labeller(tracks: Tracks) -> Policy:
    return PursuitExpert(tracks, speed=SpeedLimits(), lookahead_s=0.6)


def learn(config: Config, recipe: Recipe, seed: int, report: kit.Report) -> Policy:
    """The last policy of a recipe; all recipes draw from the same streams."""
    from drive_sim.learn import domain_randomised  # noqa: PLC0415 - torch loads only where a network learns

    policy: Policy | None = None
    for latest in domain_randomised.train(settings(config, recipe), np.random.default_rng([seed, _LEARNING])):
        policy = latest.policy
        report((latest.index + 1) / recipe.num_rounds, f"round {latest.index + 1} of {recipe.num_rounds}")
    assert policy is not None
    return policy


def settings(config: Config, recipe: Recipe) -> "domain_randomised.Config":
    """The learner's settings: equally many steps a round, as many in all for every recipe."""
    from drive_sim.learn import domain_randomised  # noqa: PLC0415

    usual, num_steps = domain_randomised.Config(), config.num_steps // recipe.num_rounds
    views = ShiftRotate(max_shift_m=recipe.shift_m, share=0.5) if recipe.shift_m > 0.0 else None
    kept = VehicleParams(max_acceleration_mps2=0.0, max_braking_mps2=0.0)
    fit = replace(usual.fit, network=config.network, batch_size=config.batch_size, num_steps=num_steps)
    fit = replace(fit, huber=None, acceleration_weight=1.0)
    return replace(
        usual,
        cars_per_road=1,
        tight_share=0.0,
        shoulder_m=None,
        crossing_share=0.0,
        keep_every=1,
        least_lookahead_m=LEAST_LOOKAHEAD_M,
        distribution=recipe.roads,
        camera=recipe.camera,
        vehicle=VehicleParams() if recipe.all_speeds else kept,
        num_rounds=recipe.num_rounds,
        roads_per_round=config.num_roads // recipe.num_rounds,
        road_length_m=config.road_length_m,
        ticks_per_round=config.num_ticks,
        told_share=0.0,
        steps_later=num_steps,
        steps_last=num_steps,
        fit=replace(fit, shift_rotate=views, learning_rate=1e-3),
    )


def test_suites(config: Config) -> dict[str, Suite]:
    """What is driven, on roads that nobody learns from."""
    conditions = replace(config.conditions, distance_m=config.distance_m)
    suites = [make_suite(name, num_roads=config.num_suite_roads, conditions=conditions) for name in LAPS[:2]]
    worlds = make_any_worlds("any-tight", config.num_suite_roads, conditions, TIGHT_RADII_M)
    suites[1] = replace(suites[1], tracks=Tracks.stack([track for track, _ in worlds]))
    gentle, tight = (_driven_in_the_middle(suite) for suite in suites)
    flaring = _drawn_suite(config, "flaring", RoadDistribution(changing_share=0.0, flaring_share=1.0))
    crossing = _drawn_suite(config, "crossing", RoadDistribution(changing_share=0.0, flaring_share=0.0, loop_share=1.0))
    return dict(zip(LAPS, (gentle, tight, flaring, crossing, tight), strict=True))


def _driven_in_the_middle(suite: Suite) -> Suite:
    """Without the roads of two lanes: none of the recipes has any."""
    middle = [i for i, track in enumerate(suite.tracks.tracks) if track.lines == "none"]
    tracks = Tracks.stack([suite.tracks.tracks[i] for i in middle])
    return replace(suite, tracks=tracks, scenes=Scenes.stack([suite.scenes.scenes[i] for i in middle]))


def _drawn_suite(config: Config, name: str, distribution: RoadDistribution) -> Suite:
    """Roads that all flare, or all cross themselves, under every sky in turn."""
    distance_m = config.crossing_m if name == "crossing" else config.distance_m
    distribution = replace(distribution, two_lane_share=0.0)
    kinds, index = list(SCENE_KINDS), LAPS.index(name)
    worlds = []
    for i, rng in enumerate(np.random.default_rng([_TEST_ROADS, index]).spawn(config.num_drawn_roads)):
        road_rng, scene_rng = rng.spawn(2)
        track = draw_road(road_rng, distribution, distance_m + 60.0, f"{name} {i + 1}")
        worlds.append((track, make_scene(kinds[i % len(kinds)], scene_rng)))
    tracks, scenes = zip(*worlds, strict=True)
    weather = config.conditions.evaluation
    return Suite(name, Tracks.stack(tracks), Scenes.stack(scenes), distance_m, weather, index)


def count(report: EvalReport, tracks: Tracks) -> Driven:
    """Interventions and kilometres, by road and by class of bend."""
    num_roads = len(report.track_names)
    roads = np.broadcast_to(np.arange(num_roads), report.s_m.shape)
    counted = np.isfinite(report.s_m)
    sample = sample_at(tracks, roads[counted], report.s_m[counted])
    bend = np.digitize(1.0 / tightest_per_m(tracks)[sample], RADIUS_EDGES_M[1:])
    driven_km = np.diff(report.driven_m, axis=0, prepend=0.0)[counted] / 1000.0
    by_bend = np.zeros((2, num_roads, len(RADIUS_EDGES_M)))
    np.add.at(by_bend[0], (roads[counted], bend), report.intervened[counted])
    np.add.at(by_bend[1], (roads[counted], bend), driven_km)
    return Driven(by_bend[0].sum(axis=1), by_bend[1].sum(axis=1), by_bend[0], by_bend[1])


def tightest_per_m(tracks: Tracks) -> Numbers:
    """At each packed sample the largest curvature within a few metres of road, at least a little."""
    parts = [
        maximum_filter1d(np.abs(track.curvature_per_m), 2 * round(_BEND_M / track.spacing_m) + 1, mode="nearest")
        for track in tracks.tracks
    ]
    return np.maximum(np.concatenate(parts), 1e-9)
