"""The page of the lesson on recovery."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate
from drive_sim.lessons import kit
from drive_sim.lessons.road.learners import DRIVERS, METHODS, STAGES
from drive_sim.lessons.road.recovery import QUICK, Config, Recovered, Result, grid_of_starts, parts, result
from drive_sim.report import page, plots
from drive_sim.report.style import LOOKS
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.track import point_on_lane

PUBLISHED = ("–", "0 %: imitation alone", "50 to 100 %: with perturbed starts in training", "–")


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    share = np.mean([part.recovered[config.in_box] for part in found.read(stage, Recovered)])
    return f"{100 * share:.1f} % recovered within ±{config.box[0]:g} m and ±{config.box[1]:g} degrees"


def _headline(config: Config, result: Result) -> str:
    share = {name: _in_words(of.in_box.mean) for name, of in result.drivers.items()}
    return (
        f"Put up to {config.box[0]:g}\u00a0m and {config.box[1]:g}° beside its lane, the clone finds back from "
        f"{share['clone']} of the starts, DAgger's policy from {share['dagger']}, and the clone that learned from "
        f"shifted and rotated views from {share['shift-rotate']}."
    )


def _in_words(share: float) -> str:
    """A share in words that says 100 only of all."""
    return "all" if share == 100.0 else f"{min(share, 99.9):.1f}\u00a0%"


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    best = max(METHODS, key=lambda name: result.drivers[name].in_box.mean)
    lost, of_clone = result.drivers[best].starts_lost, result.drivers["clone"]
    always = f"the best recovers always within ±{config.box[0]:g} m and ±{config.box[1]:g}°"
    recovered = f"{LOOKS[best].label}: {lost.of - lost.num} of {lost.of} starts"
    found = f"{of_clone.in_box.mean:.1f} % of {of_clone.starts_lost.of} starts"
    return [
        kit.Claim(always, recovered, lost.num == 0, "with perturbations, 50 % in one test, 100 % in two"),
        kit.Claim("cloning alone does not", found, of_clone.starts_lost.num > 0, "0 %: it never found back"),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    drivers = result.drivers.values()
    in_box = kit.estimates((of.in_box for of in drivers), 1)
    places = [kit.Cell(str(of.places_lost), of.places.percent.bounds(0)) for of in drivers]
    unperturbed = kit.estimates((of.unperturbed for of in drivers), 0)
    tile = kit.Tile("\u00a0%", f"of the starts within ±{config.box[0]:g}\u00a0m and ±{config.box[1]:g}°")
    return [
        kit.Row("Published", kit.words(PUBLISHED)),
        kit.Row("Recovered within the frame, %", in_box, "95 % over seeds and roads", tile),
        kit.Row("Seed by seed, %", kit.series(of.in_box_per_seed for of in drivers)),
        kit.Row("Starts within the frame", kit.words(str(of.starts_lost) for of in drivers), "lost, of all"),
        kit.Row("Places where some of them were lost, %", places, "a road and seed; exact 95 %, 3/n for none"),
        kit.Row("On the lane and along it, %", unperturbed, "else lost anyway"),
        kit.Row("On the whole map, %", kit.estimates((of.whole_grid for of in drivers), 1)),
        *kit.effort_rows([of.effort for of in drivers], "Steps driven to draw the map"),
    ]


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """The maps, and two cuts through them: over the offset at no turn, and over the turn at no offset."""
    maps = {name: of.map for name, of in result.drivers.items()}
    percent = {name: 100.0 * np.array([part.recovered for part in found.read(name, Recovered)]) for name in METHODS}
    (offsets_m, degrees), (middle, straight) = config.axes, (len(axis) // 2 for axis in config.axes)
    aside = {name: plots.Curve(offsets_m, of[:, :, straight]) for name, of in percent.items()}
    turned = {name: plots.Curve(degrees, of[:, middle]) for name, of in percent.items()}
    cuts = {"metres left of the lane, along it": aside, "degrees left of the lane, on it": turned}
    labels = "metres left of the lane", "degrees left of the lane", "recovered"
    return {
        "maps": plots.plot_percent_maps(maps, offsets_m, degrees, labels, config.box),
        "cuts": plots.plot_curves(cuts, "recovered [%]", ylim=(-3, 103)),
    }


def _facts(config: Config, _result: Result) -> dict[str, kit.Fact]:
    lane, corner = (page.picture_uri(view, "jpeg") for view in extreme_views(config))
    return {"augmenter": ShiftRotate(), "from_lane": lane, "from_corner": corner}


def extreme_views(config: Config) -> list[Picture]:
    """What is seen from the lane, and from the box's worst corner on the left, on the first road."""
    suite = config.budget.unseen_roads(1)
    index, side = np.zeros(2, dtype=np.int64), np.array([0.0, 1.0])
    aside_m, turned_rad = config.box[0] * side, np.radians(config.box[1]) * side
    poses = point_on_lane(suite.tracks, index, grid_of_starts(config, suite, 0).s_m[:2], aside_m, turned_rad)
    return list(render(suite.tracks, suite.scenes, Camera().resized(600, 300), poses, index, index))


PAGE = kit.Page(Path(__file__), DRIVERS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("recovery", QUICK, STAGES, parts, _summary, result, PAGE)
