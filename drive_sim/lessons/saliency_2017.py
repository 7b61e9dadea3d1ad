"""What does a network look at? Maps of what counts, held against the true markings, and against what happens when the
pixels that they name are moved (after Bojarski et al. 2017, arXiv 1704.07911).

NVIDIA showed VisualBackProp's maps beside pictures of the road, and how the command answers when salient pixels are
moved. Here the renderer knows every line and edge, so a map can be scored; and so can controls that know less.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.saliency_scores import Maps, chance_of_intersection, chance_of_pointing
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import saliency_2017_findings, saliency_effects
from drive_sim.lessons.saliency_effects import Predict
from drive_sim.lessons.saliency_maps import MAPS, Views, make_views, maps_of
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.lessons.story import Finished, Progress, within
from drive_sim.lessons.thirty_seconds import NUM_TICKS, demonstrate, learn, training_rng
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import make_suite

NAME = "saliency"
STAGES = {
    "country": "One lane without lines: networks learn, and are asked what they look at",
    "two-lane": "Two lanes with lines: the same",
    "page": "Report",
}
KINDS = ("country", "two-lane")
NUM_SHOWN = 3
SHOWN_MAPS = ("vbp", "gradient", "vbp-untrained", "contrast")
"""So many views are shown on the page, with these maps of the first seed's network."""


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on, and how many views of held-out roads each network of each kind of road is asked about.

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
    quick: bool = False

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_views >= NUM_SHOWN and self.num_driven > 0 and self.num_roads > 0):
            raise InputError(f"{NAME}: it takes seeds, roads, roads to drive, and at least {NUM_SHOWN} views")
        if not (0 in self.shifts_px and all(-s in self.shifts_px for s in self.shifts_px) and len(self.shifts_px) > 2):
            raise InputError(f"{NAME}: shifts_px must hold 0 and each shift to both sides, got {self.shifts_px}")
        if not all(0.0 < share < 1.0 for share in (self.share, *self.shares)):
            raise InputError(f"{NAME}: shares of a picture's pixels lie between 0 and 1")

    def conditions_on(self, kind: str) -> Conditions:
        """The first drive's conditions on another kind of road."""
        return replace(self.conditions, road_kind=kind)


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_views": 12,
    "num_roads": 3,
    "num_steps": 80,
    "shares": (0.05, 0.1, 0.3),
    "shifts_px": (-6, 0, 6),
    "drive_m": 300.0,
    "num_driven": 1,
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    return run_parts(
        NAME,
        config,
        folder,
        parts_of(config),
        saliency_2017_findings.said,
        saliency_2017_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config) -> list[Part]:
    """Every kind of camera, with every seed."""
    return [Part(kind, f"seed {seed}", look, (config, kind, seed)) for kind in KINDS for seed in config.seeds]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import saliency_2017_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    saliency_2017_report.write_page(config, found, result, folder)


def look(config: Config, kind: str, seed: int) -> part_store.Work:
    """One network on one kind of road: learn, drive a little, make its maps, and hold them against truth and effect."""
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.lessons.cloning import training_config  # noqa: PLC0415
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415

    use_one_thread()
    conditions = config.conditions_on(kind)
    demos = demonstrate(seed, conditions, num_ticks=config.num_ticks)
    training = training_config("shift-rotate", config.num_steps, config.network)
    # The weights that `learn` begins with, to the bit.
    untrained = bc.make_policy(training, demos, training_rng(seed).spawn(4)[0])
    policy, _ = yield from within(learn(kind, training, demos, seed), 0.0, 0.5)
    suite = replace(
        make_suite("held-out", num_roads=config.num_driven, conditions=conditions), distance_m=config.drive_m
    )
    driven = evaluate(policy, suite, EvalConfig(vehicle=conditions.vehicle))
    views = make_views("held-out", conditions, config.num_views, config.num_roads)
    maps = maps_of(policy, untrained, views, conditions, np.random.default_rng(seed))
    effects = yield from within(_effects(config, kind, policy.predict, views, maps), 0.6, 1.0)
    return {
        "kind": kind,
        "seed": seed,
        "num_labels": len(demos),
        "steps": len(demos),
        "interventions": driven.interventions,
        "driven_km": driven.distance_m / 1000.0,
        "true_share": float(views.truth.mean()),
        "chance": {
            "iou": chance_of_intersection(views.truth),
            "points": chance_of_pointing(views.truth, within_px=config.within_px),
        },
        **saliency_effects.agreement(maps, views.truth, config.within_px),
        **effects,
        "shown": _shown(maps, views) if seed == config.seed else None,
    }


def _effects(config: Config, kind: str, predict: Predict, views: Views, maps: Mapping[str, Maps]) -> part_store.Work:
    """What moving the pixels of each map does, and those of the true markings, and all."""
    found, ends_px = {}, (min(config.shifts_px), 0, max(config.shifts_px))
    for number, name in enumerate((*MAPS, "truth")):
        yield Progress(kind, number / (len(MAPS) + 1), f"moving pixels: {name}")
        these = views.truth if name == "truth" else saliency_effects.strongest_share(maps[name], config.share)
        found[name] = saliency_effects.effects(predict, views, these, config.shifts_px)
        if name != "truth":
            found[name]["carried"] = saliency_effects.carried(predict, views, maps[name], config.shares, ends_px)
    whole = saliency_effects.effects_of_all(predict, views, config.shifts_px)
    at_ends = saliency_effects.effects_of_all(predict, views, ends_px)["all"].mean()
    return {"effects": found, **whole, "all_at_ends": float(at_ends)}


def _shown(maps: Mapping[str, Maps], views: Views) -> dict[str, Any]:
    """The first views, their truth and maps as pictures of 0 to 255, for the page."""
    some = slice(0, NUM_SHOWN)
    greys = {name: _grey(maps[name][some]) for name in SHOWN_MAPS}
    return {"images": views.images[some], "truth": 255 * views.truth[some].astype(np.uint8), **greys}


def _grey(maps: Maps) -> npt.NDArray[np.uint8]:
    return np.rint(255.0 * maps / maps.max(axis=(1, 2), keepdims=True)).astype(np.uint8)
