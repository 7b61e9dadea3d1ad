"""The page of the lesson on any road."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.road import any_road_figures as drawn
from drive_sim.lessons.road.any_road import LAPS, QUICK, Config, Found, parts
from drive_sim.lessons.road.any_road_recipes import ARMS
from drive_sim.lessons.road.any_road_result import SUITES, Result, result
from drive_sim.report import plots
from drive_sim.report.numbers import rate, signed
from drive_sim.report.style import LOOKS

COLUMNS = ("expert", "any-road", "view-84", "first-drive")
STAGES = {
    "expert": "The expert drives, for comparison",
    "any-road": "All ingredients",
    "view-84": "A narrow view",
    "view-130": "A wider view",
    "narrow-roads": "Roads of one width",
    "no-flares": "Widths that never change",
    "gentle-bends": "Gentle bends only",
    "no-crossings": "No crossings",
    "no-shift": "No shifted views",
    "shift-2": "Views shifted further",
    "cloned": "Cloning instead of DAgger",
    "one-speed": "One speed only",
    "first-drive": "None of the ingredients",
}
ASKED = (
    ("view-84", "any-tight", 1.0, "in tight bends, a view of 84° instead of 115° costs"),
    ("narrow-roads", "wide", 5.0, "on roads from 9 m on, having seen one width costs"),
    ("gentle-bends", "any-tight", 5.0, "in tight bends, having seen none under 33 m costs"),
    ("no-flares", "flaring", 1.0, "where roads flare, having seen none that do costs"),
    ("no-crossings", "crossing", 1.0, "at crossings, having seen none costs"),
    ("no-shift", "any-tight", 1.0, "in tight bends, learning without shifted views costs"),
    ("one-speed", "own-speed", 1.0, "at a speed of one's own, having learned at one speed costs"),
    ("first-drive", "any-tight", 10.0, "in tight bends, doing without all of them costs"),
)
"""Who is asked, on what, and how many interventions a km more it was expected to have, before the run, at least."""
LITTLE_PER_KM = 1.0
"""DAgger and further shifts were expected to change less than this."""


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    laps = [part.laps[name] for part in found.read(stage, Found) for name in SUITES]
    per_km = sum(of.interventions.sum() for of in laps) / sum(of.km.sum() for of in laps)
    return f"{rate(per_km)} interventions a km on roads of one width each"


def _headline(_config: Config, result: Result) -> str:
    whole, none = (result.drivers[name] for name in ("any-road", "first-drive"))
    worst = max(
        (name for name in ARMS if name not in ("any-road", "first-drive")), key=lambda name: _tight(result, name)
    )
    return (
        f"Trained on roads of every kind, a small network needs help {rate(whole.per_km['any'].mean)} times a km in "
        f"gentle bends and {rate(_tight(result, 'any-road'))} in tight ones; without any of the ingredients "
        f"{rate(none.per_km['any'].mean)} and {rate(_tight(result, 'first-drive'))}. Of those left out one at a time, "
        f"tight bends miss this most: “{LOOKS[worst].label}” ({rate(_tight(result, worst))})."
    )


def _tight(result: Result, name: str) -> float:
    return result.drivers[name].per_km["any-tight"].mean


def _claims(_config: Config, result: Result) -> list[kit.Claim]:
    costs = [_cost(result.drivers[name].more[lap], least, what) for name, lap, least, what in ASKED]
    little = [_little(result, name, what) for name, what in (("cloned", "DAgger"), ("shift-2", "shifting by 2 m"))]
    expert = result.drivers["expert"]
    kept = sum(round(expert.per_km[lap].mean * 1000.0) for lap in LAPS) == 0
    asked = kit.Claim("the expert keeps all of these roads without help", _rates(expert.per_km), kept, at_any_size=True)
    return [asked, *costs, *little]


def _cost(more: Estimate, least: float, what: str) -> kit.Claim:
    met = more.mean >= least and more.ends[0] > 0.0
    return kit.Claim(f"{what} at least {least:g} intervention{'s' * (least != 1.0)} a km", _more(more), met)


def _little(result: Result, name: str, what: str) -> kit.Claim:
    more = result.drivers[name].more["any-tight"]
    met = abs(more.mean) < LITTLE_PER_KM
    return kit.Claim(f"in tight bends, {what} changes less than {LITTLE_PER_KM:g} a km", _more(more), met)


def _more(of: Estimate) -> str:
    """A difference with its sign, and its interval where it has one."""
    bounds = "" if of.low is None or of.high is None else f" ({signed(of.low, 2)} to {signed(of.high, 2)})"
    return f"{signed(of.mean, 2)} a km{bounds}"


def _rates(per_km: Mapping[str, Estimate]) -> str:
    return "interventions a km: " + ", ".join(rate(per_km[lap].mean) for lap in LAPS)


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    drivers = [result.drivers[name] for name in COLUMNS]
    tile = kit.Tile("", "interventions a km on unseen roads of six widths, gentle bends and tight")
    published = ("–", "1.5 cm, all randomised", "–", "–")
    return [
        kit.Row("Published (where an object is)", kit.words(published), "another task: their ablation is in the paper"),
        kit.Row("Interventions a km", kit.rates(of.per_km["suites"] for of in drivers), "with 95 % interval", tile),
        kit.Row("Seed by seed", kit.series((of.per_seed for of in drivers), 2)),
        kit.Row("Interventions, in so many km", kit.words(_counted(of.counted) for of in drivers)),
        kit.Row("On roads from 9 m on", kit.rates(of.per_km["wide"] for of in drivers), "a km"),
        *kit.effort_rows([of.effort for of in drivers], "Steps driven to count interventions"),
    ]


def _counted(of: tuple[int, float]) -> str:
    return f"{of[0]} in {of[1]:.1f}"


def _figures(config: Config, _found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    degrees = [ARMS[name].view_deg for name in ("view-84", "any-road", "view-130")]
    roads = {name: ARMS[name] for name in ("any-road", "first-drive")}
    views = plots.plot_pictures(drawn.hairpin_views(degrees), [f"{view_deg:.0f}°" for view_deg in degrees], 3)
    return {
        "recipes": drawn.plot_recipes(result),
        "where": drawn.plot_where(result),
        "roads": drawn.plot_roads(roads, config.seed),
        "views": views,
    }


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    heads = ["Recipe", *drawn.LAP_TITLES]
    all_rows = [
        kit.Row(LOOKS[name].label, kit.rates(result.drivers[name].per_km[lap] for lap in LAPS))
        for name in ("expert", *ARMS)
    ]
    return {"heads": heads, "all_rows": all_rows, "num_labels": config.num_labels, "whole": ARMS["any-road"]}


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("any-road", QUICK, STAGES, parts, _summary, result, PAGE)
