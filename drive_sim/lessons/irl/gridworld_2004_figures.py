"""The figures of the lesson on the gridworld of 2004."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons.irl.gridworld_2004 import GAME, GOAL, SWAMP, Swamp
from drive_sim.lessons.irl.gridworld_2004_result import (
    BELOW,
    PUBLISHED,
    PUBLISHED_AT,
    PUBLISHED_PATHS,
    PUBLISHED_VALUES,
    Result,
)
from drive_sim.report import plots, style


def plot_both(curves: Mapping[str, Numbers], result: Result, num_paths: Sequence[int]) -> Figure:
    """Figures 3 and 4: ours as lines, what was published as hollow marks."""
    with plots.panels(style.PAGE_IN, 4.0, 1, 2) as (figure, (near, worth)):
        for name, of in curves.items():
            _draw_distance(near, name, of)
        near.set(yscale="log", xlabel="iteration", ylabel="distance from the expert, (1 - γ) μ")
        near.set_xlim(0.0, max(PUBLISHED_AT) + 2.0)
        plots.mark_level(near, BELOW, f"{BELOW:g}".lstrip("0"), side="left")
        plots.legend_above(near, 2)
        for name in (*PUBLISHED_VALUES, "maxent"):
            _draw_values(worth, name, result.values[name], num_paths)
        worth.set_xscale("log")
        worth.set_xticks(num_paths, [str(num) for num in num_paths])
        worth.minorticks_off()
        worth.set(xlabel="paths of the expert", ylabel="value, of the expert's", ylim=(0.0, 1.03))
        plots.legend_above(worth, 2)
    return figure


def _draw_distance(axes: Axes, name: str, of: Numbers) -> None:
    look, iteration = style.LOOKS[name], np.arange(1, of.shape[1] + 1)
    axes.plot(iteration, of.mean(axis=0), linewidth=2.2, label=look.label, **look.line)
    half = 1.96 * of.std(axis=0) / np.sqrt(len(of))
    lowest = np.maximum(of.mean(axis=0) - half, 0.5 * of.mean(axis=0))
    axes.fill_between(iteration, lowest, of.mean(axis=0) + half, color=look.colour, alpha=0.15, linewidth=0)
    if name in PUBLISHED:
        _draw_published(axes, PUBLISHED_AT, PUBLISHED[name], look)


def _draw_values(axes: Axes, name: str, of: Sequence[Estimate], num_paths: Sequence[int]) -> None:
    look = style.LOOKS[name]
    plots.draw_curves(axes, {name: plots.Curve.of_estimates(num_paths, [[one.mean for one in of]], of)})
    if name in PUBLISHED_VALUES:
        _draw_published(axes, PUBLISHED_PATHS, PUBLISHED_VALUES[name], look)


def _draw_published(axes: Axes, x: Sequence[int], y: Sequence[float], look: style.Look) -> None:
    axes.scatter(x, y, s=46, marker=look.marker, facecolors="none", edgecolors=look.colour, linewidths=1.4, zorder=5)


def plot_swamp(found: Swamp) -> Figure:
    """Where the expert and both learners spend their time, the swamp framed."""
    titles = {"The expert": found.expert, "Weights of any sign": found.signed, "No weight below 0": found.forced}
    row, column = np.divmod(np.array(SWAMP), GAME.columns)
    with plots.panels(style.PAGE_IN, 2.2, 1, len(titles)) as (figure, all_axes):
        for axes, (title, shares) in zip(all_axes, titles.items(), strict=True):
            shown = np.sqrt(shares.reshape(GAME.rows, GAME.columns))
            axes.imshow(shown, cmap=plots.SHARES, vmin=0.0, vmax=0.4, interpolation="nearest")
            corner, size = (column.min() - 0.5, row.min() - 0.5), (np.ptp(column) + 1, np.ptp(row) + 1)
            axes.plot(
                corner[0] + size[0] * np.array([0, 1, 1, 0, 0]),
                corner[1] + size[1] * np.array([0, 0, 1, 1, 0]),
                color=style.VERMILION,
                linewidth=2.4,
            )
            for cell, words, colour in ((GAME.start or 0, "start", "white"), (GOAL, "goal", style.INK)):
                at = divmod(cell, GAME.columns)
                axes.text(at[1], at[0], words, color=colour, fontsize=8, ha="center", va="center")
            axes.set_axis_off()
            axes.set_title(title, loc="center")
    return figure
