"""The page of the lesson on recovery."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.intervals import FEW_EVENTS
from drive_sim.lessons.kit.provenance import Parts
from drive_sim.lessons.recovery import grid_of_starts
from drive_sim.lessons.road_learners import METHODS
from drive_sim.report import page, recovery_figures
from drive_sim.report.style import LOOKS
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    text = page.render_page(
        "recovery.html.j2",
        result=result,
        config=config,
        course=config.course,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        expert=result["expert"],
        box_training=ShiftRotate(),
        few_places=FEW_EVENTS,
        half_width_m=ROAD_KINDS[config.course.conditions.road_kind].half_width_m,
        figures=_figures(config, found, result),
        views=[page.picture_uri(view, "jpeg") for view in extreme_views(config)],
    )
    files.write_text(folder / "report.html", text)


def _figures(config: Any, found: Parts, result: Mapping[str, Any]) -> dict[str, Markup]:
    maps = {"expert": result["expert"]["map"], **{name: result["methods"][name]["map"] for name in METHODS}}
    by_seed = {name: [part["recovered"] for part in found[name]] for name in METHODS}
    box = (config.box[0], np.radians(config.box[1]))
    drawn = {
        "maps": recovery_figures.plot_recovery_maps(maps, config.offsets_m.tolist(), config.headings_rad.tolist(), box),
        "cuts": recovery_figures.plot_recovery_cuts(by_seed, config.offsets_m.tolist(), config.headings_rad.tolist()),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def extreme_views(config: Any) -> list[Picture]:
    """What is seen from the lane, and from the box's worst corner on the left, on the first road."""
    suite = make_suite("held-out", num_roads=1, conditions=config.course.conditions)
    s_m = grid_of_starts(config, suite, 0).s_m[:2]
    index = np.zeros(2, dtype=np.int64)
    side = np.array([0.0, 1.0])
    poses = point_on_lane(suite.tracks, index, s_m, config.box[0] * side)
    poses[:, 2] += np.radians(config.box[1]) * side
    return list(render(suite.tracks, suite.scenes, Camera().resized(600, 300), poses, index, index))
