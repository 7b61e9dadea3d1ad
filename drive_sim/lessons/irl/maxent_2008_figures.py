"""The figures of the lesson on maximum entropy."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from drive_sim.arrays import Numbers
from drive_sim.irl.worlds.fork import ROUTES
from drive_sim.irl.worlds.road_graph import CLASSES, RoadGraph
from drive_sim.lessons.irl.maxent_2008_result import Result
from drive_sim.lessons.irl.maxent_cities import METHODS, Destination, actions_of
from drive_sim.lessons.irl.maxent_faults import FAULTS
from drive_sim.lessons.irl.maxent_small_world import SIZE
from drive_sim.report import plots, style

FAULT_COLOURS: dict[str, str] = dict(
    zip(FAULTS, (style.BLUE, style.VERMILION, style.ORANGE, style.PURPLE, style.GREEN, style.SKY), strict=True)
)
_SHARED, _UPPER, _LOWER, _ALONE = (1.0, 0.5), (2.2, 1.0), (2.2, 0.0), (1.6, -0.9)
_WAYS = {
    "upper": ((0.0, 0.0), _SHARED, _UPPER, (3.4, 0.0)),
    "lower": ((0.0, 0.0), _SHARED, _LOWER, (3.4, 0.0)),
    "bypass": ((0.0, 0.0), (0.8, -0.9), (2.6, -0.9), (3.4, 0.0)),
}
_LEAST_LOST = 1e-4


def plot_fork(probabilities: Mapping[str, Numbers]) -> Figure:
    """The fork, once a model; roads as wide as they are likely."""
    with plots.panels(style.PAGE_IN, 2.4, 1, 2) as (figure, all_axes):
        for axes, name in zip(all_axes, ("action", "maxent"), strict=True):
            look, chance = style.LOOKS[name], dict[str, float](zip(ROUTES, probabilities[name], strict=True))
            first = chance["upper"] + chance["lower"]
            for route, way in _WAYS.items():
                shared, own = (way[:2], way[1:]) if route != "bypass" else (way[:1], way)
                axes.plot(*np.transpose(own), color=look.colour, linewidth=16.0 * chance[route], alpha=0.75)
                if len(shared) == 2:
                    axes.plot(*np.transpose(shared), color=look.colour, linewidth=16.0 * first, alpha=0.4)
                middle = _ALONE if route == "bypass" else own[1]
                words = f"{route} {chance[route]:.3f}"
                axes.annotate(words, middle, (0, 9), textcoords="offset points", ha="center", fontsize=10)
            for place, words, side, off in (((0.0, 0.0), "start", "right", -9), ((3.4, 0.0), "end", "left", 9)):
                axes.plot(*place, "o", color=style.INK, markersize=7)
                axes.annotate(words, place, (off, 0), textcoords="offset points", ha=side, va="center")
            axes.set(xlim=(-0.5, 3.9), ylim=(-1.2, 1.35))
            axes.set_title(look.label, loc="center")
            axes.set_axis_off()
    return figure


def plot_match(result: Result) -> Figure:
    """Each method's match, its cities as marks, and by how much maximum entropy finds trips more likely, by city."""
    with plots.panels(style.PAGE_IN, 2.6, 1, 3) as (figure, (matched, whole, likely)):
        for row, name in enumerate(reversed(METHODS)):
            method, look = result.methods[name], style.LOOKS[name]
            plots.draw_estimate(matched, row, method.matched.percent, look)
            plots.draw_estimate(whole, row, method.whole.percent, look)
        plots.mark_place(matched, 100.0 * result.mean_driver.mean, "mean\ndriver")
        for axes in (matched, whole):
            plots.name_rows([axes], [style.LOOKS[name].label for name in reversed(METHODS)])
        whole.set_yticklabels([])
        matched.set_xlabel("share of a trip matched [%]")
        whole.set_xlabel("trips matched to 90 % [%]")
        cities = sorted(result.more_likely_per_city)
        likely.bar(range(len(cities)), cities, 0.7, color=style.BLUE)
        likely.axhline(0.0, color=style.INK, linewidth=0.8)
        likely.set(xticks=[], xlabel="cities", ylabel="nats a trip above action-based")
    return figure


