"""Figures on driving that nobody helps: what it costs, where it leads, and what was seen before."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, StrMethodFormatter

from drive_sim.report import plots, style

TICK_S = 0.1
_FROM_TICK = 10
"""Where the curves of cost begin."""


def plot_costs(costs: Mapping[str, npt.ArrayLike], window: tuple[int, int]) -> Figure:
    """The cost of T ticks over T, both axes logarithmic: a thick line a policy, its seeds thin, and T and T squared.

    `costs`: for each policy the running cost of every seed (s, T). The pale band is where the exponents are fitted.
    """
    num_ticks, first = np.shape(next(iter(costs.values())))[1], min(_FROM_TICK, window[0]) - 1
    ticks = np.arange(first + 1, num_ticks + 1)
    curves = {name: plots.Curve(ticks, np.asarray(seeds)[:, first:]) for name, seeds in costs.items()}
    with plots.panels(style.PAGE_IN, 4.9) as (figure, (axes,)):
        axes.axvspan(*window, color=style.ROAD, alpha=0.6, linewidth=0)
        plots.draw_curves(axes, curves)
        steepest = max(curve.means[window[0] - 1 - first] for curve in curves.values())
        _draw_powers(axes, ticks[ticks >= window[0]], steepest / 3.0)
        axes.set(xscale="log", yscale="log", xlabel="T, ticks without help (10 a second)", ylabel="cost of T ticks")
        axes.set_xticks([tick for tick in (10, 20, 50, 100, 200, 400, 600) if tick <= num_ticks], minor=False)
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
        axes.xaxis.set_minor_locator(NullLocator())
        least = min(curve.means[0] for curve in curves.values())
        axes.set(xlim=(ticks[0], num_ticks), ylim=(0.5 * least, 1.3 * num_ticks))
        axes.legend(loc="upper left")
    return figure


def _draw_powers(axes: Axes, ticks: npt.NDArray[np.int64], level: float) -> None:
    """Dotted lines that grow like T and like T squared, from this level on."""
    beside = {"xytext": (-4, -14), "textcoords": "offset points", "ha": "right", "va": "top", "fontsize": 9}
    for power, text in ((1, "like T"), (2, "like T²")):
        guide = level * (ticks / ticks[0]) ** power
        axes.plot(ticks, guide, color=style.FAINT, linewidth=1.2, linestyle=(0, (1, 2)))
        axes.annotate(text, (ticks[-1], guide[-1]), color=style.FAINT, **beside)


def plot_paths(paths_m: Mapping[str, npt.ArrayLike], half_width_m: float, ticks_apart: int) -> Figure:
    """Offsets from the lane over time (k, cars), a thin line a car, a panel a policy; the road's surface is grey."""
    with plots.panels(style.PAGE_IN, 3.2, 1, len(paths_m), sharey=True) as (figure, panels):
        for axes, (name, offsets) in zip(panels, paths_m.items(), strict=True):
            offset_m, look = np.asarray(offsets), style.LOOKS[name]
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
    nearest: Sequence[str],
    most: tuple[float, float],
) -> Figure:
    """Offsets and headings (n, 2) that each policy learned from (above) and those that it then met (below).

    All panels share one logarithmic scale of shares. `nearest` are titles; `most`: metres and radians at the rim.
    """
    edges = [np.linspace(-rim, rim, 37) for rim in (most[0], np.degrees(most[1]))]
    titles = [*(style.LOOKS[name].label for name in seen), *nearest]
    places = [*seen.items(), *visited.items()]
    with plots.panels(style.PAGE_IN, 5.4, 2, len(seen), sharex=True, sharey=True) as (figure, panels):
        for axes, (name, of), title in zip(panels, places, titles, strict=True):
            _draw_cloud(axes, of, edges, style.LOOKS[name].colour)
            axes.set_title(title, loc="center")
        for axes, what in zip(panels[:: len(seen)], ("seen in training", "visited without help"), strict=True):
            axes.set_ylabel(f"{what}\ndegrees left of the lane")
        for axes in panels[len(seen) :]:
            axes.set_xlabel("metres left of the lane")
    return figure


def _draw_cloud(axes: Axes, places: npt.ArrayLike, edges: Sequence[npt.NDArray[np.float64]], colour: str) -> None:
    """How often each offset and heading comes, on a logarithmic scale of one colour."""
    offset_m, heading_rad = np.asarray(places).T
    counts, _, _ = np.histogram2d(offset_m, np.degrees(heading_rad), bins=edges)
    shade = LinearSegmentedColormap.from_list("cloud", [(*to_rgb(colour), 0.0), (*to_rgb(colour), 1.0)])
    share = np.ma.masked_equal(counts.T / counts.sum(), 0.0)
    axes.pcolormesh(*edges, share, cmap=shade, norm=LogNorm(3e-4, 0.3), rasterized=True)
    axes.axhline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.HAIR, linewidth=0.6, zorder=0)
    axes.grid(visible=False)
