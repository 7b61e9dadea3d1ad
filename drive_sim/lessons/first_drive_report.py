"""The first drive's film and page."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import PerCar, Poses
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.lessons.first_drive_findings import LEARNERS, POLICIES, Findings
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.learner import Learned
from drive_sim.report import figures, maps, page
from drive_sim.report.figures import Samples
from drive_sim.report.film import Captions, film_frames
from drive_sim.report.stretch import choose_stretch, make_take
from drive_sim.report.style import LOOKS
from drive_sim.report.truth import Comparison, compare_views
from drive_sim.report.video import filmed
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import Tracks, point_on_lane

FPS = 20
_SHEET = ((1.5, 0.0), (0.75, -4.0), (0.0, 8.0), (-1.5, 0.0), (-0.75, 4.0), (0.0, -8.0))
"""Shifts in m and turns in degrees, left positive, on the contact sheet."""
_NUM_COMPARED = 200


def look_from_elsewhere(found: Findings) -> None:
    """Compare made and true views of the demonstration: a few for the contact sheet, many for the figures."""
    roads, lane = Tracks.stack([found.track]), found.demonstrated.lane
    assert lane is not None
    poses = point_on_lane(roads, np.zeros(len(lane.s_m), dtype=np.int64), lane.s_m, lane.offset_m)
    poses[:, 2] += lane.heading_rad
    shift_m, turn_deg = np.array(_SHEET).T
    middle = np.full(len(_SHEET), len(poses) // 2)
    found.sheet = _compare(found, poses[middle], shift_m, np.radians(turn_deg))
    rng = np.random.default_rng(found.config.seed)
    drawn = draw_motion(rng, _NUM_COMPARED, ShiftRotate(share=1.0))
    found.truth = _compare(found, poses[rng.integers(len(poses), size=_NUM_COMPARED)], *drawn)


def make_film(found: Findings, path: Path) -> Iterator[Progress]:
    """Both clones side by side on the stretch that the rule picks."""
    stretch = found.shown
    track, scene = found.suite.tracks.tracks[stretch.road], found.suite.scenes.scenes[stretch.road]
    takes = [make_take(name, report, track, stretch, FPS) for name, report in found.clones.items()]
    num_frames, furthest = len(takes[0].poses), int(np.argmax(np.abs(takes[0].offset_m)))
    num_threads = min(4, os.cpu_count() or 1)
    frames = film_frames(track, scene, Camera(), takes, _captions(found), fps=FPS, num_threads=num_threads)
    for i, frame in enumerate(filmed(path, frames, FPS, num_threads=num_threads)):
        if i == furthest:
            found.poster = frame
        if i % FPS == 0:
            yield Progress("film", i / num_frames, f"{i / FPS:.0f} s of {num_frames / FPS:.0f}")
    yield Progress("film", 1.0, f"{num_frames / FPS:.0f} s")


def write_page(found: Findings, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file; the folder's film is in it too."""
    poster, sheet, truth = found.poster, found.sheet, found.truth
    assert poster is not None and sheet is not None and truth is not None
    text = page.render_page(
        "first_drive.html.j2",
        result=result,
        folder=folder.as_posix(),
        looks=LOOKS,
        figures=_figures(found),
        film=page.film_uri(folder / "film.mp4"),
        poster=page.picture_uri(poster, "jpeg"),
        captions=_captions(found),
        recorded=page.picture_uri(sheet.untransformed[0]),
        sheet=_cards(sheet),
        truth=truth,
        demos=found.demonstrated,
        num_roads=len(found.suite.tracks.tracks),
    )
    files.write_text(folder / "report.html", text)


def _compare(found: Findings, poses: Poses, shift_m: PerCar, turn_rad: PerCar) -> Comparison:
    return compare_views(found.track, found.scene, Camera(), poses, shift_m=shift_m, turn_rad=turn_rad)


def _captions(found: Findings) -> Captions:
    return Captions(
        f"Road {found.shown.road + 1} of {len(found.suite.tracks.tracks)}: {found.shown.rule}.",
        f"Both: the same {len(found.demonstrated)} frames, network, steps, road, gusts and kicks (seed "
        f"{found.config.seed}). Dashed: 1 m from the lane; beyond it comes an intervention.",
    )


def _figures(found: Findings) -> dict[str, Markup]:
    clones, road, ticks = found.clones, found.shown.road, found.shown.ticks
    rate_hz = found.reports["plain"].config.control_hz
    closer = choose_stretch(clones, "plain", length_s=10.0)
    drawn = {
        "stretch": maps.plot_stretch(found.suite.tracks.tracks[road], clones, road, closer.ticks),
        "offsets": figures.plot_offsets(clones, road, (ticks.start / rate_hz, ticks.stop / rate_hz)),
        "roads": maps.plot_all_roads(found.suite.tracks.tracks, clones),
        "interventions": figures.plot_interventions({name: found.reports[name] for name in POLICIES}),
        "survival": figures.plot_survival(clones),
        "densities": figures.plot_offset_densities(_shown_m(found), clones),
        "training": figures.plot_training({name: _curve(found.learned[name]) for name in LEARNERS}),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _curve(learned: Learned) -> tuple[Samples, Samples]:
    return np.array(learned.steps, dtype=np.float64), np.array(learned.error_per_m)


def _shown_m(found: Findings) -> dict[str, Samples]:
    """The offsets from which each network saw the road in training; the second's are drawn as the augmenter draws."""
    lane = found.demonstrated.lane
    assert lane is not None
    shift_rotate = ShiftRotate(**found.learned["shift-rotate"].training["shift_rotate"])
    driven_m = np.tile(lane.offset_m, 100)
    shift_m, _ = draw_motion(np.random.default_rng(found.config.seed), len(driven_m), shift_rotate)
    return {"plain": lane.offset_m, "shift-rotate": driven_m + shift_m}


def _cards(sheet: Comparison) -> list[dict[str, Any]]:
    """The contact sheet's views, each with its three pictures: made, true, and what is wrong with the made one."""
    wrong = np.abs(sheet.made.astype(np.int16) - sheet.true).astype(np.uint8)
    return [
        {
            "shift_m": float(sheet.shift_m[i]),
            "turn_deg": float(np.degrees(sheet.turn_rad[i])),
            "made": page.picture_uri(sheet.made[i]),
            "true": page.picture_uri(sheet.true[i]),
            "wrong": page.picture_uri(wrong[i]),
            "left_over": float(sheet.left_over[i]),
            "label_per_m": float(sheet.label_per_m[i]),
            "expert_per_m": float(sheet.expert_per_m[i]),
        }
        for i in range(len(sheet.shift_m))
    ]