def plot_city(graph: RoadGraph, place: Destination, weights: Mapping[str, Numbers]) -> Figure:
    """How often held-out trips to one end take each road, and how often both models expect them to."""
    likelihood, features = place.world.likelihood, place.world.features
    soft = likelihood.occupancy(likelihood.plan(features @ weights["maxent"]).policy)
    actions = likelihood.occupancy(actions_of(place).plan(features @ weights["action"]).policy)
    first = likelihood.mdp.first
    shown = {
        f"{len(place.trips)} held-out trips to one end": (likelihood.demonstrated, style.INK),
        f"{style.LOOKS['maxent'].label} expects": (soft, style.BLUE),
        f"{style.LOOKS['action'].label} model expects": (actions, style.PURPLE),
    }
    with plots.panels(style.PAGE_IN, 3.9, 1, 3) as (figure, all_axes):
        for axes, (title, (taken, colour)) in zip(all_axes, shown.items(), strict=True):
            _draw_roads(axes, graph, np.add.reduceat(taken, first), colour)
            axes.plot(*graph.end_m[place.end], "o", color=style.VERMILION, markersize=8, zorder=6)
            starts = graph.begin_m[likelihood.mdp.state[[trip[0] for trip in place.trips]]]
            axes.scatter(*starts.T, s=22, color=style.GREEN, zorder=6)
            axes.set_title(title, loc="center")
    return figure


def _draw_roads(axes: Axes, graph: RoadGraph, taken: Numbers, colour: str) -> None:
    """All roads in grey, as wide as their class; beside them, on the right, those that are taken, by how often."""
    style.quiet_axes(axes)
    roads = np.stack((graph.begin_m, graph.end_m), axis=1)
    width = np.array([4.5, 2.6, 1.0])[graph.road_class]
    assert len(width) == graph.num_roads and len(CLASSES) == 3
    axes.add_collection(LineCollection(list(roads), linewidths=width, colors=style.HAIR, zorder=1))
    along = (graph.end_m - graph.begin_m) / graph.length_m[:, None]
    right = roads + 18.0 * np.stack((along[:, 1], -along[:, 0]), axis=1)[:, None]
    often = taken > 0.02
    axes.add_collection(
        LineCollection(list(right[often]), linewidths=0.6 + 5.0 * taken[often], colors=colour, zorder=3)
    )
    axes.autoscale_view()


def plot_lost(steps: Sequence[int], lost: Mapping[str, Numbers]) -> Figure:
    """How much less likely than at the optimum a walk is, after each step; (seeds, steps) a fault."""
    with plots.panels(style.PAGE_IN, 3.4) as (figure, (axes,)):
        for fault, of in lost.items():
            label = "as printed" if fault == "none" else fault
            shown = np.maximum(of, _LEAST_LOST)
            axes.plot(np.add(steps, 1), shown.T, color=FAULT_COLOURS[fault], linewidth=0.7, alpha=0.35)
            middle = np.median(shown, axis=0)
            dashes = (0, (4, 2)) if fault == "one state more" else "solid"
            axes.plot(
                np.add(steps, 1), middle, color=FAULT_COLOURS[fault], linewidth=2.4, label=label, linestyle=dashes
            )
        axes.set(xscale="log", yscale="log", xlabel="steps of learning + 1", ylabel="nats a walk below the optimum")
        plots.legend_above(axes, 6)
    return figure


def plot_rewards(rewards: Mapping[str, Numbers]) -> Figure:
    """Maps of learned rewards, their means taken off, each on a scale of its own that its title tells."""
    titles = {"truth": "true reward", "optimum": "the optimum", "none": "as printed"}
    with plots.panels(style.PAGE_IN, 4.2, 2, 4) as (figure, all_axes):
        for axes, (name, of) in zip(all_axes, rewards.items(), strict=True):
            limit = float(np.abs(of).max())
            axes.imshow(of.reshape(SIZE, SIZE), cmap="PuOr", vmin=-limit, vmax=limit, interpolation="nearest")
            axes.set_axis_off()
            axes.set_title(f"{titles.get(name, name)}, ±{limit:.1f}", loc="center", fontsize=9)
    return figure
