"""What does a network look at? Maps of what counts, held against the true markings, and against what happens when the
pixels that they name are moved (after Bojarski et al. 2017, arXiv 1704.07911).

NVIDIA showed VisualBackProp's maps beside pictures of the road, and how the command answers when salient pixels are
moved. Here the renderer knows every line and edge, so a map can be scored; and so can controls that know less.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Counts, Numbers
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.saliency_scores import (
    Maps,
    chance_of_intersection,
    chance_of_pointing,
    intersection_over_union,
    points_at,
)
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import kit
from drive_sim.lessons.kit.demonstration import NUM_TICKS, demonstrate
from drive_sim.lessons.nvidia.pixel_effects import (
    Effect,
    Predict,
    carried,
    effect_of,
    effect_of_all,
    strongest_share,
)
from drive_sim.lessons.nvidia.saliency_maps import MAPS, Views, make_views, maps_of
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import make_suite

if TYPE_CHECKING:
    from drive_sim.policies.neural import NeuralPolicy

KINDS = ("country", "two-lane")
SCORES = ("iou", "points")
NUM_SHOWN = 3
SHOWN_MAPS = ("vbp", "gradient", "vbp-untrained")
"""So many views are shown on the page, with these maps of the first seed's network."""
Pictures = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How many views of held-out roads each network of each kind of road is asked about.

    `share`: of a map's pixels so many, the strongest, are moved; `shares`: for the curve of how much they carry.
    """

    num_views: int = 80
    num_roads: int = 10
    num_ticks: int = NUM_TICKS
    num_steps: int = 600
    network: str = "pilotnet"
    share: float = 0.1
    shares: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4)
    shifts_px: tuple[int, ...] = (-9, -6, -3, 0, 3, 6, 9)
    within_px: int = 3
    drive_m: float = 1000.0
    num_driven: int = 3
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_views >= NUM_SHOWN and self.num_driven > 0 and self.num_roads > 0):
            raise InputError(f"saliency: it takes seeds, roads, roads to drive, and at least {NUM_SHOWN} views")
        if not (0 in self.shifts_px and all(-s in self.shifts_px for s in self.shifts_px) and len(self.shifts_px) > 2):
            raise InputError(f"saliency: shifts_px must hold 0 and each shift to both sides, got {self.shifts_px}")
        if not all(0.0 < share < 1.0 for share in (self.share, *self.shares)):
            raise InputError("saliency: shares of a picture's pixels lie between 0 and 1")

    @property
    def ends_px(self) -> tuple[int, ...]:
        """The farthest shifts, and none."""
        return (min(self.shifts_px), 0, max(self.shifts_px))

    def conditions_on(self, kind: str) -> Conditions:
        """The first drive's conditions on another kind of road."""
        return replace(self.conditions, road_kind=kind)


