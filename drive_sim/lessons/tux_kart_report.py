"""The kart lesson's page: the figures, what the policy sees, and what a student can change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.lessons.findings import Parts
from drive_sim.lessons.kart_world import KartWorld, held_out_world, training_world
from drive_sim.policies.linear import KART_CAMERA
from drive_sim.report import lesson_figures, page
from drive_sim.report.style import LOOKS
from drive_sim.sim.render import render
from drive_sim.sim.track import point_on_lane

METHODS = ("clone", "smile", "dagger")
PUBLISHED_BOXES = {"clone": (1.0, 20.0, 3.0, 4.0), "smile": (19.5, 20.5, 1.8, 2.2), "dagger": (15.0, 20.0, -0.05, 0.05)}
"""Where the paper says that its own curves lie: laps from, to, falls a lap from, to."""
_LARGE = 20
"""A screen's picture of the same view is so many times as wide as the policy's."""


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    world = training_world(config.conditions)
    small, large = views(world)
    text = page.render_page(
        "tux_kart.html.j2",
        result=result,
        config=config,
        conditions=config.conditions,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        networks={name: result["methods"].get(f"network {name}") for name in METHODS},
        figures=_figures(config, found, result, world),
        small=page.picture_uri(small),
        large=page.picture_uri(large, "jpeg"),
        tightest_m=1.0 / float(np.abs(world.tracks.tracks[0].curvature_per_m).max()),
        num_held_out=len(held_out_world(config.conditions).road_seeds),
        num_features=3 * KART_CAMERA.width_px * KART_CAMERA.height_px,
    )
    files.write_text(folder / "report.html", text)


def views(world: KartWorld, s_m: float = 120.0) -> tuple[Picture, Picture]:
    """What the policy sees at one place of the road, noise and all, and the same view as a screen would show it."""
    index = np.zeros(1, dtype=np.int64)
    pose = point_on_lane(world.tracks, index, np.array([s_m]))
    camera = KART_CAMERA.resized(_LARGE * KART_CAMERA.width_px, _LARGE * KART_CAMERA.height_px)
    small = render(world.tracks, world.scenes, KART_CAMERA, pose, index, index, noise_seed=1)
    return small[0], render(world.tracks, world.scenes, camera, pose, index, index)[0]


def _figures(config: Any, found: Parts, result: Mapping[str, Any], world: KartWorld) -> dict[str, Markup]:
    methods = result["methods"]
    linear = {name: methods[name] for name in METHODS}
    places = {name: [place for part in found[name] for place in part["places_m"]] for name in METHODS}
    weights = {name: found[name][0]["weights"] for name in ("clone", "dagger")}
    height_px, width_px = KART_CAMERA.height_px, KART_CAMERA.width_px
    drawn = {
        "falls": lesson_figures.plot_falls(linear, PUBLISHED_BOXES if config.num_rounds >= 20 else {}),
        "places": lesson_figures.plot_where_they_fall(world.tracks.tracks[0], places),
        "weights": lesson_figures.plot_weights(weights, height_px, width_px),
    }
    if "network dagger" in methods:
        drawn["network"] = lesson_figures.plot_falls({name: methods[f"network {name}"] for name in METHODS}, {})
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}
