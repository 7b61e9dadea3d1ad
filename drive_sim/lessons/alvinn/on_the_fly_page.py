"""The page of the lesson on ALVINN on the fly."""

import math
from pathlib import Path

import numpy as np

from drive_sim.data.warp import valid_mask
from drive_sim.learn.alvinn import LATER, MAX_CURVATURE_PER_M, PUBLISHED
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.on_the_fly import QUICK, Config, Learned, parts
from drive_sim.lessons.alvinn.on_the_fly_figures import make_figures
from drive_sim.lessons.alvinn.on_the_fly_result import Result, result
from drive_sim.lessons.alvinn.watching import BEND_VIEWS, METHODS, RULES
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.report.numbers import counted
from drive_sim.sim.road_generator import ROAD_KINDS

STAGES = {
    "expert": "The expert drives the unseen roads",
    "alvinn": "ALVINN on the fly, as published",
    "alvinn-alone": "Without views: the frame alone",
    "alvinn-oldest": "Without the buffer's rule: first in, first out",
    "alvinn-smear": "Smeared edges",
    "alvinn-narrow": "Smaller shifts",
    "alvinn-later": "The later settings",
    "one by one": "The later settings, one by one",
    "bend": "A bend that does not end",
}
SHARE_OF_SEEDS = 0.9


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    some = found.read(stage, Learned)
    if stage in ("one by one", "bend"):
        return f"{len(some[0].variants)} variants, {counted(len(some), 'seed')}"
    last = [driven[-1] for part in some for driven in part.variants.values()]
    interventions, km = sum(one.interventions.sum() for one in last), sum(one.km.sum() for one in last)
    after = f" after {last[0].frames} frames" if last[0].frames else ""
    return f"{counted(int(interventions), 'intervention')} in {km:.0f} km{after}"


def _headline(config: Config, result: Result) -> str:
    ours, alone = (result.methods[name].at_bar for name in ("alvinn", "alvinn-alone"))
    return (
        f"After {config.num_frames} frames, {config.num_frames * config.metres_a_frame:.0f} m of road, ALVINN drives "
        f"{config.km:g} km of unseen road without help with {ours.clean_on_own_road} of {config.num_seeds} seeds; from "
        "the same frames alone, without shifted and turned views but with no fewer steps of back-propagation, it needs "
        f"help {alone.rate.per_km.mean:.2g} times a km."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    at, wanted = result.methods["alvinn"].at_bar, math.ceil(SHARE_OF_SEEDS * config.num_seeds - 1e-9)
    return [
        kit.Claim(
            f"after at most {config.num_frames} frames, 0 interventions in {config.km:g} km of unseen road in {wanted} "
            f"of {config.num_seeds} seeds, each on a road of its own",
            f"{at.clean_on_own_road} of {config.num_seeds}",
            at.clean_on_own_road >= wanted,
            "drives after about 50 cycles, 5 minutes at 4 mph",
        ),
        kit.Claim(
            f"the same of all {at.num_drives} pairs of a seed and a road: {100 * SHARE_OF_SEEDS:.0f} %",
            f"{at.clean_drives} of {at.num_drives}; {at.clean_seeds} of {config.num_seeds} seeds on all "
            f"{config.num_roads} roads",
            at.clean_drives >= SHARE_OF_SEEDS * at.num_drives,
        ),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods, km = list(result.methods.values()), f"{config.km:g} km"
    at = [method.at_bar for method in methods]
    tile = kit.Tile("", f"interventions a km after {config.num_frames} frames")
    published = ["drives after about 50 cycles"] + ["–"] * (len(methods) - 1)
    rows = [
        kit.Row("Published", kit.words(published)),
        kit.Row(
            "Seeds without help, own road",
            kit.numbers((of.clean_on_own_road for of in at), 0),
            f"{km} after {config.num_frames} frames, of {config.num_seeds}",
        ),
        kit.Row(
            "Drives without help",
            kit.numbers((of.clean_drives for of in at), 0),
            f"of {at[0].num_drives}: every seed on every road",
        ),
        kit.Row(f"Seeds without help on all {config.num_roads} roads", kit.numbers((of.clean_seeds for of in at), 0)),
    ]
    for i, frames in enumerate(config.asked):
        note = "interventions a km, with 95 % interval" if i == 0 else ""
        cells = kit.rates(method.points[i].rate.per_km for method in methods)
        rows.append(kit.Row(f"{frames} frames", cells, note, tile if frames == config.num_frames else None))
    return [
        *rows,
        kit.Row(
            "Frames until it needs no more help",
            kit.series((method.frames_until_clean for method in methods), 0),
            f"on all roads, seed by seed; – not within {config.asked[-1]}",
        ),
        kit.Row(
            "Patterns shown, a step each",
            kit.numbers((of.shown for of in at), 0),
            f"a seed, {config.num_frames} frames",
        ),
        *kit.effort_rows(
            [method.effort for method in methods],
            "Steps driven to count interventions",
            cpu_digits=2,
            cpu_of="views included",
        ),
    ]


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    ours, later_all = (result.methods[name].at_bar.rate for name in ("alvinn", "alvinn-later"))
    later = {"nothing": ours, **result.one_by_one, "all of these": later_all}
    road, cruise_mps = ROAD_KINDS[config.conditions.road_kind], config.conditions.vehicle.cruise_mps
    ahead_m = (LATER.lookahead_s or 0.0) * cruise_mps
    return {
        **{name.removeprefix("alvinn-"): method.at_bar for name, method in result.methods.items()},
        "published": PUBLISHED,
        "max_turn_deg": float(np.degrees(PUBLISHED.max_turn_rad)),
        "unseen_percent": unseen_percent(),
        "rules": ["After the bend, interventions a km", *RULES.values()],
        "bend": [kit.Row(views, _in_bend(result, views)) for views in BEND_VIEWS],
        "one_by_one": [kit.Row(name, kit.rates([of.per_km])) for name, of in later.items()],
        "cruise_mps": cruise_mps,
        "ahead_m": ahead_m,
        "half_a_metre_per_km": 1000.0 * 2.0 * 0.5 / ahead_m**2,
        "spacing_per_km": 2000.0 * MAX_CURVATURE_PER_M / (LATER.num_units - 1),
        "max_per_m": MAX_CURVATURE_PER_M,
        "tightest_m": 1.0 / road.max_curvature_per_m,
        "width_m": 2.0 * road.half_width_m,
    }


def _in_bend(result: Result, views: str) -> list[kit.Cell]:
    """A cell a rule; where no rule acts there is one result."""
    found = [result.bend.get(f"{views}; {rule}") for rule in RULES.values()]
    return [kit.Cell("as before") if of is None else kit.rates([of.per_km])[0] for of in found]


def unseen_percent(num_views: int = 400) -> float:
    """How much of a view, on average, lies outside the picture that it is made of."""
    shift, turn = np.random.default_rng(0).uniform(-1.0, 1.0, (2, num_views))
    seen = valid_mask(ALVINN_CAMERA, PUBLISHED.max_shift_m * shift, PUBLISHED.max_turn_rad * turn)
    return 100.0 * float(1.0 - seen.mean())


PAGE = kit.Page(Path(__file__), tuple(METHODS), _headline, _claims, _rows, make_figures, _facts)
LESSON = kit.Lesson("alvinn-on-the-fly", QUICK, STAGES, parts, _summary, result, PAGE)
