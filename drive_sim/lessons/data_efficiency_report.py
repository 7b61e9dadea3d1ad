"""The page of the lesson on data efficiency."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.data.augment import ShiftRotate
from drive_sim.lessons.findings import Parts
from drive_sim.lessons.kit.training import training_config
from drive_sim.lessons.road_learners import METHODS
from drive_sim.report import efficiency_figures, page
from drive_sim.report.style import LOOKS
from drive_sim.sim.suites import make_held_out_world

MOST_COLUMNS = 4
"""Maps beside each other."""


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    road = typical_road(found)
    text = page.render_page(
        "data_efficiency.html.j2",
        result=result,
        config=config,
        conditions=config.course.conditions,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        road=road + 1,
        motion=ShiftRotate(),
        drives=[config.course.drives.ticks(i + 1) for i in range(config.course.drives.num_rounds)],
        num_steps=config.course.num_steps or training_config("plain").num_steps,
        figures=_figures(config, found, result, road),
    )
    files.write_text(folder / "report.html", text)


def typical_road(found: Parts) -> int:
    """The road on which cloning had its median number of interventions, all seeds and points together."""
    by_road = np.sum([point["interventions"] for part in found["clone"] for point in part["points"]], axis=0)
    return int(np.argsort(by_road, kind="stable")[len(by_road) // 2])


def _figures(config: Any, found: Parts, result: Mapping[str, Any], road: int) -> dict[str, Markup]:
    methods, seconds = result["methods"], config.seconds
    columns = np.unique(np.linspace(0, len(seconds) - 1, min(MOST_COLUMNS, len(seconds))).round().astype(int))
    places = {
        name: {
            seconds[i]: [s_m for part in found[name] for s_m in part["points"][i]["places_m"][road]] for i in columns
        }
        for name in METHODS
    }
    track, _ = make_held_out_world(road, conditions=config.course.conditions)
    drawn = {
        "efficiency": efficiency_figures.plot_efficiency(seconds, methods, _rings(result), result["floor_per_km"]),
        "spread": efficiency_figures.plot_spread(seconds, methods),
        "places": efficiency_figures.plot_put_backs(track, places, config.num_seeds),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _rings(result: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Where on the figure curves cross: seconds, and interventions a km there."""
    rings = []
    for pair in result["pairs"]:
        if pair["at_s"] is not None:
            points = result["methods"][pair["methods"][0]]["points"]
            logs = np.log([max(point["mean"], result["floor_per_km"]) for point in points])
            per_km = np.exp(np.interp(np.log(pair["at_s"]), np.log(result["seconds"]), logs))
            rings.append((pair["at_s"], float(per_km)))
    return rings
