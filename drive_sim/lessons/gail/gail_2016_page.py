"""The page of the lesson on GAIL."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.gail.arms import NUM_FIXED_POLES, NUM_POLES
from drive_sim.lessons.gail.demonstrators import NUM_PAIRS, Demonstrator
from drive_sim.lessons.gail.gail_2016 import DEMONSTRATORS, QUICK, Config, Learned, learners, parts
from drive_sim.lessons.gail.gail_2016_claims import claims, steps
from drive_sim.lessons.gail.gail_2016_figures import COMPARED, ENDING, PUBLISHED, make_figures, make_film
from drive_sim.lessons.gail.gail_2016_result import Result, Scored, result
from drive_sim.report.numbers import number
from drive_sim.report.style import LOOKS

STAGES = {
    DEMONSTRATORS: "Demonstrators, by PPO",
    "clones": "Cloning",
    "gail": "GAIL",
    "controls": "Controls: what has nothing to learn from",
    "fixed": "A fixed horizon",
    "soft-q": "SQIL and IQ-Learn there",
}
COLUMNS = (*COMPARED, "fem")
HEADS = ("", "Steps before the fall", "Seed by seed", "195 in every seed after", "Pairs", "Steps tried", "CPU s")


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == DEMONSTRATORS:
        return f"{np.mean([of.score for of in found.read(stage, Demonstrator)]):.0f} steps of 200"
    return f"{np.mean([of.scores.mean() for of in found.read(stage, Learned)]):.0f} steps of 200 in the mean of all"


def _headline(_config: Config, result: Result) -> str:
    score = {name: result.arms[name].score.mean for name in ("gail-1", "constant", "left", "clone-1")}
    fixed = {name: result.arms[f"fixed-{name}"].score.mean for name in ("gail", "constant", "left")}
    return (
        f"Where a fall ends the episode GAIL balances for {score['gail-1']:.0f} of 200 steps after one trajectory, "
        f"a constant reward for {score['constant']:.0f}, GAIL from somebody who pushes left for {score['left']:.0f}. "
        f"Where the episode goes on after a fall they balance for {fixed['gail']:.0f}, {fixed['constant']:.0f} and "
        f"{fixed['left']:.0f}; a clone for {score['clone-1']:.0f} in both."
    )


def _rows(config: Config, result: Result) -> list[kit.Row]:
    """The published comparison, by number of trajectories."""
    first = [*(result.arms[f"{name}-1"] for name in COMPARED), result.arms["fem"]]
    rows = []
    for at, num in enumerate(config.trajectories):
        of = [_score(result, name, num) for name in COLUMNS]
        tile = kit.Tile("", "of 200 steps, from one trajectory") if num == 1 else None
        note = f"{num * NUM_PAIRS} pairs; below, the interval"
        rows += [
            kit.Row(f"From {num}, published", kit.words(_published(name, at) for name in COLUMNS)),
            kit.Row(f"From {num}", kit.estimates(of, 1), note, tile),
        ]
    return [
        *rows,
        kit.Row("Seed by seed, from one", kit.series((of.per_seed for of in first), 0)),
        kit.Row("Pairs, from one", kit.numbers((of.effort.num_labels for of in first), 0), "a seed"),
        kit.Row("Environment steps", kit.numbers((of.effort.steps for of in first), 0), "a seed, to learn"),
        kit.Row("Processor time to learn, s", kit.numbers((of.effort.learning_cpu_s for of in first), 1), "a seed"),
    ]


def _score(result: Result, name: str, num: int) -> Estimate | None:
    """Of who learns from so many trajectories; None where it was not tried. FEM learns from one."""
    of = result.arms.get("fem" if (name, num) == ("fem", 1) else f"{name}-{num}")
    return None if of is None else of.score


def _published(name: str, at: int) -> str:
    return f"{PUBLISHED[name][at]:.0f}" if name in PUBLISHED else "–"


def _told(label: str, of: Scored, note: str = "") -> kit.Row:
    effort = of.effort
    cells = [
        kit.estimate_cell(of.score, 1),
        kit.Cell(", ".join(number(value, 0) for value in of.per_seed)),
        kit.Cell(steps(of), "" if of.all_solved else f"{of.num_solved} of {len(of.solved_at)} seeds reach it"),
        *kit.numbers((effort.num_labels, effort.steps), 0),
        *kit.numbers((effort.learning_cpu_s,)),
    ]
    return kit.Row(label, cells, note)


_NOTES = {
    "constant": "PPO is paid 1 a step",
    "left": "its reward is survival",
    "logit": "one trajectory",
    "penalty": "one trajectory",
    "flipped-survival": "one trajectory",
}


def _facts(config: Config, result: Result) -> Mapping[str, kit.Fact]:
    arms = result.arms
    ending = {name: arms["gail-1" if name == "gail" else name] for name in ENDING}
    ending |= {"fem": arms["fem"], "fem-plain": arms["fem-plain"]}
    fixed = {name.removeprefix("fixed-"): of for name, of in arms.items() if name.startswith("fixed-")}
    fixed |= {"clone": arms["clone-1"]}
    return {
        "heads": HEADS,
        "ending_rows": _table(ending, _NOTES),
        "fixed_rows": _table(fixed, {"constant": _NOTES["constant"], "left": "its reward is the logit"}),
        "demonstrator_steps": result.demonstrator_steps,
        "demonstrator_cpu_s": result.demonstrator_cpu_s,
        "demonstrator": result.demonstrator.mean,
        "gail_to_195": steps(arms["gail-1"]),
        "settings": config.settings.policy,
        "poles": NUM_POLES,
        "fixed_poles": NUM_FIXED_POLES,
    }


def _table(arms: Mapping[str, Scored], notes: Mapping[str, str]) -> Sequence[kit.Row]:
    return [_told(LOOKS[name].label, of, notes.get(name, "")) for name, of in arms.items()]


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, claims, _rows, make_figures, _facts, make_film)
LESSON = kit.Lesson("gail-2016", QUICK, STAGES, parts, _summary, result, PAGE, (learners,))
