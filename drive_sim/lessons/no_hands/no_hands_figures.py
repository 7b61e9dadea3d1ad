"""Figures of a long drive: where it led, how far off its lane it came, and how often it was how far off."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.arrays import Counts
from drive_sim.lessons.no_hands.drive_log import OFFSET_BIN_M
from drive_sim.lessons.no_hands.no_hands import MILE_M
from drive_sim.report import plots, style
from drive_sim.report.road_lines import LIMIT_M, Points
from drive_sim.sim.endless import Milestone, Route, make_road_segment

CLOSER_M = {100_000.0: 20_000.0, 10_000.0: 2000.0, 1000.0: 200.0, 200.0: 50.0}
"""Closer looks at the start: their lengths, and their scales'."""
_NUM_POINTS = 2000


def plot_trip(
    miles: float, route: Route, stones: Sequence[Milestone], failed: Mapping[str, Sequence[tuple[float, float]]]
) -> Figure:
    """The whole trip from above with a mark wherever a policy failed, and beneath it ever closer looks at its start."""
    closer = [length_m for length_m in CLOSER_M if length_m < miles * MILE_M][:3]
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.6)
        grid = figure.add_gridspec(2, len(closer), height_ratios=[1.0, 1.7])
        above = figure.add_subplot(grid[0, :])
        scale_m = float(10.0 ** np.floor(np.log10(0.3 * miles * MILE_M)))
        _draw_line(above, np.array([(stone.x_m, stone.y_m) for stone in stones]), scale_m)
        above.set_title(f"{miles:,.0f} miles, from west to east")
        for name, places in failed.items():
            above.scatter(*np.reshape(places, (-1, 2)).T, s=30, alpha=0.7, zorder=3, **style.LOOKS[name].mark)
        for column, length_m in enumerate(closer):
            axes = figure.add_subplot(grid[1, column])
            track = make_road_segment(route, Milestone(), 0.0, length_m).track
            _draw_line(axes, np.stack([track.x_m, track.y_m], axis=-1), CLOSER_M[length_m])
            axes.set_title(f"The first {_length(length_m)}")
    return figure


def _draw_line(axes: Axes, line: Points, scale_m: float) -> None:
    """A line true to scale, with its start, its end and a scale."""
    style.quiet_axes(axes)
    axes.set_anchor("N")
    axes.plot(*line[:: max(1, len(line) // _NUM_POINTS)].T, color=style.BLUE, linewidth=1.6)
    axes.scatter(*line[[0, -1]].T, s=22, color=style.INK, linewidths=0, zorder=4)
    low, high = line.min(axis=0), line.max(axis=0)
    foot_m = low[1] - 0.035 * (high[0] - low[0])
    axes.plot([low[0], low[0] + scale_m], [foot_m, foot_m], color=style.FAINT, linewidth=1.5)
    axes.annotate(
        _length(scale_m), (low[0] + scale_m, foot_m), (5, 0), textcoords="offset points", va="center", fontsize=9
    )


def _length(length_m: float) -> str:
    return f"{length_m / 1000.0:,.0f} km" if length_m >= 1000.0 else f"{length_m:.0f} m"


def plot_extremes(extremes_m: Sequence[float], part_miles: float, name: str) -> Figure:
    """How far off its lane a policy came at most, part by part of the trip."""
    with plots.panels(style.COLUMN_IN, 3.1) as (figure, (axes,)):
        middles = part_miles * (np.arange(len(extremes_m)) + 0.5)
        axes.bar(middles, extremes_m, 0.8 * part_miles, color=style.LOOKS[name].colour)
        plots.mark_level(axes, LIMIT_M, "an intervention")
        axes.set(xlabel="miles from the start", ylabel="farthest off its lane [m]", ylim=(0, None))
        axes.set_xlim(0, part_miles * len(extremes_m))
        axes.grid(visible=False, axis="x")
    return figure


def plot_offsets(counts: Mapping[str, Counts]) -> Figure:
    """The share of the time that each policy was so far off its lane, from counts in bins (k,)."""
    with plots.panels(style.COLUMN_IN, 3.1) as (figure, (axes,)):
        for name, of in counts.items():
            edges_m, look = OFFSET_BIN_M * np.arange(len(of) + 1), style.LOOKS[name]
            share = 100.0 * of / of.sum()
            axes.stairs(share, edges_m, baseline=None, color=look.colour, linewidth=1.8, label=look.label)
        plots.mark_place(axes, LIMIT_M, "")
        axes.set_yscale("log")
        axes.set(xlabel="off its lane [m]", ylabel="share of the time, each 2 cm [%]", xlim=(0, 1.2))
        axes.legend(loc="upper right")
    return figure
