"""The first drive's film and page."""

import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Numbers, PerCar, Picture, Poses
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.first_drive import first_drive_figures as figures
from drive_sim.lessons.first_drive.first_drive_result import POLICIES, Findings, Result
from drive_sim.lessons.first_drive.road_map_figures import plot_all_roads, plot_stretch
from drive_sim.lessons.kit.page import FRAME
from drive_sim.lessons.kit.progress import Progress
from drive_sim.report import page
from drive_sim.report.film import Captions, film_frames
from drive_sim.report.stretch import make_take
from drive_sim.report.style import LOOKS
from drive_sim.report.truth import Comparison, compare_views
from drive_sim.report.video import filmed
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import Tracks, point_on_lane

FPS = 20
_SHEET = ((1.5, 0.0), (0.75, -4.0), (0.0, 8.0), (-1.5, 0.0), (-0.75, 4.0), (0.0, -8.0))
"""Shifts in m and turns in degrees, left positive, on the contact sheet."""
_NUM_COMPARED = 200
_CLOSER_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Made and true views of the demonstration from elsewhere: a few for the contact sheet, many for the figures."""

    sheet: Comparison
    drawn: Comparison


def views_from_elsewhere(found: Findings) -> Views:
    """Compare what the augmenter makes of recorded pictures with what is truly seen."""
    tracks, lane = Tracks.stack([found.track]), found.demonstrated.lane
    assert lane is not None
    index = np.zeros(len(lane.s_m), dtype=np.int64)
    poses = point_on_lane(tracks, index, lane.s_m, lane.offset_m, lane.heading_rad)
    shift_m, turn_deg = np.array(_SHEET).T
    middle = np.full(len(_SHEET), len(poses) // 2)
    rng = np.random.default_rng(found.config.seed)
    drawn = draw_motion(rng, _NUM_COMPARED, ShiftRotate(share=1.0))
    places = rng.integers(len(poses), size=_NUM_COMPARED)
    return Views(_compare(found, poses[middle], shift_m, np.radians(turn_deg)), _compare(found, poses[places], *drawn))


def _compare(found: Findings, poses: Poses, shift_m: PerCar, turn_rad: PerCar) -> Comparison:
    return compare_views(found.track, found.scene, Camera(), poses, shift_m=shift_m, turn_rad=turn_rad)


def make_film(found: Findings, path: Path) -> Generator[Progress, None, Picture]:
    """Both clones side by side on the stretch that the rule picks; returns the frame where one is furthest off."""
    stretch = found.stretch(found.config.film_s)
    track, scene = found.suite.tracks.tracks[stretch.road], found.suite.scenes.scenes[stretch.road]
    takes = [make_take(name, report, track, stretch, FPS) for name, report in found.clones.items()]
    num_frames, furthest = len(takes[0].poses), int(np.argmax(np.abs(takes[0].offset_m)))
    num_threads = min(4, os.cpu_count() or 1)
    frames = film_frames(track, scene, Camera(), takes, _captions(found), fps=FPS, num_threads=num_threads)
    poster: Picture | None = None
    for i, frame in enumerate(filmed(path, frames, FPS, num_threads=num_threads)):
        poster = frame if i == furthest else poster
        if i % FPS == 0:
            yield Progress("film", i / num_frames, f"{i / FPS:.0f} s of {num_frames / FPS:.0f}")
    yield Progress("film", 1.0, f"{num_frames / FPS:.0f} s")
    assert poster is not None
    return poster


def _captions(found: Findings) -> Captions:
    stretch, num_frames = found.stretch(found.config.film_s), len(found.demonstrated)
    return Captions(
        f"Road {stretch.road + 1} of {len(found.suite.tracks)}: {stretch.rule}.",
        f"Both: the same {num_frames} frames, network, steps, road, gusts and kicks (seed "
        f"{found.config.seed}). Dashed: 1 m from the lane; beyond it comes an intervention.",
    )


def write_page(found: Findings, result: Result, views: Views, poster: Picture, folder: Path) -> None:
    """The report in one file; the folder's film is in it too."""
    twin = found.learned["shift-rotate"]
    text = page.render_page(
        "first_drive.html.j2",
        (Path(__file__).parent, FRAME),
        headline=result.headline.replace(" a km", "\u00a0a km"),
        columns=POLICIES,
        rows=_rows(result),
        looks=LOOKS,
        result=result,
        commits=[result.commit] if result.commit else [],
        folder=folder.as_posix(),
        figures=_figures(found),
        film=page.film_uri(folder / "film.mp4"),
        poster=page.picture_uri(poster, "jpeg"),
        captions=_captions(found),
        recorded=page.picture_uri(views.sheet.untransformed[0]),
        cards=_cards(views.sheet),
        left_over=views.drawn.left_over,
        training=twin.config,
        demos=found.demonstrated,
        num_roads=len(found.suite.tracks),
        distance_km=result.policies["shift-rotate"]["distance_km"],
    )
    files.write_text(folder / "report.html", text)


