"""The page of the PilotNet lesson: who needs help, the views that were learned from, the labels, the network's size."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from drive_sim.data.augment import ShiftRotate, label
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views
from drive_sim.data.warp import shift_rotate
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.kit.demonstration import demonstrate, true_views
from drive_sim.lessons.nvidia import pilotnet_2016_figures as drawn
from drive_sim.lessons.nvidia.autonomy import OFFSET_EDGES_M, Driven, Driving
from drive_sim.lessons.nvidia.label_laws import WayBack, ways_back
from drive_sim.lessons.nvidia.pilotnet_2016 import QUICK, Config, LearnedAndDriven, Result, parts, result
from drive_sim.lessons.nvidia.samples import ARC, METHODS, shown_offsets
from drive_sim.report import driving_plots, plots
from drive_sim.report.numbers import counted, number, signed
from drive_sim.report.style import LOOKS

if TYPE_CHECKING:
    from drive_sim.policies.network_size import LayerSize

STAGES = {
    "expert": "The expert drives the same roads",
    "plain": "The middle camera's pictures as they are",
    "three-cameras": "Left and right cameras as well",
    "shift-rotate": "Shifted and rotated views",
    "nvidia": "NVIDIA's mix: three cameras, normal shifts and turns, back in two seconds",
    ARC: "The same mix with another label",
}
HUNDRED_MILES_KM = 160.934
SHOWN_SHIFT_M = 0.9
"""How far the view is shifted that is made of two cameras' pictures."""
_IN_WORDS = {
    "plain": "plain cloning",
    "three-cameras": "with three cameras",
    "shift-rotate": "with shift-and-rotate",
    "nvidia": "with NVIDIA’s mix",
}


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    is_expert = stage == "expert"
    drives = found.read(stage, Driven) if is_expert else [one.driven for one in found.read(stage, LearnedAndDriven)]
    interventions = sum(int(drive.interventions.sum()) for drive in drives)
    return f"{counted(interventions, 'intervention')} in {sum(drive.km.sum() for drive in drives):.0f} km"


def _headline(_config: Config, result: Result) -> str:
    best, plain = result.methods[result.best].driving, result.methods["plain"].driving
    return (
        f"Thirty seconds at the wheel, {best.km:.0f}\u00a0km of unseen road: {_IN_WORDS[result.best]} {_needs(best)}, "
        f"autonomy {best.autonomy.mean:.1f}\u00a0%; plain cloning {_needs(plain)}, {plain.autonomy.mean:.1f}\u00a0%."
    )


def _needs(of: Driving) -> str:
    if of.interventions == 0:
        return "no intervention"
    return f"{counted(of.interventions, 'intervention')} ({of.per_km.mean:.2g} a km)"


def _claims(_config: Config, result: Result) -> list[kit.Claim]:
    return [
        hundred_miles(result.best, result.methods[result.best].driving),
        _needs_more(
            "Each of the three ways to show the road from beside helps: plain cloning needs more help than the "
            "neediest of them",
            result.plain_more,
            f"beside {' and '.join(LOOKS[name].label for name in result.neediest)}",
        ),
        _needs_more(
            "The label decides, with the same views: back in place only needs more help than place and direction",
            result.arc_more,
            "beside place and direction, on the same roads",
        ),
    ]


def hundred_miles(name: str, of: Driving) -> kit.Claim:
    """Whether a method needs nobody in so many miles with each seed."""
    least_km = min(of.km_per_seed)
    return kit.Claim(
        "100 miles (160.9 km) of held-out road: the best method needs no intervention, autonomy 100.0 %",
        f"{LOOKS[name].label}: {counted(of.interventions, 'intervention')} in {of.km:.0f} km, {least_km:.1f} km with "
        f"each seed; autonomy {of.autonomy.mean:.1f} %, at least {of.autonomy.low:.2f} %, which is "
        f"{of.per_km.high:.4f} interventions a km at most",
        of.interventions == 0 and least_km >= HUNDRED_MILES_KM,
        "100 miles in the simulator, no figure printed; about 98 % on the road",
    )


