"""The page of the lesson on cascading errors."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.road import cascading_errors as lesson
from drive_sim.lessons.road import cascading_errors_figures as plots
from drive_sim.lessons.road.cascading_errors import Config, Drive
from drive_sim.lessons.road.cascading_errors_result import LOOKAHEAD_M, Result, result
from drive_sim.lessons.road.learners import DRIVERS, METHODS, STAGES
from drive_sim.report.numbers import rate

PUBLISHED = ("J*(T)", "J(T) ≤ J*(T) + T² ε", "–", "about J*(T) + u T ε")
LEAST_RATIO = 10.0
BLANK = kit.Cell("")


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    curves = [drive.costs["squared"].curve for drive in found.read(stage, Drive)]
    return f"cost {np.mean([curve[-1] for curve in curves]):.1f} of {len(curves[0])} at the end"


def _headline(config: Config, result: Result) -> str:
    grown, ratio = result.drivers["clone"].costs["squared"].exponent, result.ratios["squared"].mean
    growth = "" if grown is None else f", and what it pays beyond the expert grows like T to the {grown.mean:.1f}"
    return (
        f"{config.num_ticks} ticks without help cost the clone {rate(ratio)} times as much as DAgger, from as many "
        f"labels{growth}."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    clone, learner, ratio = result.drivers["clone"], result.drivers["dagger"], result.ratios["squared"]
    window = f"over ticks {config.first_tick} to {config.last_tick}, in every seed (interval above 1)"
    exponents, per_seed = clone.costs["squared"].exponent_per_seed, ", ".join(map(rate, result.ratio_per_seed))
    (times,) = kit.rates([ratio])
    distances = (np.mean(of.distance_per_seed) for of in (clone, learner))
    return [
        kit.Claim(
            f"the clone's excess over the expert grows faster than time {window}",
            ", ".join(str(_exponent(of)) for of in exponents),
            all(of is not None and of.low is not None and of.low > 1.0 for of in exponents),
            "at most like T²",
        ),
        kit.Claim(
            f"its cost is at least {LEAST_RATIO:.0f} times DAgger's at T = {config.num_ticks}",
            f"{times} times; seed by seed {per_seed}",
            ratio.mean >= LEAST_RATIO,
        ),
        kit.Claim(
            "what it visits lies farther from what it has seen than DAgger's does, in every seed",
            " against ".join(f"{metres:.2f}\u00a0m" for metres in distances),
            all(a > b for a, b in zip(clone.distance_per_seed, learner.distance_per_seed, strict=True)),
        ),
    ]


def _exponent(of: Estimate | None, why_none: str = "too little to fit") -> kit.Cell:
    return kit.Cell("–", why_none) if of is None else kit.estimate_cell(of)


def _rows(config: Config, result: Result) -> list[kit.Row]:
    drivers, points = result.drivers.values(), f"1-Wasserstein, {config.num_places} points each"
    per_seed = zip(*(of.costs["squared"].exponent_per_seed for of in drivers), strict=True)
    own = kit.estimates(of.costs["squared"].own_exponent for of in drivers)
    tile = kit.Tile("", f"is what {config.num_ticks} ticks cost, of {config.num_ticks} at most")
    return [
        kit.Row("Published", kit.words(PUBLISHED), "a bound on the cost"),
        *_cost_rows(result, "squared", f"Cost of {config.num_ticks} ticks", tile),
        *(
            kit.Row(f"seed {seed}", [BLANK, *map(_exponent, of[1:])], "95 % over roads")
            for seed, of in zip(config.seeds, per_seed, strict=True)
        ),
        kit.Row("of a constant risk of being lost", _of_clone(kit.numbers([result.constant_risk_exponent], 2))),
        kit.Row("Exponent of T of the whole cost", own, "gusts included"),
        *_cost_rows(result, "plain", "By another cost: way to the edge, not squared"),
        *_cost_rows(result, "intervention", "By another cost: ticks more than 1\u00a0m off"),
        kit.Row("Off the road at the end, %", kit.estimates((of.lost for of in drivers), 1, scale=100.0)),
        kit.Row("From visits to the nearest own picture, m", kit.estimates(of.nearest for of in drivers), "mean"),
        kit.Row("Between own pictures and visits, m", kit.estimates(of.distance for of in drivers), points),
        kit.Row("Between the clone's pictures and visits, m", kit.estimates(of.distance_from_clone for of in drivers)),
        *kit.effort_rows([of.effort for of in drivers], "Steps driven without help"),
    ]


def _cost_rows(result: Result, name: str, what: str, tile: kit.Tile | None = None) -> list[kit.Row]:
    """What a drive costs as one of COSTS counts, beside DAgger's and the expert's, and how fast its excess grows."""
    costs = [of.costs[name] for of in result.drivers.values()]
    exponents = [_exponent(of.exponent, "not in each seed") for of in costs[1:]]
    return [
        kit.Row(what, kit.estimates((of.total for of in costs), 1), "95 % over seeds and roads", tile),
        kit.Row("times DAgger's", _of_clone(kit.rates([result.ratios[name]]))),
        kit.Row("beyond the expert's", [BLANK, *kit.estimates(of.excess for of in costs[1:])], "same places and gusts"),
        kit.Row("exponent of T of what is beyond", [BLANK, *exponents], "Student's t over seeds"),
    ]


def _of_clone(cells: list[kit.Cell]) -> list[kit.Cell]:
    return [BLANK, *cells, BLANK, BLANK]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    drives = {name: found.read(name, Drive) for name in DRIVERS}
    costs = {name: [drive.costs["squared"].curve for drive in of] for name, of in drives.items()}
    paths_m = {name: np.concatenate([drive.paths_m for drive in drives[name]], axis=1) for name in METHODS}
    seen, visited = (
        {name: np.concatenate([getattr(drive, kind) for drive in drives[name]]) for name in METHODS}
        for kind in ("seen", "visited")
    )
    nearest = [f"{of.nearest.mean:.2f} m to the nearest picture" for of in result.drivers.values() if of.nearest]
    most = lesson.MOST_OFF_M, lesson.MOST_TURNED_RAD
    return {
        "costs": plots.plot_costs(costs, (config.first_tick, config.last_tick)),
        "paths": plots.plot_paths(paths_m, config.budget.half_width_m, lesson.PATH_TICKS),
        "places": plots.plot_seen_and_visited(seen, visited, nearest, most),
    }


def _facts(_config: Config, _result: Result) -> dict[str, kit.Fact]:
    return {"lookahead_m": LOOKAHEAD_M, "most_off_m": lesson.MOST_OFF_M}


PAGE = kit.Page(Path(__file__), DRIVERS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("cascading-errors", lesson.QUICK, STAGES, lesson.parts, _summary, result, PAGE)
