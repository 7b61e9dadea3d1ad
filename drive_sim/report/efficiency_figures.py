"""Figures on how much driving it takes: interventions over seconds of data, what the data hold, and where cars fail."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from drive_sim.report import style
from drive_sim.report.road_lines import make_road_lines
from drive_sim.sim.track import Track, Tracks, point_on_lane

_ASIDE = 1.035
"""Points of several methods stand so many times apart, so that none hides another."""
_COARSE_M = 4.0


def plot_efficiency(
    seconds: Sequence[float],
    methods: Mapping[str, Any],
    crossings_s: Sequence[tuple[float, float]],
    floor_per_km: float,
) -> Figure:
    """Interventions a km over seconds of labelled driving, both axes logarithmic down to zero, a curve a method.

    Bars are 95 % intervals, faint lines single seeds. `crossings_s`: rings at (seconds, interventions a km).
    `floor_per_km`: the least that can be told from none; below about there the axis is linear and ends in zero.
    """
    linear = 10.0 ** math.floor(math.log10(floor_per_km))
    most = max(max(*p["per_seed"], p["high"] or 0.0) for of in methods.values() for p in of["points"])
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 5.0)
        axes = figure.subplots()
        for i, (name, method) in enumerate(methods.items()):
            aside = _ASIDE ** (i - (len(methods) - 1) / 2)
            _curve(axes, name, aside * np.array(seconds), method["points"])
        for at_s, per_km in crossings_s:
            axes.scatter([at_s], [per_km], s=190, facecolors="none", edgecolors=style.INK, linewidths=1.6, zorder=5)
            text = {"xytext": (-11, -12), "textcoords": "offset points", "ha": "right", "va": "top"}
            axes.annotate(f"they cross at {at_s:.0f} s", (at_s, per_km), color=style.INK, **text)
        axes.set_yscale("symlog", linthresh=linear, linscale=0.6)
        axes.set_ylim(-0.12 * linear, 1.6 * max(most, linear))
        decades = [10.0**k for k in range(round(math.log10(linear)), 4) if 10.0**k <= 1.6 * most]
        axes.yaxis.set_major_locator(FixedLocator([0.0, *decades]))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_yticklabels(["none", *(f"{tick:g}" for tick in decades)])
        _seconds_axis(axes, seconds)
        axes.set_ylabel("interventions a km of unseen road")
        _legend_above(axes)
    return figure


def _curve(axes: Axes, name: str, at_s: npt.NDArray[np.float64], points: Sequence[Mapping[str, Any]]) -> None:
    look = style.LOOKS[name]
    mean = np.array([point["mean"] for point in points])
    low = np.array([point["mean"] if point["low"] is None else point["low"] for point in points])
    high = np.array([point["mean"] if point["high"] is None else point["high"] for point in points])
    for seed in np.array([point["per_seed"] for point in points]).T:
        axes.plot(at_s, seed, color=look.colour, linewidth=0.8, alpha=0.35)
    axes.errorbar(at_s, mean, [mean - low, high - mean], linewidth=2.4, elinewidth=1.6, **look.line)
    axes.scatter(at_s, mean, s=46, marker=look.marker, color=look.colour, linewidths=0, zorder=4, label=look.label)


def plot_spread(seconds: Sequence[float], methods: Mapping[str, Any]) -> Figure:
    """How far apart the places lie that a method has learned from: standard deviations of offset and of heading."""
    shown = (("offset_sd_m", "offset from the lane [m]", 1.0), ("heading_sd_rad", "heading [degrees]", 180.0 / np.pi))
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.1)
        for axes, (kind, label, unit) in zip(figure.subplots(1, 2), shown, strict=True):
            for name, method in methods.items():
                look, spread = style.LOOKS[name], [unit * point[kind] for point in method["points"]]
                axes.plot(seconds, spread, linewidth=2, label=look.label, **look.line)
                axes.scatter(seconds, spread, s=34, marker=look.marker, color=look.colour, linewidths=0, zorder=3)
            _seconds_axis(axes, seconds)
            axes.set_ylim(0.0, None)
            axes.set_ylabel(f"standard deviation, {label}")
        _legend_above(figure.axes[0])
    return figure


def plot_put_backs(track: Track, places_m: Mapping[str, Mapping[float, Sequence[float]]], num_drives: int) -> Figure:
    """One road, a row a method and a column an amount of data, with a mark wherever a car had to be put back.

    `places_m`: arc lengths by method and seconds of data, of `num_drives` drives together.
    """
    line = make_road_lines(track, 0.0, track.length_m, _COARSE_M).lane
    tracks, columns = Tracks.stack([track]), len(next(iter(places_m.values())))
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 2.15 * len(places_m) + 0.3)
        panels = figure.subplots(len(places_m), columns, squeeze=False)
        for row, (name, of) in zip(panels, places_m.items(), strict=True):
            look = style.LOOKS[name]
            for axes, (at_s, places) in zip(row, of.items(), strict=True):
                style.quiet_axes(axes, fill=True)
                axes.plot(*line.T, color=style.HAIR, linewidth=3.0, zorder=1)
                at = point_on_lane(tracks, np.zeros(len(places), dtype=np.int64), np.array(places, dtype=np.float64))
                axes.scatter(
                    *at[:, :2].T, s=26, marker=look.marker, color=look.colour, alpha=0.4, linewidths=0, zorder=2
                )
                axes.set_title(f"{at_s:.0f} s: {_times(len(places), num_drives)}", loc="center", fontweight="normal")
            row[0].annotate(look.label, (-0.04, 0.5), xycoords="axes fraction", rotation=90, va="center", ha="right",
                            color=look.colour, fontweight="bold", fontsize=10.0)  # fmt: skip
    return figure


def _seconds_axis(axes: Axes, seconds: Sequence[float]) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(list(seconds)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{s:.0f}" for s in seconds])
    axes.set(xlabel="seconds of labelled driving", xlim=(seconds[0] / 1.18, seconds[-1] * 1.18))


def _times(count: int, num_drives: int) -> str:
    return "none" if count == 0 else f"{count / num_drives:.2g} times" if count != num_drives else "once"


def _legend_above(axes: Axes) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2, columnspacing=1.4)
