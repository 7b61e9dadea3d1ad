"""Figures on how much driving it takes: interventions over seconds of data, what the data hold, and where cars fail."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from drive_sim.report import plots, style
from drive_sim.sim.track import Track

_ASIDE = 1.035
"""Points of several methods stand so many times apart, so that none hides another."""


def plot_efficiency(
    seconds: Sequence[float],
    curves: Mapping[str, plots.Curve],
    crossings: Sequence[tuple[float, float]],
    floor_per_km: float,
) -> Figure:
    """Interventions a km over seconds of labelled driving, both axes logarithmic down to zero, a curve a method.

    `crossings`: rings at (seconds, interventions a km). `floor_per_km`: the least that can be told from none; below
    about there the axis is linear and ends in zero.
    """
    linear = 10.0 ** math.floor(math.log10(floor_per_km))
    with plots.panels(style.PAGE_IN, 5.0) as (figure, (axes,)):
        for i, (name, curve) in enumerate(curves.items()):
            aside = _ASIDE ** (i - (len(curves) - 1) / 2)
            plots.draw_curves(axes, {name: replace(curve, x=aside * np.array(seconds))}, marks=True)
        for at_s, per_km in crossings:
            axes.scatter([at_s], [per_km], s=190, facecolors="none", edgecolors=style.INK, linewidths=1.6, zorder=5)
            text = {"xytext": (-11, -12), "textcoords": "offset points", "ha": "right", "va": "top"}
            axes.annotate(f"they cross at {at_s:.0f} s", (at_s, per_km), color=style.INK, **text)
        axes.set_yscale("symlog", linthresh=linear, linscale=0.6)
        most = axes.dataLim.y1
        axes.set_ylim(-0.12 * linear, 1.6 * max(most, linear))
        decades = [10.0**k for k in range(round(math.log10(linear)), 4) if 10.0**k <= 1.6 * most]
        axes.set_yticks([0.0, *decades], ["none", *(f"{tick:g}" for tick in decades)])
        axes.yaxis.set_minor_locator(NullLocator())
        _seconds_axis(axes, seconds)
        axes.set_ylabel("interventions a km of unseen road")
        plots.legend_above(axes)
    return figure


def plot_spread(seconds: Sequence[float], spreads: Mapping[str, Mapping[str, npt.ArrayLike]]) -> Figure:
    """How far apart the places lie that a method has learned from: standard deviations, a panel a kind."""
    with plots.panels(style.PAGE_IN, 3.1, 1, len(spreads)) as (figure, all_axes):
        for axes, (label, methods) in zip(all_axes, spreads.items(), strict=True):
            curves = {name: plots.Curve(seconds, np.atleast_2d(spread)) for name, spread in methods.items()}
            plots.draw_curves(axes, curves, marks=True)
            _seconds_axis(axes, seconds)
            axes.set_ylim(0.0, None)
            axes.set_ylabel(f"standard deviation, {label}")
        plots.legend_above(all_axes[0])
    return figure


def plot_put_backs(track: Track, places_m: Mapping[str, Mapping[float, Sequence[float]]], num_drives: int) -> Figure:
    """One road, a row a method and a column an amount of data, with a mark wherever a car had to be put back.

    `places_m`: arc lengths by method and seconds of data, of `num_drives` drives together.
    """
    panels = [(style.LOOKS[name], *of) for name, by_s in places_m.items() for of in by_s.items()]
    num_columns = len(panels) // len(places_m)
    height_in = 2.15 * len(places_m) + 0.3
    with plots.panels(style.PAGE_IN, height_in, len(places_m), num_columns) as (figure, all_axes):
        for axes, (look, at_s, places) in zip(all_axes, panels, strict=True):
            plots.draw_road(axes, track, 3.0)
            style.quiet_axes(axes, fill=True)
            mark = {"s": 26, "alpha": 0.4, "zorder": 2, **look.mark}
            axes.scatter(*plots.points_on(track, places).T, **mark)
            axes.set_title(f"{at_s:.0f} s: {_times(len(places), num_drives)}", loc="center", fontweight="normal")
        beside = {"xycoords": "axes fraction", "rotation": 90, "va": "center", "ha": "right", "fontweight": "bold"}
        for axes, name in zip(all_axes[::num_columns], places_m, strict=True):
            look = style.LOOKS[name]
            axes.annotate(look.label, (-0.04, 0.5), color=look.colour, fontsize=10.0, **beside)
    return figure


def _seconds_axis(axes: Axes, seconds: Sequence[float]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(list(seconds), [f"{s:.0f}" for s in seconds])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="seconds of labelled driving", xlim=(seconds[0] / 1.18, seconds[-1] * 1.18))


def _times(count: int, num_drives: int) -> str:
    return "none" if count == 0 else f"{count / num_drives:.2g} times" if count != num_drives else "once"
