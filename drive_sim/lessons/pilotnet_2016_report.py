"""The PilotNet lesson's page: who needs help, the views that were learned from, the labels, and the network's size."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import PerCar
from drive_sim.data.augment import Law, ShiftRotate, draw_motion, label
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views
from drive_sim.data.warp import shift_rotate
from drive_sim.lessons.pilotnet_2016 import OFFSET_EDGES_M
from drive_sim.lessons.pilotnet_2016_findings import Parts
from drive_sim.lessons.pilotnet_methods import ARC, METHODS, Recipe
from drive_sim.lessons.shifted_views import true_views
from drive_sim.lessons.thirty_seconds import demonstrate
from drive_sim.report import page, pilotnet_figures, style
from drive_sim.report.style import LOOKS

LAWS: dict[Law, str] = {
    "pursuit": "arc back in place after 9 m (ours)",
    "two-second-pose": "back in place and direction after 2 s",
    "two-second": "arc back in place after 2 s",
}
LAW_COLOURS: dict[Law, str] = {"pursuit": style.BLUE, "two-second-pose": style.PURPLE, "two-second": style.FAINT}
_SHOWN_SHIFT_M = 0.9
"""How far the view is shifted that is made of two cameras' pictures."""
_NUM_DRAWN = 60_000


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    demos = demonstrate(config.seeds[0], config.conditions, num_ticks=config.num_ticks, side_m=config.recipe.side_m)
    text = page.render_page(
        "pilotnet_2016.html.j2",
        result=result,
        config=config,
        recipe=config.recipe,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        arc=ARC,
        figures=_figures(config, found, result, demos),
        cameras=cameras(demos),
        nearest=nearest_camera(config, demos),
        pulls=pulls(config.conditions.vehicle.cruise_mps),
        still_cm=still_off(config.conditions.vehicle.cruise_mps),
        speed_mps=config.conditions.vehicle.cruise_mps,
    )
    files.write_text(folder / "report.html", text)


def _figures(config: Any, found: Parts, result: Mapping[str, Any], demos: Demonstrations) -> dict[str, Markup]:
    first_km = {name: [km for part in found[name] for km in part["first_km"]] for name in METHODS}
    counts = {name: np.sum([part["offset_counts"] for part in found[name]], axis=0) for name in METHODS}
    shown_m = {name: shown_offsets(config.recipe, name, demos) for name in METHODS}
    drawn = {
        "help": pilotnet_figures.plot_help(result["methods"], result["published"]["autonomy_percent"]),
        "shown": pilotnet_figures.plot_shown_and_met(shown_m, counts, OFFSET_EDGES_M),
        "first": pilotnet_figures.plot_first_help(first_km, config.distance_m / 1000.0),
        "back": pilotnet_figures.plot_ways_back(
            *ways_back(config.conditions.vehicle.cruise_mps), {LAWS[law]: colour for law, colour in LAW_COLOURS.items()}
        ),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def shown_offsets(recipe: Recipe, method: str, demos: Demonstrations) -> PerCar:
    """Offsets from the lane (k,) of the places from which a method's samples show the road, drawn as it draws them."""
    assert demos.lane is not None
    driven_m = np.resize(demos.lane.offset_m, _NUM_DRAWN)
    if method == "plain":
        return driven_m
    if method == "three-cameras":
        return driven_m + recipe.side_m * np.resize([0.0, 1.0, -1.0], 3 * _NUM_DRAWN)[:_NUM_DRAWN]
    views = ShiftRotate() if method == "shift-rotate" else recipe.nvidia
    return driven_m + draw_motion(np.random.default_rng(0), _NUM_DRAWN, views)[0]


def cameras(demos: Demonstrations) -> list[dict[str, Any]]:
    """One moment as the three cameras saw it, each with its label in a sample."""
    sides, middle = side_views(demos), np.array([len(demos) // 2])
    views = []
    for name, pictures, shift_m in (
        ("left", sides.left, sides.side_m),
        ("middle", demos.images, 0.0),
        ("right", sides.right, -sides.side_m),
    ):
        shift = np.full(1, shift_m)
        back = label(ShiftRotate(), demos.curvature_per_m[middle], shift, np.zeros(1), demos.speed_mps[middle])
        views.append({"name": name, "picture": page.picture_uri(pictures[middle[0]]), "label_per_m": float(back[0])})
    return views


def nearest_camera(config: Any, demos: Demonstrations) -> dict[str, Any]:
    """A view from 0.9 m to the left: truly seen from there, made of the left picture, and made of the middle one."""
    assert demos.camera is not None
    row = slice(len(demos) // 2, len(demos) // 2 + 1)
    middle, shift_m, zero = demos.images[row], np.full(1, _SHOWN_SHIFT_M), np.zeros(1)
    near, left_m = side_views(demos).rows(row).nearest(middle, shift_m)
    made = {"near": shift_rotate(near, demos.camera, left_m, zero)[0]}
    made["far"] = shift_rotate(middle, demos.camera, shift_m, zero)[0]
    true = true_views(demos.rows(row), config.seeds[0], shift_m, zero, config.conditions, has_noise=False)[0]
    wrong = {f"{name}_wrong": float(np.abs(view.astype(float) - true).mean()) for name, view in made.items()}
    pictures = {name: page.picture_uri(view) for name, view in {"true": true, **made}.items()}
    return {"shift_m": _SHOWN_SHIFT_M, **pictures, **wrong}


def ways_back(speed_mps: float, duration_s: float = 8.0, tick_s: float = 0.02) -> tuple[PerCar, dict[str, PerCar]]:
    """Times (t,) and, by law, offsets (t,) of a car a metre beside a straight road that always steers by its label."""
    time_s = np.arange(0.0, duration_s + tick_s, tick_s)
    offsets_m: dict[str, PerCar] = {}
    for law, name in LAWS.items():
        offset_m, heading_rad, driven = np.ones(1), np.zeros(1), []
        for _ in time_s:
            driven.append(float(offset_m[0]))
            bend = label(ShiftRotate(law=law), np.zeros(1), offset_m, heading_rad, np.full(1, speed_mps))
            heading_rad = heading_rad + speed_mps * tick_s * bend
            offset_m = offset_m + speed_mps * tick_s * np.sin(heading_rad)
        offsets_m[name] = np.array(driven)
    return time_s, offsets_m


def still_off(speed_mps: float, after_s: float = 2.0) -> dict[str, float]:
    """How far off, in cm, a car of `ways_back` still is after two seconds, by law."""
    time_s, offsets_m = ways_back(speed_mps)
    return {law: 100.0 * float(offsets_m[name][np.searchsorted(time_s, after_s)]) for law, name in LAWS.items()}


def pulls(speed_mps: float) -> list[dict[str, Any]]:
    """What each law asks of a car that is half a metre off, and of one that is three degrees off, in 1/m.

    In the order of LAWS.
    """
    half_m, three_rad, zero, speeds = np.full(1, 0.5), np.full(1, np.radians(3.0)), np.zeros(1), np.full(1, speed_mps)
    return [
        {
            "law": law,
            "name": name,
            "shift_per_m": float(label(ShiftRotate(law=law), zero, half_m, zero, speeds)[0]),
            "turn_per_m": float(label(ShiftRotate(law=law), zero, zero, three_rad, speeds)[0]),
        }
        for law, name in LAWS.items()
    ]
