"""The page of the lesson on recovery."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate
from drive_sim.lessons import kit
from drive_sim.lessons.road.learners import METHODS
from drive_sim.lessons.road.recovery import QUICK, Config, Recovered, Result, grid_of_starts, parts, result
from drive_sim.report import page, plots
from drive_sim.report.style import LOOKS
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane

STAGES = {
    "expert": "The expert finds back where anybody could",
    "clone": "Cloning, then put beside the lane",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
}
PUBLISHED = ("0 %: imitation alone", "50 to 100 %: with perturbed starts in training", "–")


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    share = np.mean([part.recovered[config.in_box] for part in found.read(stage, Recovered)])
    return f"{100 * share:.1f} % recovered within ±{config.box[0]:g} m and ±{config.box[1]:g} degrees"


def _headline(config: Config, result: Result) -> str:
    share = {name: _in_words(of.in_box.mean) for name, of in result.methods.items()}
    return (
        f"Put up to {config.box[0]:g}\u00a0m and {config.box[1]:g}° beside its lane, the clone finds back from "
        f"{share['clone']} of the starts, DAgger's policy from {share['dagger']}, and the clone that learned from "
        f"shifted and rotated views from {share['shift-rotate']}."
    )


def _in_words(share: float) -> str:
    """A share in words that says 100 only of all."""
    return "all" if share == 100.0 else f"{min(share, 99.9):.1f}\u00a0%"


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    best = max(METHODS, key=lambda name: result.methods[name].in_box.mean)
    lost, of_clone = result.methods[best].starts_lost, result.methods["clone"]
    always = f"the best recovers always within ±{config.box[0]:g} m and ±{config.box[1]:g}°"
    recovered = f"{LOOKS[best].label}: {lost.of - lost.num} of {lost.of} starts"
    found = f"{of_clone.in_box.mean:.1f} % of {of_clone.starts_lost.of} starts"
    return [
        kit.Claim(always, recovered, lost.num == 0, "with perturbations, 50 % in one test, 100 % in two"),
        kit.Claim("cloning alone does not", found, of_clone.starts_lost.num > 0, "0 %: it never found back"),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods, expert = result.methods.values(), result.expert.whole_grid.mean
    in_box = kit.estimates((of.in_box for of in methods), 1)
    places = [kit.Cell(str(of.places_lost), of.places.percent.bounds(0)) for of in methods]
    tile = kit.Tile("\u00a0%", f"of the starts within ±{config.box[0]:g}\u00a0m and ±{config.box[1]:g}°")
    return [
        kit.Row("Published", kit.words(PUBLISHED)),
        kit.Row("Recovered within the frame, %", in_box, "95 % over seeds and roads", tile),
        kit.Row("Seed by seed, %", kit.series(of.in_box_per_seed for of in methods)),
        kit.Row("Starts within the frame", kit.words(str(of.starts_lost) for of in methods), "lost, of all"),
        kit.Row("Places where some of them were lost, %", places, "a road and seed; exact 95 %, 3/n for none"),
        kit.Row(
            "On the lane and along it, %",
            kit.estimates((of.unperturbed for of in methods), 0),
            "else lost anyway",
        ),
        kit.Row(
            "On the whole map, %", kit.estimates((of.whole_grid for of in methods), 1), f"the expert: {expert:.1f}"
        ),
        *kit.effort_rows([of.effort for of in methods], "Steps driven to draw the map"),
    ]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """The maps, and two cuts through them: over the offset at no turn, and over the turn at no offset."""
    maps = {"expert": result.expert.map} | {name: of.map for name, of in result.methods.items()}
    percent = {name: 100.0 * np.array([part.recovered for part in found.read(name, Recovered)]) for name in METHODS}
    (offsets_m, degrees), (middle, straight) = config.axes, (len(axis) // 2 for axis in config.axes)
    cuts = {
        "metres left of the lane, along it": {
            n: plots.Curve(offsets_m, of[:, :, straight]) for n, of in percent.items()
        },
        "degrees left of the lane, on it": {n: plots.Curve(degrees, of[:, middle]) for n, of in percent.items()},
    }
    labels = "metres left of the lane", "degrees left of the lane", "recovered"
    return {
        "maps": plots.plot_percent_maps(maps, offsets_m, degrees, labels, config.box),
        "cuts": plots.plot_curves(cuts, "recovered [%]", ylim=(-3, 103)),
    }


def _facts(config: Config, _result: Result) -> dict[str, kit.Fact]:
    lane, corner = (page.picture_uri(view, "jpeg") for view in extreme_views(config))
    half_width_m = ROAD_KINDS[config.budget.conditions.road_kind].half_width_m
    return {"augmenter": ShiftRotate(), "width_m": 2 * half_width_m, "from_lane": lane, "from_corner": corner}


def extreme_views(config: Config) -> list[Picture]:
    """What is seen from the lane, and from the box's worst corner on the left, on the first road."""
    suite = make_suite("held-out", num_roads=1, conditions=config.budget.conditions)
    index, side = np.zeros(2, dtype=np.int64), np.array([0.0, 1.0])
    aside_m, turned_rad = config.box[0] * side, np.radians(config.box[1]) * side
    poses = point_on_lane(suite.tracks, index, grid_of_starts(config, suite, 0).s_m[:2], aside_m, turned_rad)
    return list(render(suite.tracks, suite.scenes, Camera().resized(600, 300), poses, index, index))


PAGE = kit.Page(Path(__file__), METHODS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("recovery", QUICK, STAGES, parts, _summary, result, PAGE)
