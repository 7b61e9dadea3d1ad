"""Figures of the PilotNet lesson: who needs help, what was shown and what was met, and the way back by each label."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from drive_sim.report import style

Numbers = npt.NDArray[np.float64]
_BELOW_PT = 2.6
"""Lines that may lie on each other are drawn so many points apart."""


def plot_help(methods: Mapping[str, Any], published_percent: float) -> Figure:
    """Interventions a km and NVIDIA's autonomy: a row a method, a mark a seed, a bar over the 95 % interval."""
    names = list(methods)[::-1]
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 0.9 + 0.55 * len(names))
        left, right = figure.subplots(1, 2, sharey=True)
        for row, name in enumerate(names):
            method = methods[name]
            _row(left, row, name, method["per_km_per_seed"], method["per_km"])
            _row(right, row, name, method["autonomy_per_seed"], method["autonomy"])
        right.axvline(published_percent, color=style.FAINT, linewidth=1, linestyle=(0, (3, 3)))
        right.annotate(
            f"{published_percent:.0f} %: NVIDIA, on the road",
            (published_percent, len(names) - 0.55),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=style.FAINT,
            fontsize=9,
            annotation_clip=False,
        )
        left.set_xscale("symlog", linthresh=0.01, linscale=0.5)
        most = max(max(method["per_km_per_seed"]) for method in methods.values())
        left.set(xlabel="interventions a km", xlim=(-0.002, max(1.5 * most, 0.1)))
        left.set_xticks([0, 0.01, 0.1, 1, 10], ["0", "0.01", "0.1", "1", "10"])
        right.set(xlabel="autonomy [%]", xlim=(None, 101))
        left.set_yticks(range(len(names)), [style.LOOKS[name].label for name in names])
        for axes in (left, right):
            axes.set_ylim(-0.6, len(names) - 0.4)
            axes.grid(visible=False, axis="y")
    return figure


def _row(axes: Axes, row: int, name: str, seeds: Sequence[float], of: Mapping[str, Any]) -> None:
    look = style.LOOKS[name]
    if of["low"] is not None:
        axes.plot([of["low"], of["high"]], [row, row], color=look.colour, linewidth=7, alpha=0.3)
    place = row + 0.22 * np.linspace(-1.0, 1.0, len(seeds)) if len(seeds) > 1 else [row]
    axes.scatter(seeds, place, s=22, marker=look.marker, color=look.colour, linewidths=0, zorder=3, clip_on=False)
    axes.plot([of["mean"]] * 2, [row - 0.3, row + 0.3], color=look.colour, linewidth=2)


def plot_shown_and_met(
    shown_m: Mapping[str, Numbers], counts: Mapping[str, Numbers], edges_m: Numbers, limit_m: float = 1.0
) -> Figure:
    """Offsets from the lane, log scale: as a method's samples showed them (filled) and as its car met them (line)."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.0)
        panels = figure.subplots(1, len(shown_m), sharex=True, sharey=True)
        widths = np.diff(edges_m)
        for axes, (name, offsets_m) in zip(panels, shown_m.items(), strict=True):
            look, met = style.LOOKS[name], counts[name]
            shown = np.histogram(offsets_m, edges_m)[0] / (len(offsets_m) * widths)
            axes.stairs(shown, edges_m, fill=True, color=style.HAIR)
            axes.stairs(met / (met.sum() * widths), edges_m, color=look.colour, linewidth=1.6)
            for side_m in (-limit_m, limit_m):
                axes.axvline(side_m, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 3)))
            axes.set_yscale("log")
            axes.set(xlabel="offset [m], left positive", xlim=(edges_m[0], edges_m[-1]), ylim=(1e-5, 40))
            axes.set_title(look.label, loc="center")
        panels[0].set_ylabel("share per metre")
        keys = [
            Patch(color=style.HAIR, label="shown in training"),
            Line2D([], [], color=style.INK, linewidth=1.6, label="met while driving"),
        ]
        figure.legend(handles=keys, loc="outside upper left", ncols=2)
    return figure


def plot_first_help(first_km: Mapping[str, Sequence[float | None]], end_km: float) -> Figure:
    """The share of roads driven so far without help, over kilometres from the start; all seeds together.

    Each line is drawn a little below the one before, so that none hides another.
    """
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.0)
        axes = figure.subplots()
        for i, (name, places_km) in enumerate(first_km.items()):
            look, falls = style.LOOKS[name], np.sort([km for km in places_km if km is not None])
            left = 100.0 * (1.0 - np.arange(len(falls) + 1) / len(places_km))
            edges = np.concatenate([[0.0], np.minimum(falls, end_km), [end_km]])
            below = ScaledTranslation(0.0, -i * _BELOW_PT / 72.0, figure.dpi_scale_trans)
            axes.stairs(
                left,
                edges,
                baseline=None,
                color=look.colour,
                linewidth=2,
                label=f"{look.label}: {left[-1]:.0f} %",
                transform=axes.transData + below,
                clip_on=False,
            )
        axes.set(xlabel="driven from the start [km]", ylabel="roads without help [%]", ylim=(-5, 103))
        axes.set_xlim(0, end_km)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)
    return figure


def plot_ways_back(time_s: Numbers, offsets_m: Mapping[str, Numbers], colours: Mapping[str, str]) -> Figure:
    """A car that always steers by a label, from a metre beside a straight road: its offset over time, a line a law."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.0)
        axes = figure.subplots()
        for law, offset_m in offsets_m.items():
            axes.plot(time_s, offset_m, color=colours[law], linewidth=2, label=law)
        axes.axvline(2.0, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.axhline(0.0, color=style.HAIR, linewidth=1)
        axes.set(xlabel="seconds from a metre off", ylabel="offset [m]", xlim=(0, time_s[-1]))
        axes.legend(loc="upper right")
    return figure
