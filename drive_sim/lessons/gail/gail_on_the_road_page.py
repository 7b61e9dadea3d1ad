"""The page of the lesson on GAIL on the road."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.gail.gail_on_the_road import QUICK, Config, Ends, FromPixels, Learned, Tried, parts
from drive_sim.lessons.gail.gail_on_the_road_figures import LOOK_OF, make_figures, make_film
from drive_sim.lessons.gail.gail_on_the_road_result import GAIL, ByLaps, Result, result
from drive_sim.report.numbers import number, rate
from drive_sim.report.style import LOOKS

STAGES = {
    "pixels": "GAIL tries from pixels",
    "expert": "The expert drives, and chance",
    GAIL: "GAIL tries from lane poses",
    "clone": "Cloning",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
}
COLUMNS = ("expert", *LOOK_OF.values())
LEAST_SCALED = 0.9


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "expert":
        return f"returns of {np.mean([of.expert.mean_return for of in found.read(stage, Ends)]):.0f}"
    if stage == "pixels":
        (of,) = found.read(stage, FromPixels)
        return f"{rate(of.measured.per_km)} interventions a km, its clone {rate(of.clone.per_km)}"
    records = found.read(stage, Tried) if stage == GAIL else found.read(stage, Learned)
    return f"{rate(float(np.mean([[one.per_km for one in of.measured] for of in records])))} interventions a km"


def _headline(config: Config, result: Result) -> str:
    rates = {name: rate(of.per_km[0].mean) for name, of in result.methods.items()}
    effort, pixels = result.methods[GAIL].effort[0], result.pixels
    labels, steps, of_pixels = (number(of, 0) for of in (effort.num_labels, effort.steps, pixels.effort.steps))
    return (
        f"From {labels} labels of {_laps(config.laps[0])} GAIL drives unseen roads with {rates[GAIL]} interventions a "
        f"km, a clone with {rates['clone']}; shift-and-rotate and DAgger with {rates['shift-rotate']} and "
        f"{rates['dagger']}. It asks nobody, and takes {steps} steps. From pixels, after {of_pixels} steps: "
        f"{rate(pixels.per_km.mean)}."
    )


def _laps(num: int) -> str:
    return "one lap" if num == 1 else f"{num} laps"


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    gail, pixels = result.methods[GAIL], result.pixels
    fewer = [of.high is not None and of.high < 0.0 for of in gail.fewer]
    returns = ", ".join(number(of.mean, 3) for of in gail.scaled)
    differences = ", ".join(of.in_words(2) for of in gail.fewer)
    tries = f"{number(pixels.effort.steps, 0)} steps: {rate(pixels.per_km.mean)} interventions a km"
    return [
        kit.Claim(
            f"a scaled return of at least {LEAST_SCALED:g} from every number of laps",
            f"{returns} from {', '.join(map(str, config.laps))}",
            all(of.mean >= LEAST_SCALED for of in gail.scaled),
        ),
        kit.Claim(
            "fewer interventions a km than the clone of as many labels, the interval of the difference below zero",
            differences,
            all(fewer),
        ),
        *(_claim_beside(name, result) for name in ("shift-rotate", "dagger")),
        kit.Claim(
            "from pixels, fewer interventions a km than at random",
            f"{tries}; at random {rate(result.random_per_km.mean)}",
            pixels.per_km.high is not None
            and result.random_per_km.low is not None
            and pixels.per_km.high < result.random_per_km.low,
        ),
        kit.Claim(
            "from pixels, no more interventions a km than the clone of as many labels",
            f"{rate(pixels.per_km.mean)} against {rate(pixels.clone_per_km.mean)}",
            pixels.per_km.mean <= pixels.clone_per_km.mean,
        ),
    ]


def _claim_beside(name: str, result: Result) -> kit.Claim:
    """GAIL asks for no more interventions than a method that was told what to do off the lane."""
    ours, theirs = (result.methods[which].per_km for which in (GAIL, name))
    got = ", ".join(f"{rate(a.mean)} against {rate(b.mean)}" for a, b in zip(ours, theirs, strict=True))
    asked = f"no more interventions a km than {LOOKS[name].label}, from every number of laps"
    return kit.Claim(asked, got, all(a.mean <= b.mean for a, b in zip(ours, theirs, strict=True)))


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods = result.methods.values()
    rows = [kit.Row("Published", kit.words("–" for _ in COLUMNS))]
    for at, laps in enumerate(config.laps):
        tile = kit.Tile("", f"interventions a km, of {_laps(laps)}") if at == 0 else None
        scaled = [Estimate(1.0, None, None, ""), *(of.scaled[at] for of in methods)]
        per_km = [result.expert_per_km, *(of.per_km[at] for of in methods)]
        rows += [
            kit.Row(f"Scaled return, {_laps(laps)}", kit.estimates(scaled, 3), "0 at random, 1 the expert's"),
            kit.Row(f"Interventions a km, {_laps(laps)}", kit.rates(per_km), "95 % over seeds and roads", tile),
        ]
    return [*rows, *_effort(config, result)]


def _effort(config: Config, result: Result) -> list[kit.Row]:
    """What each took, from the fewest laps to the most."""

    def of(field: str) -> list[kit.Cell]:
        told = [[number(getattr(one, field), 0) for one in method.effort] for method in result.methods.values()]
        return [kit.Cell("–"), *(kit.Cell(", ".join(numbers)) for numbers in told)]

    laps = ", ".join(map(str, config.laps))
    return [
        kit.Row("Labels", of("num_labels"), f"a seed; {laps} laps"),
        kit.Row("Steps driven to learn", of("steps"), "those of the demonstrations counted in"),
        kit.Row("Steps driven to measure", of("evaluation_steps"), "a seed"),
        kit.Row("Learning, seconds of processor time", of("learning_cpu_s"), "driving included; other work beside"),
    ]


def _facts(config: Config, result: Result) -> Mapping[str, kit.Fact]:
    drawn = ", ".join(rate(of.mean) for of in result.drawn_per_km)
    gail: ByLaps = result.methods[GAIL]
    return {
        "drawn": drawn,
        "tries": float(config.trying.num_cars * config.trying.policy.ticks_per_round * config.trying.policy.num_rounds),
        "random": rate(result.random_per_km.mean),
        "mean_drive": ", ".join(rate(of.mean) for of in gail.per_km),
        "pixel_rows": _pixel_rows(result),
        "pixel_heads": ["", "GAIL", "A clone of as many labels"],
    }


def _pixel_rows(result: Result) -> list[kit.Row]:
    of = result.pixels
    efforts = (of.effort, of.clone_effort)
    return [
        kit.Row("Scaled return", kit.numbers([of.scaled, of.clone_scaled], 3), "one seed"),
        kit.Row("Interventions a km", kit.rates([of.per_km, of.clone_per_km]), "95 % over roads"),
        kit.Row("Labels", kit.numbers([one.num_labels for one in efforts], 0)),
        kit.Row("Steps driven to learn", kit.numbers([one.steps for one in efforts], 0)),
        kit.Row("Learning, seconds of processor time", kit.numbers([one.learning_cpu_s for one in efforts], 0)),
    ]


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, _claims, _rows, make_figures, _facts, make_film)
LESSON = kit.Lesson("gail-on-the-road", QUICK, STAGES, parts, _summary, result, PAGE)
