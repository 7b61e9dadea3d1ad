"""The page of the lesson on SMILe's mixture."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.kart.falls import PUBLISHED, claim_falls_more, rows_of, summary
from drive_sim.lessons.kart.kart_figures import plot_falls, plot_mixture, plot_reweighted, plot_shares
from drive_sim.lessons.kart.smile import AS_IT_IS, QUICK, REVERSED, WITHOUT_FIRST, Config, Result, parts, result

COLUMNS = ("smile", "best-member", "dagger")
STAGES = {
    "smile": "SMILe: round by round, and then its mixture taken apart",
    "dagger": "DAgger from as many laps of data",
}
PAPER_S = (0.1, 20)
"""Alpha and rounds of the paper."""
BY_HAND = "0.114 and 0.015"
"""The first policy's share and the last's by the paper's rule with these, computed by hand."""


def _headline(config: Config, result: Result) -> str:
    """The second sentence compares what was driven with the same draws."""
    mixture, learner = (result.methods[name].end.mean for name in ("smile", "dagger"))
    return (
        f"After {config.num_rounds} rounds SMILe’s mixture falls {mixture:.1f} times a lap, the best of its policies, "
        f"alone, {result.members.best.mean:.1f} times, and DAgger, from as many labels, {learner:.1f} times. Driven "
        f"again, the mixture falls {result.reweighted[AS_IT_IS].mean:.1f} times with its weights as they are and "
        f"{result.reweighted[REVERSED].mean:.1f} times with them reversed."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    """What was asked of the whole mixture, and then what its weights have to do with it."""
    mixture, learner, best = (*(result.methods[name].end for name in ("smile", "dagger")), result.members.best)
    other, weights = result.reweighted, result.weights
    as_it_is, turned, least = other[AS_IT_IS], other[REVERSED], least_of(result)
    shown = f"{weights[0]:.3f} and {weights[-1]:.3f}"
    claims = [
        claim_falls_more("SMILe's mixture falls more often than the best of its policies alone", mixture, best),
        claim_falls_more("it trails DAgger from the same number of labels", mixture, learner, "about 2 against none"),
        kit.Claim(
            "weights fall from the first policy to the last",
            shown,
            bool((np.diff(weights) < 0.0).all()),
            at_any_size=True,
        ),
        claim_falls_more("as it is, it falls more often than with the weights reversed", as_it_is, turned),
        claim_falls_more("without the first, too, more often than with them reversed", other[WITHOUT_FIRST], turned),
        claim_falls_more(f"as it is, more often than with the best weights, “{least}”", as_it_is, other[least]),
    ]
    if (config.alpha, config.num_rounds) == PAPER_S:
        claims.append(kit.Claim(f"the first share and the last are {BY_HAND}", shown, shown == BY_HAND, "the rule"))
    return claims


def least_of(result: Result) -> str:
    """The one of the other weights with the fewest falls; of equals the last named."""
    others = [name for name in result.reweighted if name != AS_IT_IS]
    return min(others[::-1], key=lambda name: result.reweighted[name].mean)


def _rows(config: Config, result: Result) -> list[kit.Row]:
    """The best policy is one of the last mixture, and took all that it took."""
    mixture, learner = (result.methods[name] for name in ("smile", "dagger"))
    best = [None] * (len(mixture.falls) - 1) + [result.members.best]
    published, efforts = (
        (PUBLISHED["smile"], "–", PUBLISHED["dagger"]),
        (mixture.effort, mixture.effort, learner.effort),
    )
    return rows_of(config, published, (mixture.falls, best, learner.falls), efforts)


def _figures(_config: Config, _found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    return {
        "falls": plot_falls(result.methods),
        "members": plot_mixture(result.weights, result.members.alone, result.methods["smile"].end.mean),
        "shares": plot_shares(result.shares),
        "reweighted": plot_reweighted(result.reweighted),
    }


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, _claims, _rows, _figures)
LESSON = kit.Lesson(Config.lesson, QUICK, STAGES, parts, summary, result, PAGE)
