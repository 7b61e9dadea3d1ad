"""The page of the lesson on deep maximum entropy."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.lessons import kit
from drive_sim.lessons.irl.deep_maxent import (
    ASKED,
    METHODS,
    QUICK,
    Config,
    Learned,
    Method,
    Numbers,
    Result,
    draw_worlds,
    parts,
    result,
)
from drive_sim.lessons.irl.deep_maxent_figures import plot_losses, plot_rewards
from drive_sim.report import plots
from drive_sim.report.style import LOOKS

STAGES = {name: LOOKS[name].label for name in METHODS}
LINEAR, NETWORK = ("linear-distances", "linear-thresholds"), "network-thresholds"
PUBLISHED = ("–", "a curve, no number", "–", "a curve, no number")


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    at = config.nums.index(ASKED[0])
    parts = found.read(stage, Learned)
    seen, unseen = np.mean([part.seen[at] for part in parts]), np.mean([part.unseen[at] for part in parts])
    return f"{seen:.2f} lost after {ASKED[0]} demonstrations, {unseen:.2f} in unseen worlds"


def _headline(config: Config, result: Result) -> str:
    some, more = (config.nums.index(num) for num in ASKED)
    linear, network = result.methods[LINEAR[1]], result.methods[NETWORK]
    return (
        f"After {ASKED[0]} demonstrations a driver of the network's reward loses {network.seen[some].mean:.2f} of the "
        f"best value, one of the linear reward {linear.seen[some].mean:.2f}; after {ASKED[1]}, in worlds never seen, "
        f"{network.unseen[more].mean:.2f} and {linear.unseen[more].mean:.2f}. A reward that says nothing loses "
        f"{result.blank.mean:.2f}."
    )


def _better(result: Result, seeds_of: Callable[[Method], Numbers], at: int) -> tuple[int, int, Estimate]:
    """In how many of how many seeds the network loses less than either linear reward, and how much less it loses."""
    linear = np.min([seeds_of(result.methods[name])[:, at] for name in LINEAR], axis=0)
    less = linear - seeds_of(result.methods[NETWORK])[:, at]
    return int((less > 0.0).sum()), len(less), estimate_mean(less)


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    some, more = (config.nums.index(num) for num in ASKED)
    seen = {num: _better(result, lambda of: of.seen_per_seed, config.nums.index(num)) for num in config.nums[some:]}
    unseen = [_better(result, lambda of: of.unseen_per_seed, at) for at in (some, more)]
    told = ", ".join(f"at {num} in {won} of {of}" for num, (won, of, _) in seen.items())
    return [
        kit.Claim(
            f"a network's reward better than a linear one in every seed, from {ASKED[0]} demonstrations on",
            f"{told}; at {ASKED[0]} by {seen[ASKED[0]][2].in_words(2)}",
            all(won == of for won, of, _ in seen.values()),
            "curves",
        ),
        kit.Claim(
            f"in unseen worlds better in the mean at {ASKED[0]}",
            f"by {unseen[0][2].in_words(2)}, in {unseen[0][0]} of {unseen[0][1]}",
            unseen[0][2].mean > 0.0,
            "curves",
        ),
        kit.Claim(
            f"in unseen worlds better in every seed at {ASKED[1]}",
            f"in {unseen[1][0]} of {unseen[1][1]}, by {unseen[1][2].in_words(2)}",
            unseen[1][0] == unseen[1][1],
            "curves",
        ),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    some, more = (config.nums.index(num) for num in ASKED)
    last, methods = len(config.nums) - 1, result.methods.values()
    tile = kit.Tile("", f"lost in unseen worlds after {ASKED[1]} demonstrations")
    return [
        kit.Row("Published", kit.words(PUBLISHED)),
        *(
            kit.Row(f"Lost after {config.nums[at]}", kit.estimates(of.seen[at] for of in methods))
            for at in (some, more)
        ),
        kit.Row(f"Seed by seed, after {ASKED[0]}", kit.series((of.seen_per_seed[:, some] for of in methods), 2)),
        kit.Row(f"In unseen worlds, after {ASKED[0]}", kit.estimates(of.unseen[some] for of in methods)),
        kit.Row(f"In unseen worlds, after {ASKED[1]}", kit.estimates(of.unseen[more] for of in methods), "", tile),
        kit.Row(
            f"Seed by seed there, after {ASKED[1]}", kit.series((of.unseen_per_seed[:, more] for of in methods), 2)
        ),
        *(
            [kit.Row(f"In unseen worlds, after {config.nums[last]}", kit.estimates(of.unseen[last] for of in methods))]
            if last != more
            else []
        ),
        kit.Row(
            "Strength of the prior",
            kit.words(", ".join(f"{value:g}" for value in np.median(of.priors_per_seed, axis=0)) for of in methods),
            f"median over seeds, after {', '.join(map(str, config.nums))}",
        ),
    ]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """Values lost over demonstrations, and the first seed's rewards as pictures."""
    methods = result.methods.items()
    seen = {name: plots.Curve.of_estimates(config.nums, of.seen_per_seed, of.seen) for name, of in methods}
    unseen = {name: plots.Curve.of_estimates(config.nums, of.unseen_per_seed, of.unseen) for name, of in methods}
    learned = {name: found.read(name, Learned)[0].rewards for name in (LINEAR[1], NETWORK)}
    titles = ("where drivers were watched", "a world never seen")
    shown = zip(titles, draw_worlds(config, config.seed), strict=False)
    rows = {title: (world, {name: of[row] for name, of in learned.items()}) for row, (title, world) in enumerate(shown)}
    return {
        "losses": plot_losses(config.nums, {"their own world": seen, "unseen worlds": unseen}),
        "rewards": plot_rewards(rows),
    }


PAGE = kit.Page(
    Path(__file__),
    METHODS,
    _headline,
    _claims,
    _rows,
    _figures,
    lambda _config, result: {"blank": result.blank.mean},
)
LESSON = kit.Lesson("deep-maxent", QUICK, STAGES, parts, _summary, result, PAGE)