def _rows(result: Result) -> list[kit.Row]:
    km = result.policies["expert"]["distance_km"]
    tile = kit.Tile("", f"number of interventions on {km:.0f}\u00a0km")
    return [
        kit.Row("Interventions", _numbers(result, "interventions", 0), tile=tile),
        kit.Row("Interventions a km", _estimates(result, "interventions_per_km", 2), "with 95 % interval over roads"),
        kit.Row("Autonomy, %", _estimates(result, "autonomy_percent", 1), "1 − 6 s × interventions / driving time"),
        kit.Row("Driven between interventions, m", _numbers(result, "mean_autonomous_distance_m", 0), "mean"),
        kit.Row("Route until the first intervention, %", _numbers(result, "route_completion", 0, scale=100.0)),
        kit.Row("Off the lane on average, cm", _numbers(result, "offset_mean_cm", 0)),
        kit.Row("… 95 % of the time less than", _numbers(result, "offset_p95_cm", 0)),
        kit.Row("… at the furthest", _numbers(result, "offset_max_cm", 0)),
        kit.Row("Left the road", _numbers(result, "left_road", 0), "the car's middle off the surface"),
    ]


def _numbers(result: Result, name: str, digits: int, *, scale: float = 1.0) -> list[kit.Cell]:
    return kit.numbers((scale * of[name] for of in result.policies.values()), digits)


def _estimates(result: Result, name: str, digits: int) -> list[kit.Cell]:
    of_all = result.policies.values()
    return kit.estimates((Estimate(of[name], of[f"{name}_low"], of[f"{name}_high"], "") for of in of_all), digits)


def _figures(found: Findings) -> dict[str, Markup]:
    clones, stretch, rate_hz = (
        found.clones,
        found.stretch(found.config.film_s),
        found.reports["plain"].config.control_hz,
    )
    road, tracks, shown = (
        stretch.road,
        found.suite.tracks.tracks,
        (stretch.ticks.start / rate_hz, stretch.ticks.stop / rate_hz),
    )
    drawn = {
        "stretch": plot_stretch(tracks[road], clones, road, found.stretch(_CLOSER_S).ticks),
        "offsets": figures.plot_offsets(clones, road, shown),
        "roads": plot_all_roads(tracks, clones),
        "interventions": figures.plot_interventions({name: found.reports[name] for name in POLICIES}),
        "survival": figures.plot_survival(clones),
        "densities": figures.plot_densities(_shown_m(found), clones),
        "training": figures.plot_training({name: found.learned[name] for name in clones}),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _shown_m(found: Findings) -> dict[str, Numbers]:
    """The offsets from which each network saw the road in training; the second's are drawn as the augmenter draws."""
    lane = found.demonstrated.lane
    assert lane is not None
    shift_rotate = ShiftRotate(**found.learned["shift-rotate"].config["shift_rotate"])
    driven_m = np.tile(lane.offset_m, 100)
    shift_m, _ = draw_motion(np.random.default_rng(found.config.seed), len(driven_m), shift_rotate)
    return {"plain": lane.offset_m, "shift-rotate": driven_m + shift_m}


@dataclass(frozen=True, slots=True)
class Card:
    """A view of the contact sheet, with three pictures: made, true, and what is wrong with the made one."""

    shift_m: float
    turn_deg: float
    pictures: tuple[str, str, str]
    left_over: float
    label_per_m: float
    expert_per_m: float


def _cards(sheet: Comparison) -> list[Card]:
    wrong = np.abs(sheet.made.astype(np.int16) - sheet.true).astype(np.uint8)
    return [
        Card(
            float(sheet.shift_m[i]),
            float(np.degrees(sheet.turn_rad[i])),
            (page.picture_uri(sheet.made[i]), page.picture_uri(sheet.true[i]), page.picture_uri(wrong[i])),
            float(sheet.left_over[i]),
            float(sheet.label_per_m[i]),
            float(sheet.expert_per_m[i]),
        )
        for i in range(len(sheet.shift_m))
    ]
