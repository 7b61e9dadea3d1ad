"""The page of the lecture's exercise."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.irl import exercise_world as world
from drive_sim.lessons.irl import reward_exercise_figures as figures
from drive_sim.lessons.irl.exercise_answers import MaxEntPick, Pick
from drive_sim.lessons.irl.reward_exercise import (
    QUICK,
    Config,
    Drawn,
    Result,
    all_explaining,
    parts,
    result,
    wall_parts,
)
from drive_sim.report.numbers import number, signed

COLUMNS = ("end-alone", "max-margin", "maxent")
STAGES = {
    "draws": "Random rewards that explain both walks",
    "answers": "Picks, equalities and degrees of freedom",
    "walls": "A wall at every place",
}
_SAME = 1e-9
PROTOTYPE = (0.00114, 0.00146)
"""The share that a rough prototype found, with its interval."""
WALKS_LEFT, SOFT_LEFT, RANKS = [9, 9, 8, 7, 5], [9, 8, 7, 1, 1], [9, 10, 11, 17, 17]


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "draws":
        drawn = found.read(stage, Drawn)
        return f"{sum(len(part.explaining) for part in drawn)} of {len(drawn) * config.num_draws} with r(3) = r(5)"
    return {"answers": "all computed", "walls": f"{len(world.WALLS)} places"}[stage]


def _headline(config: Config, result: Result) -> str:
    """The finding that gives away none of the page's answers, which are to be guessed first."""
    return (
        f"Of {config.num_draws * config.num_seeds:,} rewards drawn at random {_none(result)} explains the lecture’s "
        f"two walks; and yet there are endlessly many that do. Which one is it?"
    )


def _none(result: Result) -> str:
    return "none" if result.shares.as_drawn.mean == 0.0 else f"one in {1.0 / result.shares.as_drawn.mean:,.0f}"


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    return [*_claims_on_rewards(config, result), *_claims_on_what_is_left(result)]


def _claims_on_rewards(config: Config, result: Result) -> list[kit.Claim]:
    shares, computed = result.shares, result.computed
    tied, as_drawn, margin = shares.tied, shares.as_drawn, computed.margin.shortfall
    short = max(pick.shortfall for pick in computed.four.values())
    nearest = float(computed.distances[np.triu_indices(len(computed.four), 1)].min())
    overlap = tied.ends[0] <= PROTOTYPE[1] and PROTOTYPE[0] <= tied.ends[1]
    drawn = f"{as_drawn.mean * config.num_draws * len(config.seeds):.0f} of {config.num_draws * len(config.seeds):,}"
    least = min(one.pick.shortfall for one in computed.maxent)
    return [
        kit.Claim("four rewards explain both walks", _short_by(short), short <= _SAME, at_any_size=True),
        kit.Claim(
            "no two of them are the same, shaping and scale aside",
            f"{nearest:.2f} apart or more",
            nearest > 0.01,
            at_any_size=True,
        ),
        kit.Claim(
            "with r(3) = r(5), 0.13 % of random rewards explain both",
            tied.percent.in_words(3, " %"),
            overlap,
            "0.13 ± 0.016 % in a prototype",
        ),
        kit.Claim("without it none does", drawn, as_drawn.mean == 0.0),
        kit.Claim("maximum margin’s pick explains both", _short_by(margin), margin <= _SAME, at_any_size=True),
        kit.Claim("maximum entropy’s, with an l2, never does", f"short by {least:.2g} or more", least > _SAME),
    ]


def _claims_on_what_is_left(result: Result) -> list[kit.Claim]:
    computed, ice = result.computed, result.computed.on_ice
    across = {tuple(sorted(step)) for walk in world.WALKS for step in pairwise(walk)}
    teach = [wall.between for wall in result.walls if wall.seen < computed.seen_without_wall or wall.share < 1.0]
    num_off = len([between for between in teach if between not in across])
    elsewhere = f"{num_off} of {len(world.WALLS) - len(across)} elsewhere"
    on_ice = f"a reward with r(3) − r(5) = {signed(ice.difference, 3)} explains: {_short_by(ice.shortfall)}"
    counts = (computed.left_by_walks, computed.left_by_soft_driver, computed.ranks)
    walks, soft, ranks = (list(of.values()) for of in counts)
    return [
        kit.Claim(
            "on ice r(3) = r(5) is not forced", on_ice, ice.shortfall <= _SAME < abs(ice.difference), at_any_size=True
        ),
        kit.Claim(
            "0, 1, 2, 3, 6 walks leave of r(s): 9, 9, 8, 7, 5", _listed(walks), walks == WALKS_LEFT, at_any_size=True
        ),
        kit.Claim("a soft driver leaves of r(s, a): 9, 8, 7, 1, 1", _listed(soft), soft == SOFT_LEFT, at_any_size=True),
        kit.Claim("the ranks of the published test", _listed(ranks), ranks == RANKS, _listed(RANKS), at_any_size=True),
        kit.Claim(
            "a wall teaches something only across a walk",
            f"{len(teach) - num_off} of {len(across)} across one, {elsewhere}",
            num_off == 0 < len(teach),
            at_any_size=True,
        ),
    ]


