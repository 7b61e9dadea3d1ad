"""Figures on driving that nobody helps: what it costs, where it leads, and what was seen before."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from drive_sim.report import style

TICK_S = 0.1


def plot_costs(costs: Mapping[str, Sequence[Sequence[float]]], window: tuple[int, int]) -> Figure:
    """The cost of T ticks over T, both axes logarithmic: a thick line a policy, its seeds thin, and T and T squared.

    `costs`: for each policy the running cost of every seed. The pale band is where the exponents are fitted.
    """
    num_ticks = len(next(iter(costs.values()))[0])
    ticks = np.arange(1, num_ticks + 1)
    from_tick = 10
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.9)
        axes = figure.subplots()
        axes.axvspan(*window, color=style.ROAD, alpha=0.6, linewidth=0)
        for name, seeds in costs.items():
            look, mean = style.LOOKS[name], np.mean(seeds, axis=0)
            for seed in seeds:
                axes.plot(ticks[from_tick:], seed[from_tick:], color=look.colour, linewidth=0.7, alpha=0.45)
            dashed = (0, (4, 2)) if name == "expert" else "solid"
            axes.plot(
                ticks[from_tick:],
                mean[from_tick:],
                color=look.colour,
                linewidth=2.6,
                linestyle=dashed,
                label=look.label,
            )
        first = max(np.mean(seeds, axis=0)[window[0] - 1] for seeds in costs.values())
        for power, text in ((1, "T"), (2, "T²")):
            guide = first * (ticks[window[0] - 1 :] / window[0]) ** power
            axes.plot(ticks[window[0] - 1 :], guide, color=style.FAINT, linewidth=1, linestyle=(0, (1, 2)))
            end = min(len(guide), int(window[0] * 6 ** (1 / power))) - 1
            axes.annotate(text, (ticks[window[0] - 1 + end], guide[end]), color=style.FAINT, fontsize=11, ha="right")
        axes.set(xscale="log", yscale="log", xlabel="T, ticks without help (10 a second)", ylabel="cost of T ticks")
        axes.set_xlim(from_tick, num_ticks)
        axes.set_ylim(0.5 * min(np.min(np.asarray(s)[:, from_tick]) for s in costs.values()), 1.3 * num_ticks)
        axes.legend(loc="upper left")
    return figure


def plot_fans(fans: Mapping[str, npt.ArrayLike], half_width_m: float, ticks_apart: int) -> Figure:
    """Offsets from the lane over time, a thin line a car, a panel a policy; the road's surface is grey."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.0)
        panels = figure.subplots(1, len(fans), sharey=True)
        for axes, (name, offsets) in zip(np.atleast_1d(panels), fans.items(), strict=True):
            offset_m, look = np.asarray(offsets), style.LOOKS[name]
            axes.axhspan(-half_width_m, half_width_m, color=style.ROAD, linewidth=0)
            time_s = np.arange(len(offset_m)) * ticks_apart * TICK_S
            axes.plot(time_s, np.clip(offset_m, -9.9, 9.9), color=look.colour, linewidth=0.9, alpha=0.7)
            lost = int((np.abs(offset_m[-1]) > half_width_m).sum())
            axes.set_title(f"{look.label}: {lost} of {offset_m.shape[1]} lost", loc="center")
            axes.set(xlabel="seconds without help", xlim=(0, time_s[-1]), ylim=(-7, 7))
            axes.grid(visible=False)
        np.atleast_1d(panels)[0].set_ylabel("metres left of the lane")
    return figure


def plot_seen_and_visited(
    seen: Mapping[str, npt.ArrayLike],
    visited: Mapping[str, npt.ArrayLike],
    distance_m: Mapping[str, float],
    most: tuple[float, float],
) -> Figure:
    """Offsets and headings that each policy learned from (above) and those that it then met (below).

    `most`: metres and radians at the rim, on which what lies farther out is drawn.
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
            panels[1, column].set_title(f"{distance_m[name]:.2f} m from what was seen", loc="center")
            panels[1, column].set_xlabel("metres left of the lane")
        panels[0, 0].set_ylabel("seen in training\ndegrees left of the lane")
        panels[1, 0].set_ylabel("visited without help\ndegrees left of the lane")
    return figure


def _cloud(axes: Axes, places: npt.ArrayLike, edges: Sequence[npt.NDArray[np.float64]], colour: str) -> None:
    """How often each offset and heading comes, on a logarithmic scale of one colour."""
    offset_m, heading_rad = np.asarray(places).T
    counts, _, _ = np.histogram2d(offset_m, np.degrees(heading_rad), bins=edges)
    shade = LinearSegmentedColormap.from_list("cloud", [(*_rgb(colour), 0.0), (*_rgb(colour), 1.0)])
    axes.pcolormesh(*edges, np.log1p(counts).T, cmap=shade, rasterized=True)
    axes.axhline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.grid(visible=False)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
    return red, green, blue
