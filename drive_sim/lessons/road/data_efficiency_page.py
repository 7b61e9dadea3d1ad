"""The page of the lesson on data efficiency."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.curves import SETTLED, Crossing
from drive_sim.lessons import kit
from drive_sim.lessons.kit.training import training_config
from drive_sim.lessons.road import data_efficiency_figures as drawn
from drive_sim.lessons.road.data_efficiency import QUICK, Config, Driven, Points, parts
from drive_sim.lessons.road.data_efficiency_result import Result, result
from drive_sim.lessons.road.learners import METHODS, STAGES
from drive_sim.report import plots
from drive_sim.report.numbers import counted, number, rate
from drive_sim.sim.suites import make_held_out_world

NAMES = {"clone": "cloning", "shift-rotate": "shift-and-rotate", "dagger": "DAgger"}
ASKED_S, LEAST_SEEDS = (5.0, 300.0), 5
"""From where to where curves are asked for, and of how many seeds at least."""
MOST_COLUMNS = 4
"""Maps beside each other."""


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "expert":
        return counted(sum(found.read(stage, Driven)[0].interventions), "intervention")
    last = [part.points[-1].driven for part in found.read(stage, Points)]
    km = sum(sum(of.distance_m) for of in last) / 1000.0
    return f"{sum(sum(of.interventions) for of in last) / km:.2f} interventions a km at the end"


def _headline(config: Config, result: Result) -> str:
    km = result.methods["clone"].km[0] / config.num_seeds
    clone, twin, learner = (_median(config, result.methods[name].settled_s[-1]) for name in METHODS)
    seeds = "one seed" if config.num_seeds == 1 else f"the median of {config.num_seeds} seeds"
    return (
        f"To drive {km:.2g} km of unseen road without an intervention takes {clone} of labelled driving by cloning, "
        f"{learner} by DAgger, and {twin} with shift-and-rotate ({seeds})."
    )


def _median(config: Config, per_seed: list[float | None]) -> str:
    """The median, the higher of two, in words; it may lie beyond the last point."""
    middle = sorted(math.inf if s is None else s for s in per_seed)[len(per_seed) // 2]
    return f"{middle:.0f} s" if math.isfinite(middle) else f"more than {config.budget.seconds[-1]:.0f} s"


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    first, last = result.seconds[0], result.seconds[-1]
    curves = kit.Claim(
        f"curves of three methods from {ASKED_S[0]:.0f} s to 5 min of driving, {LEAST_SEEDS} seeds at least",
        f"{first:.0f} to {last:.0f} s, {counted(config.num_seeds, 'seed')}, "
        f"{config.budget.conditions.num_roads} unseen roads",
        first <= ASKED_S[0] and last >= ASKED_S[1] and config.num_seeds >= LEAST_SEEDS,
    )
    return [curves, *(_crossing_claim(result.seconds, crossing) for crossing in result.crossings)]


def _crossing_claim(seconds: list[float], crossing: Crossing) -> kit.Claim:
    """Whether it is settled where two curves cross, and which of them is the better one where."""
    a, b = (NAMES[name] for name in crossing.methods)
    where, share = "they do not cross", f"crossings in {100 * crossing.share_crossing:.0f} % of them"
    if crossing.at_s is not None:
        interval = f" ({crossing.low_s:.0f} to {crossing.high_s:.0f})" if crossing.low_s is not None else ""
        where = f"they cross at {crossing.at_s:.0f} s{interval}"
    better = [
        f"{NAMES[name]} is better at {', '.join(points)} s"
        for name in crossing.methods
        if (points := [f"{s:.0f}" for s, of in zip(seconds, crossing.better, strict=True) if of == name])
    ]
    return kit.Claim(
        f"{a[:1].upper()}{a[1:]} and {b} cross, or do not, alike in {100 * SETTLED:.0f} % of the resamples",
        "; ".join([where, share, *better]),
        crossing.settled,
    )


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    methods, last = [result.methods[name] for name in METHODS], result.seconds[-1]
    ends = [f"{rate(of.per_km[0].mean)}\u00a0→\u00a0{rate(of.per_km[-1].mean)}" for of in methods]
    words = f"interventions a km, from {result.seconds[0]:.0f}\u00a0s and from {last:.0f}\u00a0s of labelled driving"
    by_point = zip(result.seconds, methods[0].num_labels, *(of.per_km for of in methods), strict=True)
    by_limit = zip(methods[0].limits_per_km, *(of.settled_s for of in methods), strict=True)
    until = f"and so from there on, seed by seed; – not within {last:.0f}\u00a0s"
    return [
        kit.Row("Interventions a km, first and last", kit.words(ends), tile=kit.Tile("", words)),
        *(kit.Row(f"{s:.0f} s, {num} pictures", kit.rates(of), "with 95 % interval") for s, num, *of in by_point),
        *(kit.Row(f"Seconds until {_at_most(most)}", kit.series(of, 0), until) for most, *of in by_limit),
        _worth_row(result),
        *kit.effort_rows([of.effort for of in methods], "Steps driven to count interventions"),
        kit.Row("Of the steps in training the expert drove", kit.numbers((of.expert_steps for of in methods), 0)),
        kit.Row("Put back in training", kit.numbers(of.put_back_in_training for of in methods), "a seed"),
    ]


def _at_most(per_km: float) -> str:
    return f"at most {per_km:.1f} a km" if per_km else "none"


def _worth_row(result: Result) -> kit.Row:
    """How many seconds of plain demonstration shift-and-rotate's first ones are worth, as far as interventions go."""
    at_s, low_s, high_s, *per_seed_s = (
        f"> {result.seconds[-1]:.0f}" if s is None else f"{s:.0f}"
        for s in (result.worth.at_s, result.worth.low_s, result.worth.high_s, *result.worth.per_seed_s)
    )
    cell = kit.Cell(at_s, f"{low_s} to {high_s}; by seed {', '.join(per_seed_s)}")
    what = f"Seconds until as good as shift-and-rotate from {result.worth.from_s:.0f}\u00a0s"
    return kit.Row(what, [cell, kit.Cell(""), kit.Cell("")], "with 95 % interval, over seeds and roads")


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    methods, seconds, road = result.methods, result.seconds, result.typical_road
    curves = {name: plots.Curve.of_estimates(seconds, of.per_seed, of.per_km) for name, of in methods.items()}
    crossings = [(of.at_s, of.per_km) for of in result.crossings if of.at_s is not None and of.per_km is not None]
    spreads = {
        "offset from the lane [m]": {name: of.offset_sd_m for name, of in methods.items()},
        "heading [degrees]": {name: np.degrees(of.heading_sd_rad) for name, of in methods.items()},
    }
    columns = np.unique(np.linspace(0, len(seconds) - 1, min(MOST_COLUMNS, len(seconds))).round().astype(int))
    driven = {name: [[point.driven for point in part.points] for part in found.read(name, Points)] for name in METHODS}
    places_m = {
        name: {seconds[i]: [s_m for points in of for s_m in points[i].places_m[road]] for i in columns}
        for name, of in driven.items()
    }
    track, _ = make_held_out_world(road, conditions=config.budget.conditions)
    return {
        "efficiency": drawn.plot_efficiency(seconds, curves, crossings, result.floor_per_km),
        "spread": drawn.plot_spread(seconds, spreads),
        "places": drawn.plot_put_backs(track, places_m, config.num_seeds),
    }


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    drives = config.budget.drives
    return {
        "motion": ShiftRotate(),
        "drives_s": ", ".join(f"{drives.ticks(i + 1) / 10:.0f}" for i in range(drives.num_rounds)),
        "num_steps": training_config("plain", config.budget.num_steps).num_steps,
        "km": number(result.methods["clone"].km[0] / config.num_seeds, 1),
    }


PAGE = kit.Page(Path(__file__), METHODS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("data-efficiency", QUICK, STAGES, parts, _summary, result, PAGE)
