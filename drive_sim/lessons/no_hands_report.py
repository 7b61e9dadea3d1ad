"""The long drive's page and films: the map, twelve places on the way, moments, and what a student can change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.lessons import no_hands
from drive_sim.lessons.no_hands_drive import VIEW_M
from drive_sim.lessons.no_hands_film import Drove, write_moment
from drive_sim.lessons.no_hands_findings import (
    INTERVENTION_S,
    METHODS,
    Parts,
    offset_shares,
    part_extremes_m,
)
from drive_sim.lessons.side_by_side import Part
from drive_sim.report import page, trip_figures
from drive_sim.report.road_lines import Points
from drive_sim.report.style import LOOKS
from drive_sim.report.trip_figures import Chart
from drive_sim.sim.camera import Camera
from drive_sim.sim.endless import Milestone, Route, make_road_segment
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.scene_schedule import scene_at
from drive_sim.sim.track import Tracks, point_on_lane

NUM_PLACES, MOST_EMBEDDED = 12, 2
VIEW_PX = (640, 290)
CLOSER_M = {100_000.0: 20_000.0, 10_000.0: 2000.0, 1000.0: 200.0, 200.0: 50.0}
"""Closer looks at the start: their lengths, and their scales'."""


def film_parts(config: Any, found: Parts, folder: Path) -> list[Part]:
    """A film of each failure of trip and further seeds, up to `most_films`; where there is none, of the nearest to one.

    In a whole run the clone's first failure is filmed beside.
    """
    driven = (*found["trip"], *found["further"])
    failures = [(part, moment) for part in driven for moment in part["films"]][: config.most_films]
    moments = [(f"film-{i + 1}.mp4", *failure, "shift-rotate") for i, failure in enumerate(failures)]
    if not failures:
        nearest = max(found["trip"], key=lambda part: abs(part["furthest"]["offset_at_m"]))
        moments = [("film-closest.mp4", nearest, nearest["furthest"], "shift-rotate")]
    if not config.quick:
        (clone,) = found["clone"]
        moments += [("film-clone.mp4", clone, moment, "plain") for moment in clone["films"][:1]]
    return [
        Part("film", name.removesuffix(".mp4"), write_moment, (folder / name, _filmed(config, part), moment, driver))
        for name, part, moment, driver in moments
    ]


def _filmed(config: Any, part: Mapping[str, Any]) -> Drove:
    return Drove(part["seed"], no_hands.route_of(config, part["seed"]), part["tick_s"])


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    conditions, kind = config.conditions, no_hands.route_of(config, config.trip_seed).kind
    text = page.render_page(
        "no_hands.html.j2",
        result={**result, "bars": [*result["bars"], *result["time_bars"]]},
        config=config,
        conditions=conditions,
        quick=config.quick,
        looks=LOOKS,
        methods=tuple(METHODS),
        figures={name: page.inline_svg(figure, name) for name, figure in _figures(config, found).items()},
        views=_views(config, found),
        films=_films(found, folder),
        num_failures=sum(sum(part["interventions"]) for stage in ("trip", "further") for part in found[stage]),
        num_filmed=sum(part["driver"] != "plain" and abs(part["offset_at_m"]) > 1.0 for part in found["film"]),
        lost_m=INTERVENTION_S * conditions.vehicle.cruise_mps,
        road_width_m=2.0 * kind.half_width_m,
        tightest_m=1.0 / kind.max_curvature_per_m,
    )
    files.write_text(folder / "report.html", text)


def _figures(config: Any, found: Parts) -> dict[str, Any]:
    whole = trip_line(found)
    route = no_hands.route_of(config, config.trip_seed)
    closer = [
        Chart(f"The first {length_m / 1000.0:,.0f} km", _start_of(route, length_m), scale_m)
        for length_m, scale_m in CLOSER_M.items()
        if length_m < config.trip_miles * no_hands.MILE_M
    ][:3]
    miles = f"{config.trip_miles:,.0f} miles, from west to east"
    scale_m = 10.0 ** np.floor(np.log10(0.3 * config.trip_miles * no_hands.MILE_M))
    failed = {
        method: np.array([[place["x_m"], place["y_m"]] for part in found[stage] for place in part["places"]]).reshape(
            -1, 2
        )
        for method, stage in METHODS.items()
        if method != "expert"
    }
    shares = {method: offset_shares(found[stage]) for method, stage in METHODS.items()}
    return {
        "trip": trip_figures.plot_trip(Chart(miles, whole, float(scale_m)), closer, dict(reversed(failed.items()))),
        "extremes": trip_figures.plot_extremes(part_extremes_m(found["trip"]), config.part_miles, "shift-rotate"),
        "offsets": trip_figures.plot_offset_shares(shares),
    }


def trip_line(found: Parts) -> Points:
    """The trip from above, a point a stage: the milestone before it."""
    return np.array([stone[1:3] for stones in _trip_survey(found) for stone in stones])


def _trip_survey(found: Parts) -> list[list[list[float]]]:
    return next(part for part in found["route"] if part["seed"] == found["trip"][0]["seed"])["milestones"]


def _start_of(route: Route, length_m: float) -> Points:
    track = make_road_segment(route, Milestone(), 0.0, length_m).track
    step = max(1, len(track.x_m) // 2000)
    return np.stack([track.x_m[::step], track.y_m[::step]], axis=-1)


def _views(config: Any, found: Parts) -> list[dict[str, Any]]:
    """What the camera sees at evenly spaced places of the trip, drawn for a screen."""
    route, camera, views = no_hands.route_of(config, config.trip_seed), Camera().resized(*VIEW_PX), []
    stones = [Milestone(int(number), *pose) for stones in _trip_survey(found) for number, *pose in stones]
    for index in np.linspace(0, len(stones) - 1, NUM_PLACES).round().astype(np.int64):
        stone = stones[index]
        segment = make_road_segment(route, stone, stone.s_m, VIEW_M)
        picture = _view(segment.track, scene_at(route, stone.s_m), camera)
        views.append({"km": stone.s_m / 1000.0, "picture": page.picture_uri(picture, "jpeg")})
    return views


def _view(track: Any, scene: Any, camera: Camera) -> Picture:
    roads, first = Tracks.stack([track]), np.zeros(1, dtype=np.int64)
    return render(roads, Scenes.stack([scene]), camera, point_on_lane(roads, first, np.zeros(1)), first, first)[0]


def _films(found: Parts, folder: Path) -> list[dict[str, Any]]:
    """All films, in order; the first of them, and the clone's, inside the page."""
    films = []
    for number, part in enumerate(found["film"]):
        inside = number < MOST_EMBEDDED or part["driver"] == "plain"
        uri = page.film_uri(folder / part["file"]) if inside else None
        films.append({**part, "uri": None if uri is None else Markup(uri), "failed": abs(part["offset_at_m"]) > 1.0})
    return films
