"""The page of the lesson on ALVINN's first experiment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.alvinn_1989 import (
    HALF_WIDTHS_M,
    METHODS,
    QUICK,
    TOLERANCE_UNITS,
    Config,
    Learned,
    parts,
)
from drive_sim.lessons.alvinn.alvinn_1989_figures import make_figures, make_film
from drive_sim.lessons.alvinn.alvinn_1989_result import Method, Result, result
from drive_sim.lessons.alvinn.edge_probes import EDGE_STEP_M, HALF_WAY, ONE_EDGE, WHOLE_ROAD

STAGES = {
    "one-width": "Roads of one width: pictures are learned, novel ones answered, roads driven",
    "varying": "Roads of many widths: the same",
}
COLUMNS = (*METHODS, "published")
_WELL, _LEARNING = "Novel pictures within two of 45 units, %", "Learning, seconds of processor time"
_SHOWING, _SHARE = "Learning from one picture, milliseconds", "Hidden units: both edges together"
_LABELS, _STEPS = "Labelled pictures", "Steps driven in training"
"""Rows that the paper has something for."""
_TILE = kit.Tile("\u00a0%", "of novel pictures within two of 45 units")
WELL_BAR_PERCENT, CENTRE_BAR_PERCENT = 97.0, 40.0
WHOLE_ROADS, SINGLE_EDGES = (
    "overlapping filters, each for one to three positions of the whole road",
    "detectors of single edges",
)


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    well = sum(part.num_well[-1].sum() for part in found.read(stage, Learned))
    return f"{100.0 * well / len(found.read(stage, Learned)) / config.num_novel:.1f} % within two units"


def _headline(config: Config, result: Result) -> str:
    one, many = (result.methods[name].well.mean for name in METHODS)
    return (
        f"After {config.num_pictures} simulated pictures, {config.num_epochs} times each, ALVINN’s network answers "
        f"{one:.1f}\u00a0% of novel ones within two of 45 units on roads of one width, {many:.1f}\u00a0% on roads of "
        f"many; always the centre unit, {result.methods['one-width'].centre_percent:.0f}\u00a0%."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    one, many = (result.methods[name] for name in METHODS)
    (narrow, *_, wide), whole = one.place_share_by_width, one.place_share
    is_less_on_others = max(narrow.ends[1], wide.ends[1]) < whole.ends[0]
    took = f"for {config.num_pictures} pictures {config.num_epochs} times"
    is_faster = max(one.learning_cpu_s, many.learning_cpu_s) < result.published.learning_s
    return [
        kit.Claim(
            f"at least {WELL_BAR_PERCENT:.0f} % of novel pictures within two units (roads of one width)",
            one.well.in_words(1, " %"),
            one.well.mean >= WELL_BAR_PERCENT,
            f"about {result.published.well_percent:.0f} %",
        ),
        kit.Claim(
            f"the centre unit alone answers less than {CENTRE_BAR_PERCENT:.0f} % of them well",
            f"{one.centre_percent:.1f} %; the best single unit {one.best_constant_percent:.1f} %",
            one.centre_percent < CENTRE_BAR_PERCENT,
        ),
        kit.Claim(
            "roads of one width: hidden units are filters for a whole road, both edges tied at that width only: a "
            f"share whose interval lies over {HALF_WAY}, less on the narrowest and widest",
            f"{_nearer(whole)}; {narrow.mean:.2f} and {wide.mean:.2f} on the narrowest and widest",
            whole.ends[0] > HALF_WAY and is_less_on_others,
            WHOLE_ROADS,
        ),
        kit.Claim(
            f"roads of many widths: they are detectors of single edges, a share whose interval lies under {HALF_WAY}",
            _nearer(many.place_share),
            many.place_share.ends[1] < HALF_WAY,
            SINGLE_EDGES,
        ),
        kit.Claim(
            "learning takes less than half an hour of one core",
            f"less, {took}" if is_faster else f"not less, {took}",
            is_faster,
            f"half an hour, for {result.published.num_pictures} pictures {result.published.num_epochs} times",
        ),
    ]


def _nearer(share: Estimate) -> str:
    """A share (one edge, whole road), and what it says of the units, if its interval does not leave that open."""
    low, high = share.ends
    which = "whole roads" if low > HALF_WAY else "single edges" if high < HALF_WAY else "neither that can be told"
    return f"{share.in_words(3)}, nearer to {which} (one edge: {ONE_EDGE}, whole road: {WHOLE_ROAD:.0f})"


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods, theirs = list(result.methods.values()), result.published
    published = {
        _WELL: kit.Cell(f"≈ {theirs.well_percent:.0f}", "after half an hour of learning"),
        _LEARNING: kit.Cell(f"{theirs.learning_s:.0f}", f"{theirs.num_pictures} pictures {theirs.num_epochs} times"),
        _SHOWING: kit.Cell(f"{1e3 * theirs.learning_s / (theirs.num_pictures * theirs.num_epochs):.1f}"),
        _SHARE: kit.Cell("–", "one width: filters for whole roads; many: edges"),
        _LABELS: kit.Cell(str(theirs.num_pictures)),
        _STEPS: kit.Cell("0"),
    }
    shown = config.num_pictures * config.num_epochs
    driven = [f"{of.interventions} in {of.driven_km:.0f} km" for of in methods]
    rows = [
        kit.Row(_WELL, kit.estimates((of.well for of in methods), 1), "95 % over seeds and roads", _TILE),
        kit.Row("Always the centre unit, %", kit.numbers(of.centre_percent for of in methods)),
        kit.Row("Always the best single unit, %", kit.numbers(of.best_constant_percent for of in methods)),
        kit.Row(_LEARNING, kit.numbers(of.learning_cpu_s for of in methods), "a network, one processor"),
        kit.Row(_SHOWING, kit.numbers((1e3 * of.learning_cpu_s / shown for of in methods), 3), "shown once"),
        kit.Row(_SHARE, kit.estimates(of.place_share for of in methods), "95 % over seeds and units; see below"),
        kit.Row("Seed by seed", kit.series(([e.mean for e in of.place_share_per_seed] for of in methods), 2)),
        kit.Row("Before learning", kit.estimates(of.place_share_untrained for of in methods)),
        *_other_widths(config, methods),
        kit.Row(
            "Interventions a km at 12 m/s",
            kit.estimates((of.per_km for of in methods), 3),
            f"in closed loop, {config.num_driven} held-out roads, no bar",
        ),
        kit.Row("In all", kit.words(driven)),
        kit.Row(_LABELS, kit.numbers((of.num_labels for of in methods), 0), "a network; the generator knows the label"),
        kit.Row(_STEPS, kit.numbers((of.steps for of in methods), 0)),
        *(
            kit.Row(f"By kind of scene, %: {kind}", kit.numbers(of.well_by_scene[i] for of in methods))
            for i, kind in enumerate(config.generator.scene_kinds)
        ),
    ]
    return [replace(row, cells=[*row.cells, published.get(row.what, kit.Cell("–"))]) for row in rows]


def _other_widths(config: Config, methods: Sequence[Method]) -> Iterator[kit.Row]:
    for end in (0, -1):
        where = f"on roads {config.probe_widths_m[end]:.1f} m wide"
        yield kit.Row(f"Hidden units {where}", kit.estimates(of.place_share_by_width[end] for of in methods))
        yield kit.Row(f"Answers {where}, %", kit.numbers(of.well_by_width[:, end].mean() for of in methods))


def _facts(config: Config, _result: Result) -> dict[str, kit.Fact]:
    learning, generator = config.learning, config.generator
    spacing_per_m = 2.0 * learning.max_curvature_per_m / (learning.num_units - 1)
    return {
        "learning": learning,
        "max_turn_deg": float(np.degrees(generator.max_heading_rad)),
        "spacing_per_m": spacing_per_m,
        "tolerance_m": 0.5 * TOLERANCE_UNITS * spacing_per_m * generator.lookahead_m**2,
        "edge_step_m": EDGE_STEP_M,
        "half_way": HALF_WAY,
        "widths_m": [2.0 * half_m for name in METHODS for half_m in HALF_WIDTHS_M[name]],
    }


PAGE = kit.Page(Path(__file__), COLUMNS, _headline, _claims, _rows, make_figures, _facts, make_film)
LESSON = kit.Lesson("alvinn-1989", QUICK, STAGES, parts, _summary, result, PAGE)
