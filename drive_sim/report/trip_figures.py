"""Figures of a long drive: where it led, how far off its lane it came, and how often it was how far off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.report import style
from drive_sim.report.road_lines import LIMIT_M, Points


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A stretch of the road as points (k, 2) in m, its title, and the length of the scale under it in m."""

    title: str
    line: Points
    scale_m: float


def plot_trip(whole: Chart, closer: Sequence[Chart], failed: Mapping[str, Points]) -> Figure:
    """The whole trip from above with a mark wherever a policy failed, and beneath it ever closer looks at its start."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.6)
        grid = figure.add_gridspec(2, len(closer), height_ratios=[1.0, 1.7])
        above = figure.add_subplot(grid[0, :])
        _draw(above, whole)
        for name, places in failed.items():
            look = style.LOOKS[name]
            above.scatter(*places.T, s=30, marker=look.marker, color=look.colour, linewidths=0, alpha=0.7, zorder=3)
        for column, chart in enumerate(closer):
            _draw(figure.add_subplot(grid[1, column]), chart)
    return figure


def _draw(axes: Axes, chart: Chart) -> None:
    """A line true to scale, with its start, its end and a scale."""
    style.quiet_axes(axes)
    axes.set_anchor("N")
    axes.plot(*chart.line.T, color=style.BLUE, linewidth=1.6)
    axes.scatter(*chart.line[[0, -1]].T, s=22, color=style.INK, linewidths=0, zorder=4)
    low, high = chart.line.min(axis=0), chart.line.max(axis=0)
    foot_m = low[1] - 0.035 * (high[0] - low[0])
    axes.plot([low[0], low[0] + chart.scale_m], [foot_m, foot_m], color=style.FAINT, linewidth=1.5)
    unit = f"{chart.scale_m / 1000.0:,.0f} km" if chart.scale_m >= 1000.0 else f"{chart.scale_m:.0f} m"
    axes.annotate(unit, (low[0] + chart.scale_m, foot_m), (5, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_title(chart.title)


def plot_extremes(extremes_m: Sequence[float], part_miles: float, name: str) -> Figure:
    """How far off its lane a policy came at most, part by part of the trip."""
    look = style.LOOKS[name]
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.1)
        axes = figure.subplots()
        middles = part_miles * (np.arange(len(extremes_m)) + 0.5)
        axes.bar(middles, extremes_m, 0.8 * part_miles, color=look.colour)
        axes.axhline(LIMIT_M, color=style.FAINT, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.annotate(
            "an intervention", (0, LIMIT_M), (2, 3), textcoords="offset points", fontsize=9, color=style.FAINT
        )
        axes.set(xlabel="miles from the start", ylabel="farthest off its lane [m]", ylim=(0, None))
        axes.set_xlim(0, part_miles * len(extremes_m))
        axes.grid(visible=False, axis="x")
    return figure


def plot_offset_shares(shares: Mapping[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]) -> Figure:
    """The share of the time that each policy was so far off its lane: edges (k + 1,) in m, shares (k,)."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.1)
        axes = figure.subplots()
        for name, (edges_m, share) in shares.items():
            look = style.LOOKS[name]
            axes.stairs(100.0 * share, edges_m, baseline=None, color=look.colour, linewidth=1.8, label=look.label)
        axes.axvline(LIMIT_M, color=style.FAINT, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.set_yscale("log")
        axes.set(xlabel="off its lane [m]", ylabel="share of the time, each 2 cm [%]", xlim=(0, 1.2))
        axes.legend(loc="upper right")
    return figure
