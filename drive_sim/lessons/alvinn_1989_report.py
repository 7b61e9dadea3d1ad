"""The ALVINN lesson's page: answers over epochs, hidden units as pictures, the film, and what a student can change."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Images
from drive_sim.learn import alvinn_1989 as learner
from drive_sim.lessons.alvinn_1989 import HALF_WIDTHS_M, METHODS, Config
from drive_sim.lessons.alvinn_1989_filters import EDGE_STEP_M
from drive_sim.lessons.alvinn_1989_findings import HALF_WAY, ONE_EDGE, PUBLISHED, Parts
from drive_sim.policies.alvinn import ALVINN_CAMERA, curvature_units, hill, retina
from drive_sim.report import alvinn_figures, page
from drive_sim.report.hidden_film import as_grey
from drive_sim.report.style import LOOKS
from drive_sim.report.video import last_picture

_RETINA_SPREADS = 2.5
"""So many spreads below and above a picture's mean are black and white."""


def write_page(config: Config, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    film = folder / found["film"][0]["file"]
    settings = learner.Config(config.generator.sharpest_per_m)
    spacing_per_m = 2.0 * settings.max_curvature_per_m / (settings.num_units - 1)
    text = page.render_page(
        "alvinn_1989.html.j2",
        result={**result, "bars": [with_seconds(bar, config) for bar in result["bars"]]},
        config=config,
        generator=config.generator,
        settings=settings,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        figures=_figures(config, found, result),
        units={name: _units(config, found[name][0]) for name in METHODS},
        film=page.film_uri(film),
        poster=page.picture_uri(last_picture(film), "jpeg"),
        widths_m={name: tuple(2.0 * half_m for half_m in HALF_WIDTHS_M[name]) for name in METHODS},
        spacing_per_m=spacing_per_m,
        tolerance_m=0.5 * 2.0 * spacing_per_m * config.generator.lookahead_m**2,
        edge_step_m=EDGE_STEP_M,
        one_edge=ONE_EDGE,
        half_way=HALF_WAY,
        camera=ALVINN_CAMERA,
        is_as_published=is_as_published(config),
        num_operations=learner.num_operations(
            replace(settings, num_epochs=PUBLISHED["num_epochs"]),
            PUBLISHED["num_pictures"],
            ALVINN_CAMERA.width_px * ALVINN_CAMERA.height_px,
        ),
    )
    files.write_text(folder / "report.html", text)


def with_seconds(bar: Mapping[str, Any], config: Config) -> Mapping[str, Any]:
    """A bar on time with what it took, beside half an hour where as much was learned as in that; otherwise how much."""
    if "learning_cpu_s" not in bar:
        return bar
    took = f"{bar['learning_cpu_s']:.1f} s of processor time"
    if is_as_published(config):
        times = PUBLISHED["learning_s"] / bar["learning_cpu_s"]
        return {**bar, "got": f"{took}; half an hour is {times:,.0f} times as long"}
    ours = f"{config.num_pictures} pictures {config.num_epochs} times"
    theirs = f"{PUBLISHED['num_pictures']} pictures {PUBLISHED['num_epochs']} times"
    return {**bar, "got": f"{took}, but for {ours}; half an hour was for {theirs}"}


def is_as_published(config: Config) -> bool:
    """Whether as many pictures are shown as often as in 1989."""
    return (config.num_pictures, config.num_epochs) == (PUBLISHED["num_pictures"], PUBLISHED["num_epochs"])


def _figures(config: Config, found: Parts, result: Mapping[str, Any]) -> dict[str, Markup]:
    methods = result["methods"]
    drawn = {
        "learning": alvinn_figures.plot_learning(methods, result["published"]["well_percent"]),
        "answers": _answers(config, found["one-width"][0]["examples"]),
        "widths": alvinn_figures.plot_widths(methods, config.probe_widths_m, config.trained_width_m, ONE_EDGE),
        "shares": alvinn_figures.plot_shares(methods, methods["one-width"]["place_share_untrained"], ONE_EDGE),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _units(config: Config, part: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A network's hidden units as pictures, those first that tie both edges most at the one width."""
    greys = as_grey(np.array(part["hidden"], np.float32))
    shares = part["widths"]["place_share"][config.probe_widths_m.index(config.trained_width_m)]
    pictures = [page.picture_uri(np.repeat(grey[..., None], 3, axis=-1)) for grey in greys]
    order = np.argsort(shares)[::-1]
    return [{"picture": pictures[unit], "share": shares[unit]} for unit in order]


def _answers(config: Config, examples: Mapping[str, Any]) -> Any:
    """The first novel picture of each kind of scene, and what the first seed's network makes of it."""
    images, activity = np.array(examples["images"], np.uint8), np.array(examples["activity"])
    units = curvature_units(activity.shape[1], config.generator.sharpest_per_m)
    asked = hill(np.array(examples["curvature_per_m"]), units)
    return alvinn_figures.plot_answers(images, shown_retinas(images), asked, activity, config.generator.scene_kinds)


def shown_retinas(images: Images) -> Images:
    """What the network reads of pictures (n, h, w, 3), as grey pictures of the same size."""
    grey = np.clip(0.5 + 0.5 * retina(images) / _RETINA_SPREADS, 0.0, 1.0).reshape(images.shape[:3])
    return np.repeat(np.rint(255.0 * grey)[..., None], 3, axis=-1).astype(np.uint8)
