"""The page of the lesson on cascading errors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.lessons import cascading_errors
from drive_sim.lessons.cascading_errors_findings import DRIVERS, LOOKAHEAD_M, stays
from drive_sim.lessons.findings import Parts
from drive_sim.lessons.road_learners import METHODS
from drive_sim.report import cascade_figures, page
from drive_sim.report.style import LOOKS

COST_NAMES = {
    "squared": "squared, in half-widths",
    "plain": "way to the edge, not squared",
    "intervention": "ticks more than 1\u00a0m off",
}


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    text = page.render_page(
        "cascading_errors.html.j2",
        result=result,
        config=config,
        course=config.course,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        drivers={"expert": result["expert"], **result["methods"]},
        cost_names=COST_NAMES,
        stays=stays(result),
        half_width_m=cascading_errors.half_width_of(config),
        lookahead_m=LOOKAHEAD_M,
        most_off_m=cascading_errors.MOST_OFF_M,
        figures=_figures(config, found, result),
    )
    files.write_text(folder / "report.html", text)


def _figures(config: Any, found: Parts, result: Mapping[str, Any]) -> dict[str, Markup]:
    drawn = {
        "costs": cascade_figures.plot_costs(
            {name: [part["costs"]["squared"]["curve"] for part in found[name]] for name in DRIVERS},
            (config.first_tick, config.last_tick),
        ),
        "fans": cascade_figures.plot_fans(
            {name: [part["fan"] for part in found[name]] for name in METHODS},
            cascading_errors.half_width_of(config),
            cascading_errors.FAN_TICKS,
        ),
        "places": cascade_figures.plot_seen_and_visited(
            {name: _all(found, name, "seen") for name in METHODS},
            {name: _all(found, name, "visited") for name in METHODS},
            {name: result["methods"][name]["nearest"]["mean"] for name in METHODS},
            (cascading_errors.MOST_OFF_M, cascading_errors.MOST_TURNED_RAD),
        ),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _all(found: Parts, method: str, kind: str) -> Any:
    return np.concatenate([part[kind] for part in found[method]])
