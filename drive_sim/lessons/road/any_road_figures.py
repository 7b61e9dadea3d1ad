"""The figures of the lesson on any road: recipes against each other, where they fail, the roads, and three views."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from drive_sim.arrays import Picture
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons.road.any_road import LAPS, RADIUS_EDGES_M
from drive_sim.lessons.road.any_road_recipes import ARMS, Recipe
from drive_sim.lessons.road.any_road_result import Result
from drive_sim.report import plots, style
from drive_sim.report.numbers import rate
from drive_sim.report.road_lines import make_road_lines
from drive_sim.sim.domain_randomisation import RoadDistribution, draw_road
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Track, Tracks, point_on_lane

LAP_TITLES = ("Gentle bends", "Tight bends", "Flaring", "Crossing", "Tight, at own speed")
_TICKS = (0.0, 1.0, 10.0, 100.0)
_ROADS, _SHOWN_M = 8, 300.0
_HAIRPIN = RoadDistribution(
    width_m=(12.0, 12.0),
    radius_m=(10.0, 10.0),
    changing_share=0.0,
    flaring_share=0.0,
    straight_share=0.0,
    hairpin_share=1.0,
)


def plot_recipes(result: Result) -> Figure:
    """Interventions a km, a row a recipe, a panel for each kind of road; the whole recipe's as a line."""
    names = list(reversed(ARMS))
    with plots.panels(style.PAGE_IN, 4.9, 1, len(LAPS), sharey=True) as (figure, all_axes):
        for axes, lap, title in zip(all_axes, LAPS, LAP_TITLES, strict=True):
            axes.axvline(result.drivers["any-road"].per_km[lap].mean, color=style.BLUE, linewidth=1.0, zorder=0)
            for row, name in enumerate(names):
                plots.draw_estimate(axes, row, result.drivers[name].per_km[lap], style.LOOKS[name])
            _rate_axis(axes)
            axes.set_title(title, loc="center")
        plots.name_rows(all_axes, [style.LOOKS[name].label for name in names])
        figure.supxlabel("interventions a km", fontsize=9.0, color=style.FAINT)
    return figure


def _rate_axis(axes: Axes) -> None:
    """From none on: even up to one a km, logarithmic beyond."""
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set_xlim(-0.15, 160.0)
    axes.set_xticks(_TICKS, [f"{tick:.0f}" for tick in _TICKS])
    axes.xaxis.set_minor_locator(NullLocator())


def plot_where(result: Result) -> Figure:
    """Interventions a km as colours and numbers, a row a recipe: by width, and by the tightest bend near."""
    by_width = {name: result.drivers[name].by_width for name in ARMS}
    by_bend = {name: result.drivers[name].by_bend[::-1] for name in ARMS}
    with plots.panels(style.PAGE_IN, 4.6, 1, 2, sharey=True) as (figure, (left, right)):
        _draw_rates(left, by_width, [f"{width_m:g} m" for width_m in result.widths_m], "width of the road")
        _draw_rates(right, by_bend, bend_names()[::-1], "radius of the tightest bend near")
        left.set_yticks(range(len(ARMS)), [style.LOOKS[name].label for name in ARMS])
        figure.get_layout_engine().set(wspace=0.04)  # pyright: ignore[reportOptionalMemberAccess, reportCallIssue]
    return figure


def bend_names() -> list[str]:
    """The classes of bends in words, the tightest first."""
    bounds = [f"{radius_m:.0f}" for radius_m in RADIUS_EDGES_M]
    between = [f"{low}–{high} m" for low, high in pairwise(bounds)]
    return [*between, "straighter"]


def _draw_rates(
    axes: Axes, rates: Mapping[str, Sequence[Estimate | None]], columns: Sequence[str], xlabel: str
) -> None:
    means = np.array([[np.nan if of is None else of.mean for of in row] for row in rates.values()])
    axes.imshow(means, cmap="cividis", norm=SymLogNorm(1.0, vmin=0.0, vmax=100.0), aspect="auto", rasterized=True)
    for (row, column), mean in np.ndenumerate(means):
        colour = "#101010" if mean > 6.0 else "#ffffff"
        text = "" if np.isnan(mean) else rate(mean)
        axes.text(column, row, text, color=colour, ha="center", va="center", fontsize=9.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_xlabel(xlabel)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def plot_roads(recipes: Mapping[str, Recipe], seed: int) -> Figure:
    """What is drawn from each recipe's distribution, from above, all on one scale."""
    with plots.panels(style.PAGE_IN, 2.0 * len(recipes), len(recipes), 1) as (figure, all_axes):
        for axes, (name, recipe) in zip(all_axes, recipes.items(), strict=True):
            style.quiet_axes(axes, fill=True)
            axes.set_title(style.LOOKS[name].label, loc="left")
            children = np.random.default_rng([seed, 1]).spawn(_ROADS)
            right_m = 0.0
            for rng in children:
                right_m = _draw_surface(axes, draw_road(rng, recipe.roads, _SHOWN_M), right_m) + 25.0
    return figure


def _draw_surface(axes: Axes, track: Track, left_m: float) -> float:
    """A road's surface, beginning at an x; returns where it ends."""
    lines = make_road_lines(track, 0.0, track.length_m)
    move = np.array([left_m - lines.surface[:, 0].min(), -lines.surface[:, 1].mean()])
    axes.fill(*(lines.surface + move).T, color=style.FAINT, alpha=0.55, linewidth=0.8)
    axes.plot(*(lines.lane + move).T, color=style.INK, linewidth=0.5)
    return float((lines.surface + move)[:, 0].max())


def hairpin_views(degrees: Sequence[float]) -> list[Picture]:
    """What is seen in a hairpin of 10 m radius on a road 12 m wide, with views of so many degrees."""
    track = draw_road(np.random.default_rng(4), _HAIRPIN, 120.0)
    tracks, scenes = Tracks.stack([track]), Scenes.stack([make_scene("day", np.random.default_rng(5))])
    begins = np.argmax(np.abs(track.curvature_per_m) > 0.99 * np.abs(track.curvature_per_m).max())
    index = np.zeros(1, dtype=np.int64)
    poses = point_on_lane(tracks, index, np.array([begins * track.spacing_m + 2.0]), np.zeros(1), np.zeros(1))
    cameras = [Recipe(view_deg=view_deg).camera.resized(600, 198) for view_deg in degrees]
    return [render(tracks, scenes, camera, poses, index, index)[0] for camera in cameras]
