"""Figures on driving that nobody helps: what it costs, where it leads, and what was seen before."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, StrMethodFormatter

from drive_sim.report import style

TICK_S = 0.1
_FROM_TICK = 10
"""Where the curves of cost begin."""


def plot_costs(costs: Mapping[str, Sequence[Sequence[float]]], window: tuple[int, int]) -> Figure:
    """The cost of T ticks over T, both axes logarithmic: a thick line a policy, its seeds thin, and T and T squared.

    `costs`: for each policy the running cost of every seed. The pale band is where the exponents are fitted.
    """
    num_ticks, first = len(next(iter(costs.values()))[0]), min(_FROM_TICK, window[0]) - 1
    ticks = np.arange(1, num_ticks + 1)[first:]
    means = {name: np.mean(seeds, axis=0)[first:] for name, seeds in costs.items()}
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.9)
        axes = figure.subplots()
        axes.axvspan(*window, color=style.ROAD, alpha=0.6, linewidth=0)
        for name, seeds in costs.items():
            look = style.LOOKS[name]
            axes.plot(ticks, np.transpose(seeds)[first:], color=look.colour, linewidth=0.7, alpha=0.45)
            axes.plot(ticks, means[name], linewidth=2.6, label=look.label, **look.line)
        _guides(axes, ticks, max(mean[window[0] - 1 - first] for mean in means.values()) / 3.0, window[0])
        axes.set(xscale="log", yscale="log", xlabel="T, ticks without help (10 a second)", ylabel="cost of T ticks")
        axes.set_xticks([tick for tick in (10, 20, 50, 100, 200, 400, 600) if tick <= num_ticks], minor=False)
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set(xlim=(ticks[0], num_ticks), ylim=(0.5 * min(mean[0] for mean in means.values()), 1.3 * num_ticks))
        axes.legend(loc="upper left")
    return figure


def _guides(axes: Axes, ticks: npt.NDArray[np.int64], level: float, from_tick: int) -> None:
    """Dotted lines that grow like T and like T squared, from one point below the steepest curve."""
    after = ticks[ticks >= from_tick]
    for power, text in ((1, "like T"), (2, "like T²")):
        guide = level * (after / from_tick) ** power
        axes.plot(after, guide, color=style.FAINT, linewidth=1.2, linestyle=(0, (1, 2)))
        axes.annotate(
            text,
            (after[-1], guide[-1]),
            (-4, -14),
            textcoords="offset points",
            ha="right",
            va="top",
            color=style.FAINT,
            fontsize=9,
        )


def plot_fans(fans: Mapping[str, Sequence[npt.ArrayLike]], half_width_m: float, ticks_apart: int) -> Figure:
    """Offsets from the lane over time, a thin line a car of all seeds, a panel a policy; the road's surface is grey."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.2)
        panels = figure.subplots(1, len(fans), sharey=True, squeeze=False)[0]
        for axes, (name, offsets) in zip(panels, fans.items(), strict=True):
            offset_m, look = np.concatenate([np.asarray(of) for of in offsets], axis=1), style.LOOKS[name]
            axes.axhspan(-half_width_m, half_width_m, color=style.ROAD, linewidth=0)
            time_s = np.arange(len(offset_m)) * ticks_apart * TICK_S
            axes.plot(time_s, np.clip(offset_m, -9.9, 9.9), color=look.colour, linewidth=0.7, alpha=0.5)
            lost = int((np.abs(offset_m[-1]) > half_width_m).sum())
            axes.set_title(f"{look.label}\n{lost} of the {offset_m.shape[1]} cars drawn end off the road", loc="center")
            axes.set(xlabel="seconds without help", xlim=(0, time_s[-1]), ylim=(-7, 7))
            axes.grid(visible=False)
        panels[0].set_ylabel("metres left of the lane")
    return figure


def plot_seen_and_visited(
    seen: Mapping[str, npt.ArrayLike],
    visited: Mapping[str, npt.ArrayLike],
    nearest_m: Mapping[str, float],
    most: tuple[float, float],
) -> Figure:
    """Offsets and headings that each policy learned from (above) and those that it then met (below).

    All panels share one logarithmic scale of shares. `most`: metres and radians at the rim, on which what lies farther
    out is drawn.
    """
    edges = [np.linspace(-most[0], most[0], 37), np.degrees(np.linspace(-most[1], most[1], 37))]
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 5.4)
        panels = figure.subplots(2, len(seen), sharex=True, sharey=True, squeeze=False)
        for column, name in enumerate(seen):
            look = style.LOOKS[name]
            _cloud(panels[0, column], seen[name], edges, look.colour)
            _cloud(panels[1, column], visited[name], edges, look.colour)
            panels[0, column].set_title(look.label, loc="center")
            panels[1, column].set_title(f"{nearest_m[name]:.2f} m to the nearest picture", loc="center")
            panels[1, column].set_xlabel("metres left of the lane")
        panels[0, 0].set_ylabel("seen in training\ndegrees left of the lane")
        panels[1, 0].set_ylabel("visited without help\ndegrees left of the lane")
    return figure


def _cloud(axes: Axes, places: npt.ArrayLike, edges: Sequence[npt.NDArray[np.float64]], colour: str) -> None:
    """How often each offset and heading comes, on a logarithmic scale of one colour."""
    offset_m, heading_rad = np.asarray(places).T
    counts, _, _ = np.histogram2d(offset_m, np.degrees(heading_rad), bins=edges)
    shade = LinearSegmentedColormap.from_list("cloud", [(*_rgb(colour), 0.0), (*_rgb(colour), 1.0)])
    share = np.ma.masked_equal(counts.T / counts.sum(), 0.0)
    axes.pcolormesh(*edges, share, cmap=shade, norm=LogNorm(3e-4, 0.3), rasterized=True)
    axes.axhline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.grid(visible=False)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
    return red, green, blue
