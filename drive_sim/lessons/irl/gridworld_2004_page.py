"""The page of the lesson on the gridworld of 2004."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.irl import gridworld_2004_figures as figures
from drive_sim.lessons.irl.gridworld_2004 import QUICK, Config, Distances, Entropy, Swamp, Values, parts
from drive_sim.lessons.irl.gridworld_2004_result import (
    BELOW,
    PUBLISHED,
    PUBLISHED_AT,
    PUBLISHED_PATHS,
    PUBLISHED_VALUES,
    Result,
    distances_by_name,
    result,
)

STAGES = {
    "distances": "How near both searches come",
    "values": "What is learned from few paths",
    "entropy": "Maximum entropy from the same paths",
    "swamp": "A swamp to avoid",
}
BEFORE, MOST_S = 14, 5.0
_NAMES = {
    "all-features": "Projection's mixture, all features",
    "paying-features": "with those that pay only",
    "best-policy": "the best single policy of the first mixture",
    "mimicking": "Mimicking",
    "estimate": "the paths themselves",
    "maxent": "Maximum entropy, soft policy",
    "maxent-hard": "best policy by its reward",
    "same-seeds": "Projection's mixture, the same seeds",
}


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "distances":
        return f"{np.mean([of.max_margin[-1] for of in found.read(stage, Distances)]):.4f} at last, maximum margin"
    if stage == "values":
        return f"{100 * np.mean([of.all_features[-1] for of in found.read(stage, Values)]):.0f} % of the expert's value"
    if stage == "entropy":
        return f"{100 * np.mean([of.soft[-1] for of in found.read(stage, Entropy)]):.0f} % of the expert's value"
    return "avoided" if found.read(stage, Swamp)[0].signed.any() else ""


def _headline(config: Config, result: Result) -> str:
    last = result.approaches["max-margin"].at[-1]
    worth = result.values["all-features"][-1].mean
    return (
        f"After 30 iterations maximum margin's mixture is {last.mean:.4f} from the expert's features (published: "
        f"{PUBLISHED['max-margin'][-1]}); from {config.num_paths[-1]} paths projection's is worth "
        f"{100 * worth:.0f}\u00a0% of the expert."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    of_margin, of_hull = result.approaches["max-margin"], result.approaches["projection"]
    places = ", ".join(f"{of.mean:.4f}" for of in of_margin.at)
    before, after = of_hull.before_and_after
    ratios = [of.mean / one for of, one in zip(of_margin.at, PUBLISHED["max-margin"], strict=True)]
    inside = (
        f"at {of_margin.published_in} of {len(PUBLISHED_AT)} another {config.num_seeds} runs might give what was "
        f"published (95 %); {min(ratios):.2f} to {max(ratios):.2f} of it"
    )
    gap = result.in_swamp["forced"] - result.in_swamp["signed"]
    return [
        kit.Claim(
            "maximum margin lies on the published points, iterations 5, 10, 15, 20, 30",
            f"{places}: {inside}",
            of_margin.published_in == len(PUBLISHED_AT),
            ", ".join(str(one) for one in PUBLISHED["max-margin"]),
        ),
        kit.Claim(
            f"the hull is nearer than {BELOW:g} before iteration {BEFORE}",
            f"projection's after {_after(of_hull.below_after)} ({before:.5f}, then {after:.5f}); "
            f"maximum margin's after {_after(of_margin.below_after)}",
            of_hull.below_after is not None and of_hull.below_after < BEFORE,
            "between iterations 10 and 15",
        ),
        kit.Claim(
            "weights that may not be negative cannot say avoid",
            f"{100 * result.in_swamp['signed']:.1f} % of the time in the swamp with any, "
            f"{100 * result.in_swamp['forced']:.1f} % with none below 0 (the expert: "
            f"{100 * result.in_swamp['expert']:.1f} %)",
            gap > 0.05,
        ),
    ]


def _after(num: int | None) -> str:
    return "none of its policies" if num is None else f"{num} policies"


def _time_claims(_config: Config, result: Result, _ends_s: Mapping[str, float]) -> list[kit.Claim]:
    took = f"{result.search_cpu_s:.1f} s of processor time, the median of the first five"
    return [kit.Claim("30 iterations of maximum margin in 5 s on one core", took, result.search_cpu_s <= MOST_S)]


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    approaches = result.approaches.values()
    rows = []
    for place, iteration in enumerate(PUBLISHED_AT):
        published = [f"{PUBLISHED[name][place]:.4f}" if name in PUBLISHED else "–" for name in result.approaches]
        rows += [
            kit.Row(f"Published, iteration {iteration}", kit.words(published)),
            kit.Row(f"Distance, iteration {iteration}", kit.estimates((of.at[place] for of in approaches), 4), "95 %"),
        ]
    last = rows[-1]
    rows[-1] = kit.Row(last.what, last.cells, last.note, kit.Tile("", "from the expert, iteration 30"))
    return [*rows, kit.Row(f"Below {BELOW:g}", kit.words(_after(of.below_after) for of in approaches))]


def _value_rows(config: Config, result: Result) -> list[kit.Row]:
    """Figure 4 as a table, a column a number of paths."""
    rows = []
    for name, text in _NAMES.items():
        if name in PUBLISHED_VALUES:
            at: dict[int, float] = dict(zip(PUBLISHED_PATHS, PUBLISHED_VALUES[name], strict=True))
            rows.append(kit.Row(f"Published: {text}", kit.numbers((at.get(num) for num in config.num_paths), 2)))
        seeds = config.num_maxent if name.startswith(("maxent", "same")) else config.num_seeds
        rows.append(kit.Row(text, kit.estimates(result.values[name], 2), f"95 %, {seeds} runs"))
    return rows


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    (swamp,) = found.read("swamp", Swamp)
    return {
        "both": figures.plot_both(distances_by_name(found), result, config.num_paths),
        "swamp": figures.plot_swamp(swamp),
    }


def _facts(config: Config, result: Result) -> Mapping[str, kit.Fact]:
    return {
        "value_heads": ["", *(f"{num} path{'s' * (num > 1)}" for num in config.num_paths)],
        "value_rows": _value_rows(config, result),
        "gain": result.gain.scaled(100.0).in_words(1),
    }


PAGE = kit.Page(
    Path(__file__),
    ("max-margin", "projection", "own-point"),
    _headline,
    _claims,
    _rows,
    _figures,
    _facts,
    time_claims=_time_claims,
)
LESSON = kit.Lesson("gridworld-2004", QUICK, STAGES, parts, _summary, result, PAGE)