def _short_by(shortfall: float) -> str:
    return f"short by {shortfall:.0e}" if shortfall > 0.0 else "short by nothing"


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(map(str, counts))


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    picks = _picks(result)
    said = ("–", "smallest norm, gaps of 1", "features matched, l2")
    return [
        kit.Row("Asked by the lecture: what is the reward function?", kit.words(said)),
        *(kit.Row(f"r({cell + 1})", kit.numbers((p.reward[cell] for p in picks), 3)) for cell in range(9)),
        kit.Row("r(3) − r(5)", kit.words(signed(pick.difference, 3) for pick in picks)),
        kit.Row(
            "Short of the best action, at most",
            kit.words("0" if pick.shortfall <= _SAME else number(pick.shortfall, 3) for pick in picks),
            "over the actions of both walks; below 1e-9 is 0",
        ),
        kit.Row(
            "From maximum margin’s", kit.numbers((p.distance for p in picks), 3), "distance, 0 the same, 1 opposites"
        ),
    ]


def _picks(result: Result) -> list[Pick]:
    return [result.computed.four["The end alone pays"], result.computed.margin, result.computed.maxent[0].pick]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    margin, maxent = result.computed.margin.reward, result.computed.maxent[0].pick.reward
    four = {name: pick.reward for name, pick in result.computed.four.items()}
    shown = {**four, "Maximum margin’s": margin, f"Maximum entropy’s, l2 = {config.l2[0]:g}": maxent}
    return {
        "rewards": figures.plot_rewards(shown),
        "cuts": figures.plot_cuts(margin, maxent, config.points),
        "spread": figures.plot_spread(all_explaining(found), margin, maxent),
        "walls": figures.plot_walls(result.walls, result.computed.seen_without_wall),
    }


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    computed = result.computed
    return {
        "exercise": Markup(exercise_json(config, result)),
        "discount": world.DISCOUNT,
        "patience": world.PATIENCE,
        "by_l2": [_row_of_l2(pick) for pick in computed.maxent],
        "left_by_walks": [kit.Row(name, kit.words([str(left)])) for name, left in computed.left_by_walks.items()],
        "left_by_soft": [
            kit.Row(name, kit.words((str(computed.ranks[name]), str(left))))
            for name, left in computed.left_by_soft_driver.items()
        ],
    }


def _row_of_l2(of: MaxEntPick) -> kit.Row:
    tied, free = (f"{number(visits[2], 3)}, {number(visits[4], 3)}" for visits in (of.visits_if_tied, of.visits))
    short = of.pick.shortfall
    relative = number(short / np.abs(of.pick.reward).max(), 4)
    return kit.Row(f"{of.l2:g}", kit.words((tied, signed(of.pick.difference, 4), free, number(short, 4), relative)))


def exercise_json(config: Config, result: Result) -> str:
    """What the living page reads: walks, rewards to load, the table of draws, and the answers that took longer."""
    computed, shares = result.computed, result.shares
    picks = {**computed.four, "Maximum margin’s": computed.margin, "Maximum entropy’s": computed.maxent[0].pick}
    told = {
        "walks": [*world.WALKS, world.THIRD],
        "discount": world.DISCOUNT,
        "slip": world.SLIP,
        "patience": world.PATIENCE,
        "rewards": {name: pick.reward.tolist() for name, pick in picks.items()},
        "onIce": computed.on_ice.reward.tolist(),
        "draws": computed.table.base64,
        "share": [shares.tied.mean, *shares.tied.ends],
        "numDraws": config.num_draws * len(config.seeds),
        "walls": [[*wall.between, wall.soft, wall.seen, wall.share] for wall in result.walls],
    }
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("reward-exercise", QUICK, STAGES, parts, _summary, result, PAGE, then=(wall_parts,))
