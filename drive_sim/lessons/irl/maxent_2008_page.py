"""The page of the lesson on maximum entropy."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.evaluate.intervals import Estimate
from drive_sim.irl.worlds.road_graph import FEATURES
from drive_sim.lessons import kit
from drive_sim.lessons.irl import maxent_2008_figures as figures
from drive_sim.lessons.irl.maxent_2008 import QUICK, Checks, Config, parts
from drive_sim.lessons.irl.maxent_2008_result import IN_SECONDS, MEAN_TASTES, Result, median_fit_s, result
from drive_sim.lessons.irl.maxent_cities import METHODS, City, draw_city
from drive_sim.lessons.irl.maxent_faults import FAULTS
from drive_sim.lessons.irl.maxent_small_world import Faults
from drive_sim.report.numbers import number
from drive_sim.report.style import LOOKS

STAGES = {
    "checks": "The fork, the gradient, and the time of a fit",
    "cities": "Cities: where drivers go",
    "faults": "The algorithm with the faults of its copies",
}
PUBLISHED = {
    "matched": (72.4, 75.3, 77.3, 78.8),
    "whole": (43.1, 46.6, 50.4, 53.0),
    "likely": (None, None, -7.91, -6.85),
}
EXACT, GRADIENT, MOST_S = 1e-9, 1e-6, 0.05
TASTE_HEADS = ("", "Mean driver", *(LOOKS[name].label for name in METHODS[1:]))
FAULT_HEADS = (
    "",
    "Nats a walk below the optimum",
    "Its own gradient's norm",
    "Visits expected elsewhere",
    "Like the truth",
)


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "checks":
        return f"gradient within {found.read(stage, Checks)[0].gradient_error:.0e} of finite differences"
    if stage == "cities":
        return f"{100 * np.mean([city.matched['maxent'].mean() for city in found.read(stage, City)]):.0f} % matched"
    lost = [world.lost["states outside time"][-1] for world in found.read(stage, Faults)]
    return f"states outside time lose {np.mean(lost):.0f} nats a walk"


def _headline(config: Config, result: Result) -> str:
    soft, fast = result.methods["maxent"].matched.percent.mean, result.methods["fastest"].matched.percent.mean
    return (
        f"In {config.num_seeds} cities maximum entropy finds a held-out trip {result.more_likely.mean:.3f}\u00a0nats "
        f"more likely than the action-based model, and matches {soft:.1f}\u00a0% of it; the fastest way "
        f"{fast:.1f}\u00a0%."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    checks, faults = result.checks, [result.faults[fault] for fault in FAULTS if fault != "none"]
    wrong = {name: float(np.abs(checks.fork[name] - of).max()) for name, of in _FORK.items()}
    worse = [np.greater(of.lost_per_seed, result.faults["none"].lost_per_seed) for of in faults]
    return [
        kit.Claim(
            "on the fork maximum entropy: ⅓, ⅓, ⅓",
            f"within {wrong['maxent']:.0e}",
            wrong["maxent"] <= EXACT,
            "⅓ ⅓ ⅓",
            at_any_size=True,
        ),
        kit.Claim(
            "and the action-based model: ¼, ¼, ½",
            f"within {wrong['action']:.0e}",
            wrong["action"] <= EXACT,
            "¼ ¼ ½",
            at_any_size=True,
        ),
        kit.Claim(
            "the gradient equals finite differences, to 1e-6",
            f"within {checks.gradient_error:.1e}",
            checks.gradient_error <= GRADIENT,
            at_any_size=True,
        ),
        _claim_above(
            "maximum entropy finds held-out trips more likely than action-based", result.more_likely, " nats", "by 1.06"
        ),
        *(
            _claim_above(
                f"the fastest way matches less than {_mid(name)}",
                result.above_fastest[name].scaled(100.0),
                " points",
                by,
            )
            for name, by in zip(METHODS[1:], ("2.9 points", "4.9 points", "6.4 points"), strict=True)
        ),
        kit.Claim(
            "each fault of the copies ends less likely than the algorithm as printed, with every seed",
            f"{sum(int(of.sum()) for of in worse)} of {len(faults) * config.num_seeds}",
            all(bool(of.all()) for of in worse),
        ),
    ]


_FORK = {"maxent": np.full(3, 1 / 3), "action": np.array([0.25, 0.25, 0.5])}


def _mid(name: str) -> str:
    return LOOKS[name].label[0].lower() + LOOKS[name].label[1:]


def _claim_above(what: str, more: Estimate, unit: str, published: str) -> kit.Claim:
    is_above = more.low is not None and more.low > 0.0
    return kit.Claim(
        f"{what} (paired, 95 %)", f"by {more.in_words(3 if 'nats' in unit else 1)}{unit}", is_above, published
    )


def _time_claims(config: Config, result: Result, _ends_s: Mapping[str, float]) -> list[kit.Claim]:
    took = f"{1000 * median_fit_s(result):.0f} ms of processor time, the median of {config.num_fits}"
    met = median_fit_s(result) <= MOST_S and result.checks.norm <= GRADIENT
    what = "5 x 5 grid on ice, horizon 20, exact expectations: gradient norm 1e-6 in 50 ms on one core"
    return [kit.Claim(what, f"{took}; norm at most {result.checks.norm:.0e}", met, at_any_size=True)]


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    methods = result.methods.values()
    tile = kit.Tile("\u00a0%", "of a held-out trip's length matched")
    return [
        kit.Row("Published, share matched, %", kit.numbers(PUBLISHED["matched"])),
        kit.Row(
            "Share of a trip matched, %",
            kit.estimates((of.matched.percent for of in methods), 1),
            "95 % over cities",
            tile,
        ),
        kit.Row("Published, matched to 90 %, %", kit.numbers(PUBLISHED["whole"])),
        kit.Row("Trips matched to 90 %, %", kit.estimates((of.whole.percent for of in methods), 1), "95 % over cities"),
        kit.Row("Published, log-probability a trip", kit.numbers(PUBLISHED["likely"], 2)),
        kit.Row("Log-probability a trip", kit.estimates((of.log_prob for of in methods), 2), "95 % over cities"),
    ]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    graph, _, held_out = draw_city(config.trips, config.seed)
    worlds = found.read("faults", Faults)
    lost = {fault: np.array([world.lost[fault] for world in worlds]) for fault in FAULTS}
    return {
        "fork": figures.plot_fork(result.checks.fork),
        "match": figures.plot_match(result),
        "city": figures.plot_city(graph, held_out[0], found.read("cities", City)[0].weights),
        "lost": figures.plot_lost(config.small.told_steps, lost),
        "rewards": figures.plot_rewards(worlds[0].rewards),
    }


def _facts(_config: Config, result: Result) -> Mapping[str, kit.Fact]:
    return {
        "taste_heads": TASTE_HEADS,
        "taste_rows": [
            kit.Row(
                f"{name}, {'seconds each' if IN_SECONDS[row] > 1 else 'a minute'}",
                [kit.Cell(number(MEAN_TASTES[row], 2)), *kit.estimates((of[row] for of in result.tastes.values()), 2)],
            )
            for row, name in enumerate(FEATURES)
        ],
        "fault_heads": FAULT_HEADS,
        "fault_rows": [
            kit.Row(
                "as printed" if fault == "none" else fault,
                [
                    *kit.estimates([of.lost], 5 if of.lost.mean < 1.0 else 1),
                    *kit.estimates([of.slope, of.gap, of.like_truth], 3),
                ],
            )
            for fault, of in result.faults.items()
        ],
        "gradient_error": f"{result.checks.gradient_error:.1e}",
        "fit_ms": 1000.0 * median_fit_s(result),
        "mean_driver": result.mean_driver.percent.in_words(1),
    }


PAGE = kit.Page(Path(__file__), METHODS, _headline, _claims, _rows, _figures, _facts, time_claims=_time_claims)
LESSON = kit.Lesson("maxent-2008", QUICK, STAGES, parts, _summary, result, PAGE)
