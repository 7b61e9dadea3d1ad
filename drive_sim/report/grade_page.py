"""The page of a grade: the points, where on which road help was needed, films of it, and what the number means."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.evaluate.gradescope import Graded
from drive_sim.evaluate.grading import RULE, Grade, RoadGrade
from drive_sim.report import plots, style
from drive_sim.report.grade_films import Film
from drive_sim.report.numbers import number, rate
from drive_sim.report.page import film_uri, inline_svg, picture_uri, render_page
from drive_sim.report.video import picture_at
from drive_sim.sim.track import Track, Tracks

KINDS = {
    "held-out": "country roads 4.4 m wide by day, as the first drive's are",
    "shifted": "country roads 4.4 m wide at dusk, by night, in fog, rain, shadows and on dirt",
    "any": "roads of 3 to 18 m under every sky",
}
_MOST_COLUMNS = 7
_PANEL_IN = 1.62


def grade_page(grades: Mapping[str, Grade], tracks: Tracks, films: Sequence[Film], of: Graded) -> str:
    """The page as HTML, films inside; `grades` by who drove, whose grade it is first."""
    grade = next(iter(grades.values()))
    figures, felt = grade.figures, grade.comfort
    low, high = figures["interventions_per_km_low"], figures["interventions_per_km_high"]
    return render_page(
        "grade.html.j2",
        submission=of.submission,
        points=f"{grade.points:g}",
        most=f"{grade.most_points:g}",
        headline=_headline(grade),
        colour="green" if grade.points == grade.most_points else "blue",
        per_km=rate(figures["interventions_per_km"]),
        per_km_interval="" if low is None or high is None else f"95 %: {rate(low)} to {rate(high)}",
        autonomy=number(figures["autonomy_percent"], 1),
        autonomy_interval=_interval(figures["autonomy_percent_low"], figures["autonomy_percent_high"]),
        lateral=number(felt["lateral_acceleration_p95_mps2"], 1),
        jerk=number(figures["command_jerk_rad_s3"], 1),
        kind=KINDS[of.roads],
        km=number(figures["distance_km"], 0),
        num_roads=figures["num_roads"],
        roads_figure=inline_svg(plot_graded_roads(grade.roads, tracks), "roads"),
        films=[
            {
                "uri": film_uri(film.path),
                "still": picture_uri(picture_at(film.path, film.failure_s), "jpeg"),
                "caption": film.caption,
            }
            for film in films
        ],
        num_failures=figures["interventions"],
        drivers=[_driver_row(name, each) for name, each in grades.items()],
        roads=[_road_row(road) for road in grade.roads],
        rule=RULE,
        worth=number(6.0 * 12.0 / 10.0, 1),
        of=of,
    )


def plot_graded_roads(roads: Sequence[RoadGrade], tracks: Tracks) -> Figure:
    """Every road from above, each to its own scale, with a cross where help was needed."""
    columns = min(_MOST_COLUMNS, max(1, math.ceil(math.sqrt(1.6 * len(roads)))))
    rows = math.ceil(len(roads) / columns)
    with plots.panels(style.PAGE_IN, rows * _PANEL_IN, rows, columns) as (figure, axes):
        for panel, road in zip(axes, roads, strict=False):
            _draw_road(panel, road, tracks.tracks[road.road_idx])
        for panel in axes:
            panel.set_axis_off()
    return figure


def _draw_road(axes: Axes, road: RoadGrade, track: Track) -> None:
    driven = slice(None) if track.closed else slice(0, round(1000.0 * road.km / track.spacing_m) + 1)
    x_m, y_m = track.x_m[driven], track.y_m[driven]
    if track.closed:
        x_m, y_m = np.append(x_m, x_m[0]), np.append(y_m, y_m[0])
    helped = bool(road.failures)
    axes.plot(x_m, y_m, color=style.FAINT if helped else style.GREEN, linewidth=1.6)
    at = [round(of.s_m / track.spacing_m) % len(track.x_m) for of in road.failures]
    axes.plot(track.x_m[at], track.y_m[at], "x", color=style.VERMILION, markersize=5, markeredgewidth=1.6)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.1)
    axes.set_title(f"{road.road_idx + 1}: {road.interventions}" if helped else f"{road.road_idx + 1}", loc="center")


def _headline(grade: Grade) -> str:
    of, num = grade.figures, grade.figures["interventions"]
    helped = "nobody had to help" if num == 0 else "somebody had to help " + ("once" if num == 1 else f"{num} times")
    return f"{grade.points:g} of {grade.most_points:g} points: in {of['distance_km']:.0f} km {helped}."


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"95 %: {number(low, 1)} to {number(high, 1)} %"


def _driver_row(name: str, grade: Grade) -> dict[str, str]:
    of, felt = grade.figures, grade.comfort
    return {
        "name": name,
        "points": number(grade.points, 1),
        "per_km": rate(of["interventions_per_km"]),
        "offsets": " / ".join(number(of[f"offset_{part}_cm"], 0) for part in ("mean", "p95", "max")),
        "lateral": number(felt["lateral_acceleration_p95_mps2"], 1),
        "jerk": number(of["command_jerk_rad_s3"], 1),
    }


def _road_row(road: RoadGrade) -> dict[str, str]:
    places = "; ".join(f"{of.s_m:.0f} m along, {of.where}" for of in road.failures[:3])
    more = len(road.failures) - 3
    return {
        "name": road.name,
        "points": f"{number(road.points, 2)} of {number(road.most_points, 2)}",
        "helped": {0: "–", 1: "once"}.get(road.interventions, f"{road.interventions} times"),
        "where": (places + (f"; and {more} more" if more > 0 else "")) or "–",
    }
