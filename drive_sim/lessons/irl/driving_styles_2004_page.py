"""The page of the lesson on driving styles."""

from pathlib import Path

import numpy as np

from drive_sim.evaluate.intervals import Count
from drive_sim.irl.driving_styles import STYLES
from drive_sim.lessons import kit
from drive_sim.lessons.irl.driving_styles_2004 import (
    QUICK,
    TOLD_APART,
    Config,
    Learned,
    ToldApart,
    parts,
    parts_told_apart,
)
from drive_sim.lessons.irl.driving_styles_figures import SHORT_NAMES, make_figures, make_film
from drive_sim.lessons.irl.driving_styles_result import Result, Style, result
from drive_sim.report.numbers import number, signed
from drive_sim.report.style import LOOKS

STAGES = {name: f"Learning to drive: {LOOKS[name].label.lower()}" for name in STYLES} | {
    TOLD_APART: "Whose driving is it?"
}
PUBLISHED = {
    "nice": ((0.0, 0.0, 13.25, 20.33, 59.83, 6.58), (0.01, 0.04, 9.04, 22.87, 60.41, 7.64), 0.051),
    "nasty": ((11.67, 0.0, 6.33, 46.67, 47.0, 0.0), (13.32, 0.0, 10.45, 31.96, 57.59, 0.0), 0.187),
    "right-lane-nice": ((0.0, 0.0, 0.0, 0.33, 70.58, 29.08), (0.0, 0.0, 0.0, 0.0, 74.47, 25.54), 0.053),
    "right-lane-nasty": ((6.0, 0.0, 0.0, 0.33, 29.08, 70.58), (5.69, 0.0, 0.0, 0.0, 26.66, 73.34), 0.037),
    "middle-lane": ((6.0, 0.0, 0.0, 100.0, 0.0, 0.0), (5.42, 0.0, 0.0, 100.0, 0.0, 0.0), 0.006),
}
"""Table 1: shares of samples in per cent, of the expert and learned, in the order of `TOLD`; and their gap."""
LEAST_TOLD_APART = 95.0
SIGNS = {"nasty": 1.0, "nice": -1.0}


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == TOLD_APART:
        return f"{_told_apart([part.taken_for for part in found.read(stage, ToldApart)])} recognised"
    return f"{np.mean([part.gap for part in found.read(stage, Learned)]):.3f} from its demonstration"


def _told_apart(taken_for: list[np.ndarray]) -> Count:
    total = np.sum(taken_for, axis=0)
    return Count(int(np.trace(total)), int(total.sum()))


def _headline(_config: Config, result: Result) -> str:
    gaps = [of.gap.mean for of in result.styles.values()]
    count = _told_apart([result.taken_for])
    return (
        f"From two minutes of driving each of five styles is driven again: its shares of samples lie "
        f"{min(gaps):.3f} to {max(gaps):.3f} from the demonstration's. Of {count.of} other drives {count.num} are "
        f"recognised."
    )


def _claims(_config: Config, result: Result) -> list[kit.Claim]:
    gaps = [_claim_of_gap(name, of) for name, of in result.styles.items()]
    return [*gaps, *(_claim_of_sign(name, result.styles[name]) for name in SIGNS), _claim_told_apart(result)]


def _claim_of_gap(name: str, of: Style) -> kit.Claim:
    published = PUBLISHED[name][2]
    asked = f"{LOOKS[name].label}: at most the published gap, or the 90th percentile between two drives of one driver"
    got = f"{of.gap.in_words(3)}; two drives {of.twin:.3f}"
    return kit.Claim(asked, got, of.gap.mean <= max(published, of.twin), f"{published:.3f}")


def _claim_of_sign(name: str, of: Style) -> kit.Claim:
    right = sum(SIGNS[name] * weight > 0.0 for weight in of.collision_per_seed)
    way = "likes" if SIGNS[name] > 0.0 else "minds"
    asked = f"{LOOKS[name].label} {way} collisions, says maximum entropy, in every seed"
    return kit.Claim(asked, str(Count(right, len(of.collision_per_seed))), right == len(of.collision_per_seed))


def _claim_told_apart(result: Result) -> kit.Claim:
    count = _told_apart([result.taken_for])
    asked = f"at least {LEAST_TOLD_APART:.0f} % of held-out two minutes are told whose they are"
    return kit.Claim(asked, f"{count} drives", 100.0 * count.num >= LEAST_TOLD_APART * count.of)


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    styles, published = result.styles, [PUBLISHED[name] for name in result.styles]
    shares = [
        kit.Row(f"{name[0].upper()}{name[1:]}, %", [_shares(of, row, pub) for of, pub in _both(result)], _NOTE)
        for row, name in enumerate(SHORT_NAMES)
    ]
    tile = kit.Tile("", "from its demonstration, over six shares of samples")
    positive = [
        Count(sum(weight > 0.0 for weight in of.collision_margin), len(of.gap_per_seed)) for of in styles.values()
    ]
    return [
        *shares,
        kit.Row("Gap published", kit.words(f"{of[2]:.3f}" for of in published)),
        kit.Row("Gap between demonstrated and learned", kit.estimates((of.gap for of in styles.values()), 3), "", tile),
        kit.Row(
            "Between two drives of the driver", kit.numbers((of.twin for of in styles.values()), 3), "90th percentile"
        ),
        kit.Row("Weight of a collision", kit.estimates((of.collision for of in styles.values()), 1), "maximum entropy"),
        kit.Row("Positive by max-margin", kit.words(map(str, positive)), "the same weight, in its last iteration"),
        *_place_rows(result),
        kit.Row("Told whose they are", [_told(of) for of in styles.values()], "held-out two minutes; exact 95 %"),
    ]


_NOTE = "demonstrated → learned; below, published"


def _both(result: Result) -> list[tuple[Style, tuple[tuple[float, ...], tuple[float, ...], float]]]:
    return [(of, PUBLISHED[name]) for name, of in result.styles.items()]


def _shares(of: Style, row: int, published: tuple[tuple[float, ...], tuple[float, ...], float]) -> kit.Cell:
    demonstrated, learned = (number(values[row], 1) for values in (of.demonstrated, of.learned))
    return kit.Cell(f"{demonstrated} → {learned}", " → ".join(number(values[row], 1) for values in published[:2]))


def _place_rows(result: Result) -> list[kit.Row]:
    return [
        kit.Row(
            f"Weight of the {name}",
            kit.words(signed(of.places[row].mean) for of in result.styles.values()),
            "less the mean",
        )
        for row, name in enumerate(SHORT_NAMES[1:])
    ]


def _told(of: Style) -> kit.Cell:
    return kit.Cell(str(of.told_apart), of.told_apart_share.percent.bounds(0) + " %")


PAGE = kit.Page(Path(__file__), tuple(STYLES), _headline, _claims, _rows, make_figures, media=make_film)
LESSON = kit.Lesson("driving-styles-2004", QUICK, STAGES, parts, _summary, result, PAGE, (parts_told_apart,))
