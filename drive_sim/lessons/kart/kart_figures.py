"""Figures of the kart's lessons: falls over laps of data, and who drives a mixture's steps."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons.kart.falls import Method
from drive_sim.report import plots, style

Box: TypeAlias = tuple[float, float, float, float]
"""Where a published curve lies: laps from, to, falls a lap from, to."""


def plot_falls(methods: Mapping[str, Method], published: Mapping[str, Box] | None = None) -> Figure:
    """Falls a lap over laps of data with 95 % intervals, a curve a method; published ones as pale areas."""
    laps = next(iter(methods.values())).laps_of_data
    curves = {name: plots.Curve.of_estimates(laps, of.per_seed, of.falls) for name, of in methods.items()}
    with plots.panels(style.PAGE_IN, 3.9) as (figure, (axes,)):
        for name, box in (published or {}).items():
            _draw_box(axes, style.LOOKS[name].colour, box)
        plots.draw_curves(axes, curves, marks=True)
        axes.set(xlabel="laps of data (about 1000 labelled pictures each)", ylabel="falls a lap", xticks=laps)
        axes.set(xlim=(0.5, laps[-1] + 0.6), ylim=(-0.06, None))
        plots.legend_above(axes)
    return figure


def _draw_box(axes: Axes, colour: str, box: Box) -> None:
    laps_from, laps_to, low, high = box
    axes.fill_between([laps_from, laps_to], low, high, facecolor=colour, alpha=0.15, linewidth=0)
    axes.plot([laps_from, laps_to], 2 * [0.5 * (low + high)], color=colour, linewidth=1, linestyle=(0, (2, 2)))


def plot_shares(shares: Mapping[str, Sequence[float]]) -> Figure:
    """Who drives SMILe's steps, round by round, by name."""
    looks = (style.GREEN, "-"), (style.GREEN, ":"), (style.VERMILION, "-"), (style.BLUE, "-")
    with plots.panels(style.COLUMN_IN, 3.4) as (figure, (axes,)):
        for (name, of), (colour, dashes) in zip(shares.items(), looks, strict=True):
            rounds, percent = np.arange(1, len(of) + 1), 100.0 * np.array(of)
            axes.plot(rounds, percent, color=colour, linestyle=dashes, linewidth=1.8, label=name)
            axes.set(xlabel="round", ylabel="share of the steps [%]", ylim=(0, 102), xlim=(1, len(of)))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        plots.legend_above(axes, 2)
    return figure


def plot_reweighted(falls: Mapping[str, Estimate]) -> Figure:
    """Falls a lap of mixtures of the same policies with other weights, with 95 % intervals."""
    place = np.arange(len(falls))[::-1]
    with plots.panels(style.COLUMN_IN, 3.4) as (figure, (axes,)):
        bars = plots.Curve.of_estimates(place, [], list(falls.values()))
        plots.draw_bars(axes, bars, style.LOOKS["smile"].colour, horizontal=True)
        axes.set_yticks(place, list(falls))
        axes.set(xlabel="falls a lap", xlim=(0, None))
    return figure


def plot_mixture(weights: Sequence[float], alone: Sequence[Estimate], mixture: float) -> Figure:
    """Each of a mixture's policies: its weight, and its falls a lap alone, beside the mixture's."""
    number = np.arange(1, len(weights) + 1)
    with plots.panels(style.PAGE_IN, 4.2, 2, 1, sharex=True) as (figure, (above, below)):
        plots.draw_bars(above, plots.Curve(number, [], 100 * np.array(weights)), style.LOOKS["smile"].colour)
        above.set(ylabel="weight in the mixture [%]")
        plots.draw_bars(below, plots.Curve.of_estimates(number, [], alone), style.FAINT)
        below.axhline(mixture, color=style.LOOKS["smile"].colour, linewidth=1.6)
        at_the_right = {"xycoords": ("axes fraction", "data"), "xytext": (4, 0), "textcoords": "offset points"}
        text = {"color": style.LOOKS["smile"].colour, "va": "center", "fontsize": 9, "annotation_clip": False}
        below.annotate("the mixture", (1.0, mixture), **at_the_right, **text)
        below.set(ylabel="falls a lap, alone", xlabel="policy, by the round in which it was learned", ylim=(0, None))
        below.set_xticks(number)
    return figure