def _needs_more(what: str, more: Estimate, beside: str) -> kit.Claim:
    interval = more.bounds(2) or "too few for an interval"
    got = f"{signed(more.mean, 2)} interventions a km ({interval}) {beside}"
    return kit.Claim(what, got, more.low is not None and more.low > 0.0)


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods = [result.methods[name] for name in METHODS]
    driving, published = [of.driving for of in methods], result.published
    autonomy = f"{published.autonomy_percent:.0f} %"
    km = f"{driving[0].km_per_seed[0]:.0f} km each"
    labelled, _, counting, learning = kit.effort_rows([of.effort for of in methods], "Steps driven to count")
    few = f"the command drawn around its mean, {counted(config.num_beside, 'road')}"
    tile = kit.Tile("\u00a0%", f"autonomy in {driving[0].km:.0f}\u00a0km")
    return [
        kit.Row("Published", kit.words(("–", "–", "–", autonomy)), "autonomy, on the road"),
        kit.Row("Autonomy, %", kit.estimates((of.autonomy for of in driving), 2), "with 95 % interval", tile),
        kit.Row("Interventions a km", kit.estimates((of.per_km for of in driving), 4), "with 95 % interval"),
        kit.Row(
            "Interventions an hour",
            kit.numbers(of.per_hour for of in driving),
            f"of driving; {autonomy} is {published.interventions_per_hour:.0f}",
        ),
        kit.Row("Interventions by seed", kit.series((of.interventions_per_seed for of in driving), 0), km),
        kit.Row("Largest offset, cm", kit.series((of.offset_max_cm_per_seed for of in driving), 0), "by seed"),
        kit.Row(
            "95 % of the time nearer than, cm",
            kit.estimates((of.offset_p95_cm for of in driving), 1),
            "with 95 % interval, over seeds",
        ),
        kit.Row("Interventions a km, drawn", kit.estimates((of.drawn.per_km for of in methods), 3), few),
        kit.Row(
            "Learned width, 1/m", kit.estimates((of.width_per_m for of in methods), 5), "of the command as a Gaussian"
        ),
        labelled,
        kit.Row("Pictures taken at these moments", kit.numbers((of.num_pictures for of in methods), 0), "a seed"),
        kit.Row("Samples in training", kit.numbers((of.num_samples for of in methods), 0), "a seed"),
        counting,
        learning,
    ]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    demos = demonstrate(config.seed, config.conditions, num_ticks=config.num_ticks, side_m=config.recipe.side_m)
    drives = {name: [part.driven for part in found.read(name, LearnedAndDriven)] for name in METHODS}
    first_km = {name: np.hstack([drive.first_km for drive in of]) for name, of in drives.items()}
    counts = {name: np.sum([drive.offset_counts for drive in of], axis=0) for name, of in drives.items()}
    shown_m = {name: shown_offsets(config.recipe, name, demos) for name in METHODS}
    driving = {name: of.driving for name, of in result.methods.items()}
    return {
        "autonomy": drawn.plot_autonomy(driving, result.published.autonomy_percent),
        "shown": driving_plots.plot_shown_and_met(shown_m, counts, OFFSET_EDGES_M),
        "first": driving_plots.plot_first_interventions(first_km, config.distance_m / 1000.0),
        "back": drawn.plot_ways_back(ways_back(config.conditions.vehicle.cruise_mps).values()),
        "cameras": _plot_cameras(demos),
        "nearest": _plot_nearest(config, demos),
    }


def _plot_cameras(demos: Demonstrations) -> Figure:
    """One moment as the three cameras saw it, each with its label in a sample."""
    sides, middle = side_views(demos), slice(len(demos) // 2, len(demos) // 2 + 1)
    views = {"left": (sides.left, sides.side_m), "middle": (demos.images, 0.0), "right": (sides.right, -sides.side_m)}
    titles = []
    for name, (_, shift_m) in views.items():
        here_per_m, speed_mps = demos.curvature_per_m[middle], demos.speed_mps[middle]
        back_per_m = label(ShiftRotate(), here_per_m, np.full(1, shift_m), np.zeros(1), speed_mps)
        titles.append(f"{name} camera: steer {signed(1000.0 * back_per_m[0])} /km")
    return plots.plot_pictures([pictures[middle][0] for pictures, _ in views.values()], titles, 3)


def _plot_nearest(config: Config, demos: Demonstrations) -> Figure:
    """A view from beside: truly seen from there, made of the left picture, made of the middle one; and how wrong."""
    assert demos.camera is not None
    row = slice(len(demos) // 2, len(demos) // 2 + 1)
    middle, shift_m, zero = demos.images[row], np.full(1, SHOWN_SHIFT_M), np.zeros(1)
    near, left_m = side_views(demos).rows(row).nearest(middle, shift_m)
    made = [shift_rotate(near, demos.camera, left_m, zero)[0], shift_rotate(middle, demos.camera, shift_m, zero)[0]]
    true = true_views(demos.rows(row), config.seed, shift_m, zero, config.conditions, has_noise=False)[0]
    wrong = [number(float(np.abs(view.astype(np.float64) - true).mean())) for view in made]
    titles = ["as it is from there", f"made of the left picture: {wrong[0]}", f"made of the middle one: {wrong[1]}"]
    return plots.plot_pictures([true, *made], titles, 3)


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    speed_mps = config.conditions.vehicle.cruise_mps
    laws = ways_back(speed_mps)
    pose, place = laws["two-second-pose"], laws["two-second"]
    return {
        "law_rows": [_law_row(law) for law in laws.values()],
        "harder": [pose.shift_per_m / place.shift_per_m, pose.turn_per_m / place.turn_per_m],
        "layer_rows": [_layer_row(layer) for layer in result.network.layers],
        "speed_mps": speed_mps,
        "shown_shift_m": SHOWN_SHIFT_M,
        "set_beforehand": [f"{_span(*ends)} {what}" for what, ends in result.same_for_all.items()],
    }


def _law_row(law: WayBack) -> kit.Row:
    asked = signed(1000.0 * law.shift_per_m), signed(1000.0 * law.turn_per_m)
    return kit.Row(law.name, kit.words([*asked, number(law.still_off_cm, 0)]))


def _layer_row(layer: "LayerSize") -> kit.Row:
    output = "×".join(map(str, layer.output))
    return kit.Row(layer.name, kit.words([output, f"{layer.parameters:,}", f"{layer.multiply_adds:,}"]))


def _span(least: float, most: float) -> str:
    """The least and the most, or one of them where they are written alike."""
    return " to ".join(dict.fromkeys(f"{value:,.{0 if value % 1 == 0 else 1}f}" for value in (least, most)))


PAGE = kit.Page(Path(__file__), METHODS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("pilotnet-2016", QUICK, STAGES, parts, _summary, result, PAGE)