QUICK = Config(
    0,
    2,
    quick=True,
    num_views=12,
    num_roads=3,
    num_steps=80,
    shares=(0.05, 0.1, 0.3),
    shifts_px=(-6, 0, 6),
    drive_m=300.0,
    num_driven=1,
)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a part found, of a network and v views: each map's SCORES (v,) and chance's, and each map's effect.

    `whole`, as an Effect's: when all pixels are moved; `whole_at_ends`: the mean slope by the farthest shifts. `shown`:
    the first views, the truth and some maps as pictures of 0 to 255, of the first seed only.
    """

    effort: kit.Effort
    interventions: Counts
    driven_km: Numbers
    true_share: float
    chance: dict[str, Numbers]
    scores: dict[str, dict[str, Numbers]]
    effects: dict[str, Effect]
    whole: Numbers
    whole_answers: Numbers
    whole_at_ends: float
    shown: dict[str, Pictures]


def parts(config: Config) -> list[kit.Part]:
    """Every kind of road, with every seed."""
    return kit.parts_by_seed(ask_network, config, KINDS, config.seeds)


def ask_network(config: Config, kind: str, seed: int, report: kit.Report) -> Asked:
    """One network on one kind of road: learn, drive a little, make its maps, and hold them against truth and effect."""
    conditions, start_s = config.conditions_on(kind), time.process_time()
    demos = demonstrate(seed, conditions, num_ticks=config.num_ticks)
    untrained, policy = _networks(config, demos, seed, kit.between(report, 0.0, 0.5))
    learning_cpu_s = time.process_time() - start_s
    suite = make_suite("held-out", num_roads=config.num_driven, conditions=conditions)
    driven = evaluate(policy, replace(suite, distance_m=config.drive_m), EvalConfig(conditions.vehicle))
    views = make_views("held-out", conditions, config.num_views, config.num_roads)
    maps = maps_of(policy, untrained, views, conditions, np.random.default_rng(seed))
    whole, whole_answers = effect_of_all(policy.predict, views, config.shifts_px)
    at_ends, _ = effect_of_all(policy.predict, views, config.ends_px)
    chance = chance_of_intersection(views.truth), chance_of_pointing(views.truth, within_px=config.within_px)
    return Asked(
        effort=kit.Effort(len(demos), len(demos), int(np.isfinite(driven.driven_m).sum()), learning_cpu_s),
        interventions=driven.interventions,
        driven_km=driven.distance_m / 1000.0,
        true_share=float(views.truth.mean()),
        chance=dict(zip(SCORES, chance, strict=True)),
        scores={name: _scores(config, values, views) for name, values in maps.items()},
        effects=_effects(config, policy.predict, views, maps, kit.between(report, 0.6, 1.0)),
        whole=whole,
        whole_answers=whole_answers,
        whole_at_ends=float(at_ends.mean()),
        shown=_shown(maps, views) if seed == config.seed else {},
    )


def _networks(
    config: Config, demos: Demonstrations, seed: int, report: kit.Report
) -> tuple["NeuralPolicy", "NeuralPolicy"]:
    """A network before it has learned, to the bit what training begins with, and after."""
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415

    use_one_thread()
    training = kit.training_config("shift-rotate", config.num_steps, config.network)
    untrained = bc.make_policy(training, demos, kit.training_rng(seed).spawn(4)[0])
    trained = kit.train_with_progress(training, ImitationTask(demos), kit.training_rng(seed), report)
    return untrained, trained.policy


def _scores(config: Config, values: Maps, views: Views) -> dict[str, Numbers]:
    """Intersection over union with the truth, and whether its strongest pixel hits it, view by view."""
    hits = points_at(values, views.truth, within_px=config.within_px).astype(np.float64)
    return dict(zip(SCORES, (intersection_over_union(values, views.truth), hits), strict=True))


def _effects(
    config: Config, predict: Predict, views: Views, maps: Mapping[str, Maps], report: kit.Report
) -> dict[str, Effect]:
    """What moving the pixels of each map does, and those of the true markings."""
    found = {}
    for number, name in enumerate(MAPS):
        report(number / (len(MAPS) + 1), f"moving pixels: {name}")
        some = carried(predict, views, maps[name], config.shares, config.ends_px)
        these = strongest_share(maps[name], config.share)
        found[name] = effect_of(predict, views, these, config.shifts_px, some)
    found["truth"] = effect_of(predict, views, views.truth, config.shifts_px, np.empty(0))
    return found


def _shown(maps: Mapping[str, Maps], views: Views) -> dict[str, Pictures]:
    some = slice(0, NUM_SHOWN)
    greys = {name: _grey(maps[name][some]) for name in SHOWN_MAPS}
    return {"images": views.images[some], "truth": 255 * views.truth[some].astype(np.uint8), **greys}


def _grey(maps: Maps) -> Pictures:
    return np.rint(255.0 * maps / maps.max(axis=(1, 2), keepdims=True)).astype(np.uint8)
